/** Runs the contest of further steps on threads, with the recipe that is the best at step 1, and publishes what it decides. */
import { changes } from "../../shared/candidates/changes.ts";
import { stepRowsOf } from "../../shared/judging/step-rows.ts";
import { windowsOf } from "../../shared/judging/windows.ts";
import { decideSteps, type StepSituation } from "../../shared/training/decide-steps.ts";
import type { RecipeChoice } from "../../shared/training/job.ts";
import type { Judgement } from "../../shared/training/judgement.ts";
import { type PublishedSteps, publishSteps } from "../../shared/training/publish-steps.ts";
import type { StepPool } from "../../shared/training/step-job.ts";
import {
  contestSteps,
  type LearnerKind,
  learnerKinds,
  type StepContest,
  type StepContestTask,
} from "../../shared/training/step-learners.ts";
import { stepRecipeOf } from "../../shared/training/step-recipe.ts";
import { Failure } from "../failure.ts";
import { runReference } from "./reference-runtime.ts";
import type { Prepared } from "./run-contest.ts";
import { createStepPool } from "./step-pool.ts";

export interface StepContestOptions {
  readonly seed: number;
  readonly threads: number | null;
}

/** Returns the contest with scores on the test window; null for a forecast of the next period only, or without a learner. */
export async function runStepContest(
  prepared: Prepared,
  judgement: Judgement,
  options: StepContestOptions,
): Promise<StepContest | null> {
  const { data, forecast } = prepared;
  const test = windowsOf(data, forecast.validation).test[0];
  const scoredFrom = test === undefined ? null : (data.period[test.rows.from] ?? null);
  return withStepPool(prepared, judgement, options, (task, pool) => contestSteps({ ...task, scoredFrom }, pool));
}

/** Returns what serves each step after the first, with the file of the learner if one serves; null for the next period only. */
export async function trainSteps(
  prepared: Prepared,
  judgement: Judgement,
  { situation, ...options }: StepContestOptions & { readonly situation: StepSituation },
): Promise<PublishedSteps | null> {
  const { forecast } = prepared;
  if (forecast.steps.length < 2) return null;
  // Without a look and without a learner that serves, nothing can change.
  const isUseful = situation.level !== null || situation.served.length > 0;
  const published = isUseful
    ? await withStepPool(prepared, judgement, options, async (task, pool) => {
        const contest = await contestSteps({ ...task, kinds: trainedKinds(task.recipe) }, pool);
        if (contest === null) return null;
        const decision = decideSteps(forecast, contest, situation);
        const found = await publishSteps({ ...task, contest, decision }, { pool, run: runReference });
        if (found.ok) return found.value;
        throw new Failure(`The model file of further steps was not published. ${found.error.join(" ")}`);
      })
    : null;
  if (published !== null) return published;
  const { gate, steps } = decideSteps(forecast, null, situation);
  return { further: { gate: gate && { ...gate, steps: [...gate.steps] }, steps, learner: null }, model: null };
}

/**
 * Returns the learners that contend in a training. Models of changes for each step are as good as one for all steps on real prices,
 * and take as long again, so only `backtest` compares them.
 */
function trainedKinds({ candidate }: RecipeChoice): readonly LearnerKind[] {
  return candidate === changes.id ? ["pooled"] : learnerKinds;
}

async function withStepPool<T>(
  { forecast, panel }: Prepared,
  judgement: Judgement,
  { seed, threads }: StepContestOptions,
  work: (task: StepContestTask, pool: StepPool) => Promise<T | null>,
): Promise<T | null> {
  const recipe = stepRecipeOf(forecast, judgement);
  if (recipe === null) return null;
  const rows = stepRowsOf(forecast, panel);
  const pool = createStepPool({ forecast, rows }, threads);
  try {
    return await work({ forecast, panel, rows, recipe, seed, kinds: learnerKinds, scoredFrom: null }, pool);
  } finally {
    await pool.stop();
  }
}
