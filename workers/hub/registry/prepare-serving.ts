/** Upgrades the stored data of an earlier version of the code to the format that `predict` reads. */
import { listUnserved } from "../../../shared/db/served.ts";
import { forecasts } from "../../../shared/forecasts/index.ts";
import { reasonOf } from "../../../shared/lib/error-reason.ts";
import type { Hub } from "../hub.ts";
import { writeForecastList } from "./forecast-list.ts";
import { repairPointers } from "./pointer.ts";
import type { ServingHub } from "./served.ts";

export type PreparingHub = ServingHub & Pick<Hub, "snapshots">;

/** Maximum time that a request waits. Afterwards predict answers with the data that exists. */
const waitMaxMs = 10_000;

/** Writes the missing served.json and pointer of each champion. */
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
 * Returns a function that waits until the champions can be served. It works once per isolate. The hourly upkeep does
 * the same, but the first requests after an upgrade may come before it.
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
