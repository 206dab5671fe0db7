/** Rows as inputs of a model file: one column per input, float32 or text. */
import type { Encoding } from "../candidates/encoding.ts";
import type { Fitted } from "../candidates/fitted.ts";
import type { Chance } from "../candidates/odds.ts";
import type { Dataset, Column as DatasetColumn, RowRange } from "../features/dataset.ts";
import { evenlySpaced } from "../lib/evenly-spaced.ts";
import { nextFloat32 } from "../models/float32.ts";
import { type Ensemble, LEAF } from "../models/tree.ts";

/** Columns by name. NaN is a missing number. */
export type Inputs = Readonly<Record<string, Float32Array | readonly string[]>>;

/** Returns rows of a dataset as inputs. O(rows × columns). */
export function inputsOf(data: Dataset, rows: RowRange): Inputs {
  return Object.fromEntries(
    data.columns.map((column) => [
      column.name,
      column.dtype === "float"
        ? column.values.slice(rows.from, rows.to)
        : Array.from(column.codes.subarray(rows.from, rows.to), (code) => column.categories[code] ?? ""),
    ]),
  );
}

/** Converts inputs to a dataset with unknown targets, which a fitted model can predict. `last` is the feature with the last value. */
export function datasetOfInputs(inputs: Inputs, last: string): Dataset {
  const columns = Object.entries(inputs).map(([name, values]): DatasetColumn => {
    if (values instanceof Float32Array) return { name, dtype: "float", values };
    const categories = [...new Set(values)].sort();
    const codes = Int32Array.from(values, (value) => categories.indexOf(value));
    return { name, dtype: "string", codes, categories };
  });
  const lasts = inputs[last];
  if (!(lasts instanceof Float32Array)) throw new RangeError(`input ${last} is not a number`);
  const rows = lasts.length;
  return {
    step: 1,
    rows,
    periods: [],
    period: new Int32Array(rows),
    series: new Int32Array(rows),
    columns,
    last: Float64Array.from(lasts),
    target: new Float64Array(rows).fill(Number.NaN),
  };
}

/** Concatenates inputs. */
export function joinInputs(parts: readonly Inputs[]): Inputs {
  const names = Object.keys(parts[0] ?? {});
  return Object.fromEntries(
    names.map((name) => {
      const columns = parts.map((part) => part[name] ?? []);
      if (columns.every((column) => column instanceof Float32Array)) {
        const joined = new Float32Array(columns.reduce((length, column) => length + column.length, 0));
        let at = 0;
        for (const column of columns) {
          joined.set(column, at);
          at += column.length;
        }
        return [name, joined];
      }
      return [name, columns.flatMap((column) => Array.from(column, String))];
    }),
  );
}

/** Returns the rows at these positions. */
export function pickInputs(inputs: Inputs, positions: readonly number[]): Inputs {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, values]) => [
      name,
      values instanceof Float32Array
        ? Float32Array.from(positions, (position) => values[position] ?? Number.NaN)
        : positions.map((position) => values[position] ?? ""),
    ]),
  );
}

/** Maximum number of thresholds, with three rows each. If there are more, they are taken evenly from all trees. */
const thresholdsMax = 1_000;
export const unknownCategory = "¿no such category?";

/** Rows on which engines are likely to disagree. */
export interface EdgeInputs {
  /** Rows with one missing input, one unknown category, or only the last value. */
  readonly gaps: Inputs;
  /** Rows at, just below and just above the thresholds of trees; empty without trees. */
  readonly thresholds: Inputs;
}

/** Derives edge cases from different ordinary rows, so that they reach different branches. O(thresholds × columns). */
export function edgeInputs(
  ordinary: Inputs,
  fitted: { readonly value: Fitted; readonly chance: Chance | null },
  last: string,
): EdgeInputs {
  const rows = ordinary[last]?.length ?? 0;
  const bases = Array.from({ length: rows }, (_, row) => pickInputs(ordinary, [row]));
  let turn = 0;
  const withInputs = (changes: Inputs): Inputs => ({ ...bases[turn++ % rows], ...changes });
  const gaps: Inputs[] = [];
  const missing: Record<string, Float32Array | readonly string[]> = {};
  for (const [name, values] of Object.entries(ordinary)) {
    if (name === last) continue;
    const isText = !(values instanceof Float32Array);
    const none = isText ? [""] : Float32Array.of(Number.NaN);
    gaps.push(withInputs({ [name]: none }));
    if (isText) gaps.push(withInputs({ [name]: [unknownCategory] }));
    missing[name] = none;
  }
  gaps.push(withInputs(missing));
  const beside: Inputs[] = evenlySpaced(thresholdsOf(fitted), thresholdsMax).flatMap(({ name, threshold }) => {
    const values = [threshold, nextFloat32(threshold, -1), nextFloat32(threshold, 1)].filter(Number.isFinite);
    const base = withInputs({});
    return values.map((value) => ({ ...base, [name]: Float32Array.of(value) }));
  });
  return {
    gaps: joinInputs(gaps),
    thresholds: beside.length > 0 ? joinInputs(beside) : pickInputs(ordinary, []),
  };
}

interface Threshold {
  readonly name: string;
  readonly threshold: number;
}

function thresholdsOf({ value, chance }: { readonly value: Fitted; readonly chance: Chance | null }): Threshold[] {
  const own = chance === null ? [] : thresholdsIn(chance.encoding, chance.ensemble);
  switch (value.kind) {
    case "last":
    case "feature":
    case "linear":
      return own;
    case "changes": {
      const { chances } = value.next;
      if (chances.kind === "frequencies") return own;
      const models = [chances.change, chances.rise];
      return [...models.flatMap(({ encoding, ensemble }) => thresholdsIn(encoding, ensemble)), ...own];
    }
    case "trees":
      return [...thresholdsIn(value.encoding, value.ensemble), ...own];
    case "average":
      return [...value.members.flatMap((member) => thresholdsOf({ value: member, chance: null })), ...own];
    case "hurdle":
      return [...thresholdsOf({ value: value.size, chance: value.chance }), ...own];
    case "calibrated":
      return [...thresholdsOf({ value: value.score, chance: null }), ...own];
  }
}

/** Returns the distinct thresholds on number columns. Ranks are not inputs, so their thresholds are left out. */
function thresholdsIn(encoding: Encoding, ensemble: Ensemble): Threshold[] {
  const seen = new Map<string, Threshold>();
  for (const tree of ensemble.trees) {
    for (let node = 0; node < tree.feature.length; node++) {
      const column = encoding.columns[tree.feature[node] ?? LEAF];
      const threshold = tree.threshold[node] ?? 0;
      if (column?.how === "number") seen.set(`${column.name} ${threshold}`, { name: column.name, threshold });
    }
  }
  return [...seen.values()];
}

/** Rotates each column by another number of rows, so that no row of the result is a row of the inputs. At least two rows. */
export function mixedInputs(inputs: Inputs): Inputs {
  const entries = Object.entries(inputs).map(([name, values], column) => {
    const count = values.length;
    const from = (row: number) => (row + column) % Math.max(1, count);
    const mixed =
      values instanceof Float32Array
        ? values.map((_, row) => values[from(row)] ?? Number.NaN)
        : values.map((_, row) => values[from(row)] ?? "");
    return [name, mixed] as const;
  });
  return Object.fromEntries(entries);
}
