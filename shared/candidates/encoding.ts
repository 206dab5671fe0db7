/** Converts a dataset's columns to the float32 columns of a model. `graph.ts` exports the same conversion to ONNX. */

import type { Column, Dataset, RowRange } from "../features/dataset.ts";
import type { Design, DesignBlock } from "../models/design.ts";
import type { Matrix } from "../models/matrix.ts";

export type EncodedColumn =
  | { readonly name: string; readonly how: "number" }
  /** A category becomes its rank by mean target. A category that did not occur in training is missing (NaN). */
  | {
      readonly name: string;
      readonly how: "rank";
      /** The categories of the training rows. */
      readonly categories: readonly string[];
      /** One rank per category. */
      readonly ranks: Float32Array;
    }
  /** One 0/1 column per category of the training rows. Other categories give 0 in all columns. */
  | { readonly name: string; readonly how: "one-hot"; readonly categories: readonly string[] };

export interface Encoding {
  readonly columns: readonly EncodedColumn[];
  /** The replacement of missing values, one per number or rank column. Null leaves them missing. */
  readonly imputed: Float32Array | null;
}

/** Returns whether a candidate may learn from a column. Others are used only to convert back to the target's unit. */
function isLearned({ learned }: Column): boolean {
  return learned !== false;
}

/** Encoding for trees: numbers unchanged, categories by rank. `target` has one value per row of the dataset. O(rows × columns). */
export function rankEncoding(data: Dataset, rows: RowRange, target: Float64Array): Encoding {
  const columns = data.columns.filter(isLearned).map((column): EncodedColumn => {
    if (column.dtype === "float") return { name: column.name, how: "number" };
    const seen = seenIn(column, rows);
    const ranks = ranksOf(column, seen, { rows, target });
    return { name: column.name, how: "rank", categories: seen.map((code) => column.categories[code] ?? ""), ranks };
  });
  return { columns, imputed: null };
}

/** Encoding for linear models: numbers unchanged, one column per category. O(rows × columns). */
export function oneHotEncoding(data: Dataset, rows: RowRange): Encoding {
  const columns = data.columns.filter(isLearned).map((column): EncodedColumn => {
    if (column.dtype === "float") return { name: column.name, how: "number" };
    const categories = seenIn(column, rows).map((code) => column.categories[code] ?? "");
    return { name: column.name, how: "one-hot", categories };
  });
  return { columns, imputed: null };
}

/** Returns the encoding with missing values replaced by the mean over `rows` (0 if every value is missing). */
export function withMeans(encoding: Encoding, data: Dataset, rows: RowRange): Encoding {
  const { values, rows: count } = encode(encoding, data, rows);
  const imputed: number[] = [];
  let at = 0;
  for (const column of encoding.columns) {
    if (column.how !== "one-hot") imputed.push(meanOfPresent(values.subarray(at * count, (at + 1) * count)));
    at += widthOf(column);
  }
  return { ...encoding, imputed: Float32Array.from(imputed) };
}

function meanOfPresent(values: Float32Array): number {
  let [sum, count] = [0, 0];
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    sum += value;
    count++;
  }
  return count === 0 ? 0 : sum / count;
}

type TextColumn = Extract<Column, { dtype: "string" }>;

/** Returns the codes of the categories that occur in `rows`, ascending. */
function seenIn({ categories, codes }: TextColumn, rows: RowRange): number[] {
  const seen = new Uint8Array(categories.length);
  for (let row = rows.from; row < rows.to; row++) seen[codes[row] ?? 0] = 1;
  return [...categories.keys()].filter((code) => seen[code] === 1);
}

/** Ranks the codes in `seen` by the mean of `target` over their rows. Equal means are ranked by code. */
function ranksOf(
  { categories, codes }: TextColumn,
  seen: readonly number[],
  { rows, target }: { readonly rows: RowRange; readonly target: Float64Array },
): Float32Array {
  const sums = new Float64Array(categories.length);
  const counts = new Float64Array(categories.length);
  for (let row = rows.from; row < rows.to; row++) {
    const code = codes[row] ?? 0;
    sums[code] = (sums[code] ?? 0) + (target[row] ?? 0);
    counts[code] = (counts[code] ?? 0) + 1;
  }
  const means = seen.map((code) => (sums[code] ?? 0) / (counts[code] ?? 1));
  const order = [...seen.keys()].sort((a, b) => (means[a] ?? 0) - (means[b] ?? 0) || a - b);
  const ranks = new Float32Array(seen.length);
  order.forEach((position, rank) => {
    ranks[position] = rank;
  });
  return ranks;
}

export function widthOf(column: EncodedColumn): number {
  return column.how === "one-hot" ? column.categories.length : 1;
}

/** Returns the number of encoded float32 columns. */
export function widthOfEncoding(encoding: Encoding): number {
  return encoding.columns.reduce((width, column) => width + widthOf(column), 0);
}

/**
 * Encodes rows, column-major, in the order of the encoding's columns. O(rows × width).
 * @throws RangeError if the dataset does not have a column of the encoding.
 */
export function encode(encoding: Encoding, data: Dataset, rows: RowRange): Matrix {
  const count = rows.to - rows.from;
  const columns = widthOfEncoding(encoding);
  const values = new Float32Array(count * columns);
  let at = 0;
  let number = 0;
  for (const column of encoding.columns) {
    const source = columnNamed(data, column.name);
    const into = values.subarray(at * count, (at + widthOf(column)) * count);
    encodeColumn(column, { source, rows, into });
    if (column.how !== "one-hot") impute(into, encoding.imputed?.[number++]);
    at += widthOf(column);
  }
  return { rows: count, columns, layout: "column-major", values };
}

/**
 * Encodes rows for a linear model, without a column per category. The columns are those of `encode`, in the same order; the
 * encoding has numbers and one-hot columns only. O(rows × features).
 */
export function designOf(encoding: Encoding, data: Dataset, rows: RowRange): Design {
  const blocks = encoding.columns.map((column): DesignBlock => {
    const source = columnNamed(data, column.name);
    if (column.how === "number" && source.dtype === "float")
      return { kind: "number", values: source.values.subarray(rows.from, rows.to) };
    if (column.how === "one-hot" && source.dtype === "string") {
      const codes = codesIn(column.categories, source);
      const own = source.codes.subarray(rows.from, rows.to).map((code) => codes[code] ?? -1);
      return { kind: "categories", width: column.categories.length, codes: own };
    }
    throw new RangeError(`column ${column.name} has type ${source.dtype}, which no design has as ${column.how}`);
  });
  return { rows: rows.to - rows.from, blocks };
}

interface ColumnTask {
  readonly source: Column;
  readonly rows: RowRange;
  readonly into: Float32Array;
}

function encodeColumn(column: EncodedColumn, { source, rows, into }: ColumnTask): void {
  const count = rows.to - rows.from;
  if (column.how === "number" && source.dtype === "float") {
    into.set(source.values.subarray(rows.from, rows.to));
  } else if (column.how === "rank" && source.dtype === "string") {
    const codes = codesIn(column.categories, source);
    for (let i = 0; i < count; i++) into[i] = column.ranks[codes[source.codes[rows.from + i] ?? 0] ?? -1] ?? Number.NaN;
  } else if (column.how === "one-hot" && source.dtype === "string") {
    const codes = codesIn(column.categories, source);
    for (let i = 0; i < count; i++) {
      const code = codes[source.codes[rows.from + i] ?? 0] ?? -1;
      if (code >= 0) into[code * count + i] = 1;
    }
  } else
    throw new RangeError(`column ${column.name} has type ${source.dtype}, which cannot be encoded as ${column.how}`);
}

/** Returns, for each category of the dataset, its position in the encoding; −1 for an unknown category. */
function codesIn(categories: readonly string[], source: { readonly categories: readonly string[] }): readonly number[] {
  const positions = new Map(categories.map((category, position) => [category, position]));
  return source.categories.map((category) => positions.get(category) ?? -1);
}

function impute(values: Float32Array, by: number | undefined): void {
  if (by === undefined) return;
  for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i])) values[i] = by;
}

function columnNamed(data: Dataset, name: string): Column {
  const column = data.columns.find((column) => column.name === name);
  if (column === undefined) throw new RangeError(`the dataset has no column ${name}`);
  return column;
}

/** Returns the values of a numeric feature for some rows. */
export function featureValues(data: Dataset, name: string, rows: RowRange): Float32Array {
  const column = columnNamed(data, name);
  if (column.dtype !== "float") throw new RangeError(`feature ${name} is text: expected a number`);
  return column.values.subarray(rows.from, rows.to);
}
