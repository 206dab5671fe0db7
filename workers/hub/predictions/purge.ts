import { purgeBatch, purgeMessages, setRetentionStart } from "../../../shared/db/predictions.ts";
import { dayMs } from "../../../shared/lib/durations.ts";
import type { Hub } from "../hub.ts";

/** Limits a statement to about a second and an hourly run to a million rows. The next hour deletes the rest. */
const usual = { stepRows: 5_000, stepsMax: 200 };
/** Queues store a message for at most four days. */
const messageDays = 7;

/**
 * Deletes single predictions that are older than `PREDICTIONS_KEPT_DAYS`, and records of counted messages. Does not delete hourly
 * sums.
 */
export async function purgePredictions(
  { db, now, variables }: Pick<Hub, "db" | "now" | "variables">,
  { stepRows, stepsMax } = usual,
): Promise<void> {
  const days = variables.predictionRetentionDays;
  if (!days.ok) throw new Error(`${days.error} No prediction was deleted.`);
  await setRetentionStart(db, new Date(now().getTime() - days.value * dayMs).toISOString());
  const before = new Date(now().getTime() - messageDays * dayMs).toISOString();
  await untilDone(stepsMax, () => purgeMessages(db, before, stepRows));
  await untilDone(stepsMax, () => purgeBatch(db, stepRows));
}

/** Repeats a step until it has nothing left to do. */
async function untilDone(stepsMax: number, step: () => Promise<boolean>): Promise<void> {
  for (let steps = 0; steps < stepsMax; steps++) if (!(await step())) return;
}
