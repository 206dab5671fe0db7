/** One training of a replay: the same contest, publication and gate as `almanac train`, with versions in memory. */

import { servedLearnerOf } from "../../shared/registry/further-steps.ts";
import type { Verdict } from "../../shared/registry/gate.ts";
import type { RecipeChoice } from "../../shared/training/job.ts";
import type { PublishTask, RunModel } from "../../shared/training/publish-task.ts";
import { recipeIdsOf } from "../../shared/training/recipe.ts";
import { describeRefusal, refusalOf } from "../../shared/training/refusal.ts";
import { stepBaselinesOf } from "../../shared/training/step-contest.ts";
import { outcomeOf } from "../../shared/training/verdict.ts";
import { codeVersion } from "../training/code-version.ts";
import { trainSteps } from "../training/contest-steps.ts";
import type { TrainingPool } from "../training/pool.ts";
import { type ContestResult, type Prepared, runContest } from "../training/run-contest.ts";
import { modelFile, recipeChoice } from "../training/serving-model.ts";
import { fallbackOf, publishOrFail, stepSituationOf } from "../training/train.ts";
import type { VersionFiles, Versions } from "./versions.ts";

export interface TrainingBudget {
  readonly seed: number;
  readonly trialsMax: number | null;
}

export interface TrainingParts extends TrainingBudget {
  readonly prepared: Prepared;
  readonly versions: Versions;
  readonly pool: TrainingPool;
  /** The reference runtime. */
  readonly run: RunModel;
  /** Identifies the training in the looks of the gate. */
  readonly key: string;
  onProgress(text: string): void;
}

/** A submitted version and what the gate decided. */
export interface Submitted {
  readonly candidate: string;
  readonly version: string;
  readonly verdict: Pick<Verdict, "kind" | "rule" | "reason" | "periods">;
}

export interface ReplayTraining {
  readonly trials: number;
  /** The first is the chosen one; a second one is submitted if the gate did not promote it. */
  readonly submitted: readonly Submitted[];
  /** What happened, for people. */
  readonly reason: string;
}

/** Returns why the data is not sufficient for a training; null if it is. */
export function trainingRefusal({ forecast, data }: Prepared): string | null {
  const refusal = refusalOf(forecast, data);
  return refusal && describeRefusal(refusal);
}

/** Trains, publishes the baseline, and submits the chosen recipe, then if needed the champion's or the baseline's. */
export async function trainOnce(parts: TrainingParts): Promise<ReplayTraining> {
  const { prepared, versions, pool, run, seed, trialsMax, key, onProgress } = parts;
  const { forecast } = prepared;
  const { champion, situation } = versions;
  const incumbent = champion && {
    version: champion.card.version,
    recipe: recipeChoice(champion.card),
    file: modelFile(champion.card, prepared, champion.bytes),
    isExternal: false,
  };
  const contest = await runContest(prepared, { seed, trialsMax, budgetSeconds: null, incumbent }, { pool, onProgress });
  onProgress("choosing the baselines of the steps");
  const baselines = stepBaselinesOf(forecast, prepared.panel);
  const { judgement } = contest.judged;
  const outcome = outcomeOf(forecast, judgement, situation);
  onProgress("judging the learners of further steps");
  const learnedSteps = servedLearnerOf(champion?.card.further ?? null)?.steps ?? [];
  const stepSituation = stepSituationOf(outcome, { situation, model: champion, learnedSteps });
  const learners = await trainSteps(
    prepared,
    judgement,
    { seed, situation: stepSituation, champion: champion?.learner ?? null },
    { pool, run },
  );
  const { further = null, model: steps = null } = learners ?? {};
  const published = async (recipe: RecipeChoice, isFallback = false): Promise<VersionFiles> => {
    onProgress(`fitting ${recipe.candidate} to all data`);
    const task = { ...taskOf(parts, contest), recipe, outcome, reason: outcome.reason, baselines, further, isFallback };
    const { card, model } = await publishOrFail(task, pool, run);
    return { card, bytes: model, steps };
  };
  versions.setBaseline(await published(judgement.naive, true));
  const submitted: Submitted[] = [];
  const submit = async (recipe: RecipeChoice) => {
    const files = await published(recipe);
    const { kind, rule, reason, periods } = versions.submit(files, key);
    submitted.push({
      candidate: recipe.candidate,
      version: files.card.version,
      verdict: { kind, rule, reason, periods },
    });
  };
  const isChampion = (choice: RecipeChoice) =>
    champion?.card.lineage.dataHash === prepared.dataHash &&
    recipeIdsOf(forecast, choice).includes(situation.incumbent?.recipe ?? "");
  if (!isChampion(outcome.recipe) || outcome.look !== null) await submit(outcome.recipe);
  const fallback = fallbackOf(forecast, incumbent, { ...judgement, chosen: outcome.recipe });
  if (fallback !== null && submitted[0]?.verdict.kind !== "promote" && !isChampion(fallback)) await submit(fallback);
  return { trials: contest.trials.length, submitted, reason: outcome.reason };
}

function taskOf(
  { prepared, seed }: TrainingParts,
  { judged, trials }: ContestResult,
): Omit<PublishTask, "recipe" | "reason"> {
  const { forecast, dataHash, observations, breaks } = prepared;
  const { judgement, bench } = judged;
  return {
    ...{ forecast, bench, judgement, seed, dataHash, observations, breaks },
    codeVersion: codeVersion(),
    trials: trials.length,
  };
}
