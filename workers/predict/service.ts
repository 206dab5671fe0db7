/** Everything the predict Worker touches, in one value. The entry makes it from its bindings; tests from theirs. */

import type { OnnxRunner } from "../../shared/api/onnx.ts";
import type { PredictionMessage } from "../../shared/api/prediction-message.ts";
import type { BuiltExplainer } from "../../shared/explain/explainer.ts";
import { forecasts } from "../../shared/forecasts/index.ts";
import { engineNames } from "../../shared/predict/engines.ts";
import { explainerOf, type ServedModel } from "../../shared/predict/load-model.ts";
import { digestOf, readArtefact } from "./artefacts.ts";
import { Recorder, type Recording, readShare } from "./record.ts";
import { type ArtefactAddress, type Current, SnapshotStore, type StoreEffects } from "./snapshot-store.ts";

/** Bindings of wrangler.toml; PREDICT_TOKEN is set with `wrangler secret put`. */
export interface PredictEnv {
  readonly ONNX?: OnnxRunner;
  /** For diagnosis: `onnxruntime-web` runs every model on the onnx Worker, so that the two engines can be compared. */
  readonly ENGINE?: string;
  readonly SNAPSHOTS: KVNamespace;
  readonly LAKE: R2Bucket;
  readonly RATE_LIMIT?: RateLimit;
  readonly PREDICTIONS?: Queue<PredictionMessage>;
  readonly PREDICTIONS_SAMPLE?: string;
  readonly PREDICT_TOKEN?: string;
}

/** Work of a request that goes on behind its answer. */
type Background = Pick<ExecutionContext, "waitUntil">;

export interface Service {
  /** What a forecast is answered from; null for a forecast that there is not. */
  current(forecast: string, context: Background): Current | Promise<Current> | null;
  /** Made when it is first asked for, out of the file that was let go once it was loaded. */
  explainer(model: ServedModel, context: Background): Promise<BuiltExplainer | "unreadable">;
  /** Whether a caller may go on. */
  allows(caller: string): Promise<boolean>;
  readonly token: string | undefined;
  /** Null where answers are told to nobody. */
  readonly recorder: Recorder | null;
  now(): Date;
  newId(): string;
}

/** Parts that tests replace. */
export interface ServiceParts {
  readonly snapshots: Pick<KVNamespace, "get">;
  readonly lake: Pick<R2Bucket, "get">;
  readonly cache: Pick<Cache, "match" | "put"> | null;
  readonly rateLimit: Pick<RateLimit, "limit"> | null;
  readonly token: string | undefined;
  readonly recording: Recording | null;
  /** Null where it is not bound. */
  readonly onnx: OnnxRunner | null;
  readonly allElsewhere: string | null;
  now(): Date;
}

export function partsOf(env: PredictEnv): ServiceParts {
  return {
    snapshots: env.SNAPSHOTS,
    lake: env.LAKE,
    cache: typeof caches === "undefined" ? null : caches.default,
    rateLimit: env.RATE_LIMIT ?? null,
    token: env.PREDICT_TOKEN || undefined,
    recording: env.PREDICTIONS ? { queue: env.PREDICTIONS, share: readShare(env.PREDICTIONS_SAMPLE) } : null,
    onnx: env.ONNX ?? null,
    allElsewhere: readEngine(env.ENGINE),
    now: () => new Date(),
  };
}

/** Why every model runs on the onnx Worker; null where that is not asked for. */
function readEngine(engine = ""): string | null {
  if (engine === "onnxruntime-web") return "ENGINE is onnxruntime-web";
  if (engine !== "" && engine !== "tabular") {
    console.error(`ENGINE is ${engine}, expected ${engineNames.join(" or ")}; our engine runs what it knows`);
  }
  return null;
}

export function serviceOf(parts: ServiceParts): Service {
  const { snapshots, lake, cache, rateLimit, token, recording, onnx, allElsewhere, now } = parts;
  const stores = new Map(forecasts.map((forecast) => [forecast.id, new SnapshotStore(forecast)]));
  const explainers = new WeakMap<ServedModel, BuiltExplainer>();
  const sourcesFor = (context: Background) => ({
    lake,
    cache,
    waitUntil: (work: Promise<unknown>) => context.waitUntil(work),
  });
  const effectsFor = (context: Background): StoreEffects => ({
    readText: (key) => snapshots.get(key),
    readArtefact: (address) => readArtefact(address, sourcesFor(context)),
    digest: digestOf,
    onnx,
    allElsewhere,
    waitUntil: (work) => context.waitUntil(work),
    nowMs: () => now().getTime(),
    wait: (ms) => scheduler.wait(ms),
    log: (text) => console.error(text),
  });
  return {
    async explainer(model, context) {
      if (model.unexplained !== null) return { ok: false, reason: model.unexplained };
      const kept = explainers.get(model);
      if (kept) return kept;
      const { forecast, version, model: file } = model.card;
      const address: ArtefactAddress = { forecast, version, name: "model.onnx", sha256: file.sha256 };
      try {
        const built = explainerOf(await readArtefact(address, sourcesFor(context)), model.card);
        explainers.set(model, built);
        return built;
      } catch (error) {
        console.error(`explaining ${forecast} ${version}: ${error instanceof Error ? error.message : error}`);
        return "unreadable";
      }
    },
    current(forecast, context) {
      const store = stores.get(forecast);
      return store?.fresh(now().getTime()) ?? store?.current(effectsFor(context)) ?? null;
    },
    async allows(caller) {
      try {
        return (await rateLimit?.limit({ key: caller }))?.success ?? true;
      } catch {
        // A limit that cannot be counted must not take the forecasts away.
        return true;
      }
    },
    token,
    recorder: recording && new Recorder(recording),
    now,
    newId: () => crypto.randomUUID(),
  };
}
