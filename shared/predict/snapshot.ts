/** Everything that is needed to answer for one forecast: the serving model, and every series' features for the next period. */
import { type History, panelOfHistory } from "../api/history.ts";
import type { Head } from "../api/predict.ts";
import { LazyFeature } from "../features/compute.ts";
import { reachOf } from "../features/feature.ts";
import { type Panel, pastOf } from "../features/panel.ts";
import { dayAt } from "../features/timeline.ts";
import { toleranceOf } from "../forecasts/forecast.ts";
import { type DataEnd, dataEndOf, describeOverdue } from "../forecasts/overdue.ts";
import { nextPeriod } from "../forecasts/schedule.ts";
import { targetSourceOf } from "../forecasts/source.ts";
import { hash32 } from "../lib/hash32.ts";
import { failure, type Result, success } from "../lib/result.ts";
import type { ServingDeclaration } from "../registry/served.ts";
import { describeLoadFailure } from "../registry/serving-text.ts";
import { otherVariables } from "../sources/facts.ts";
import { type Fields, fieldsOf } from "./fields.ts";
import type { ServedModel } from "./load-model.ts";
import { SeriesCache } from "./series-cache.ts";

export interface Snapshot extends Outlook {
  readonly forecast: ServingDeclaration;
  readonly model: ServedModel;
  readonly fields: Fields;
  /** Number of the history; 0 for a history from before they were numbered. */
  readonly historyNumber: number;
  /** Whether the data ended long ago, by the schedule. */
  readonly isOverdue: boolean;
  /** Changes whenever an answer may change. */
  readonly tag: string;
  /** The members that all predictions of a request share. */
  readonly heads: { readonly fresh: Head; readonly stale: Head };
  readonly seriesCache: SeriesCache;
}

/** The series and features for the period after a history. It does not depend on the model. */
export interface Outlook {
  /** The next period: the one that can be forecast. */
  readonly target: string;
  /** The last period, and the day by which a newer one is due. */
  readonly end: DataEnd | null;
  /** The periods of the history, oldest first. */
  readonly periods: readonly string[];
  readonly series: readonly KnownSeries[];
  /** Positions in `series` of the series that have a last value, by `positionKey`. */
  readonly positions: ReadonlyMap<string, number>;
  /** The values of the history. Features after a supplied observation are computed from it. */
  readonly panel: Panel;
  /** The forecast's features for the target period, by the position of a series. */
  readonly columns: Readonly<Record<string, LazyFeature>>;
}

export interface KnownSeries {
  readonly is: readonly string[];
  /** The last observation; null if there is none within the features' reach. */
  readonly last: { readonly period: string; readonly value: number } | null;
}

export interface SnapshotParts {
  readonly model: ServedModel;
  readonly outlook: Outlook;
  /** SHA-256 of the history's text. */
  readonly historyDigest: string;
  readonly historyNumber?: number;
  readonly isOverdue?: boolean;
}

/** Builds the snapshot of one forecast. O(features). */
export function buildSnapshot(parts: SnapshotParts): Snapshot {
  const { model, outlook, historyDigest, historyNumber = 0, isOverdue = false } = parts;
  const { forecast } = model;
  const seriesCache = new SeriesCache();
  const overdue = isOverdue && outlook.end ? describeOverdue(outlook.end) : null;
  const headFor = (reason: string | null) => seriesCache.cacheJson(headOfModel(model, outlook, reason));
  return {
    ...outlook,
    forecast,
    model,
    fields: fieldsOf(forecast, model.inputs),
    historyNumber,
    isOverdue,
    tag: tagOf(model, { historyDigest, isOverdue }),
    heads: { fresh: headFor(overdue), stale: headFor(overdue ?? unread) },
    seriesCache,
  };
}

/** Why a snapshot that could not be refreshed is stale. */
const unread = "Newer data or a newer model could not be read. An earlier snapshot answers.";

function tagOf(
  { card, number, servedNumber, fallback, decision }: ServedModel,
  { historyDigest, isOverdue }: { readonly historyDigest: string; readonly isOverdue: boolean },
): string {
  const flags = `${fallback ? "f" : ""}${isOverdue ? "o" : ""}`;
  const why = decision === undefined ? "" : `.${hash32(decision).toString(36)}`;
  return `${card.version}.${number}.${servedNumber}${flags}.${historyDigest.slice(0, 16)}${why}`;
}

/** @param staleReason null if the answer is not stale */
function headOfModel(model: ServedModel, { target, periods }: Outlook, staleReason: string | null): Head {
  const { card, fallback, since, decision } = model;
  const why = fallback ? describeLoadFailure({ ...fallback, served: card.version }) : decision;
  return {
    forecast: card.forecast,
    model: {
      version: card.version,
      name: card.name,
      stage: fallback ? "fallback" : "champion",
      ...(since !== undefined && { since }),
      ...(why !== undefined && { decision: why }),
    },
    target_period: target,
    stale: staleReason !== null,
    ...(staleReason !== null && { stale_reason: staleReason }),
    data_as_of: periods.at(-1) ?? "",
  };
}

/**
 * Builds the outlook of a history. Fails if the history does not fit the forecast. A series' features are computed when it
 * is first requested, so that the first answer of an isolate does not wait for all series.
 */
export function buildOutlook(forecast: ServingDeclaration, history: History): Result<Outlook> {
  const wrong = unfitHistory(forecast, history);
  if (wrong !== null) return failure(wrong);
  const { periods } = history;
  const panel = panelOfHistory(history);
  const target = nextPeriod(forecast.schedule, periods.at(-1) ?? "");
  const options = { reach: reachOf(forecast.features), tolerance: toleranceOf(forecast) };
  const past = pastOf(panel, periods.length, target, options);
  const columns = Object.fromEntries(forecast.features.map((one) => [one.name, new LazyFeature(one, past)]));
  const positions = new Map<string, number>();
  const series = past.series.map((one, index): KnownSeries => {
    if (one.timeline) {
      positions.set(positionKey(one.is), index);
      const { asOf, target: events } = one.timeline;
      return { is: one.is, last: { period: dayAt(asOf), value: events.values.at(-1) ?? Number.NaN } };
    }
    const at = one.values.findLastIndex((value) => !Number.isNaN(value));
    if (at < 0) return { is: one.is, last: null };
    positions.set(positionKey(one.is), index);
    return { is: one.is, last: { period: past.periods[at] ?? "", value: one.values[at] ?? Number.NaN } };
  });
  const end = dataEndOf(forecast.schedule, periods, targetSourceOf(forecast).lag);
  return success({ target, end, periods, series, positions, panel, columns });
}

/** Joins dimension values to the key of `positions`. An undefined value counts as empty text. */
export function positionKey(is: readonly (string | undefined)[]): string {
  return is.join("\u0000");
}

function unfitHistory(forecast: ServingDeclaration, { dimensions, periods, series }: History): string | null {
  if (dimensions.join() !== forecast.dimensions.join()) {
    return `the history has the dimensions ${dimensions.join(", ")}; the forecast has ${forecast.dimensions.join(", ")}`;
  }
  if (periods.length === 0 || series.length === 0) return "the history is empty: ingest a publication";
  const needed = otherVariables(forecast);
  const isIn = (name: string, { others, timeline }: History["series"][number]) =>
    Object.hasOwn(timeline?.of ?? others ?? {}, name);
  const lacking = needed.find((name) => series.some((one) => !isIn(name, one)));
  if (lacking !== undefined) return `the history lacks ${lacking}, which the features read: ingest again`;
  const uneven = series.find(({ values, others = {} }) =>
    [values, ...Object.values(others)].some((list) => list.length !== periods.length),
  );
  return uneven ? `the history of ${uneven.is.join(", ")} does not have one value per period` : null;
}
