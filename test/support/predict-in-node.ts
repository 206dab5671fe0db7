/** The predict Worker's code in Node, with KV and R2 in memory. milk-mx (the first forecast) and gold serve; sickness does not. */
import { gold } from "../../shared/forecasts/gold.ts";
import { historyKey } from "../../shared/lake/keys.ts";
import { artefactKey, championKey, forecastsKey, servedKey } from "../../shared/registry/keys.ts";
import { historyOf, forecast as milk, type ServableStory, servable } from "./served.ts";
import { goldHistory, goldModel } from "./served-gold.ts";
import { pointerTo, servedTextOf } from "./snapshot.ts";

export type Answer = (path: string, init?: RequestInit) => Promise<Response>;

/** The part of `workers/predict` that is used here. Its own types need the types of workerd, which Node's project does not have. */
interface PredictModules {
  predictApp(service: unknown): (request: Request, context: Background) => Promise<Response>;
  serviceOf(parts: unknown): unknown;
}

interface Background {
  waitUntil(work: Promise<unknown>): void;
}

const moduleOf = (path: string): Promise<Partial<PredictModules>> => import(new URL(path, import.meta.url).href);

export interface PredictTokens {
  readonly token?: string;
  readonly personalToken?: string;
  /** The budget of computing time of each caller; null for none. */
  readonly costLimits?: { readonly perSecond: number; readonly burst: number } | null;
  /** Whether gold is a forecast about persons. */
  readonly isGoldPersonal?: boolean;
}

/** Returns a function that answers requests. Waits for the work that continues after an answer. */
export async function predictInNode(
  story: ServableStory = {},
  { isGoldPersonal = false, ...tokens }: PredictTokens = {},
): Promise<Answer> {
  return predictFrom(storesOf(story, isGoldPersonal), tokens);
}

/** The contents of KV and R2. */
export interface Stores {
  readonly keys: ReadonlyMap<string, string>;
  readonly objects: ReadonlyMap<string, Uint8Array>;
}

/** Returns a function that answers requests from these contents. */
export async function predictFrom(
  { keys, objects }: Stores,
  { token, personalToken, costLimits = null }: Omit<PredictTokens, "isGoldPersonal"> = {},
): Promise<Answer> {
  const [{ predictApp }, { serviceOf }] = await Promise.all([
    moduleOf("../../workers/predict/app.ts"),
    moduleOf("../../workers/predict/service.ts"),
  ]);
  if (!predictApp || !serviceOf) throw new Error("workers/predict has no predictApp or serviceOf");
  const app = predictApp(
    serviceOf({
      snapshots: { get: async (key: string) => keys.get(key) ?? null },
      lake: { get: async (key: string) => objectOf(objects.get(key)) },
      cache: null,
      rateLimit: null,
      token,
      personalToken,
      costLimits,
      recording: null,
      onnx: null,
      onnxOnlyReason: null,
      codeVersion: "test",
      now: () => new Date("2026-11-21T12:00:00Z"),
      wait: () => new Promise<never>(() => {}),
    }),
  );
  return async (path, init) => {
    const background: Promise<unknown>[] = [];
    const answer = await app(new Request(`http://predict.test${path}`, init), {
      waitUntil: (work) => background.push(work),
    });
    await Promise.all(background);
    return answer;
  };
}

function storesOf(story: ServableStory, isGoldPersonal: boolean): Stores {
  const ofMilk = servable(story);
  const servedText = servedTextOf(gold, goldModel().card);
  const ofGold = { ...goldModel(), servedText: isGoldPersonal ? personalText(servedText) : servedText };
  const keys = new Map([[forecastsKey, JSON.stringify({ ids: [milk.id, gold.id] })]]);
  const objects = new Map<string, Uint8Array>();
  for (const { id, pointer, model, servedText, history } of [
    { id: milk.id, ...ofMilk, history: historyOf() },
    { id: gold.id, ...ofGold, pointer: pointerTo(ofGold.card, ofGold.servedText), history: goldHistory() },
  ]) {
    keys.set(championKey(id), JSON.stringify(pointer));
    keys.set(historyKey(id), JSON.stringify(history));
    objects.set(artefactKey(id, pointer.version, "model.onnx"), model);
    objects.set(servedKey(id, pointer.version, pointer.served?.sha256 ?? ""), new TextEncoder().encode(servedText));
  }
  return { keys, objects };
}

function personalText(servedText: string): string {
  const file = JSON.parse(servedText);
  return JSON.stringify({ ...file, declaration: { ...file.declaration, personal: true } });
}

function objectOf(bytes: Uint8Array | undefined) {
  return bytes ? { size: bytes.length, arrayBuffer: async () => bytes.slice().buffer } : null;
}
