/**
 * The caches and shortcuts of predict: each as the work of a request with it, and the same work without it. A memoized function
 * computes its value again for a copy of its argument. test/repo/caches.test.ts checks that every file with a cache is listed.
 */
import { pastChanges } from "../../../shared/features/changes.ts";
import { LazyFeature } from "../../../shared/features/compute.ts";
import { boundFeature, reachOf } from "../../../shared/features/feature.ts";
import { type Past, pastOf } from "../../../shared/features/panel.ts";
import { dayNumber } from "../../../shared/features/timeline.ts";
import { toleranceOf } from "../../../shared/forecasts/forecast.ts";
import { historyKey } from "../../../shared/lake/keys.ts";
import { sha256Hex } from "../../../shared/lib/hash.ts";
import { memoizeByKey } from "../../../shared/lib/memoize-by-key.ts";
import { objectTemplate } from "../../../shared/lib/object-template.ts";
import { encodeUtf8 } from "../../../shared/lib/utf8.ts";
import { lastDayOf } from "../../../shared/period.ts";
import { predictionsOf } from "../../../shared/predict/answer.ts";
import { nameText } from "../../../shared/predict/answer-json.ts";
import { evaluateHere } from "../../../shared/predict/evaluate.ts";
import { canCountInputs } from "../../../shared/predict/input-sums.ts";
import { explainerOf } from "../../../shared/predict/load-model.ts";
import { messagesOf } from "../../../shared/predict/prediction-messages.ts";
import type { Row } from "../../../shared/predict/row.ts";
import { SeriesCache } from "../../../shared/predict/series-cache.ts";
import type { Snapshot } from "../../../shared/predict/snapshot.ts";
import { setsOfSnapshot } from "../../../shared/predict/step-forecasts.ts";
import { summarizerOf } from "../../../shared/predict/summarizer.ts";
import { championKey, forecastsKey } from "../../../shared/registry/keys.ts";
import { runFeeds, runProgram } from "../../../shared/registry/onnx-engine.ts";
import { addressOf } from "../../../workers/predict/address.ts";
import { RouteMatcher } from "../../../workers/predict/route-matcher.ts";
import { Snapshots } from "../../../workers/predict/snapshots.ts";
import type { StoreEffects } from "../../../workers/predict/store-effects.ts";
import type { Learned } from "./learned-model.ts";

export type Work = () => unknown;

export interface PredictCache {
  /** The files with the cache, as paths from the root. */
  readonly files: readonly string[];
  readonly what: string;
  readonly cached: Work;
  readonly uncached: Work;
}

const nowMs = Date.parse("2026-11-21T12:00:00Z");

/** Returns every cache of predict, for one request of one series. */
export async function predictCaches(learned: Learned): Promise<PredictCache[]> {
  const store = storeOf(learned);
  const found = await store.snapshots.find(learned.forecast, store.effects);
  if (!found.ok) throw new Error(`nothing serves: ${JSON.stringify(found.error)}`);
  const { snapshot } = found.value;
  return [
    ...ofRequests(learned, store),
    ...ofSeries(snapshot),
    ...ofModels(learned, snapshot),
    ...ofFeatures(snapshot),
  ];
}

interface Store {
  readonly snapshots: Snapshots;
  readonly effects: StoreEffects;
}

/** Returns the snapshots of an isolate, with KV and R2 in memory. */
function storeOf({ forecast, pointer, historyText, servedText, model }: Learned): Store {
  const keys = new Map([
    [forecastsKey, JSON.stringify({ ids: [forecast] })],
    [championKey(forecast), JSON.stringify(pointer)],
    [historyKey(forecast), historyText],
  ]);
  const effects: StoreEffects = {
    readText: async (key) => keys.get(key) ?? null,
    readArtefact: async ({ name }) => (name === "served.json" ? encodeUtf8(servedText) : model),
    digest: async (bytes) => sha256Hex(bytes),
    waitUntil: () => {},
    nowMs: () => nowMs,
    wait: () => new Promise(() => {}),
    log: (text) => console.error(text),
  };
  return { snapshots: new Snapshots(), effects };
}

const routes = ["/health", "/predict/:forecast?", "/invocations/:forecast?", "/ping", "/version", "/v2"].map(
  (path) => ({
    path,
  }),
);
const names = ["series", "target_period", "predicted_price", "interval80", "interval95", "last", "hypothetical"];

function ofRequests({ forecast }: Learned, { snapshots, effects }: Store): PredictCache[] {
  const path = `/predict/${forecast}`;
  const url = `https://predict.test${path}`;
  const [cached, uncached] = [new RouteMatcher(routes), new RouteMatcher(routes, 0)];
  const apps = new WeakMap([[effects, cached]]);
  return [
    {
      files: ["workers/predict/index.ts"],
      what: "the app of the isolate (only its routes)",
      cached: () => apps.get(effects),
      uncached: () => new RouteMatcher(routes),
    },
    {
      files: ["workers/predict/address.ts"],
      what: "an address that needs no parsing",
      cached: () => addressOf(url),
      uncached: () => URL.parse(url)?.pathname,
    },
    {
      files: ["workers/predict/route-matcher.ts"],
      what: "matches by path",
      cached: () => cached.match(path),
      uncached: () => uncached.match(path),
    },
    {
      files: ["workers/predict/snapshots.ts", "workers/predict/snapshot-store.ts", "workers/predict/forecast-list.ts"],
      what: "a fresh snapshot without a promise",
      cached: () => snapshots.fresh(forecast, nowMs),
      uncached: () => snapshots.find(forecast, effects),
    },
    {
      files: ["shared/predict/answer-json.ts"],
      what: "JSON of member names",
      cached: () => names.map(nameText),
      uncached: () => names.map((name) => `${JSON.stringify(name)}:`),
    },
  ];
}

/** Returns the row of a request for the first series. */
function rowOf({ series, target }: Snapshot): Row {
  const [first] = series;
  return { position: 0, is: first?.is ?? [], target, hypothetical: false, overrides: new Map() };
}

function ofSeries(snapshot: Snapshot): PredictCache[] {
  const row = rowOf(snapshot);
  const answer = (of: Snapshot) => predictionsOf(of, [row], { ...evaluateHere(of, [row]), explain: null });
  const withoutCache: Snapshot = { ...snapshot, seriesCache: new SeriesCache(0) };
  const [prediction] = answer(snapshot);
  const { features = {} } = prediction ?? {};
  const series = snapshot.seriesCache.find(row);
  const { engine } = snapshot.model;
  if (!series?.feeds || engine.name !== "tabular") throw new Error("the model does not run in the built-in engine");
  const { feeds, inputs } = series;
  return [
    {
      files: ["shared/predict/series-cache.ts"],
      what: "inputs, features and distribution of a series, with the model",
      cached: () => answer(snapshot),
      uncached: () => answer(withoutCache),
    },
    {
      files: ["shared/predict/series-cache.ts"],
      what: "JSON of a series' features",
      cached: () => snapshot.seriesCache.jsonOf(features),
      uncached: () => JSON.stringify(features),
    },
    {
      files: ["shared/predict/series-cache.ts"],
      what: "inputs converted for the engine, with the model",
      cached: () => runFeeds(engine.program, feeds),
      uncached: () => runProgram(engine.program, inputs),
    },
    {
      files: ["shared/predict/load-model.ts", "shared/predict/described-row.ts"],
      what: "objects copied from a template",
      ...filled(snapshot.model.inputs.map(({ name }) => name)),
    },
  ];
}

/** Fills a copy of a template, and a new object, with one number per name. */
function filled(keys: readonly string[]): Pick<PredictCache, "cached" | "uncached"> {
  const template = objectTemplate(keys, 0);
  const fill = (object: Record<string, number>) => {
    for (const key of keys) object[key] = 1.5;
    return JSON.stringify(object);
  };
  return { cached: () => fill({ ...template }), uncached: () => fill({}) };
}

function ofModels({ card, model: bytes }: Learned, snapshot: Snapshot): PredictCache[] {
  const { model } = snapshot;
  const explainer = explainerOf(bytes, model.card);
  if (!explainer.ok) throw new Error(`the model has no explainer: ${explainer.error}`);
  const explainers = new WeakMap([[model, explainer]]);
  const { inputs = {} } = snapshot.seriesCache.find(rowOf(snapshot)) ?? {};
  const { explain } = explainer.value;
  const explained = (name: string) => inputs[name]?.[0] ?? Number.NaN;
  const features = model.inputs.map(({ name }) => name);
  const message = {
    ...{ answer: "0".repeat(32), requestId: "a request", at: new Date(nowMs).toISOString(), origin: "caller" as const },
    ...{ forecast: card.forecast, version: card.version, number: 1, protocol: "predict" as const },
  };
  const recorded = { rows: [], sums: [] };
  return [
    {
      files: ["workers/predict/service.ts"],
      what: "the explainer of a model, without reading its file",
      cached: () => explainers.get(model),
      uncached: () => explainerOf(bytes, model.card),
    },
    {
      files: ["shared/explain/attribution.ts", "shared/explain/explainer.ts"],
      what: "the explanation of a value that a second node reads",
      cached: () => explain(explained),
      uncached: () => explain((name) => explained(name)),
    },
    {
      files: ["shared/predict/input-sums.ts"],
      what: "the bins of the inputs",
      cached: () => canCountInputs(model),
      uncached: () => canCountInputs({ ...model }),
    },
    {
      files: ["shared/predict/summarizer.ts"],
      what: "the form of the distribution",
      cached: () => summarizerOf(model),
      uncached: () => summarizerOf({ ...model }),
    },
    {
      files: ["workers/predict/recorder.ts", "shared/predict/prediction-messages.ts"],
      what: "the size of the names in a message",
      cached: () => messagesOf({ ...message, features }, recorded),
      uncached: () => messagesOf({ ...message, features: [...features] }, recorded),
    },
    {
      files: ["shared/predict/step-forecasts.ts"],
      what: "further steps of the baselines",
      cached: () => setsOfSnapshot(snapshot),
      uncached: () => setsOfSnapshot({ ...snapshot }),
    },
  ];
}

/** The caches for the first request of a series in a snapshot. Later ones read the cache of the series. */
function ofFeatures({ forecast, panel, target }: Snapshot): PredictCache[] {
  const { features } = forecast;
  const [first] = features;
  const ofPeers = features.filter((feature) => {
    const { source, dimensions } = boundFeature(feature);
    return source === "history" && dimensions.length > 0;
  });
  if (first === undefined || ofPeers.length === 0) throw new Error("the forecast has no feature of peers");
  const tolerance = toleranceOf(forecast);
  const past = pastOf(panel, panel.periods.length, target, { reach: reachOf(features), tolerance });
  const compute = (of: Past) => ofPeers.map((feature) => new LazyFeature(feature, of).at(0));
  const lazy = ofPeers.map((feature) => new LazyFeature(feature, past));
  const dayOf = (period: string) => dayNumber(lastDayOf(period));
  const memoizedDayOf = memoizeByKey(dayOf);
  const observed = Float64Array.from(past.series[0]?.values.filter((value) => !Number.isNaN(value)) ?? []);
  return [
    {
      files: ["shared/features/feature.ts"],
      what: "a feature's kind, bound to its options",
      cached: () => boundFeature(first),
      uncached: () => boundFeature({ ...first }),
    },
    {
      files: ["shared/features/compute.ts"],
      what: `${ofPeers.length} features of peers, of a series`,
      cached: () => lazy.map((feature) => feature.at(0)),
      uncached: () => compute(past),
    },
    {
      files: ["shared/features/peers.ts"],
      what: `the groups of ${ofPeers.length} features of peers`,
      cached: () => compute(past),
      uncached: () => compute({ ...past }),
    },
    {
      files: ["shared/sources/event-panel.ts"],
      what: "the day of a period, of which a history of events has many values",
      cached: () => memoizedDayOf(target),
      uncached: () => dayOf(target),
    },
    {
      files: ["shared/features/changes.ts"],
      what: "the changes of a series, read by several features",
      cached: () => pastChanges(observed, 20, tolerance),
      uncached: () => pastChanges(observed.slice(), 20, tolerance),
    },
  ];
}
