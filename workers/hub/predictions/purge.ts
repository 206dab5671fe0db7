import { forgetBefore, purgeSome } from "../../../shared/db/predictions.ts";
import type { Hub } from "../hub.ts";

/** A statement that ends within a second, and a million rows an hour: more than come in. The next hour does the rest. */
const usual = { stepRows: 5_000, stepsMax: 200 };
const dayMs = 86_400_000;

/** Forgets single predictions that are older than `PREDICTIONS_KEPT_DAYS`. Their hourly sums stay. */
export async function purgePredictions(hub: Hub, { stepRows, stepsMax } = usual): Promise<void> {
  await forgetBefore(hub.db, new Date(hub.now().getTime() - keptDays(hub) * dayMs).toISOString());
  for (let step = 0; step < stepsMax; step++) if (!(await purgeSome(hub.db, stepRows))) return;
}

/** A wrong variable purges nothing: what is gone does not come back. */
function keptDays(hub: Hub): number {
  const text = hub.variable("PREDICTIONS_KEPT_DAYS");
  if (/^\d{1,5}$/.test(text) && Number(text) >= 1) return Number(text);
  throw new Error(`PREDICTIONS_KEPT_DAYS is "${text}", expected a whole number of days from 1; nothing is purged`);
}
