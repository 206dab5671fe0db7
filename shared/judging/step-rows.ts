/** The rows of several steps as one dataset, from which a learner of further steps is fitted and on which it is scored. */
import { type Column, type Dataset, spreadDatasetOf } from "../features/dataset.ts";
import { reachOf } from "../features/feature.ts";
import type { Panel } from "../features/panel.ts";
import { type Forecast, toleranceOf } from "../forecasts/forecast.ts";
import { at } from "../stats/numbers.ts";

/** The name of the input with the number of periods ahead. */
export const stepInput = "step";

/** More rows of a step hardly change a model, and the time of a fit is proportional to their number. */
const rowsPerStepMax = 10_000;

/** Rows of several steps, sorted by the period of their target, then step, then series. */
export interface StepRows {
  /** Its columns are those of the features, then the step. */
  readonly data: Dataset;
  readonly steps: readonly number[];
  /** The step of each row. */
  readonly step: Int32Array;
  /** The position of each row among all rows of its step. */
  readonly source: Int32Array;
}

/** Returns the steps from which a learner is fitted: the headline steps and the last one. */
function trainingSteps({ headline, steps }: Pick<Forecast, "headline" | "steps">): number[] {
  return steps.filter((step) => headline.includes(step) || step === steps.at(-1));
}

/**
 * Builds the rows of the training steps. At most `rowsMax` rows of each step, evenly spaced, so that every period and every
 * series is among them. O(steps × the time of a dataset).
 */
export function stepRowsOf(
  forecast: Pick<Forecast, "features" | "target" | "headline" | "steps">,
  panel: Panel,
  rowsMax = rowsPerStepMax,
): StepRows {
  const { features } = forecast;
  const options = { features, tolerance: toleranceOf(forecast), reach: reachOf(features) };
  const steps = trainingSteps(forecast);
  const spread = steps.map((step) => spreadDatasetOf(panel, { ...options, step }, rowsMax));
  const parts = spread.map(({ data }) => data);
  const places = parts.flatMap((data, part): Place[] =>
    Array.from(data.period, (period, row) => ({ part, row, period })),
  );
  // The sort is stable, so rows of one period stay sorted by step and series.
  places.sort((a, b) => a.period - b.period);
  const step = Int32Array.from(places, ({ part }) => at(steps, part));
  const numbers = (of: (data: Dataset) => ArrayLike<number>) =>
    places.map(({ part, row }) => of(parts[part] ?? missing())[row] ?? Number.NaN);
  const columns = features.map((_, column) =>
    gathered(
      parts.map((data) => data.columns[column] ?? missing()),
      places,
    ),
  );
  const data: Dataset = {
    step: Math.max(...steps),
    rows: places.length,
    periods: panel.periods,
    period: Int32Array.from(numbers(({ period }) => period)),
    series: Int32Array.from(numbers(({ series }) => series)),
    last: Float64Array.from(numbers(({ last }) => last)),
    target: Float64Array.from(numbers(({ target }) => target)),
    columns: [...columns, { name: stepInput, dtype: "float", values: Float32Array.from(step) }],
  };
  return {
    data,
    steps,
    step,
    source: Int32Array.from(places, ({ part, row }) => at(spread[part]?.source ?? missing(), row)),
  };
}

/** A row of one of the datasets. */
interface Place {
  readonly part: number;
  readonly row: number;
  readonly period: number;
}

/** Joins a column of several datasets. Texts have codes of their own in each dataset. */
function gathered(parts: readonly Column[], places: readonly Place[]): Column {
  const [first] = parts;
  if (first === undefined) return missing();
  if (first.dtype === "float") {
    const values = Float32Array.from(places, ({ part, row }) => {
      const column = parts[part];
      return column?.dtype === "float" ? (column.values[row] ?? Number.NaN) : Number.NaN;
    });
    return { ...first, values };
  }
  const texts = parts.flatMap((column) => (column.dtype === "string" ? [column] : []));
  const categories = [...new Set(texts.flatMap((column) => column.categories))].sort();
  const positions = new Map(categories.map((category, position) => [category, position]));
  const codes = texts.map((column) => column.categories.map((category) => positions.get(category) ?? -1));
  return {
    ...first,
    categories,
    codes: Int32Array.from(places, ({ part, row }) => codes[part]?.[texts[part]?.codes[row] ?? -1] ?? -1),
  };
}

function missing(): never {
  throw new RangeError("the datasets of the steps have different columns");
}
