/** Runs the contest of further steps on threads, with the recipe that is the best at step 1, and publishes what it decides. */
import { stepRowsOf } from "../../shared/judging/step-rows.ts";
import { windowsOf } from "../../shared/judging/windows.ts";
import { decideSteps, type StepSituation } from "../../shared/training/decide-steps.ts";
import type { Judgement } from "../../shared/training/judgement.ts";
import type { PublishedSteps } from "../../shared/training/publish-steps.ts";
import type { RunModel } from "../../shared/training/publish-task.ts";
import type { ServingLearner } from "../../shared/training/serving-learner.ts";
import { contestSteps, learnerKinds, type StepContest } from "../../shared/training/step-learners.ts";
import { stepRecipeOf } from "../../shared/training/step-recipe.ts";
import { trainStepLearners } from "../../shared/training/train-steps.ts";
import { Failure } from "../failure.ts";
import type { TrainingPool } from "./pool.ts";
import { type Prepared, withPool } from "./run-contest.ts";

export interface StepContestOptions {
  readonly seed: number;
  readonly threads: number | null;
}

/** Returns the contest with scores on the test window; null for a forecast of the next period only, or without a learner. */
export async function runStepContest(
  prepared: Prepared,
  judgement: Judgement,
  { seed, threads }: StepContestOptions,
): Promise<StepContest | null> {
  const { data, forecast, panel } = prepared;
  const recipe = stepRecipeOf(forecast, judgement);
  if (recipe === null) return null;
  const test = windowsOf(data, forecast.validation).test[0];
  const scoredFrom = test === undefined ? null : (data.period[test.rows.from] ?? null);
  const rows = stepRowsOf(forecast, panel);
  const task = { forecast, panel, rows, recipe, seed, kinds: learnerKinds, scoredFrom };
  return withPool(prepared, (pool) => contestSteps(task, pool.stepPool(rows)), threads);
}

export interface StepTrainingOptions {
  readonly seed: number;
  readonly situation: StepSituation;
  /** The learner that serves now; null if there is none or if its file cannot run here. */
  readonly champion: ServingLearner | null;
}

export interface StepTrainingEffects {
  readonly pool: Pick<TrainingPool, "stepPool">;
  /** The reference runtime. */
  readonly run: RunModel;
}

/** Returns what serves each step after the first, with the file of the learner if one serves; null for the next period only. */
export async function trainSteps(
  { forecast, panel }: Prepared,
  judgement: Judgement,
  { situation, champion, seed }: StepTrainingOptions,
  { pool, run }: StepTrainingEffects,
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
  const found = await trainStepLearners(task, { pool: pool.stepPool(rows), run });
  if (found.ok) return found.value;
  throw new Failure(`The model file of further steps was not published. ${found.error.join(" ")}`);
}
