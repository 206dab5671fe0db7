/** Loads the snapshot that predict answers with: the champion, or the version that serves in its place, and a history. */

import type { ServableVersion } from "../../../shared/api/champion.ts";
import type { History } from "../../../shared/api/history.ts";
import { listModels } from "../../../shared/db/models.ts";
import type { Explainer } from "../../../shared/explain/explainer.ts";
import type { Forecast } from "../../../shared/forecasts/forecast.ts";
import { isOverdue } from "../../../shared/forecasts/overdue.ts";
import { sha256Hex } from "../../../shared/lib/hash.ts";
import { failure, type Result, success } from "../../../shared/lib/result.ts";
import { type LoadedLearner, loadStepProgram } from "../../../shared/predict/learned-steps.ts";
import { explainerOf, loadModel, type ServedModel } from "../../../shared/predict/load-model.ts";
import { loadOnOnnxWorker } from "../../../shared/predict/load-on-onnx-worker.ts";
import { readServed } from "../../../shared/predict/read-served.ts";
import { buildOutlook, buildSnapshot, type Snapshot } from "../../../shared/predict/snapshot.ts";
import { isNaive } from "../../../shared/registry/gate.ts";
import { artefactKey, servedKey } from "../../../shared/registry/keys.ts";
import type { Hub } from "../hub.ts";
import { pointerOf } from "../registry/pointer.ts";
import type { ServingHub } from "../registry/served.ts";
import { findServable } from "../registry/serving.ts";

export type LoadingHub = ServingHub & Pick<Hub, "onnx">;

export interface LoadedModel {
  readonly model: ServedModel;
  /** Explains predictions of a classification; null for a model that cannot be explained. */
  readonly explain: Explainer | null;
}

/** Loads the model that serves a forecast. Returns null without a champion, and fails if no version of it can run. */
export async function loadServing(hub: LoadingHub, forecast: Forecast): Promise<Result<LoadedModel> | null> {
  const pointer = await pointerOf(hub, forecast);
  if (pointer === null) return null;
  const { number, version: champion, served, model, decision, at: since, fallbacks = [] } = pointer;
  const own = served === undefined ? [] : [{ version: champion, served, model }];
  let problem = served === undefined ? "it has no served.json" : null;
  for (const version of [...own, ...fallbacks]) {
    const loaded = await loadVersion(hub, forecast, { ...version, number });
    if (!loaded.ok) {
      problem ??= loaded.error;
      continue;
    }
    const why = version.version === champion ? { decision } : { fallback: { champion, reason: problem ?? "" } };
    return success({ ...loaded.value, model: { ...loaded.value.model, since, ...why } });
  }
  return failure(`Version ${champion} cannot run: ${problem}.`);
}

/** Versions that are searched for a baseline. Every training registers one. */
const versionsMax = 200;

/** Loads the newest baseline of a forecast; null if none can run. */
export async function loadBaseline(hub: LoadingHub, forecast: Forecast): Promise<ServedModel | null> {
  const registered = await listModels(hub.db, { forecast: forecast.id, limit: versionsMax, offset: 0 });
  for (const { version } of registered.filter(({ candidate }) => isNaive(candidate))) {
    const servable = await findServable(hub, forecast, version);
    if (!servable.ok) continue;
    const { modelSha256: sha256, modelBytes: bytes, served } = servable.value;
    const loaded = await loadVersion(hub, forecast, { version, model: { sha256, bytes }, served, number: 0 });
    if (loaded.ok) return loaded.value.model;
  }
  return null;
}

interface NumberedVersion extends ServableVersion {
  readonly number: number;
}

/** Loads one version as predict does. A read that fails throws, so that the step is tried again; damaged files are a failure. */
async function loadVersion(
  hub: Pick<Hub, "lake" | "onnx">,
  { id: forecast, task }: Forecast,
  { version, model, served, number }: NumberedVersion,
): Promise<Result<LoadedModel>> {
  const text = await read(hub, servedKey(forecast, version, served.sha256), served.sha256);
  if (!text.ok) return text;
  const bytes = await read(hub, artefactKey(forecast, version, "model.onnx"), model.sha256);
  if (!bytes.ok) return bytes;
  const description = readServed(new TextDecoder().decode(text.value));
  if (!description.ok) return description;
  const parts = { description: description.value, bytes: bytes.value, number, servedNumber: served.number };
  const here = loadModel(parts);
  if (here.ok) {
    const explainer = task === "classification" ? explainerOf(bytes.value, here.value.card) : null;
    const learner = await loadLearner(hub, here.value.card);
    return success({ model: { ...here.value, learner }, explain: explainer?.ok ? explainer.value.explain : null });
  }
  if (!here.error.isOutside) return failure(here.error.reason);
  const there = await loadOnOnnxWorker(parts, { runner: hub.onnx, why: here.error.reason });
  return there.ok ? success({ model: there.value, explain: null }) : there;
}

/** Loads the learner of further steps. Null without one, or if its file cannot be used: the baselines then serve, as in predict. */
async function loadLearner(
  hub: Pick<Hub, "lake">,
  { forecast, version, stepLearner }: ServedModel["card"],
): Promise<LoadedLearner | null> {
  if (stepLearner === undefined) return null;
  const bytes = await read(hub, artefactKey(forecast, version, "steps.onnx"), stepLearner.model.sha256);
  const program = bytes.ok ? loadStepProgram(bytes.value, stepLearner) : bytes;
  return program.ok ? { program: program.value } : null;
}

async function read(
  { lake }: Pick<Hub, "lake">,
  key: string,
  sha256: string,
): Promise<Result<Uint8Array<ArrayBuffer>>> {
  const object = await lake.get(key);
  if (object === null) return failure(`R2 has no ${key}`);
  const bytes = new Uint8Array(await object.arrayBuffer());
  const found = sha256Hex(bytes);
  return found === sha256 ? success(bytes) : failure(`${key} is damaged: found sha256 ${found}, expected ${sha256}`);
}

export interface DatedHistory {
  readonly history: History;
  readonly digest: string;
  readonly number: number;
  readonly now: Date;
}

/** Builds the snapshot of a history; fails if the history does not fit the model. */
export function snapshotOf(model: ServedModel, { history, digest, number, now }: DatedHistory): Result<Snapshot> {
  const outlook = buildOutlook(model.forecast, history);
  if (!outlook.ok) return outlook;
  const today = now.toISOString().slice(0, 10);
  const parts = { model, outlook: outlook.value, historyDigest: digest, historyNumber: number };
  return success(buildSnapshot({ ...parts, isOverdue: isOverdue(outlook.value.end, today) }));
}
