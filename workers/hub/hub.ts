/** Everything the hub touches, in one value. Entries make it from their bindings; tests make it from theirs. */
import { drizzle } from "drizzle-orm/d1";
import type { LakeEvent } from "../../shared/api/lake-event.ts";
import type { OnnxRunner } from "../../shared/api/onnx.ts";
import type { PredictionMessage } from "../../shared/api/prediction-message.ts";
import type { Database } from "../../shared/db/database.ts";
import * as schema from "../../shared/db/schema.ts";
import { fingerprintOf } from "../../shared/features/fingerprint.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import type { Evaluate } from "../../shared/registry/golden.ts";
import { evaluateOnnx } from "../../shared/registry/onnx-engine.ts";

export interface FlowParams {
  readonly flowId: string;
  readonly attempt: number;
}

export interface Hub {
  readonly db: Database;
  readonly lake: R2Bucket;
  readonly snapshots: KVNamespace;
  readonly events: Queue<LakeEvent>;
  /** What predict has answered; here to send dead letters again. */
  readonly answered: Queue<PredictionMessage>;
  /** The Workflow of each kind of flow. */
  readonly workflows: Readonly<Record<string, Workflow<FlowParams>>>;
  /** The Worker that answers forecasts. */
  readonly predict: Pick<Fetcher, "fetch">;
  readonly boot: string;
  readonly adminToken: string | undefined;
  /** Runs the models that our engine does not know. */
  readonly onnx: OnnxRunner;
  /** The engine that serves models, which has to answer a card's golden rows before its model may serve. */
  readonly evaluate: Evaluate;
  /** What this code makes of a forecast's features; a model trained on anything else is refused. */
  fingerprint(forecast: Forecast): string;
  /** An id that was never given before. */
  newId(): string;
  /** A plain variable by name; empty when it is not set. */
  variable(name: string): string;
  now(): Date;
}

/** Secrets are set with `wrangler secret put` and so are not in the generated types. */
export type HubEnv = Env & { readonly ADMIN_TOKEN?: string };

/** The binding's generated type does not know what the Worker's entrypoint answers. */
const onnxOf = ({ ONNX }: HubEnv): OnnxRunner => ONNX as unknown as OnnxRunner;

export function hubOf(env: HubEnv): Hub {
  const variables = new Map(Object.entries(env));
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
    fingerprint: (forecast) => fingerprintOf(forecast.features),
    newId: () => crypto.randomUUID(),
    variable(name) {
      const value = variables.get(name);
      return typeof value === "string" ? value : "";
    },
    now: () => new Date(),
  };
}
