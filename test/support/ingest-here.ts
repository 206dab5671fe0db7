/** Runs the steps of an ingest flow in the test, so that the test can interrupt or repeat them. */
import { findFlow, markRunning } from "../../shared/db/flows.ts";
import { findFeed } from "../../shared/feeds/index.ts";
import { sha256Hex } from "../../shared/lib/hash.ts";
import type { Flow } from "../../workers/hub/flows/flow.ts";
import { ingest } from "../../workers/hub/flows/ingest.ts";
import type { Hub } from "../../workers/hub/hub.ts";
import { requestIngest, storeRaw } from "../../workers/hub/ingest/raw.ts";

export interface ArrivedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Id of the feed; the milk prices by default. */
  readonly feed?: string;
  readonly arrivedAt?: Date;
  /** Which arrival of these bytes it is; each one has an ingest of its own. */
  readonly arrival?: string;
  /** Whether a person releases it, so that it is not held. */
  readonly isReleased?: boolean;
}

/** Stores a file like an upload. Returns its running flow. */
async function runningFlow(
  on: Hub,
  {
    name,
    bytes,
    feed: feedId = "sniim-milk",
    arrivedAt = new Date("2026-11-29T12:00:00Z"),
    arrival = "first",
  }: ArrivedFile,
) {
  const feed = findFeed(feedId);
  if (!feed) throw new Error(`there is no feed ${feedId}`);
  const file = { feed, name, sha256: sha256Hex(bytes), body: bytes, arrivedAt, by: arrival };
  const { run: requested } = await requestIngest(on, await storeRaw(on, file));
  await markRunning(on.db, requested.id, "2025-01-10T00:00:00Z");
  const run = await findFlow(on.db, requested.id);
  if (!run) throw new Error(`no flow for ${name}`);
  return run;
}

/**
 * Runs the flow of a file with `step` instead of a Workflow step: it receives the name and the work, and returns the
 * result.
 */
export async function ingestHere(
  on: Hub,
  file: ArrivedFile,
  step: (name: string, work: () => Promise<unknown>) => Promise<unknown> = (_, work) => work(),
) {
  const run = await runningFlow(on, file);
  const flow: Flow = {
    run: file.isReleased ? { ...run, params: { ...run.params, released: true } } : run,
    async step(name, work) {
      const result = await step(name, async () => (await work()).value ?? null);
      return JSON.parse(JSON.stringify(result));
    },
  };
  return ingest(on, flow);
}
