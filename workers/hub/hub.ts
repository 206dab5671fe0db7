/**
 * Builds the hub: one value with all effects. Entries build it from their bindings. A function takes only the members
 * that it uses.
 */
import { drizzle } from "drizzle-orm/d1";
import type { LakeEvent } from "../../shared/api/lake-event.ts";
import type { OnnxRunner } from "../../shared/api/onnx.ts";
import type { PagesRenderer } from "../../shared/api/pages.ts";
import type { PredictionMessage } from "../../shared/api/prediction-message.ts";
import type { ServingReport } from "../../shared/api/serving-report.ts";
import type { Database } from "../../shared/db/database.ts";
import * as schema from "../../shared/db/schema.ts";
import { fingerprintsOf } from "../../shared/forecasts/fingerprint.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { personalNames } from "../../shared/forecasts/personal.ts";
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
  /** The queue of predictions and reports. The hub uses it only to send dead letters again. */
  readonly answered: Queue<PredictionMessage | ServingReport>;
  /** The Workflow of each kind of flow. */
  readonly workflows: Readonly<Record<string, Workflow<FlowParams>>>;
  /** The Worker that answers prediction requests. */
  readonly predict: Pick<Fetcher, "fetch">;
  readonly boot: string;
  readonly adminToken: string | undefined;
  /** Opens what comes from personal feeds. */
  readonly personalToken: string | undefined;
  /** Ids of the feeds and forecasts about persons. */
  readonly personalNames: ReadonlySet<string>;
  /** Runs the models that the built-in engine does not support. */
  readonly onnx: OnnxRunner;
  /** Renders the files of reports. */
  readonly pages: PagesRenderer;
  /** Runs the built-in engine. It must reproduce a card's golden rows before the model may serve. */
  readonly evaluate: Evaluate;
  /**
   * Returns the fingerprints of a forecast's features by every fingerprint rule. A model with another fingerprint is
   * refused.
   */
  fingerprints(forecast: Forecast): readonly string[];
  /** Returns a new unique id. */
  newId(): string;
  /** Returns random bytes for a secret. */
  randomBytes(count: number): Uint8Array;
  readonly variables: Variables;
  /** Returns whether a caller is within the rate limit. */
  allows(caller: string): Promise<boolean>;
  now(): Date;
  fetch(url: string, init: RequestInit): Promise<Response>;
  sleep(ms: number): Promise<void>;
  /** Returns a number from a uniform distribution in [0, 1). */
  random(): number;
}

/** Secrets are set with `wrangler secret put` and so are not in the generated types. */
export type HubEnv = Env & { readonly ADMIN_TOKEN?: string; readonly PERSONAL_TOKEN?: string };

/** The generated type of the bindings does not include the methods of the Worker's entrypoint. */
const onnxOf = ({ ONNX }: HubEnv): OnnxRunner => ONNX as unknown as OnnxRunner;

const pagesOf = ({ PAGES }: HubEnv): PagesRenderer => PAGES as unknown as PagesRenderer;

export function hubOf(env: HubEnv): Hub {
  const bindings = new Map(Object.entries(env));
  return {
    db: drizzle(env.DB, { schema }),
    lake: env.LAKE,
    snapshots: env.SNAPSHOTS,
    events: env.LAKE_EVENTS,
    answered: env.PREDICTIONS,
    workflows: {
      ingest: env.INGEST_FLOW,
      fetch: env.FETCH_FLOW,
      promote: env.PROMOTE_FLOW,
      withdraw: env.WITHDRAW_FLOW,
      report: env.REPORT_FLOW,
      edition: env.EDITION_FLOW,
    },
    predict: env.PREDICT,
    boot: env.BOOT_ID,
    adminToken: env.ADMIN_TOKEN,
    personalToken: env.PERSONAL_TOKEN,
    personalNames,
    onnx: onnxOf(env),
    pages: pagesOf(env),
    evaluate: evaluateOnnx,
    fingerprints: fingerprintsOf,
    newId: () => crypto.randomUUID(),
    randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
    variables: readVariables((name) => {
      const value = bindings.get(name);
      return typeof value === "string" ? value : "";
    }),
    async allows(caller) {
      try {
        return (await env.RATE_LIMIT.limit({ key: caller })).success;
      } catch {
        // A failing rate limiter must not make the hub unavailable.
        return true;
      }
    },
    now: () => new Date(),
    fetch: (url, init) => fetch(url, init),
    sleep: (ms) => scheduler.wait(ms),
    random: Math.random,
  };
}
