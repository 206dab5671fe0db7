/** Every effect of the hub in one value. Entries build it from their bindings; functions take the members they use. */
import { drizzle } from "drizzle-orm/d1";
import type { LakeEvent } from "../../shared/api/lake-event.ts";
import type { OnnxRunner } from "../../shared/api/onnx.ts";
import type { PredictionMessage } from "../../shared/api/prediction-message.ts";
import type { Database } from "../../shared/db/database.ts";
import * as schema from "../../shared/db/schema.ts";
import { fingerprintsOf } from "../../shared/forecasts/fingerprint.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import type { Evaluate } from "../../shared/registry/golden.ts";
import { evaluateOnnx } from "../../shared/registry/onnx-engine.ts";
import { readVariables, type Variables } from "./variables.ts";

export interface FlowParams {
  readonly flowId: string;
  readonly attempt: number;
}

export interface Hub {
  readonly db: Database;
  readonly lake: R2Bucket;
  readonly snapshots: KVNamespace;
  readonly events: Queue<LakeEvent>;
  /** The queue of predictions; here only to resend dead letters. */
  readonly answered: Queue<PredictionMessage>;
  /** The Workflow of each kind of flow. */
  readonly workflows: Readonly<Record<string, Workflow<FlowParams>>>;
  /** The Worker that answers prediction requests. */
  readonly predict: Pick<Fetcher, "fetch">;
  readonly boot: string;
  readonly adminToken: string | undefined;
  /** Runs the models that the built-in engine does not support. */
  readonly onnx: OnnxRunner;
  /** The built-in engine, which must answer a card's golden rows before its model may serve. */
  readonly evaluate: Evaluate;
  /** The fingerprints of a forecast's features in this code, by every rule; a model trained on other features is refused. */
  fingerprints(forecast: Forecast): readonly string[];
  /** A new unique id. */
  newId(): string;
  readonly variables: Variables;
  now(): Date;
  fetch(url: string, init: RequestInit): Promise<Response>;
  sleep(ms: number): Promise<void>;
  /** Uniform in [0, 1). */
  random(): number;
}

/** Secrets are set with `wrangler secret put` and so are not in the generated types. */
export type HubEnv = Env & { readonly ADMIN_TOKEN?: string };

/** The binding's generated type does not know what the Worker's entrypoint answers. */
const onnxOf = ({ ONNX }: HubEnv): OnnxRunner => ONNX as unknown as OnnxRunner;

export function hubOf(env: HubEnv): Hub {
  const bindings = new Map(Object.entries(env));
  return {
    db: drizzle(env.DB, { schema }),
    lake: env.LAKE,
    snapshots: env.SNAPSHOTS,
    events: env.LAKE_EVENTS,
    answered: env.PREDICTIONS,
    workflows: { ingest: env.INGEST_FLOW, fetch: env.FETCH_FLOW, promote: env.PROMOTE_FLOW },
    predict: env.PREDICT,
    boot: env.BOOT_ID,
    adminToken: env.ADMIN_TOKEN,
    onnx: onnxOf(env),
    evaluate: evaluateOnnx,
    fingerprints: fingerprintsOf,
    newId: () => crypto.randomUUID(),
    variables: readVariables((name) => {
      const value = bindings.get(name);
      return typeof value === "string" ? value : "";
    }),
    now: () => new Date(),
    fetch: (url, init) => fetch(url, init),
    sleep: (ms) => scheduler.wait(ms),
    random: Math.random,
  };
}
