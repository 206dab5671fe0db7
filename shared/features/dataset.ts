/**
 * The training data of a model for one step: one row for each target period and series, sorted by period, then series. A row's
 * origin is `step` periods before its target. Its features are computed from values up to the origin, and from the target's date.
 */
import { featureOfSeries } from "./compute.ts";
import { dtypeOf, type Feature, reachOf, variableOf } from "./feature.ts";
import { type Panel, pastOf } from "./panel.ts";

export type Column =
  | (Named & { readonly dtype: "float"; readonly values: Float32Array })
  /** Categories as codes. A code is a position in `categories`, which are sorted. */
  | (Named & { readonly dtype: "string"; readonly codes: Int32Array; readonly categories: readonly string[] });

interface Named {
  readonly name: string;
  /** False if the feature is declared so. Candidates then do not learn from it. */
  readonly learned?: false;
  /** True if the feature reads another variable than the target. */
  readonly isOther?: true;
}

export interface Dataset {
  /** Number of periods from a row's origin to its target. The longest one, if the rows have several steps. */
  readonly step: number;
  readonly rows: number;
  readonly periods: readonly string[];
  /** Position in `periods` of each row's target, ascending. */
  readonly period: Int32Array;
  /** Position of each row's series in the panel. */
  readonly series: Int32Array;
  readonly columns: readonly Column[];
  /** The last value observed by the origin, in the target's unit. */
  readonly last: Float64Array;
  /** The true value of the target, in its unit. */
  readonly target: Float64Array;
}

/** The rows `from` (inclusive) to `to` (exclusive) of a dataset. */
export interface RowRange {
  readonly from: number;
  readonly to: number;
}

export interface DatasetOptions {
  readonly features: readonly Feature[];
  readonly tolerance: number;
  /** Number of periods from the origin to the target. Default: 1. */
  readonly step?: number;
  /** How many periods up to the origin a value counts as the last one. Default: the reach of the features. */
  readonly reach?: number;
}

/**
 * Builds the dataset of a panel. Every observed value is one row, if there is an observed value up to its origin and
 * within reach. O(periods × series × reach × features).
 */
export function datasetOf(panel: Panel, options: DatasetOptions): Dataset {
  return spreadDatasetOf(panel, options, Number.POSITIVE_INFINITY).data;
}

/** Some rows of a dataset. */
export interface SpreadDataset {
  readonly data: Dataset;
  /** The position of each row in the whole dataset. */
  readonly source: Int32Array;
}

/** Builds at most `rowsMax` rows of the dataset of a panel, evenly spaced. Features of other rows are not computed. */
export function spreadDatasetOf(panel: Panel, options: DatasetOptions, rowsMax: number): SpreadDataset {
  const { features, tolerance, step = 1, reach = reachOf(features) } = options;
  const { cells, rows: total } = rowsOf(panel, { reach, step });
  const rows = Math.min(total, rowsMax);
  // A whole distance could divide the number of series, and then some series would have no row.
  const source = Int32Array.from({ length: rows }, (_, row) => Math.floor((row * total) / rows));
  const floats = features.map((feature) => (dtypeOf(feature) === "float" ? new Float32Array(rows) : null));
  const texts = features.map((feature) => (dtypeOf(feature) === "string" ? new Array<string>(rows) : null));
  const last = new Float64Array(rows);
  const target = new Float64Array(rows);
  const period = new Int32Array(rows);
  const series = new Int32Array(rows);
  const writeFeatures = (end: number, from: number, to: number) => {
    if (features.length === 0 || to === from) return;
    const past = pastOf(panel, end - step + 1, panel.periods[end] ?? "", { reach, tolerance });
    features.forEach((feature, column) => {
      const each = featureOfSeries(feature, past);
      const [numbers, words] = [floats[column], texts[column]];
      for (let row = from; row < to; row++) {
        const index = series[row] ?? -1;
        const own = past.series[index];
        if (own === undefined) continue;
        if (each.dtype === "float" && numbers) numbers[row] = each.of(own, index);
        if (each.dtype === "string" && words) words[row] = each.of(own, index);
      }
    });
  };
  let [row, before] = [0, 0];
  cells.forEach((present, end) => {
    const from = row;
    for (; row < rows && (source[row] ?? 0) < before + present.length; row++) {
      const { index, seen } = present[(source[row] ?? 0) - before] ?? missingCell();
      const values = panel.series[index]?.values;
      last[row] = values?.[seen] ?? Number.NaN;
      target[row] = values?.[end] ?? Number.NaN;
      period[row] = end;
      series[row] = index;
    }
    before += present.length;
    writeFeatures(end, from, row);
  });
  const columns = features.map((feature, column) => columnOf(feature, floats[column] ?? null, texts[column] ?? []));
  return { data: { step, rows, periods: panel.periods, period, series, columns, last, target }, source };
}

function columnOf(feature: Feature, numbers: Float32Array | null, words: readonly string[]): Column {
  const { name, learned } = feature;
  const column: Column = numbers ? { name, dtype: "float", values: numbers } : textColumn(name, words);
  const isOther = variableOf(feature) !== undefined;
  return { ...column, ...(learned === false && { learned }), ...(isOther && { isOther }) };
}

function missingCell(): never {
  throw new RangeError("a row of the dataset has no cell");
}

/** A series with a value at a period, and the position of its last value up to the origin. */
interface Cell {
  readonly index: number;
  readonly seen: number;
}

/** Returns, for each period, the series with a value there and one within reach of its origin. */
function rowsOf(
  panel: Panel,
  { reach, step }: { readonly reach: number; readonly step: number },
): { readonly cells: readonly (readonly Cell[])[]; readonly rows: number } {
  const lastSeen = panel.series.map(() => Number.NEGATIVE_INFINITY);
  let rows = 0;
  const cells = panel.periods.map((_, end) => {
    const present: Cell[] = [];
    const origin = end - step;
    panel.series.forEach(({ values }, index) => {
      if (origin >= 0 && !Number.isNaN(values[origin])) lastSeen[index] = origin;
      const seen = lastSeen[index] ?? Number.NEGATIVE_INFINITY;
      if (!Number.isNaN(values[end]) && origin - seen < reach) present.push({ index, seen });
    });
    rows += present.length;
    return present;
  });
  return { cells, rows };
}

/** Returns a column of texts as codes. */
export function textColumn(name: string, values: readonly string[]): Column {
  const categories = [...new Set(values)].sort();
  const codes = new Map(categories.map((category, code) => [category, code]));
  return { name, dtype: "string", codes: Int32Array.from(values, (value) => codes.get(value) ?? -1), categories };
}

/** Returns the first row whose target is at or after position `period`, or `rows` if there is none. O(log rows). */
export function firstRowAt({ period: positions, rows }: Dataset, period: number): number {
  let [low, high] = [0, rows];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((positions[middle] ?? 0) < period) low = middle + 1;
    else high = middle;
  }
  return low;
}
