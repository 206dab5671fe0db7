/** The result of a fit: a model, or the reason for the failure. Validation ensures that a model contains no NaN. */
import type { Result } from "../lib/result.ts";
import { type Design, placedBlocks } from "./design.ts";
import { columnOf, type Matrix } from "./matrix.ts";

export interface TrainingData {
  readonly features: Matrix;
  /** One finite number per row; 0 or 1 for a classification. */
  readonly target: Float64Array;
}

export type FitProblem =
  | { readonly kind: "invalid-option"; readonly option: string; readonly found: number; readonly allowed: string }
  | { readonly kind: "invalid-data"; readonly found: string; readonly expected: string }
  | { readonly kind: "too-few-rows"; readonly found: number; readonly required: number }
  | { readonly kind: "constant-target"; readonly value: number }
  /** Columns, counted from 0, in which every value is missing. */
  | { readonly kind: "all-missing-feature"; readonly features: readonly number[] }
  /** The features separate the classes perfectly, so the unpenalised coefficients have no finite optimum. */
  | { readonly kind: "separable"; readonly iterations: number }
  | { readonly kind: "not-converged"; readonly iterations: number; readonly gradientMax: number }
  /** The normal equations have no unique solution for any of the penalties. */
  | { readonly kind: "singular"; readonly alphaMax: number };

export type Fit<Model> = Result<Model, FitProblem>;

/** The allowed values of an option. Both ends are included unless excluded explicitly. */
export interface OptionRange {
  readonly min: number;
  readonly max: number;
  readonly integer?: boolean;
  readonly minExcluded?: boolean;
  readonly maxExcluded?: boolean;
}

function isWithin(value: number, range: OptionRange): boolean {
  if (range.integer && !Number.isInteger(value) && value !== Number.POSITIVE_INFINITY) return false;
  const aboveMin = range.minExcluded ? value > range.min : value >= range.min;
  const belowMax = range.maxExcluded ? value < range.max : value <= range.max;
  return aboveMin && belowMax;
}

function describe(range: OptionRange): string {
  const kind = range.integer ? "integer" : "number";
  return `${kind} in ${range.minExcluded ? "(" : "["}${range.min}, ${range.max}${range.maxExcluded ? ")" : "]"}`;
}

/** Returns a problem for the first option outside its range, or null. */
export function checkOptions<Options>(
  options: Options,
  ranges: { readonly [Name in keyof Options]?: OptionRange },
): FitProblem | null {
  for (const option in ranges) {
    const range = ranges[option];
    const found = options[option];
    if (range === undefined || typeof found !== "number") continue;
    if (!isWithin(found, range)) return { kind: "invalid-option", option, found, allowed: describe(range) };
  }
  return null;
}

function checkTarget(target: Float64Array, classes: boolean): FitProblem | null {
  const first = target[0] ?? Number.NaN;
  let constant = true;
  for (let row = 0; row < target.length; row++) {
    const value = target[row] ?? Number.NaN;
    const allowed = classes ? value === 0 || value === 1 : Number.isFinite(value);
    if (!allowed) {
      return {
        kind: "invalid-data",
        found: `target ${value} in row ${row}`,
        expected: classes ? "0 or 1" : "a finite number",
      };
    }
    if (value !== first) constant = false;
  }
  return constant ? { kind: "constant-target", value: first } : null;
}

/** @param columns the columns of numbers with their positions */
function checkColumns(columns: Iterable<readonly [position: number, values: Float32Array]>): FitProblem | null {
  const allMissing: number[] = [];
  for (const [column, values] of columns) {
    let present = 0;
    for (let row = 0; row < values.length; row++) {
      const value = values[row] ?? Number.NaN;
      if (value - value === 0) present++;
      else if (!Number.isNaN(value)) {
        return {
          kind: "invalid-data",
          found: `${value} in row ${row}, column ${column}`,
          expected: "a finite float32, or NaN for missing",
        };
      }
    }
    if (present === 0) allMissing.push(column);
  }
  return allMissing.length > 0 ? { kind: "all-missing-feature", features: allMissing } : null;
}

function* columnsOf(features: Matrix): Generator<readonly [number, Float32Array]> {
  for (let column = 0; column < features.columns; column++) yield [column, columnOf(features, column)];
}

/** Validates the training data of a design. Returns the first problem, or null. O(rows × features). */
export function checkDesign(
  { features, target }: { readonly features: Design; readonly target: Float64Array },
  needs: { readonly rowsMin: number },
): FitProblem | null {
  const { rows, blocks } = features;
  const { numbers, columns } = placedBlocks(features);
  const isWhole = blocks.every((block) => (block.kind === "number" ? block.values : block.codes).length === rows);
  if (columns < 1 || !isWhole || target.length !== rows) {
    const found = `${columns} columns, ${target.length} targets`;
    return { kind: "invalid-data", found, expected: `${rows} rows, at least one column and one target per row` };
  }
  if (rows < needs.rowsMin) return { kind: "too-few-rows", found: rows, required: needs.rowsMin };
  return checkTarget(target, false) ?? checkColumns(numbers.map(({ block, first }) => [first, block.values]));
}

/** Validates the training data. Returns the first problem, or null. O(rows × columns). */
export function checkData(
  data: TrainingData,
  needs: { readonly rowsMin: number; readonly classes: boolean },
): FitProblem | null {
  const { features, target } = data;
  const cells = features.rows * features.columns;
  if (features.columns < 1 || features.values.length !== cells || target.length !== features.rows) {
    return {
      kind: "invalid-data",
      found: `${features.values.length} values, ${target.length} targets`,
      expected: `${features.rows} rows × ${features.columns} columns (at least one) and one target per row`,
    };
  }
  if (features.rows < needs.rowsMin) return { kind: "too-few-rows", found: features.rows, required: needs.rowsMin };
  return checkTarget(target, needs.classes) ?? checkColumns(columnsOf(features));
}
