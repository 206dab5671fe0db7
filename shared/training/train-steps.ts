/** Trains the learners of further steps: by the gate with a look, else as a refresh of the champion's learner. */
import { changes } from "../candidates/changes.ts";
import type { Panel } from "../features/panel.ts";
import type { Forecast } from "../forecasts/forecast.ts";
import type { StepRows } from "../judging/step-rows.ts";
import { type Result, success } from "../lib/result.ts";
import type { FurtherSteps } from "../registry/further-steps.ts";
import { decideSteps, learnedKinds, type StepDecision, type StepSituation } from "./decide-steps.ts";
import { servedJob } from "./fit-served-steps.ts";
import type { RecipeChoice } from "./job.ts";
import { type PublishedSteps, publishSteps } from "./publish-steps.ts";
import type { RunModel } from "./publish-task.ts";
import { recipeOf } from "./recipe.ts";
import { reuseJobs, runAhead } from "./reuse-jobs.ts";
import type { ServingLearner } from "./serving-learner.ts";
import type { StepPool } from "./step-job.ts";
import { contestSteps, type LearnerKind, learnerKinds, type StepContest } from "./step-learners.ts";
import { type RefreshTest, testRefresh } from "./step-refresh.ts";

export interface StepTraining {
  readonly forecast: Forecast;
  readonly panel: Panel;
  readonly rows: StepRows;
  /** The best recipe of step 1 that learns several steps; null if there is none. */
  readonly recipe: RecipeChoice | null;
  readonly seed: number;
  readonly situation: StepSituation;
  /** The learner that serves now; null if there is none or if its file cannot run here. */
  readonly champion: ServingLearner | null;
}

export interface StepEffects {
  readonly pool: StepPool;
  readonly run: RunModel;
}

interface Decided {
  readonly recipe: RecipeChoice;
  readonly contest: StepContest;
  readonly decision: StepDecision;
}

/**
 * Returns what serves each step after the first. With a look, what passes the gate serves. Otherwise the champion's recipe is fitted
 * to the newer data. In both cases the champion's learner stays as it is if its replacement is worse (`step-refresh.ts`).
 */
export async function trainStepLearners(
  task: StepTraining,
  { pool, run }: StepEffects,
): Promise<Result<PublishedSteps, readonly string[]>> {
  const effects = { pool: reuseJobs(pool), run };
  const { forecast, situation, champion } = task;
  const looked = situation.level === null ? null : await decide(task, task.recipe, situation, effects);
  const isPassed = looked !== null && learnedKinds(looked.decision).size > 0;
  const refreshed = isPassed || situation.served.length === 0 ? null : await refresh(task, looked, effects);
  const decided = refreshed ?? looked;
  const test = champion && decided && (await testAgainst(champion, task, decided, effects));
  const gate = looked?.decision.gate ?? null;
  if (champion !== null && (decided === null || test?.isWorse === true))
    return success(
      test?.isChampionBehind === true ? behind(forecast, gate, test) : kept(forecast, champion, { gate, test }),
    );
  if (decided !== null) return publishSteps({ ...task, ...decided }, effects);
  const { steps } = decideSteps(forecast, null, situation);
  return success({ further: { gate: null, steps, learner: null }, model: null });
}

function testAgainst(
  champion: ServingLearner,
  task: StepTraining,
  { recipe, contest }: Decided,
  effects: StepEffects,
): Promise<RefreshTest | null> {
  return testRefresh(contestTask(task, recipe), { contest, champion }, effects);
}

/** Decides again without a look: only the steps that the champion's learner serves are learned. */
async function refresh(task: StepTraining, looked: Decided | null, effects: StepEffects): Promise<Decided | null> {
  const { forecast, situation, champion } = task;
  const recipe = champion?.recipe ?? task.recipe;
  const isSame = looked !== null && recipe !== null && idOf(forecast, looked.recipe) === idOf(forecast, recipe);
  const without = { ...situation, level: null };
  const found = isSame
    ? { ...looked, decision: decideSteps(forecast, looked.contest, without) }
    : await decide(task, recipe, without, effects);
  return found && { ...found, decision: { ...found.decision, gate: looked?.decision.gate ?? null } };
}

function idOf(forecast: Forecast, recipe: RecipeChoice): string {
  return recipeOf(forecast, recipe).id;
}

async function decide(
  task: StepTraining,
  recipe: RecipeChoice | null,
  situation: StepSituation,
  { pool }: StepEffects,
): Promise<Decided | null> {
  if (recipe === null) return null;
  const contestants = contestTask(task, recipe);
  const contested = contestSteps(contestants, pool);
  // Nearly always it serves a step. It is fitted while the last stretches are scored.
  if (contestants.kinds.includes("pooled")) runAhead(pool, [servedJob(contestants, null)]);
  const contest = await contested;
  const isFitted = contest?.steps.some(({ losses }) => learnerKinds.some((kind) => losses.has(kind))) ?? false;
  return contest && isFitted ? { recipe, contest, decision: decideSteps(task.forecast, contest, situation) } : null;
}

function contestTask(task: StepTraining, recipe: RecipeChoice) {
  return { ...task, recipe, kinds: trainedKinds(recipe), scoredFrom: null };
}

/**
 * Returns the learners that contend in a training. Models of changes for each step are as good as one for all steps on real prices,
 * and take as long again, so only `backtest` compares them.
 */
function trainedKinds({ candidate }: RecipeChoice): readonly LearnerKind[] {
  return candidate === changes.id ? ["pooled"] : learnerKinds;
}

/** Returns the champion's learner for a new version. Declared steps that it does not serve are served by the baselines. */
function kept(
  { steps: declared }: Forecast,
  { learner, steps, bytes, trainedTo }: ServingLearner,
  { gate, test }: { readonly gate: StepDecision["gate"]; readonly test: RefreshTest | null },
): PublishedSteps {
  const why = keptText(trainedTo, test);
  const served = declared
    .filter((step) => step > 1)
    .map((step) => {
      const serves = steps.find((one) => one.step === step)?.serves ?? "baseline";
      const reason = serves === "baseline" ? "The champion's learner does not serve this step." : why;
      return { step, serves, reason };
    });
  return { further: { gate: toCard(gate), steps: served, learner: { ...learner, trainedTo } }, model: bytes };
}

/** Returns the baselines for all steps: neither the champion's learner nor its refit is good enough. */
function behind({ steps: declared }: Forecast, gate: StepDecision["gate"], test: RefreshTest): PublishedSteps {
  const { origins, championError } = test;
  const reason = `The baseline: over ${origins} origins since the champion's learner was fitted, its error is ${championError.toPrecision(4)} of the baseline's, and its refit is not better.`;
  const steps = declared.filter((step) => step > 1).map((step) => ({ step, serves: "baseline" as const, reason }));
  return { further: { gate: toCard(gate), steps, learner: null }, model: null };
}

function keptText(trainedTo: string, test: RefreshTest | null): string {
  const stays = `The champion's learner, fitted to the data up to ${trainedTo}, stays`;
  if (test === null) return `${stays}: the learners cannot be fitted to the newer data.`;
  const { origins, error, championError, pWorse } = test;
  const p = pWorse === null ? "" : ` (p ${pWorse.toFixed(4)})`;
  const numbers = `${championError.toPrecision(4)} of the baseline's, and ${error.toPrecision(4)} if the learner is fitted to newer data`;
  return `${stays}: over ${origins} origins since then its error is ${numbers}${p}.`;
}

function toCard(gate: StepDecision["gate"]): FurtherSteps["gate"] {
  return gate && { ...gate, steps: [...gate.steps] };
}
