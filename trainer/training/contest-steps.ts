/** Runs the contest of further steps on threads, with the recipe that is the best at step 1, and publishes what it decides. */
import { stepRowsOf } from "../../shared/judging/step-rows.ts";
import { windowsOf } from "../../shared/judging/windows.ts";
import { decideSteps, type StepSituation } from "../../shared/training/decide-steps.ts";
import type { Judgement } from "../../shared/training/judgement.ts";
import type { PublishedSteps } from "../../shared/training/publish-steps.ts";
import type { Run } from "../../shared/training/publish-task.ts";
import type { ServingLearner } from "../../shared/training/serving-learner.ts";
import type { StepPool } from "../../shared/training/step-job.ts";
import { contestSteps, learnerKinds, type StepContest } from "../../shared/training/step-learners.ts";
import { stepRecipeOf } from "../../shared/training/step-recipe.ts";
import { trainStepLearners } from "../../shared/training/train-steps.ts";
import { Failure } from "../failure.ts";
import type { Prepared } from "./run-contest.ts";
import { createStepPool, type StepThreadData } from "./step-pool.ts";

export interface StepContestOptions {
  readonly seed: number;
  readonly threads: number | null;
}

/** Returns the contest with scores on the test window; null for a forecast of the next period only, or without a learner. */
export async function runStepContest(
  { data, forecast, panel }: Prepared,
  judgement: Judgement,
  { seed, threads }: StepContestOptions,
): Promise<StepContest | null> {
  const recipe = stepRecipeOf(forecast, judgement);
  if (recipe === null) return null;
  const test = windowsOf(data, forecast.validation).test[0];
  const scoredFrom = test === undefined ? null : (data.period[test.rows.from] ?? null);
  const rows = stepRowsOf(forecast, panel);
  const task = { forecast, panel, rows, recipe, seed, kinds: learnerKinds, scoredFrom };
  return withStepThreads({ forecast, rows }, threads, (pool) => contestSteps(task, pool));
}

export interface StepTrainingOptions {
  readonly seed: number;
  readonly situation: StepSituation;
  /** The learner that serves now; null if there is none or if its file cannot run here. */
  readonly champion: ServingLearner | null;
}

export interface StepTrainingEffects {
  withStepPool<T>(data: StepThreadData, work: (pool: StepPool) => Promise<T>): Promise<T>;
  /** The reference runtime. */
  readonly run: Run;
}

/** Returns what serves each step after the first, with the file of the learner if one serves; null for the next period only. */
export async function trainSteps(
  { forecast, panel }: Prepared,
  judgement: Judgement,
  { situation, champion, seed }: StepTrainingOptions,
  { withStepPool, run }: StepTrainingEffects,
): Promise<PublishedSteps | null> {
  if (forecast.steps.length < 2) return null;
  const recipe = stepRecipeOf(forecast, judgement);
  // Without a look and without a learner that serves, nothing can change.
  const isUseful = situation.level !== null || situation.served.length > 0;
  if (!isUseful || (recipe === null && champion === null)) {
    const { steps } = decideSteps(forecast, null, situation);
    return { further: { gate: null, steps, learner: null }, model: null };
  }
  const rows = stepRowsOf(forecast, panel);
  const task = { forecast, panel, rows, recipe, seed, situation, champion };
  const found = await withStepPool({ forecast, rows }, (pool) => trainStepLearners(task, { pool, run }));
  if (found.ok) return found.value;
  throw new Failure(`The model file of further steps was not published. ${found.error.join(" ")}`);
}

/** Runs `work` with a pool of threads and stops the pool afterwards. Null threads: one per core, at most 8. */
export async function withStepThreads<T>(
  data: StepThreadData,
  threads: number | null,
  work: (pool: StepPool) => Promise<T>,
): Promise<T> {
  const pool = createStepPool(data, threads);
  try {
    return await work(pool);
  } finally {
    await pool.stop();
  }
}
