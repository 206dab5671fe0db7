/** Brings what an earlier version of the code stored to the form that this version's `predict` serves from. */
import { listUnserved } from "../../../shared/db/served.ts";
import { forecasts } from "../../../shared/forecasts/index.ts";
import { reasonOf } from "../../../shared/lib/error-reason.ts";
import type { Hub } from "../hub.ts";
import { writeForecastList } from "./forecast-list.ts";
import { repairPointers } from "./pointer.ts";
import type { ServingHub } from "./served.ts";

export type PreparingHub = ServingHub & Pick<Hub, "snapshots">;

/** A request waits at most this long; then predict answers with what it has. */
const waitMaxMs = 10_000;

/** Writes the served.json and the pointer of every champion that has none. */
async function backfillServed(hub: PreparingHub): Promise<void> {
  const unserved = await listUnserved(hub.db);
  if (unserved.length === 0) return;
  await writeForecastList(hub, forecasts);
  await repairPointers(
    hub,
    forecasts.filter(({ id }) => unserved.includes(id)),
  );
}

/**
 * Returns a function that waits until the champions can be served. The work is done once an isolate: the hourly upkeep does
 * the same, but after an upgrade the first requests may come before it.
 */
export function servingPrepared(hub: PreparingHub & Pick<Hub, "sleep">): () => Promise<void> {
  let work: Promise<void> | null = null;
  let isDone = false;
  return async () => {
    if (isDone) return;
    work ??= backfillServed(hub)
      .then(() => {
        isDone = true;
      })
      .catch((error: unknown) => {
        work = null;
        console.error(`served.json of champions: ${reasonOf(error)}`);
      });
    await Promise.race([work, hub.sleep(waitMaxMs)]);
  };
}
