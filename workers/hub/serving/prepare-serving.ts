/** Brings what an earlier version of the code stored to the form that this version's `predict` serves from. */
import { forecasts } from "../../../shared/forecasts/index.ts";
import { reasonOf } from "../../../shared/lib/error-reason.ts";
import type { Hub } from "../hub.ts";
import { writeForecastList } from "../registry/forecast-list.ts";
import type { PointerHub } from "../registry/pointer.ts";
import { repairPointers } from "./repair-pointers.ts";

export type PreparingHub = PointerHub & Pick<Hub, "evaluate" | "onnx">;

/** Maximum time that a request waits. Afterwards predict answers with the data that exists. */
const waitMaxMs = 10_000;

/** Makes the versions serve that this code can run, and writes every served.json and pointer that is missing or old. */
async function prepareServing(hub: PreparingHub): Promise<void> {
  await writeForecastList(hub, forecasts);
  await repairPointers(hub, forecasts);
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
    work ??= prepareServing(hub)
      .then(() => {
        isDone = true;
      })
      .catch((error: unknown) => {
        work = null;
        console.error(`preparing the champions: ${reasonOf(error)}`);
      });
    await Promise.race([work, hub.sleep(waitMaxMs)]);
  };
}
