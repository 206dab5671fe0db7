/** The point forecasts that compete as the baseline of one step, and their predictions. */
import { type Transform, valueAfter } from "../candidates/fitted.ts";
import type { Dataset, RowRange } from "../features/dataset.ts";
import { driftWindows, growthSeasons, recentTargets } from "../forecasts/steps-reach.ts";
import { at } from "../stats/numbers.ts";
import { rmse } from "../stats/rmse.ts";
import { meanSeasonalGrowth } from "../stats/seasonal-growth.ts";
import { type Drift, type Drifts, driftScopes } from "./drift.ts";

export type StepPoint =
  /** The last value. */
  | { readonly kind: "persistence" }
  /** The last value plus the mean change of past periods, once for each period of the step. */
  | ({ readonly kind: "drift" } & Drift)
  /** The value whole seasons of `periods` before the target, the newest that is known at the origin. */
  | { readonly kind: "seasonal"; readonly periods: number }
  /** The last value times its mean growth from this period of the season to the target's, over `seasons` seasons. */
  | { readonly kind: "seasonal-growth"; readonly periods: number; readonly seasons: number }
  /** Of the events known at the origin: their share among all targets. */
  | { readonly kind: "base-rate" }
  /** Their share among the targets after the same last state, smoothed towards the base rate. */
  | { readonly kind: "state-frequency" }
  /** Their share among the newest 14 targets of the series. */
  | { readonly kind: "recent-share" };

/** `state-frequency` adds this many rows with the base rate to the rows of each state. */
const smoothingRows = 4;

/** What is predicted: single series or groups, with what the predictions of all steps read. */
export interface StepSource {
  readonly isClassification: boolean;
  readonly transform: Transform;
  /** Changes of one period. */
  readonly drifts: Drifts;
  /** Length of a season in periods; null without seasons. */
  readonly season: number | null;
  /** Returns the value of a series at a period's position; NaN if it is missing. */
  valueAt(series: number, position: number): number;
}

/** Returns all points that compete. Parameters are not chosen yet: every drift and every growth is listed. */
export function stepPoints({
  isClassification,
  season,
  transform,
}: Pick<StepSource, "isClassification" | "season" | "transform">): StepPoint[] {
  if (isClassification) return [{ kind: "base-rate" }, { kind: "state-frequency" }, { kind: "recent-share" }];
  return [
    { kind: "persistence" },
    ...driftScopes.flatMap((scope) => driftWindows.map((window): StepPoint => ({ kind: "drift", window, scope }))),
    ...(season === null ? [] : [{ kind: "seasonal", periods: season } as const]),
    // A growth needs values above 0, which targets of log differences have.
    ...(season === null || transform !== "log-difference"
      ? []
      : growthSeasons.map((seasons) => ({ kind: "seasonal-growth", periods: season, seasons }) as const)),
  ];
}

/** Returns the predictions of a point for some rows of one step, in the target's unit. */
export function pointPredictions(source: StepSource, data: Dataset, rows: RowRange, point: StepPoint): Float64Array {
  const last = data.last.slice(rows.from, rows.to);
  switch (point.kind) {
    case "persistence":
      return last;
    case "drift":
      return last.map((value, i) => {
        const origin = at(data.period, rows.from + i) - data.step;
        const mean = source.drifts.at(at(data.series, rows.from + i), origin, point);
        return valueAfter(source.transform, mean * data.step, value);
      });
    case "seasonal": {
      const back = point.periods * Math.ceil(data.step / point.periods);
      return last.map((value, i) => {
        const row = rows.from + i;
        const before = source.valueAt(at(data.series, row), at(data.period, row) - back);
        return Number.isNaN(before) ? value : before;
      });
    }
    case "seasonal-growth": {
      const { periods: season, seasons } = point;
      return last.map((value, i) => {
        const row = rows.from + i;
        const valueAt = (position: number) => source.valueAt(at(data.series, row), position);
        const origin = at(data.period, row) - data.step;
        const growth = meanSeasonalGrowth(valueAt, { origin, step: data.step, season, seasons });
        return Number.isNaN(growth) ? value : value * growth;
      });
    }
    default:
      return eventPredictions(data, rows, point.kind);
  }
}

/** Counts of targets and of events among them, after the last states 0 and 1. */
class EventCounts {
  readonly #rows: [number, number] = [0, 0];
  readonly #events: [number, number] = [0, 0];
  readonly #recents = new Map<number, readonly number[]>();

  /** Adds the target of a row. */
  add({ last, target, series }: Dataset, row: number): void {
    const state = stateOf(at(last, row));
    this.#rows[state]++;
    this.#events[state] += at(target, row);
    const member = at(series, row);
    this.#recents.set(member, [...(this.#recents.get(member) ?? []), at(target, row)].slice(-recentTargets));
  }

  get baseRate(): number {
    return (this.#events[0] + this.#events[1]) / Math.max(1, this.#rows[0] + this.#rows[1]);
  }

  after(state: 0 | 1): number {
    return (this.#events[state] + smoothingRows * this.baseRate) / (this.#rows[state] + smoothingRows);
  }

  recentShare(member: number): number {
    const recent = this.#recents.get(member) ?? [];
    return recent.length === 0 ? this.baseRate : recent.reduce((sum, value) => sum + value, 0) / recent.length;
  }
}

/** Returns the probabilities after the last states 0 and 1, from all rows; null for a point that only recent events determine. */
export function eventShares(data: Dataset, { kind }: StepPoint): readonly [number, number] | null {
  if (kind !== "base-rate" && kind !== "state-frequency") return null;
  const counts = new EventCounts();
  for (let row = 0; row < data.rows; row++) counts.add(data, row);
  return kind === "base-rate" ? [counts.baseRate, counts.baseRate] : [counts.after(0), counts.after(1)];
}

/** Returns the share of events among the newest targets of a member; the base rate without one. */
export function recentShareOf(data: Dataset, member: number): number {
  const counts = new EventCounts();
  for (let row = 0; row < data.rows; row++) counts.add(data, row);
  return counts.recentShare(member);
}

/** Returns probabilities of an event from the rows whose target is known at each row's origin. O(rows). */
function eventPredictions(data: Dataset, { from, to }: RowRange, kind: StepPoint["kind"]): Float64Array {
  const counts = new EventCounts();
  let known = 0;
  return Float64Array.from({ length: to - from }, (_, i) => {
    const row = from + i;
    const origin = at(data.period, row) - data.step;
    for (; known < to && at(data.period, known) <= origin; known++) counts.add(data, known);
    if (kind === "base-rate") return counts.baseRate;
    if (kind === "recent-share") return counts.recentShare(at(data.series, row));
    return counts.after(stateOf(at(data.last, row)));
  });
}

export function stateOf(last: number): 0 | 1 {
  return last > 0.5 ? 1 : 0;
}

/** A point with its predictions and its root mean squared error on the rows. */
export interface ScoredPoint {
  readonly point: StepPoint;
  readonly error: number;
}

/** Returns the points with their error on some rows, the best of each kind, best first. The simpler one wins a tie. */
export function rankPoints(source: StepSource, data: Dataset, rows: RowRange): ScoredPoint[] {
  const truth = data.target.subarray(rows.from, rows.to);
  const best = new Map<StepPoint["kind"], ScoredPoint>();
  for (const point of stepPoints(source)) {
    const error = rmse(truth, pointPredictions(source, data, rows, point));
    if (error < (best.get(point.kind)?.error ?? Number.POSITIVE_INFINITY)) best.set(point.kind, { point, error });
  }
  return [...best.values()].sort((a, b) => a.error - b.error);
}
