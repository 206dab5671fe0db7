import { purgeBatch, setRetentionStart } from "../../../shared/db/predictions.ts";
import type { Hub } from "../hub.ts";

/** A statement that ends within a second, and a million rows an hour: more than come in. The next hour does the rest. */
const usual = { stepRows: 5_000, stepsMax: 200 };
const dayMs = 86_400_000;

/** Deletes single predictions that are older than `PREDICTIONS_KEPT_DAYS`. Their hourly sums stay. */
export async function purgePredictions(
  { db, now, variables }: Pick<Hub, "db" | "now" | "variables">,
  { stepRows, stepsMax } = usual,
): Promise<void> {
  const days = variables.predictionsKeptDays;
  if (!days.ok) throw new Error(`${days.error} Nothing is purged.`);
  await setRetentionStart(db, new Date(now().getTime() - days.value * dayMs).toISOString());
  for (let step = 0; step < stepsMax; step++) if (!(await purgeBatch(db, stepRows))) return;
}
