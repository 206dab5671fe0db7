/** The effects of the predict Worker. The entry creates them from its bindings, tests from their own. */

import { version as packageVersion } from "../../package.json";
import type { OnnxRunner } from "../../shared/api/onnx.ts";
import type { PredictionMessage } from "../../shared/api/prediction-message.ts";
import type { ServingReport } from "../../shared/api/serving-report.ts";
import type { BuiltExplainer } from "../../shared/explain/explainer.ts";
import { messageOf } from "../../shared/lib/error-reason.ts";
import type { Result } from "../../shared/lib/result.ts";
import { failure } from "../../shared/lib/result.ts";
import { engineNames } from "../../shared/predict/engines.ts";
import { type LoadedLearner, loadStepProgram } from "../../shared/predict/learned-steps.ts";
import { explainerOf, type ServedModel } from "../../shared/predict/load-model.ts";
import { digestOf, readArtefact } from "./artefacts.ts";
import type { Background } from "./background.ts";
import { CostBudget, type CostLimits, readCostLimits } from "./cost-budget.ts";
import { Recorder, type Recording, readRowsMax, readShare } from "./recorder.ts";
import type { Served } from "./snapshot-store.ts";
import { Snapshots, type Unserved } from "./snapshots.ts";
import type { ArtefactAddress, StoreEffects } from "./store-effects.ts";

/** Bindings of wrangler.toml; PREDICT_TOKEN and PERSONAL_TOKEN are set with `wrangler secret put`. */
export interface PredictEnv {
  readonly ONNX?: OnnxRunner;
  /** `onnxruntime-web` runs every model on the onnx Worker, to compare the two engines. */
  readonly ENGINE?: string;
  readonly SNAPSHOTS: KVNamespace;
  readonly LAKE: R2Bucket;
  readonly RATE_LIMIT?: RateLimit;
  readonly PREDICTIONS?: Queue<PredictionMessage | ServingReport>;
  readonly PREDICTIONS_SAMPLE?: string;
  readonly PREDICTIONS_ROWS_MAX?: string;
  readonly PREDICT_TOKEN?: string;
  readonly PERSONAL_TOKEN?: string;
  /** Operations per second of one address; 0 for no limit. */
  readonly COST_PER_SECOND?: string;
  readonly CODE_VERSION?: WorkerVersionMetadata;
}

export interface Service {
  /** Returns the snapshot of a forecast if it is fresh, else null. A null id means the first forecast. */
  fresh(forecast: string | null): Result<Served, never> | null;
  /** Returns the snapshot of a forecast, or why there is none. */
  find(forecast: string | null, context: Background): Promise<Result<Served, Unserved>>;
  /** Returns the snapshot of a forecast after reading KV again, or why there is none. */
  newest(forecast: string | null, context: Background): Promise<Result<Served, Unserved>>;
  /** Returns the ids of all forecasts, in order. */
  forecasts(context: Background): Promise<readonly string[]>;
  /** Builds the explainer of a model on first use. Reads the file again, because its bytes are not held in memory. */
  explainer(model: ServedModel, context: Background): Promise<BuiltExplainer | "unreadable">;
  /** Loads the learner of further steps on first use. Null if it has none, or its file cannot be loaded: the baselines then serve. */
  stepLearner(model: ServedModel, context: Background): Promise<LoadedLearner | null>;
  /** Returns whether a caller is within the rate limit. */
  allows(caller: string): Promise<boolean>;
  readonly token: string | undefined;
  /** Opens the forecasts about persons. They are closed without it. */
  readonly personalToken: string | undefined;
  /** Null if the computing time of callers is not limited: all have a token, or the limit is off. */
  readonly budget: CostBudget | null;
  /** Null if answers are not recorded. */
  readonly recorder: Recorder | null;
  /** Identifies the deployed code, because another version may answer differently. */
  readonly codeVersion: string;
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
  readonly personalToken?: string | undefined;
  readonly costLimits: CostLimits | null;
  readonly recording: Recording | null;
  /** Receives reports about champions that cannot be loaded. */
  readonly reports?: Pick<Queue<ServingReport>, "send"> | null;
  /** Null if no onnx Worker is bound. */
  readonly onnx: OnnxRunner | null;
  /** Why every model runs on the onnx Worker; null if the built-in engine runs the models that it can. */
  readonly onnxOnlyReason: string | null;
  readonly codeVersion: string;
  now(): Date;
  wait(ms: number): Promise<void>;
}

export function partsOf(env: PredictEnv): ServiceParts {
  return {
    snapshots: env.SNAPSHOTS,
    lake: env.LAKE,
    cache: typeof caches === "undefined" ? null : caches.default,
    rateLimit: env.RATE_LIMIT ?? null,
    token: env.PREDICT_TOKEN || undefined,
    personalToken: env.PERSONAL_TOKEN || undefined,
    costLimits: readCostLimits(env.COST_PER_SECOND),
    recording: recordingOf(env),
    reports: env.PREDICTIONS ?? null,
    onnx: env.ONNX ?? null,
    onnxOnlyReason: readEngine(env.ENGINE),
    codeVersion: env.CODE_VERSION?.id || packageVersion,
    now: () => new Date(),
    wait: (ms) => scheduler.wait(ms),
  };
}

function recordingOf({ PREDICTIONS, PREDICTIONS_SAMPLE, PREDICTIONS_ROWS_MAX }: PredictEnv): Recording | null {
  if (PREDICTIONS === undefined) return null;
  return { queue: PREDICTIONS, share: readShare(PREDICTIONS_SAMPLE), rowsMax: readRowsMax(PREDICTIONS_ROWS_MAX) };
}

/** Returns why every model runs on the onnx Worker; null if ENGINE does not require that. */
function readEngine(engine = ""): string | null {
  if (engine === "onnxruntime-web") return "ENGINE is onnxruntime-web";
  if (engine !== "" && engine !== "tabular") {
    console.error(
      `ENGINE is ${engine}, expected ${engineNames.join(" or ")}; the built-in engine runs the models that it can`,
    );
  }
  return null;
}

export function serviceOf(parts: ServiceParts): Service {
  const {
    snapshots: kv,
    lake,
    cache,
    rateLimit,
    token,
    personalToken,
    costLimits,
    recording,
    reports = null,
    onnx,
    onnxOnlyReason,
    codeVersion,
    now,
    wait,
  } = parts;
  const snapshots = new Snapshots();
  const explainers = new WeakMap<ServedModel, BuiltExplainer>();
  const learners = new WeakMap<ServedModel, LoadedLearner>();
  const sourcesFor = (context: Background) => ({
    lake,
    cache,
    waitUntil: (work: Promise<unknown>) => context.waitUntil(work),
  });
  const effectsFor = (context: Background): StoreEffects => ({
    readText: (key) => kv.get(key),
    readArtefact: (address) => readArtefact(address, sourcesFor(context)),
    digest: digestOf,
    onnx,
    onnxOnlyReason,
    async report(report) {
      try {
        await reports?.send({ kind: "serving", ...report, at: now().toISOString() });
      } catch (error) {
        console.error(`reporting ${report.forecast}: ${messageOf(error)}`);
      }
    },
    waitUntil: (work) => context.waitUntil(work),
    nowMs: () => now().getTime(),
    wait,
    log: (text) => console.error(text),
  });
  return {
    async explainer(model, context) {
      if (model.unexplainedReason !== null) return failure(model.unexplainedReason);
      const cached = explainers.get(model);
      if (cached) return cached;
      const { forecast, version, model: file } = model.card;
      const address: ArtefactAddress = { forecast, version, name: "model.onnx", sha256: file.sha256 };
      try {
        const built = explainerOf(await readArtefact(address, sourcesFor(context)), model.card);
        explainers.set(model, built);
        return built;
      } catch (error) {
        console.error(`explaining ${forecast} ${version}: ${messageOf(error)}`);
        return "unreadable";
      }
    },
    async stepLearner(model, context) {
      const { forecast, version, stepLearner } = model.card;
      const cached = learners.get(model);
      if (cached || stepLearner === undefined) return cached ?? null;
      const address: ArtefactAddress = { forecast, version, name: "steps.onnx", sha256: stepLearner.model.sha256 };
      try {
        const program = loadStepProgram(await readArtefact(address, sourcesFor(context)), stepLearner);
        if (!program.ok) throw new Error(program.error);
        const loaded = { program: program.value };
        learners.set(model, loaded);
        return loaded;
      } catch (error) {
        console.error(`steps of ${forecast} ${version}: ${messageOf(error)}`);
        return null;
      }
    },
    fresh: (forecast) => snapshots.fresh(forecast, now().getTime()),
    find: (forecast, context) => snapshots.find(forecast, effectsFor(context)),
    newest: (forecast, context) => snapshots.newest(forecast, effectsFor(context)),
    forecasts: (context) => snapshots.list(effectsFor(context)),
    async allows(caller) {
      try {
        return (await rateLimit?.limit({ key: caller }))?.success ?? true;
      } catch {
        // A failing rate limiter must not make the forecasts unavailable.
        return true;
      }
    },
    token,
    personalToken,
    budget: token === undefined && costLimits !== null ? new CostBudget(costLimits) : null,
    recorder: recording && new Recorder(recording),
    codeVersion,
    now,
    newId: () => crypto.randomUUID(),
  };
}
