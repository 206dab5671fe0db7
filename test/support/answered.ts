/** Builds the prediction messages that predict sends, and delivers them to a hub. */
import { beforeEach } from "vitest";
import type { PredictionMessage, PredictionRow } from "../../shared/api/prediction-message.ts";
import { type Hub, hubOf } from "../../workers/hub/hub.ts";
import { consume } from "../../workers/hub/queue.ts";
import { emptyStores } from "./empty-stores.ts";
import { hub, migrate, query, testEnv } from "./hub.ts";
import { forecast, Registry } from "./registry.ts";

/** The registered version. It is different in each test. */
export let version = "";
let testNumber = 0;

export function freshHub(): void {
  beforeEach(async () => {
    await emptyStores();
    await migrate();
    version = `v1.${++testNumber}`;
    await new Registry().registered(version);
  });
}

export const row = (position: number, change: Partial<PredictionRow> = {}): PredictionRow => ({
  position,
  series: ["Jalisco", "Guadalajara", "Pasteurizada", "Autoservicios"],
  target: "2026-11-23",
  prediction: 29.25,
  intervals: { interval80: [29, 29.5], interval95: null },
  change: 0.125,
  values: [1.5, "here"],
  given: [0],
  hypothetical: false,
  ...change,
});

export function predictionMessage(change: Partial<PredictionMessage> = {}): PredictionMessage {
  return {
    format: 1,
    answer: "a".repeat(32),
    requestId: "request-1",
    at: "2026-11-21T12:34:56.789Z",
    forecast: forecast.id,
    version,
    number: 1,
    protocol: "predict",
    origin: "caller",
    features: ["Precio_lag1", "Estado"],
    rows: [row(0), row(1)],
    ...change,
  };
}

/** Passes messages to a consumer as one batch. Returns the outcome of each: acknowledged, or the delay of its retry. */
export async function deliver(bodies: readonly unknown[], { on = hub, attempts = 1, queue = "predictions" } = {}) {
  const outcomes: ("acked" | number)[] = [];
  const messages = bodies.map((body, at) => ({
    id: String(at),
    timestamp: new Date(0),
    body: JSON.parse(JSON.stringify(body)),
    attempts,
    ack() {
      outcomes[at] = "acked";
    },
    retry(options?: QueueRetryOptions) {
      outcomes[at] = options?.delaySeconds ?? 0;
    },
  }));
  await consume(on, { queue, messages });
  return outcomes;
}

export const count = async (sql: string) => (await query(`SELECT count(*) AS n FROM ${sql}`))[0] as { n: number };
export const sums = () =>
  query("SELECT feature, hour, hypothetical, bin, count FROM input_hours ORDER BY feature, hour, hypothetical, bin");

/** Returns a hub whose database passes every statement to `change` first. */
export function hubWithSql(change: (sql: string) => string): Hub {
  const DB = new Proxy(testEnv.DB, {
    get(target, name) {
      if (name === "prepare") return (sql: string) => target.prepare(change(sql));
      const value = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  return hubOf({ ...testEnv, DB });
}

/** Returns a binding whose calls all fail. */
export function failing<T extends object>(reason: string): T {
  return new Proxy({} as T, { get: () => () => Promise.reject(new Error(reason)) });
}
