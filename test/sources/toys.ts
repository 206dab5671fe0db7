/** Feeds and publications for forecasts that are not in the catalogue, and the way from their bytes to an answer. */
import { buildHistory, historyShape } from "../../shared/api/history.ts";
import { singleAnswerShape } from "../../shared/api/predict.ts";
import { datasetOf } from "../../shared/features/dataset.ts";
import type { Feed, Observation } from "../../shared/feeds/feed.ts";
import { sniimMilk } from "../../shared/feeds/sniim-milk.ts";
import { type Forecast, toleranceOf } from "../../shared/forecasts/forecast.ts";
import { compareFacts, type Fact, toFacts } from "../../shared/lake/fact.ts";
import { readParquet, writeParquet } from "../../shared/lake/parquet.ts";
import { validateJson } from "../../shared/lib/validate-json.ts";
import { type PathOptions, readPath } from "../../shared/predict/path-request.ts";
import { answerRows, prepareRows } from "../../shared/predict/predict.ts";
import { seriesPath } from "../../shared/predict/series-path.ts";
import type { Snapshot } from "../../shared/predict/snapshot.ts";
import { type FactsByFeed, forecastPanel } from "../../shared/sources/facts.ts";
import { stepBaselinesOf } from "../../shared/training/step-contest.ts";
import { bytesOf } from "../support/card.ts";
import { loadSnapshot } from "../support/snapshot.ts";
import { published } from "../training/publishing.ts";

/** Makes a feed of one series whose publication is a JSON list of `[period, value]`. */
export function listFeed(id: string, variable: string, granularity: Feed["granularity"]): Feed {
  return {
    ...sniimMilk,
    id,
    dimensions: [],
    variables: { [variable]: { title: variable, unit: "1" } },
    granularity,
    partitionBy: "year",
    parse: async (bytes) => {
      const rows: [string, number][] = JSON.parse(new TextDecoder().decode(bytes));
      const series = {};
      const observations = rows.map(([period, value]): Observation => ({ series, variable, period, value }));
      return { observations, problems: [], skipped: {} };
    },
  };
}

/** Parses a publication, and writes and reads the lake's Parquet file. */
export async function factsOf(feed: Feed, rows: readonly (readonly [string, number])[]): Promise<Fact[]> {
  const { observations } = await feed.parse(bytesOf(rows), { name: "toy.json", arrivedAt: "2026-11-20T00:00:00Z" });
  return readParquet(feed, writeParquet(feed, toFacts(feed, observations).sort(compareFacts)));
}

/** Trains a ridge on all facts, and loads the snapshot that predict would. */
export async function servedToy(forecast: Forecast, facts: FactsByFeed): Promise<Snapshot> {
  const panel = forecastPanel(forecast, facts);
  const data = datasetOf(panel, { features: forecast.features, tolerance: toleranceOf(forecast) });
  const { model, card } = await published({
    forecast,
    data,
    recipe: { candidate: "ridge", parameters: { alpha: 10 } },
  });
  const history = validateJson(historyShape, JSON.parse(JSON.stringify(buildHistory(forecast, facts))));
  if (!history.ok) throw new Error("the history has another shape");
  const baselines = stepBaselinesOf(forecast, panel);
  return loadSnapshot({ forecast, card: { ...card, baselines }, model, history: history.value });
}

/** Answers one instance. Returns the refusal if it is refused. */
export function answerOf(snapshot: Snapshot, instance: Record<string, unknown>) {
  const options = { textNumbers: true, partial: false, explain: null };
  const prepared = prepareRows(snapshot, { kind: "single", instance }, options);
  if (!prepared.ok) return prepared.error;
  return singleAnswerShape.parse(answerRows(snapshot, { ...prepared.value, kind: "single", stale: false }));
}

/** Returns the path of the only series: a period and a prediction for each step. */
export function pathOf(snapshot: Snapshot, options: PathOptions): { readonly [name: string]: unknown }[] {
  const read = readPath(snapshot, options);
  if (!read.ok || read.value === null) throw new Error(read.ok ? "no path" : read.error.detail);
  const request = { kind: "single", instance: {} } as const;
  const prepared = prepareRows(snapshot, request, { textNumbers: true, partial: false, explain: null });
  if (!prepared.ok) throw new Error(prepared.error.detail);
  const answer = answerRows(snapshot, { ...prepared.value, kind: "single", stale: false });
  const [row] = prepared.value.rows;
  if (row === undefined || !("features" in answer)) throw new Error("one row has one answer");
  const path = seriesPath(snapshot, { row, prediction: { ...answer, features: {} } }, read.value);
  if (!path.ok) throw new Error(path.error.detail);
  return path.value.map((step) => ({ ...step }));
}
