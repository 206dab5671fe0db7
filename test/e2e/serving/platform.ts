/** The platform that the tests of this folder share. */
import { afterAll, beforeAll } from "vitest";
import type { Hub } from "../../../trainer/hub.ts";
import { TestPlatform } from "../../support/platform.ts";

export const platform = new TestPlatform();
/** The hub of the running platform. */
export let hub: Hub;

/** Starts the platform for the first time, or again after a stop. */
export async function start(): Promise<void> {
  hub = await platform.start();
}

beforeAll(start);
afterAll(() => platform.dispose());
