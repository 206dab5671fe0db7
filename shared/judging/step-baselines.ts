/** The baseline of a step: its point, and the distribution around it. Training and serving use the same functions. */
import { UNITS_MIN } from "../distributions/changes.ts";
import { type Distribution, distributionOf } from "../distributions/distribution.ts";
import { locationScale, shapeOf } from "../distributions/location-scale.ts";
import type { ShrinkageWeights } from "../distributions/shrinkage.ts";
import { withMean } from "../distributions/tilt.ts";
import { spreadFactor, widened } from "../distributions/widen.ts";
import type { Dataset, RowRange } from "../features/dataset.ts";
import { toleranceOf } from "../forecasts/forecast.ts";
import { at } from "../stats/numbers.ts";
import { type OwnChangesOptions, ownChangeDistributions, searchWeights } from "./own-changes.ts";
import { eventShares, pointPredictions, rankPoints, type ScoredPoint, type StepPoint } from "./step-points.ts";
import { type SteppedForecast, type StepSet, seriesSet } from "./step-sets.ts";

/** The spread of a baseline. `probability`: a classification has none. */
export type StepSpread =
  /**
   * The member's own changes over the step, with borrowed changes by `weights`, and the mean of the point. Wider for a group,
   * by the number of changes that do not overlap.
   */
  | { readonly kind: "changes"; readonly weights: ShrinkageWeights }
  /**
   * The point and its errors divided by the scale of their rows: equally probable, ascending. `scale: "point"`: the scale is the
   * point itself, so the errors are ratios. Otherwise it is the declared feature.
   */
  | { readonly kind: "location-scale"; readonly shape: readonly number[]; readonly scale?: "point" | undefined }
  | {
      readonly kind: "probability";
      /** The probability after the last states 0 and 1, from all data; null for the share of recent events. */
      readonly after: readonly [number, number] | null;
    };

/** A baseline as it is chosen on validation. It contains everything that serving needs beside the history. */
export interface StepBaseline {
  readonly step: number;
  readonly point: StepPoint;
  readonly spread: StepSpread;
}

/** Chooses the point with the lowest error on validation rows, and fits its spread there. */
export function chooseBaseline(
  forecast: SteppedForecast,
  set: StepSet,
  { step, rows, quick = false }: { readonly step: number; readonly rows: RowRange; readonly quick?: boolean },
): { readonly baseline: StepBaseline; readonly ranking: readonly ScoredPoint[] } {
  const data = set.rowsOf(step);
  const ranking = rankPoints(set, data, rows);
  const point = ranking[0]?.point ?? { kind: "persistence" };
  return { baseline: { step, point, spread: spreadOf(forecast, set, { data, rows, point, quick }) }, ranking };
}

interface Chosen {
  readonly data: Dataset;
  readonly rows: RowRange;
  readonly point: StepPoint;
  /** Whether weights are searched with a small grid also at step 1. */
  readonly quick?: boolean;
}

/** Fits the spread around a point on some rows. */
export function spreadOf(
  forecast: SteppedForecast,
  set: StepSet,
  { data, rows, point, quick = false }: Chosen,
): StepSpread {
  if (set.isClassification) return { kind: "probability", after: eventShares(data, point) };
  const { distribution } = forecast;
  if (distribution?.kind === "changes")
    return {
      kind: "changes",
      weights: searchWeights(data, rows, { ...changeOptions(forecast, set, distribution), quick }),
    };
  const predictions = pointPredictions(set, data, rows, point);
  const scale = forecast.target.transform === "log-difference" ? "point" : undefined;
  const scaleAt = scalesOf(forecast, data);
  const errors = predictions.map((prediction, i) => {
    const row = rows.from + i;
    return (at(data.target, row) - prediction) / (scale === "point" ? prediction : scaleAt(row));
  });
  return { kind: "location-scale", shape: shapeOf(errors).map(rounded), ...(scale && { scale }) };
}

/** Digits of a standardized error in a card. */
const errorDigits = 6;

function rounded(error: number): number {
  return Number(error.toPrecision(errorDigits));
}

/** Returns one distribution per row in whole units of the published digit. Empty for a classification. */
export function baselineDistributions(
  forecast: SteppedForecast,
  set: StepSet,
  { baseline, rows }: { readonly baseline: StepBaseline; readonly rows: RowRange },
): Distribution[] {
  const { step, point, spread } = baseline;
  const data = set.rowsOf(step);
  const power = 10 ** forecast.target.decimals;
  const means = pointPredictions(set, data, rows, point).map((value) => value * power);
  const { distribution } = forecast;
  if (spread.kind === "changes" && distribution?.kind === "changes") {
    const options = changeOptions(forecast, set, distribution);
    const own = ownChangeDistributions(data, rows, { weights: spread.weights, options });
    const centred = centredChanges(set, step, distribution);
    return own.map((one, i) => centred(one, at(means, i)));
  }
  if (spread.kind !== "location-scale") return [];
  const scaleAt = scalesOf(forecast, data);
  const around = scaledErrors(forecast, spread.shape);
  return Array.from(means, (location, i) =>
    around(location, spread.scale === "point" ? location : scaleAt(rows.from + i) * power),
  );
}

/** Returns the function that gives a member's own changes the mean of its point, in units. */
export function centredChanges(
  { name }: Pick<StepSet, "name">,
  step: number,
  { window, positive }: Changes,
): (own: Distribution, mean: number) => Distribution {
  if (name === seriesSet) return withMean;
  // The changes of a group overlap, and it has few groups to borrow from. So its spread is uncertain.
  const factor = spreadFactor(window / step);
  const least = positive ? UNITS_MIN : Number.NEGATIVE_INFINITY;
  return (own, mean) => widened(withMean(own, mean), factor, least);
}

/** Returns the function that builds location + scale × shape; both in units. */
export function scaledErrors(
  { distribution }: SteppedForecast,
  errors: readonly number[],
): (location: number, scale: number) => Distribution {
  const shape = distributionOf(errors, new Float64Array(errors.length).fill(1));
  const positive = distribution?.positive ?? false;
  return (location, scale) => locationScale({ location, scale }, shape, { positive });
}

export type Changes = Extract<NonNullable<SteppedForecast["distribution"]>, { kind: "changes" }>;

export function changeOptions(
  { target }: SteppedForecast,
  { groupOf }: StepSet,
  { window, positive }: Changes,
): OwnChangesOptions {
  return { groupOf, window, decimals: target.decimals, positive };
}

/** Returns the scale of a row in the target's unit: the declared feature at its origin, at least half a published digit. */
export function scalesOf(forecast: SteppedForecast, { columns }: Dataset): (row: number) => number {
  const { scaledBy } = forecast.intervals;
  if (scaledBy === null) return () => 1;
  const column = columns.find(({ name }) => name === scaledBy);
  if (column?.dtype !== "float") throw new RangeError(`the rows have no column ${scaledBy}`);
  const least = toleranceOf(forecast);
  return (row) => {
    const scale = at(column.values, row);
    return Math.max(Number.isNaN(scale) ? 0 : scale, least);
  };
}
