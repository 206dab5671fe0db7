/** A training against a hub: its lake in, its champion judged alongside, a registered version out, promotion asked for. */
import type { FlowDetail } from "../../shared/api/flows.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { sha256Hex } from "../../shared/lib/hash.ts";
import { parseJsonBytes } from "../../shared/lib/parse-json.ts";
import { type Card, cardShape } from "../../shared/registry/card.ts";
import { isNaive } from "../../shared/registry/gate.ts";
import type { RecipeChoice } from "../../shared/training/job.ts";
import type { Judgement, ServingModel } from "../../shared/training/judge.ts";
import { type Published, type PublishTask, publish } from "../../shared/training/publish.ts";
import { recipeIdsOf, recipeOf } from "../../shared/training/recipe.ts";
import type { TrialRecord } from "../../shared/training/search.ts";
import { type Outcome, outcomeOf } from "../../shared/training/verdict.ts";
import { Failure } from "../failure.ts";
import { flowEnded } from "../flows.ts";
import { type Hub, type HubAddress, openHub, orNull } from "../hub.ts";
import { feedsOf } from "../known.ts";
import { codeVersion } from "./code-version.ts";
import { factsOfLakes } from "./facts.ts";
import type { ReadTrainingOptions } from "./options.ts";
import type { ThreadPool } from "./pool.ts";
import { runReference } from "./reference-runtime.ts";
import { trialsToResume } from "./resume.ts";
import { type ContestHeld, holdContest, type Prepared, prepare, withPool } from "./run-contest.ts";
import { type Serving, servingModel } from "./serving-model.ts";
import { trialLog } from "./trial-log.ts";

export interface TrainTask extends ReadTrainingOptions {
  readonly forecast: Forecast;
  readonly why: string;
  /** An interrupted run whose trials are taken over; null to begin anew. */
  readonly resume: string | null;
}

export interface Trained {
  readonly run: string;
  readonly judgement: Judgement;
  readonly outcome: Outcome;
  readonly trials: number;
  readonly seconds: number;
  /** The registered versions, the chosen recipe first, and what became of each promotion. */
  readonly versions: readonly Promoted[];
  /** Version that serves afterwards. */
  readonly champion: string | null;
}

export interface Promoted {
  readonly version: string;
  readonly candidate: string;
  readonly flow: FlowDetail;
}

/** Says what is being done now. */
export type Say = (text: string) => void;

/** Trains and asks for promotion. A training that fails ends its run as failed and registers nothing. */
export async function train(address: HubAddress, task: TrainTask, say: Say): Promise<Trained> {
  const { forecast, seed } = task;
  const hub = openHub({ ...address, actor: "trainer" });
  const { api } = hub;
  say("reading the lake");
  const prepared = prepare(forecast, await factsOfLakes(hub, feedsOf(forecast)));
  const serving = await servingModel(hub, prepared);
  const earlier = task.resume === null ? [] : await trialsToResume(hub, task.resume, { prepared, seed });
  const { dataHash } = prepared;
  const body = { seed, codeVersion: codeVersion(), dataHash, why: task.why };
  const run = await api.createRun({ forecast: forecast.id, body });
  if (task.resume !== null) await abandonRun(hub, task.resume, `run ${run.id} goes on with it`);
  try {
    const trained = await withPool(
      prepared,
      (pool) => contestAndPublish({ hub, prepared, serving, task, run: run.id, earlier, pool }, say),
      task.threads,
    );
    const { trials, seconds, outcome } = trained;
    const done = { state: "done", reason: outcome.reason.slice(0, 1000), stats: { trials, seconds } } as const;
    await api.endRun({ run: run.id, body: done });
    return trained;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const failed = { state: "failed", reason: reason.slice(0, 1000), stats: null } as const;
    await api.endRun({ run: run.id, body: failed }).catch(() => undefined);
    throw error;
  }
}

/** Ends a run that nothing works on any more; one that has ended stays as it is. */
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

async function contestAndPublish(contest: Contest, say: Say): Promise<Trained> {
  const { hub, prepared, serving, task, run, earlier, pool } = contest;
  const { forecast } = task;
  const log = trialLog(hub, run);
  for (const trial of earlier) log.add(trial);
  const options = { ...task, incumbent: serving.model, earlier };
  const held = await holdContest(prepared, options, { pool, say, onTrial: log.add });
  await log.flush();
  const { judgement } = held.judged;
  const outcome = outcomeOf(forecast, judgement, serving.situation);
  const challenger = publishTask(contest, held, { recipe: judgement.chosen, reason: outcome.reason });
  const versions: Promoted[] = [];
  const offer = async (wanted: PublishTask) => {
    say(`fitting ${wanted.recipe.candidate} to all data`);
    const { card, model } = await publishOrFail(wanted, pool);
    say(`registering ${card.version}`);
    await register(hub, { card, model, run });
    say(`asking for promotion of ${card.version}`);
    versions.push({
      version: card.version,
      candidate: card.recipe.candidate,
      flow: await promote(hub, card, task.why),
    });
  };
  const isServed = (choice: RecipeChoice) =>
    serving.dataHash === prepared.dataHash &&
    recipeIdsOf(forecast, choice).includes(serving.situation.incumbent?.recipe ?? "");
  // What serves was made from this very data: there is nothing to refresh.
  if (!isServed(judgement.chosen)) await offer(challenger);
  const fallback = fallbackOf(forecast, serving.model, judgement);
  const isOvertaken =
    (await hub.api.getChampion({ forecast: forecast.id })).champion?.version !== serving.model?.version;
  if (fallback !== null && versions[0]?.flow.state !== "done" && !isServed(fallback) && !isOvertaken) {
    await offer(publishTask(contest, held, { recipe: fallback, reason: outcome.reason }));
  }
  const { champion } = await hub.api.getChampion({ forecast: forecast.id });
  const { seconds } = held;
  return {
    run,
    judgement,
    outcome,
    trials: held.trials.length,
    seconds,
    versions,
    champion: champion?.version ?? null,
  };
}

/**
 * What is asked for when the chosen recipe is not let in: with nothing serving the naive forecast, which needs no proof;
 * else the serving recipe on newer data. Null where that is what was chosen, or where it cannot be fitted here.
 */
export function fallbackOf(
  forecast: Forecast,
  model: ServingModel | null,
  { chosen, naive, evidenceFor }: Pick<Judgement, "chosen" | "naive" | "evidenceFor">,
): RecipeChoice | null {
  if (model?.isExternal) return null;
  // Where a naive forecast serves, the one that is better by now stands in for it.
  const fallback = model === null || isNaive(model.recipe.candidate) ? naive : model.recipe;
  // By identity: a card sorts its parameters, a search names them as they were declared.
  const isChosen = recipeOf(forecast, fallback).id === recipeOf(forecast, chosen).id;
  return isChosen || evidenceFor(fallback) === null ? null : fallback;
}

function publishTask(
  { prepared, task }: Contest,
  { judged, trials }: ContestHeld,
  { recipe, reason }: Pick<PublishTask, "recipe" | "reason">,
): PublishTask {
  const { judgement, bench } = judged;
  return {
    forecast: task.forecast,
    bench,
    judgement,
    recipe,
    reason,
    seed: task.seed,
    codeVersion: codeVersion(),
    trials: trials.length,
    dataHash: prepared.dataHash,
    observations: prepared.observations,
  };
}

/** Publishes, or fails with what is wrong with the file and what to change. */
export async function publishOrFail(task: PublishTask, pool: ThreadPool): Promise<Published> {
  const publishing = await publish(task, { pool, run: runReference });
  if (publishing.ok) return publishing.published;
  const what = {
    "no-fit": "The chosen recipe could not be fitted to all data.",
    "too-large": "The model does not fit the edge.",
    disagreement: "The file and the trainer disagree, so it is not published.",
  }[publishing.reason];
  throw new Failure(`${what} ${publishing.problems.join(" ")}`);
}

/** Both artefacts first, the version's row last: a training that is killed in between leaves nothing registered. */
export async function register(
  hub: Hub,
  { card, model, run }: { readonly card: Card; readonly model: Uint8Array<ArrayBuffer>; readonly run: string | null },
): Promise<void> {
  const address = { forecast: card.forecast, version: card.version };
  await hub.api.uploadArtefact({ ...address, artefact: "model.onnx", body: model });
  const cardBytes = (await keptCard(hub, card)) ?? new TextEncoder().encode(JSON.stringify(card));
  await hub.api.uploadArtefact({ ...address, artefact: "card.json", body: cardBytes });
  const digests = { model: { sha256: card.model.sha256 }, card: { sha256: sha256Hex(cardBytes) } };
  await hub.api.registerModel({ ...address, body: { ...digests, ...(run !== null && { run }) } });
}

/**
 * The card of the same model that an earlier training left, perhaps without registering it. Both say the same but for how
 * long each contender took, and a version's files are never replaced. Null where there is none of this model.
 */
async function keptCard({ api }: Hub, card: Card): Promise<Uint8Array<ArrayBuffer> | null> {
  const { forecast, version, model } = card;
  const file = await orNull(api.downloadArtefact({ forecast, version, artefact: "card.json" }));
  if (file === null) return null;
  const json = parseJsonBytes(file.bytes);
  const stored = cardShape.safeParse(json.ok ? json.value : null);
  return stored.success && stored.data.model.sha256 === model.sha256 ? file.bytes : null;
}

/** Asks for promotion and waits for the flow to end, whatever its answer. */
export async function promote(
  hub: Hub,
  { forecast, version }: Pick<Card, "forecast" | "version">,
  why: string,
): Promise<FlowDetail> {
  const { flow } = await hub.api.promoteModel({ forecast, version, body: { why } });
  return flowEnded(hub, flow);
}
