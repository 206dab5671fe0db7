/** Makes once, before the end-to-end tests, what several of them would make at the same time: the bundles and an empty database. */
import { bundleWorkers } from "../../trainer/local/bundles.ts";
import { migratedState } from "./platform.ts";

export async function setup(): Promise<void> {
  await bundleWorkers();
  await migratedState();
}
