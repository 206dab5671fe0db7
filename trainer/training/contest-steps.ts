/** Runs the contest of further steps on threads, with the recipe that is the best at step 1. */
import { stepRowsOf } from "../../shared/judging/step-rows.ts";
import { windowsOf } from "../../shared/judging/windows.ts";
import type { Judgement } from "../../shared/training/judge.ts";
import { contestSteps, type StepContest } from "../../shared/training/step-learners.ts";
import { stepRecipeOf } from "../../shared/training/step-recipe.ts";
import type { Prepared } from "./run-contest.ts";
import { createStepPool } from "./step-pool.ts";

export interface StepContestOptions {
  readonly seed: number;
  readonly threads: number | null;
  /** Whether the distributions are scored on the test window. */
  readonly hasScores: boolean;
}

/** Returns the contest; null for a forecast of the next period only, or without a candidate that can learn several steps. */
export async function runStepContest(
  { forecast, panel, data }: Prepared,
  judgement: Judgement,
  { seed, threads, hasScores }: StepContestOptions,
): Promise<StepContest | null> {
  const recipe = stepRecipeOf(forecast, judgement);
  if (recipe === null) return null;
  const rows = stepRowsOf(forecast, panel);
  const test = windowsOf(data, forecast.validation).test[0];
  const scoredFrom = hasScores && test !== undefined ? (data.period[test.rows.from] ?? null) : null;
  const pool = createStepPool({ forecast, rows }, threads);
  try {
    return await contestSteps({ forecast, panel, rows, recipe, seed, scoredFrom }, pool);
  } finally {
    await pool.stop();
  }
}
