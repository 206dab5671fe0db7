/**
 * One published prediction, and its Parquet file. A file contains all predictions of one publication:
 * `forecasts/<forecast>/origin=<period>/role=<champion|shadow>/revision=<n>/part.parquet`.
 *
 * A prediction contains everything that its score needs, so that a score never depends on a model or on later code. The CRPS is
 * exact: a file contains the whole distribution of the model and that of the baseline, as values with their probabilities.
 */
import { z } from "zod";
import type { Chances } from "../distributions/changes.ts";
import { ascendingDistribution, type Distribution } from "../distributions/distribution.ts";
import { quantileLevels } from "../distributions/summary.ts";
import { fromUnits, toUnits } from "../distributions/units.ts";
import type { Forecast } from "../forecasts/forecast.ts";
import { periodColumn, periodStarts, periodText } from "../lake/period-column.ts";
import {
  byStep,
  dimensionColumns,
  listColumn,
  optionalColumn,
  readDimensions,
  readTableRows,
  required,
  type TableColumn,
  writeParts,
} from "./parquet-table.ts";

/** The prediction of a model or of the baseline. In the target's unit. */
export interface PublishedPoint {
  /** Null for a classification, or without a prediction. */
  readonly median: number | null;
  readonly mean: number | null;
  /** The probability of the event; null for a regression. */
  readonly event: number | null;
  /**
   * By `storedDistribution`, in whole units of the last published digit. Null for a classification, and for a prediction without a
   * distribution: its score is that of the single value `median`.
   */
  readonly distribution: Distribution | null;
}

/** The prediction of one series or group at one step. */
export interface PublishedPrediction extends PublishedPoint {
  /** `series`, or the name of the group rule. */
  readonly set: string;
  /** The values of the dimensions by their name. A group has the dimensions of its rule. */
  readonly series: Readonly<Record<string, string>>;
  readonly step: number;
  /** The period that is predicted, by the schedule. A publication may come on another day. */
  readonly target: string;
  /** The last value of the series, or the level of the group at the origin; null without one. */
  readonly last: number | null;
  /** By `quantileLevels`; null without quantiles. */
  readonly quantiles: readonly number[] | null;
  /** The probabilities of a fall, no change and a rise; null if they are not predicted. */
  readonly chances: Chances | null;
  /** The prediction of the baseline. Null if the baseline itself was published; without a value if it is not known. */
  readonly baseline: PublishedPoint | null;
  /** What predicted the step: the name of the model, or of the baseline that serves the step. */
  readonly servedBy: string;
  readonly version: string;
  /** ISO 8601, in milliseconds. */
  readonly publishedAt: string;
}

/** The part of a declaration on which the file depends. */
export type RecordedForecast = Pick<Forecast, "dimensions" | "schedule" | "target">;

/**
 * Writes the predictions of one publication, sorted by step; those of a step keep their order. The same predictions always give
 * the same bytes.
 */
export function writePredictions(
  forecast: RecordedForecast,
  predictions: readonly PublishedPrediction[],
): Uint8Array<ArrayBuffer> {
  return writePredictionParts(forecast, byStep(predictions));
}

/** Writes the same file from one list for each step, ascending. A list may be made when it is read. */
export function writePredictionParts(
  forecast: RecordedForecast,
  parts: Iterable<readonly PublishedPrediction[]>,
): Uint8Array<ArrayBuffer> {
  return writeParts({ name: "predictions", columns: columnsOf(forecast) }, parts);
}

/**
 * Reads a file that `writePredictions` wrote for this forecast: all predictions, or those of one step, which takes a fraction of
 * the time. @throws for any other file
 */
export async function readPredictions(
  forecast: RecordedForecast,
  bytes: Uint8Array,
  step?: number,
): Promise<PublishedPrediction[]> {
  const { dimensions, schedule, target } = forecast;
  const rows = z.array(rowShape).parse(await readTableRows(bytes, step));
  return rows.map((row) => {
    const quantiles = quantileColumns.map((name) => numberOrNull.parse(row[name]));
    return {
      set: row.set,
      series: readDimensions(row, dimensions, ownNames),
      step: row.step,
      target: periodText(schedule.every, row.target),
      last: row.last,
      median: row.median,
      mean: row.mean,
      event: row.event,
      quantiles: quantiles.every((value) => value !== null) ? quantiles : null,
      chances: row.down === null ? null : { down: row.down, same: row.same ?? 0, up: row.up ?? 0 },
      distribution: distributionOf(row.values, row.probabilities, target),
      baseline: row.is_baseline
        ? null
        : {
            median: row.baseline_median,
            mean: row.baseline_mean,
            event: row.baseline_event,
            distribution: distributionOf(row.baseline_values, row.baseline_probabilities, target),
          },
      servedBy: row.served_by,
      version: row.version,
      publishedAt: row.published_at.toISOString(),
    };
  });
}

/** Returns the name of a quantile's column: `quantile_2_5` for the level 0.025. */
function quantileColumn(level: number): string {
  return `quantile_${String(Math.round(level * 1000) / 10).replace(".", "_")}`;
}

const quantileColumns = quantileLevels.map(quantileColumn);
const numberOrNull = z.number().nullable();
/** A list that is null is read as undefined. */
const listOrNull = z
  .array(z.number())
  .nullish()
  .transform((list) => list ?? null);

const rowShape = z.looseObject({
  set: z.string(),
  step: z.int(),
  target: z.date(),
  last: numberOrNull,
  median: numberOrNull,
  mean: numberOrNull,
  event: numberOrNull,
  down: numberOrNull,
  same: numberOrNull,
  up: numberOrNull,
  values: listOrNull,
  probabilities: listOrNull,
  is_baseline: z.boolean(),
  baseline_median: numberOrNull,
  baseline_mean: numberOrNull,
  baseline_event: numberOrNull,
  baseline_values: listOrNull,
  baseline_probabilities: listOrNull,
  served_by: z.string(),
  version: z.string(),
  published_at: z.date(),
});
const ownNames = [...Object.keys(rowShape.shape), ...quantileColumns];

type Column = TableColumn<PublishedPrediction>;

function columnsOf({ dimensions, schedule, target }: RecordedForecast): Column[] {
  const startOf = periodStarts();
  const { decimals } = target;
  return [
    required("set", "text", ({ set }) => set),
    ...dimensionColumns<PublishedPrediction>(dimensions, ownNames),
    required("step", "int", ({ step }) => step),
    { name: "target", elements: [periodColumn("target", schedule.every)], valueIn: (row) => startOf(row.target) },
    optionalColumn("last", "double", ({ last }) => last),
    ...pointColumns("", (row) => row, decimals),
    ...quantileColumns.map((name, at): Column => optionalColumn(name, "double", (row) => row.quantiles?.[at] ?? null)),
    ...(["down", "same", "up"] as const).map(
      (name): Column => optionalColumn(name, "double", ({ chances }) => chances?.[name] ?? null),
    ),
    required("is_baseline", "boolean", ({ baseline }) => baseline === null),
    ...pointColumns("baseline_", ({ baseline }) => baseline, decimals),
    required("served_by", "text", ({ servedBy }) => servedBy),
    required("version", "text", ({ version }) => version),
    required("published_at", "instant", ({ publishedAt }) => new Date(publishedAt)),
  ];
}

/** Returns the columns of a point. Values are in the target's unit, as in all columns. */
function pointColumns(
  prefix: string,
  pointOf: (row: PublishedPrediction) => PublishedPoint | null,
  decimals: number,
): Column[] {
  const valuesOf = ({ values }: Distribution) => Array.from(values, (units) => fromUnits(units, decimals));
  return [
    ...(["median", "mean", "event"] as const).map(
      (name): Column => optionalColumn(`${prefix}${name}`, "double", (row) => pointOf(row)?.[name] ?? null),
    ),
    listColumn(`${prefix}values`, "DOUBLE", (row) => {
      const distribution = pointOf(row)?.distribution ?? null;
      return distribution && valuesOf(distribution);
    }),
    listColumn(`${prefix}probabilities`, "FLOAT", (row) => {
      const distribution = pointOf(row)?.distribution ?? null;
      return distribution && Array.from(distribution.masses);
    }),
  ];
}

function distributionOf(
  values: readonly number[] | null,
  probabilities: readonly number[] | null,
  { decimals }: RecordedForecast["target"],
): Distribution | null {
  if (values === null || probabilities === null) return null;
  return ascendingDistribution(
    Float64Array.from(values, (value) => toUnits(value, decimals)),
    Float64Array.from(probabilities),
  );
}
