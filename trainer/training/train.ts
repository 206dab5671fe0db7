/** Trains from a hub's lake: judges the candidates and the champion, registers a version and requests its promotion. */

import type { FlowDetail } from "../../shared/api/flows.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import type { Card } from "../../shared/registry/card.ts";
import { isNaive, type Situation } from "../../shared/registry/gate.ts";
import { promotionLevel } from "../../shared/registry/look.ts";
import { feedEndsOf, type SilentSource, silentSources } from "../../shared/sources/silent-sources.ts";
import type { StepSituation } from "../../shared/training/decide-steps.ts";
import { fitAllJob } from "../../shared/training/fit-published.ts";
import type { Pool, RecipeChoice } from "../../shared/training/job.ts";
import type { Judgement, ServingModel } from "../../shared/training/judgement.ts";
import { type Published, publish } from "../../shared/training/publish.ts";
import type { PublishTask, RunModel } from "../../shared/training/publish-task.ts";
import { recipeIdsOf, recipeOf } from "../../shared/training/recipe.ts";
import { reuseJobs, runAhead } from "../../shared/training/reuse-jobs.ts";
import type { TrialRecord } from "../../shared/training/search.ts";
import { stepBaselinesOf } from "../../shared/training/step-contest.ts";
import { outcomeOf, type TrainingOutcome } from "../../shared/training/verdict.ts";
import { Failure } from "../failure.ts";
import { type Hub, type HubAddress, openHub } from "../hub.ts";
import { feedsOf } from "../known.ts";
import { codeVersion } from "./code-version.ts";
import { trainSteps } from "./contest-steps.ts";
import { factsOfLakes } from "./facts.ts";
import type { ReadTrainingOptions } from "./options.ts";
import type { ThreadPool } from "./pool.ts";
import { runReference } from "./reference-runtime.ts";
import { promote, register } from "./register.ts";
import { trialsToResume } from "./resume.ts";
import { type ContestResult, type Prepared, prepareTraining, runContest, withPool } from "./run-contest.ts";
import { type Serving, servingModel } from "./serving-model.ts";
import { asRun } from "./training-run.ts";
import { trialLog } from "./trial-log.ts";

export interface TrainTask extends ReadTrainingOptions {
  readonly forecast: Forecast;
  readonly why: string;
  /** The present day, by which a source can be overdue. */
  readonly day: string;
  /** Id of an interrupted run to resume; null to start from the beginning. */
  readonly resume: string | null;
  /** Called when the data is read from the hub. */
  onRead?(): void;
  /** Called when the hub has a run for this training. */
  onRun?(run: string): void;
}

export interface Trained {
  readonly run: string;
  readonly judgement: Judgement;
  readonly outcome: TrainingOutcome;
  readonly trials: number;
  readonly seconds: number;
  /** The registered versions with their promotion flows, the chosen recipe first. */
  readonly versions: readonly Promoted[];
  /** Version of the champion after the training. */
  readonly champion: string | null;
  /** The sources whose next value is overdue. */
  readonly silent: readonly SilentSource[];
}

export interface Promoted {
  readonly version: string;
  readonly candidate: string;
  readonly flow: FlowDetail;
}

export type OnProgress = (text: string) => void;

/** Trains and requests promotion. If the training fails, its run ends as failed and nothing more is registered. */
export async function train(address: HubAddress, task: TrainTask, onProgress: OnProgress): Promise<Trained> {
  const { forecast, seed } = task;
  const hub = openHub({ ...address, actor: "trainer" });
  const { api } = hub;
  onProgress("reading the lake");
  const facts = await factsOfLakes(hub, feedsOf(forecast));
  const prepared = prepareTraining(forecast, facts);
  const serving = await servingModel(hub, prepared, task);
  const earlier = task.resume === null ? [] : await trialsToResume(hub, task.resume, { prepared, seed });
  const { dataHash } = prepared;
  const body = { seed, codeVersion: codeVersion(), dataHash, why: task.why };
  const run = await api.createRun({ forecast: forecast.id, body });
  if (task.resume !== null) await abandonRun(hub, task.resume, `resumed by run ${run.id}`);
  task.onRead?.();
  task.onRun?.(run.id);
  return asRun(hub, run.id, async () => {
    const ended = await withPool(
      prepared,
      (pool) => contestAndPublish({ hub, prepared, serving, task, run: run.id, earlier, pool }, onProgress),
      task.threads,
    );
    const { trials, seconds, outcome } = ended;
    const silent = silentSources(forecast, feedEndsOf(forecast, facts), task.day);
    return { result: { ...ended, silent }, reason: outcome.reason, stats: { trials, seconds } };
  });
}

/** Ends an interrupted run as abandoned. A run that has ended is not changed. */
async function abandonRun({ api }: Hub, run: string, reason: string): Promise<void> {
  if ((await api.getRun({ run })).state === "running") await api.endRun({ run, body: { state: "abandoned", reason } });
}

interface Contest {
  readonly hub: Hub;
  readonly prepared: Prepared;
  readonly serving: Serving;
  readonly task: TrainTask;
  readonly run: string;
  readonly earlier: readonly TrialRecord[];
  readonly pool: ThreadPool;
}

async function contestAndPublish(contest: Contest, onProgress: OnProgress): Promise<Omit<Trained, "silent">> {
  const { hub, prepared, serving, task, run, earlier, pool } = contest;
  const { forecast } = task;
  const log = trialLog(hub, run);
  for (const trial of earlier) log.add(trial);
  const options = { ...task, incumbent: serving.model, earlier };
  const result = await runContest(prepared, options, { pool, onProgress, onTrial: log.add });
  await log.flush();
  const { judgement, bench } = result.judged;
  const judged = outcomeOf(forecast, judgement, serving.situation);
  const outcome = serving.note === null ? judged : { ...judged, reason: `${serving.note} ${judged.reason}` };
  const isChampion = (choice: RecipeChoice) =>
    serving.dataHash === prepared.dataHash &&
    recipeIdsOf(forecast, choice).includes(serving.situation.incumbent?.recipe ?? "");
  // A champion of this recipe and this data would be registered again without a change. The gate has to record a look.
  const isPublished = !isChampion(outcome.recipe) || outcome.look !== null;
  const reused = reuseJobs(pool);
  const ahead = isPublished ? [outcome.recipe, judgement.naive] : [judgement.naive];
  runAhead(
    reused,
    ahead.map((recipe) => fitAllJob({ bench, recipe, seed: task.seed })),
  );
  onProgress("judging the learners of further steps");
  const judging = trainSteps(
    prepared,
    judgement,
    { seed: task.seed, situation: stepSituationOf(outcome, serving), champion: serving.learner },
    { pool, run: runReference },
  );
  // Handles its failure if the baselines fail first.
  judging.catch(() => undefined);
  // The threads fit learners meanwhile.
  const baselines = stepBaselinesOf(forecast, prepared.panel);
  const steps = await judging;
  const further = steps?.further ?? null;
  const challenger = publishTask(contest, result, { recipe: outcome.recipe, outcome, baselines, further });
  const versions: Promoted[] = [];
  const publishAndRegister = async (wanted: PublishTask): Promise<Card> => {
    onProgress(`fitting ${wanted.recipe.candidate} to all data`);
    const { card, model } = await publishOrFail(wanted, reused);
    onProgress(`registering ${card.version}`);
    await register(hub, { card, model, steps: steps?.model ?? null, run });
    return card;
  };
  const registerAndPromote = async (wanted: PublishTask) => {
    const card = await publishAndRegister(wanted);
    const { champion } = await hub.api.getChampion({ forecast: forecast.id });
    // The champion's file was lost, and this training has stored it again.
    if (champion?.version === card.version) return onProgress(`${card.version} is the champion already`);
    onProgress(`requesting promotion of ${card.version}`);
    versions.push({
      version: card.version,
      candidate: card.recipe.candidate,
      flow: await promote(hub, card, task.why),
    });
  };
  // Before the promotions: the champion's pointer names the baseline that serves if the champion cannot run.
  if (judgement.evidenceFor(judgement.naive) !== null) {
    const baseline = publishTask(contest, result, { recipe: judgement.naive, outcome, baselines, further });
    await publishAndRegister({ ...baseline, isFallback: true });
  }
  if (isPublished) await registerAndPromote(challenger);
  const fallback = fallbackOf(forecast, serving.model, { ...judgement, chosen: outcome.recipe });
  const isReplaced =
    (await hub.api.getChampion({ forecast: forecast.id })).champion?.version !== serving.model?.version;
  if (fallback !== null && versions[0]?.flow.state !== "done" && !isChampion(fallback) && !isReplaced) {
    await registerAndPromote(publishTask(contest, result, { recipe: fallback, outcome, baselines, further }));
  }
  const { champion } = await hub.api.getChampion({ forecast: forecast.id });
  const { seconds } = result;
  return {
    run,
    judgement,
    outcome,
    trials: result.trials.length,
    seconds,
    versions,
    champion: champion?.version ?? null,
  };
}

/**
 * Returns the recipe to promote if the gate rejects the chosen one: without a champion the baseline, which needs no
 * significance; else the champion's recipe on newer data. Null if it equals the chosen one or cannot be fitted here.
 */
export function fallbackOf(
  forecast: Forecast,
  model: ServingModel | null,
  { chosen, naive, evidenceFor }: Pick<Judgement, "chosen" | "naive" | "evidenceFor">,
): RecipeChoice | null {
  if (model?.isExternal) return null;
  // If a baseline is the champion, use the baseline that is best on the newer data.
  const fallback = model === null || isNaive(model.recipe.candidate) ? naive : model.recipe;
  // Compare by id: a card sorts its parameters, a search lists them as declared.
  const isChosen = recipeOf(forecast, fallback).id === recipeOf(forecast, chosen).id;
  return isChosen || evidenceFor(fallback) === null ? null : fallback;
}

function publishTask(
  { prepared, serving, task }: Contest,
  { judged, trials }: ContestResult,
  choice: Required<Pick<PublishTask, "recipe" | "outcome" | "baselines" | "further">> & {
    readonly outcome: TrainingOutcome;
  },
): PublishTask {
  const { judgement, bench } = judged;
  return {
    forecast: task.forecast,
    bench,
    judgement,
    ...choice,
    reason: choice.outcome.reason,
    seed: task.seed,
    codeVersion: codeVersion(),
    trials: trials.length,
    dataHash: prepared.dataHash,
    observations: prepared.observations,
    breaks: prepared.breaks,
    after: prepared.after,
    unreadable: serving.unreadable,
  };
}

/** Publishes the model. @throws Failure with what is wrong with the file and what to change. */
export async function publishOrFail(task: PublishTask, pool: Pool, run: RunModel = runReference): Promise<Published> {
  const publishing = await publish(task, { pool, run });
  if (publishing.ok) return publishing.value;
  const what = {
    "no-fit": "The chosen recipe could not be fitted to all data.",
    "too-large": "The model is too large to be served.",
    disagreement: "The model file and the trainer give different results, so it was not published.",
  }[publishing.error.reason];
  throw new Failure(`${what} ${publishing.error.problems.join(" ")}`);
}

/**
 * Returns how the learners of further steps are decided. They are tested at the level of the look. The first training of a forecast
 * tests them also if no contender of step 1 was ahead on validation, so that there was no look.
 */
export function stepSituationOf(
  { look }: Pick<TrainingOutcome, "look">,
  {
    situation,
    model,
    learnedSteps,
  }: Pick<Serving, "learnedSteps"> & {
    readonly situation: Pick<Situation, "looks">;
    readonly model: object | null;
  },
): StepSituation {
  const isFirst = model === null && situation.looks.length === 0;
  const halvings = look?.halvings ?? (isFirst ? 0 : null);
  return { level: halvings === null ? null : promotionLevel / 2 ** halvings, served: learnedSteps };
}
