import { purgeBatch, setRetentionStart } from "../../../shared/db/predictions.ts";
import type { Hub } from "../hub.ts";

/** Limits a statement to about a second and an hourly run to a million rows. The next hour deletes the rest. */
const usual = { stepRows: 5_000, stepsMax: 200 };
const dayMs = 86_400_000;

/** Deletes single predictions that are older than `PREDICTIONS_KEPT_DAYS`. Does not delete their hourly sums. */
export async function purgePredictions(
  { db, now, variables }: Pick<Hub, "db" | "now" | "variables">,
  { stepRows, stepsMax } = usual,
): Promise<void> {
  const days = variables.predictionRetentionDays;
  if (!days.ok) throw new Error(`${days.error} No prediction was deleted.`);
  await setRetentionStart(db, new Date(now().getTime() - days.value * dayMs).toISOString());
  for (let step = 0; step < stepsMax; step++) if (!(await purgeBatch(db, stepRows))) return;
}
