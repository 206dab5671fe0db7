/**
 * The parameter space of a search, and its trials. A search has no other state: the ordered list of its trials is enough
 * to continue it.
 */

export type Choice = string | number | boolean;

/** The allowed values of one parameter. Bounds are included. The logarithmic kinds are uniform on a logarithmic scale. */
export type ParameterRange =
  | { readonly kind: "uniform" | "log-uniform"; readonly low: number; readonly high: number }
  | { readonly kind: "integer" | "log-integer"; readonly low: number; readonly high: number }
  | { readonly kind: "categorical"; readonly choices: readonly Choice[] };

/** One range per parameter, by name. */
export type Space = Readonly<Record<string, ParameterRange>>;

/** One value per parameter, by name. */
export type SearchPoint = Readonly<Record<string, Choice>>;

export interface Trial {
  readonly parameters: SearchPoint;
  /** Loss on each validation fold that was run, in fold order. Lower is better. */
  readonly folds: readonly number[];
  readonly state: "complete" | "pruned" | "failed";
}

/** Rejects an invalid range. The error names the parameter and the fault. */
export function checkSpace(space: Space): void {
  for (const [name, range] of Object.entries(space)) {
    const fault = faultOf(range);
    if (fault !== null) throw new RangeError(`parameter ${name} (${JSON.stringify(range)}): ${fault}`);
  }
}

function faultOf(range: ParameterRange): string | null {
  if (range.kind === "categorical") {
    return range.choices.length > 0 && new Set(range.choices).size === range.choices.length
      ? null
      : "expected at least one choice and no duplicates";
  }
  const { low, high } = range;
  if (!Number.isFinite(low) || !Number.isFinite(high)) return "expected finite bounds";
  if (isWhole(range)) {
    if (!Number.isInteger(low) || !Number.isInteger(high) || low > high) return "expected integer bounds, low ≤ high";
  } else if (low >= high) return "expected low < high; for a constant use a categorical range with one choice";
  return isLogarithmic(range) && low <= 0 ? "expected low above 0 in a logarithmic range" : null;
}

/** Returns the coordinate of a value: a number's position in its range, 0 to 1, or a choice's index. Null if out of range. */
export function coordinateOf(range: ParameterRange, value: Choice | undefined): number | null {
  if (range.kind === "categorical") {
    const index = value === undefined ? -1 : range.choices.indexOf(value);
    return index < 0 ? null : index;
  }
  if (typeof value !== "number" || !(value >= range.low && value <= range.high)) return null;
  if (isWhole(range) && !Number.isInteger(value)) return null;
  const [start, end] = innerBounds(range);
  return (warp(range, value) - start) / (end - start);
}

/** Returns the value at a coordinate: the inverse of `coordinateOf`. Rounds to the nearest integer if the range is an integer range. */
export function decode(range: ParameterRange, coordinate: number): Choice {
  if (range.kind === "categorical") {
    const choice = range.choices[coordinate];
    if (choice === undefined)
      throw new RangeError(`choice ${coordinate} does not exist: the range has ${range.choices.length} choices`);
    return choice;
  }
  const [start, end] = innerBounds(range);
  const inner = start + coordinate * (end - start);
  const value = isLogarithmic(range) ? Math.exp(inner) : inner;
  return Math.min(Math.max(isWhole(range) ? Math.round(value) : value, range.low), range.high);
}

/** Returns the width, in coordinates, of one integer step at a coordinate; 0 for a continuous range. */
export function stepAt(range: ParameterRange, coordinate: number): number {
  const value = decode(range, coordinate);
  if (range.kind === "categorical" || !isWhole(range) || typeof value !== "number") return 0;
  const [start, end] = innerBounds(range);
  return (warp(range, value + 0.5) - warp(range, value - 0.5)) / (end - start);
}

type NumericRange = Exclude<ParameterRange, { kind: "categorical" }>;

/** Returns the warped bounds. An integer range is extended by half a step at both ends, so that all integers are equally likely. */
function innerBounds(range: NumericRange): [number, number] {
  const margin = isWhole(range) ? 0.5 : 0;
  return [warp(range, range.low - margin), warp(range, range.high + margin)];
}

function warp(range: NumericRange, value: number): number {
  return isLogarithmic(range) ? Math.log(value) : value;
}

function isWhole(range: NumericRange): boolean {
  return range.kind === "integer" || range.kind === "log-integer";
}

function isLogarithmic(range: NumericRange): boolean {
  return range.kind === "log-uniform" || range.kind === "log-integer";
}
