/**
 * Where a search looks and what it has found so far. A search has no other state: the list of its trials, kept in
 * order, is enough to continue it.
 */

export type Choice = string | number | boolean;

/** What one parameter may be. Bounds are included; the logarithmic kinds spread evenly over orders of magnitude. */
export type Range =
  | { readonly kind: "uniform" | "log-uniform"; readonly low: number; readonly high: number }
  | { readonly kind: "integer" | "log-integer"; readonly low: number; readonly high: number }
  | { readonly kind: "categorical"; readonly choices: readonly Choice[] };

/** One range a parameter, by name. */
export type Space = Readonly<Record<string, Range>>;

/** One value a parameter, by name. */
export type Point = Readonly<Record<string, Choice>>;

export interface Trial {
  readonly parameters: Point;
  /** Loss on each validation fold that was run, in order; lower is better. */
  readonly folds: readonly number[];
  readonly state: "complete" | "pruned" | "failed";
}

/** Refuses a range that cannot be searched, with its name and what is wrong. */
export function checkSpace(space: Space): void {
  for (const [name, range] of Object.entries(space)) {
    const fault = faultOf(range);
    if (fault !== null) throw new RangeError(`parameter ${name} (${JSON.stringify(range)}): ${fault}`);
  }
}

function faultOf(range: Range): string | null {
  if (range.kind === "categorical") {
    return range.choices.length > 0 && new Set(range.choices).size === range.choices.length
      ? null
      : "expected at least one choice, none of them twice";
  }
  const { low, high } = range;
  if (!Number.isFinite(low) || !Number.isFinite(high)) return "expected finite bounds";
  if (isWhole(range)) {
    if (!Number.isInteger(low) || !Number.isInteger(high) || low > high) return "expected whole bounds, low ≤ high";
  } else if (low >= high) return "expected low < high; a constant is a categorical with one choice";
  return isLogarithmic(range) && low <= 0 ? "expected low above 0 on a logarithmic range" : null;
}

/** Where a value lies: a number's place in its range, 0 to 1, or a choice's index. Null for a value out of the range. */
export function encode(range: Range, value: Choice | undefined): number | null {
  if (range.kind === "categorical") {
    const index = value === undefined ? -1 : range.choices.indexOf(value);
    return index < 0 ? null : index;
  }
  if (typeof value !== "number" || !(value >= range.low && value <= range.high)) return null;
  if (isWhole(range) && !Number.isInteger(value)) return null;
  const [start, end] = innerBounds(range);
  return (warp(range, value) - start) / (end - start);
}

/** The value at a place: the inverse of `encode`, to the nearest whole number where the range is whole. */
export function decode(range: Range, coordinate: number): Choice {
  if (range.kind === "categorical") {
    const choice = range.choices[coordinate];
    if (choice === undefined) throw new RangeError(`no choice ${coordinate}: there are ${range.choices.length}`);
    return choice;
  }
  const [start, end] = innerBounds(range);
  const inner = start + coordinate * (end - start);
  const value = isLogarithmic(range) ? Math.exp(inner) : inner;
  return Math.min(Math.max(isWhole(range) ? Math.round(value) : value, range.low), range.high);
}

/** Width of the step that a whole number takes up around a place, 0 where the range is continuous. */
export function stepAt(range: Range, coordinate: number): number {
  const value = decode(range, coordinate);
  if (range.kind === "categorical" || !isWhole(range) || typeof value !== "number") return 0;
  const [start, end] = innerBounds(range);
  return (warp(range, value + 0.5) - warp(range, value - 0.5)) / (end - start);
}

type NumericRange = Exclude<Range, { kind: "categorical" }>;

/** A whole number owns half a step on either side, so that the ends are as likely as the others. */
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
