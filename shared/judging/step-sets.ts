/** What is forecast at every step: the series of a forecast, and its groups of series. */

import { LazyFeature } from "../features/compute.ts";
import type { Dataset } from "../features/dataset.ts";
import { datasetOf } from "../features/dataset.ts";
import { reachOf } from "../features/feature.ts";
import { type Panel, pastOf, positionOf } from "../features/panel.ts";
import { type Forecast, toleranceOf } from "../forecasts/forecast.ts";
import { seasonOf } from "../forecasts/steps-reach.ts";
import { mean } from "../stats/mean.ts";
import { at } from "../stats/numbers.ts";
import { Drifts } from "./drift.ts";
import { groupRows } from "./rows.ts";
import type { StepSource } from "./step-points.ts";

/** The part of a declaration that the baselines of all steps depend on. */
export type SteppedForecast = Pick<
  Forecast,
  "task" | "target" | "features" | "seasonal" | "distribution" | "dimensions" | "groups"
> & { readonly intervals: Pick<Forecast["intervals"], "scaledBy"> };

/** The name of the set of single series. */
export const seriesSet = "series";

/** The level from which the steps after the last period start. */
export interface Level {
  readonly value: number;
  /** The period of the value. */
  readonly period: string;
  /** Number of series of which it is the mean. */
  readonly series: number;
  /** Factor of the errors of `location-scale`, in the target's unit; NaN if its feature is missing. */
  readonly scale: number;
}

export interface StepSet extends StepSource {
  /** `series`, or the name of a group rule. */
  readonly name: string;
  /** The names of each series, or of each group the values of its dimensions, in the order of the rows' `series`. */
  readonly members: readonly (readonly string[])[];
  /** The group from which each member borrows, from 0. */
  readonly groupOf: readonly number[];
  /** Returns the rows of a step. Those of the last step are cached. */
  rowsOf(step: number): Dataset;
  /** Returns a member's level at the last period; null without one. */
  levelOf(member: number): Level | null;
}

/** Returns the set of all series, then one set for each group rule. Events have no periods and so no steps: no set. */
export function stepSetsOf(forecast: SteppedForecast, panel: Panel): StepSet[] {
  if (panel.series.some(({ timeline }) => timeline !== undefined)) return [];
  return [seriesOf(forecast, panel), ...(forecast.groups ?? []).map((rule) => groupsBy(forecast, panel, rule))];
}

function seriesOf(forecast: SteppedForecast, panel: Panel): StepSet {
  const { features, distribution, intervals } = forecast;
  const by = distribution?.kind === "changes" ? distribution.group : [];
  const scale = features.filter(({ name }) => distribution?.kind !== "changes" && name === intervals.scaledBy);
  const options = { features: scale, tolerance: toleranceOf(forecast), reach: reachOf(features) };
  const rowsOf = memoized((step) => datasetOf(panel, { ...options, step }));
  return {
    name: seriesSet,
    members: panel.series.map(({ is }) => is),
    ...sourceOf(forecast, { rowsOf, groupOf: keysOf(panel, by).groupOf }),
    season: seasonOf(forecast),
    valueAt: (series, position) => panel.series[series]?.values[position] ?? Number.NaN,
    levelOf: (member) => seriesLevel(forecast, panel, member),
  };
}

function groupsBy(
  forecast: SteppedForecast,
  panel: Panel,
  { name, by }: NonNullable<Forecast["groups"]>[number],
): StepSet {
  const { groupOf, keys } = keysOf(panel, by);
  const rowsOf = memoized((step) => groupRows(panel, groupOf, step));
  return {
    name,
    members: keys,
    ...sourceOf(forecast, { rowsOf, groupOf: keys.map(() => 0) }),
    // The series of a group differ between a season ago and now, so there is no level to compare.
    season: null,
    valueAt: () => Number.NaN,
    levelOf: (member) => groupLevel(panel, (series) => groupOf[series] === member),
  };
}

/** Returns the last value of a series within the reach of the features. */
function seriesLevel(forecast: SteppedForecast, panel: Panel, member: number): Level | null {
  const { features, intervals } = forecast;
  const [end, reach] = [panel.periods.length, reachOf(features)];
  const values = panel.series[member]?.values ?? new Float64Array();
  const position = values.findLastIndex((value) => !Number.isNaN(value));
  if (position < Math.max(0, end - reach)) return null;
  const scaled = features.find(({ name }) => name === intervals.scaledBy);
  // The scale does not depend on the date of the target.
  const past = () => pastOf(panel, end, "9999", { reach, tolerance: toleranceOf(forecast) });
  const scale = scaled === undefined ? 1 : Number(new LazyFeature(scaled, past()).at(member));
  return { value: at(values, position), period: panel.periods[position] ?? "", series: 1, scale };
}

/** Returns the mean of the series of a group that have a value at the last period. */
function groupLevel(panel: Panel, isMember: (series: number) => boolean): Level | null {
  const last = panel.periods.length - 1;
  const values = panel.series.flatMap(({ values }, series) => {
    const value = values[last] ?? Number.NaN;
    return isMember(series) && !Number.isNaN(value) ? [value] : [];
  });
  if (values.length === 0) return null;
  return { value: mean(values), period: panel.periods[last] ?? "", series: values.length, scale: 1 };
}

function sourceOf(
  { task, target }: SteppedForecast,
  { rowsOf, groupOf }: Pick<StepSet, "rowsOf" | "groupOf">,
): Pick<StepSet, "rowsOf" | "groupOf" | "isClassification" | "transform" | "drifts"> {
  const isClassification = task === "classification";
  const drifts = new Drifts(rowsOf(1), groupOf, target.transform);
  return { rowsOf, groupOf, isClassification, transform: target.transform, drifts };
}

/** Returns the group of each series by the values of some dimensions, and these values for each group. O(series). */
function keysOf(panel: Panel, by: readonly string[]) {
  const places = by.map((dimension) => positionOf(dimension, panel.dimensions));
  const keys: string[][] = [];
  const groups = new Map<string, number>();
  const groupOf = panel.series.map(({ is }) => {
    const key = places.map((place) => is[place] ?? "");
    const text = JSON.stringify(key);
    const group = groups.get(text) ?? groups.size;
    if (group === groups.size) {
      groups.set(text, group);
      keys.push(key);
    }
    return group;
  });
  return { groupOf, keys };
}

/**
 * Caches the rows of one step, the last that was read: steps are used one after the other, and the rows of twelve steps of 2,000
 * series need 90 MB.
 */
function memoized(compute: (step: number) => Dataset): (step: number) => Dataset {
  let cached: Dataset | null = null;
  return (step) => {
    cached = cached?.step === step ? cached : compute(step);
    return cached;
  };
}
