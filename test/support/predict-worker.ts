/** Runs the predict Worker in workerd for tests, with a champion and a history in KV and R2. */
import { env } from "cloudflare:workers";
import { artefactKey, forecastsKey, servedKey } from "../../shared/registry/keys.ts";
import { predictApp } from "../../workers/predict/app.ts";
import { type PredictEnv, partsOf, type ServiceParts, serviceOf } from "../../workers/predict/service.ts";
import { forecast, historyOf, instanceOf, type ServableStory, servable } from "./served.ts";

export const bindings = env as unknown as PredictEnv;

export async function promote(story: ServableStory): Promise<void> {
  const { pointer, model, servedText } = servable(story);
  await bindings.LAKE.put(artefactKey(forecast.id, pointer.version, "model.onnx"), model);
  await bindings.LAKE.put(servedKey(forecast.id, pointer.version, pointer.served?.sha256 ?? ""), servedText);
  await bindings.SNAPSHOTS.put(`champion:${forecast.id}`, JSON.stringify(pointer));
}

/** Everything that a serving forecast needs. */
export async function serve(): Promise<void> {
  await listForecasts();
  await promote({ version: "v1.0", number: 1 });
  await bindings.SNAPSHOTS.put(`history:${forecast.id}`, JSON.stringify(historyOf()));
}

/** Writes the list of forecasts like the hub, with `forecast` first. */
export async function listForecasts(ids: readonly string[] = ["milk-mx", "gold", "sickness"]): Promise<void> {
  await bindings.SNAPSHOTS.put(forecastsKey, JSON.stringify({ ids }));
}

export type Ask = (path: string, init?: RequestInit) => Promise<Response>;

/** Returns a new Worker whose clock stands still unless a test moves it. */
export function worker(changes: Partial<ServiceParts> = {}): Ask {
  const now = () => new Date("2026-11-21T12:00:00Z");
  const app = predictApp(serviceOf({ ...partsOf(bindings), now, ...changes }));
  return async (path, init) => {
    const background: Promise<unknown>[] = [];
    const answer = await app(new Request(`http://predict.test${path}`, init), {
      waitUntil: (work) => background.push(work),
    });
    await Promise.all(background);
    return answer;
  };
}

/** The query of the first series. */
export const query = `?${new URLSearchParams(Object.entries(instanceOf(0)).map(([name, value]) => [name, String(value)]))}`;
export const json = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method: "POST",
  body: JSON.stringify(body),
  headers: { "Content-Type": "application/json", ...headers },
});
