/** Everything that answers one forecast: the model that serves, and the features of every series for the next period. */
import { type History, panelOfHistory } from "../api/history.ts";
import { LazyFeature } from "../features/compute.ts";
import { reachOf } from "../features/feature.ts";
import { type Panel, pastOf } from "../features/panel.ts";
import { type Forecast, toleranceOf } from "../forecasts/forecast.ts";
import { nextPeriod } from "../forecasts/schedule.ts";
import { otherVariables } from "../sources/facts.ts";
import { type Fields, fieldsOf } from "./fields.ts";
import type { ServedModel } from "./load-model.ts";
import type { KeptFeatures } from "./own-features.ts";

export interface Snapshot extends Outlook {
  readonly forecast: Forecast;
  readonly model: ServedModel;
  readonly fields: Fields;
  /** Changes whenever an answer may. */
  readonly tag: string;
  /** Of the series that were asked for. */
  readonly keptFeatures: KeptFeatures;
}

/** What a history says of the period after it, whichever model is asked. */
export interface Outlook {
  /** The next period: the one that can be forecast. */
  readonly target: string;
  /** The periods of the history, oldest first. */
  readonly periods: readonly string[];
  readonly series: readonly KnownSeries[];
  /** Positions in `series` of those that have a last value, by `seriesKey`. */
  readonly positions: ReadonlyMap<string, number>;
  /** What they are computed from, for questions about another start. */
  readonly panel: Panel;
  /** The forecast's features for the target period, by the position of a series. */
  readonly columns: Readonly<Record<string, LazyFeature>>;
}

export interface KnownSeries {
  readonly is: readonly string[];
  /** Null where nothing was observed within reach. */
  readonly last: { readonly period: string; readonly value: number } | null;
}

export type BuiltOutlook =
  | { readonly ok: true; readonly outlook: Outlook }
  | { readonly ok: false; readonly reason: string };

export interface SnapshotParts {
  readonly forecast: Forecast;
  readonly model: ServedModel;
  readonly outlook: Outlook;
  /** Of the history's text. */
  readonly historyDigest: string;
}

/** O(features). */
export function buildSnapshot({ forecast, model, outlook, historyDigest }: SnapshotParts): Snapshot {
  const tag = `${model.card.version}.${model.number}.${historyDigest.slice(0, 16)}`;
  return { ...outlook, forecast, model, fields: fieldsOf(forecast, model.inputs), tag, keptFeatures: new Map() };
}

/** A feature is computed when a series is first asked for, and kept: an isolate's first answer waits for one series, not for all. */
export function buildOutlook(forecast: Forecast, history: History): BuiltOutlook {
  const wrong = unfitHistory(forecast, history);
  if (wrong !== null) return { ok: false, reason: wrong };
  const { periods } = history;
  const panel = panelOfHistory(history);
  const target = nextPeriod(forecast.schedule, periods.at(-1) ?? "");
  const options = { reach: reachOf(forecast.features), tolerance: toleranceOf(forecast) };
  const past = pastOf(panel, periods.length, target, options);
  const columns = Object.fromEntries(forecast.features.map((one) => [one.name, new LazyFeature(one, past)]));
  const positions = new Map<string, number>();
  const series = past.series.map((one, index): KnownSeries => {
    const at = one.values.findLastIndex((value) => !Number.isNaN(value));
    if (at < 0) return { is: one.is, last: null };
    positions.set(seriesKey(one.is), index);
    return { is: one.is, last: { period: past.periods[at] ?? "", value: one.values[at] ?? Number.NaN } };
  });
  return { ok: true, outlook: { target, periods, series, positions, panel, columns } };
}

/** Dimension values as one text. */
export function seriesKey(is: readonly string[]): string {
  return is.join("\u0000");
}

function unfitHistory(forecast: Forecast, { dimensions, periods, series }: History): string | null {
  if (dimensions.join() !== forecast.dimensions.join()) {
    return `the history is by ${dimensions.join(", ")}; the forecast is by ${forecast.dimensions.join(", ")}`;
  }
  if (periods.length === 0 || series.length === 0) return "the history is empty: nothing was ingested yet";
  const needed = otherVariables(forecast);
  const lacking = needed.find((name) => series.some(({ others = {} }) => !Object.hasOwn(others, name)));
  if (lacking !== undefined) return `the history has no ${lacking}, which the features look at: ingest once more`;
  const uneven = series.find(({ values, others = {} }) =>
    [values, ...Object.values(others)].some((list) => list.length !== periods.length),
  );
  return uneven ? `the history of ${uneven.is.join(", ")} does not have one value a period` : null;
}
