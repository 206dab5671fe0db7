/** How near the answers of two engines have to be, and where they are not. */
import type { Fitted, Transform } from "../candidates/fitted.ts";
import { predictionOutput } from "../onnx/outputs.ts";

/** Engines add in another order, and each has an exponential of its own. A share of the number. */
export const roundingTolerance = 1e-6;
/** A small probability is as wrong by share as its log odds are by difference, and a line's float32 sum may be off by some 1e-6. */
const lineOddsTolerance = 1e-5;

/** The largest relative difference that is no error. */
export function toleranceBetweenEngines(value: Fitted, transform: Transform): number {
  if (isExact(value, transform)) return 0;
  return hasLineOdds(value) ? lineOddsTolerance : roundingTolerance;
}

/**
 * Whether every engine must give the same bits: sums and means of trees, and values that are only handed on. The way back
 * from a logarithm is each engine's own exponential.
 */
function isExact(value: Fitted, transform: Transform): boolean {
  switch (value.kind) {
    case "last":
      return true;
    case "trees":
      return transform !== "log-difference";
    case "average":
      return transform !== "log-difference" && value.members.every((member) => isExact(member, transform));
    case "feature":
    case "linear":
    case "hurdle":
    case "calibrated":
      return false;
  }
}

function hasLineOdds(value: Fitted): boolean {
  if (value.kind === "average") return value.members.some(hasLineOdds);
  return value.kind === "calibrated" && value.score.kind === "linear";
}

interface Compared {
  readonly expected: Readonly<Record<string, ArrayLike<number>>>;
  readonly outputs: Readonly<Record<string, ArrayLike<number>>>;
  /** Of the prediction; other outputs are always rounded. */
  readonly tolerance: number;
}

/** Where the file and our own prediction differ; the first row of each output is told. */
export function disagreements({ expected, outputs, tolerance }: Compared): string[] {
  return Object.entries(expected).flatMap(([name, wanted]) => {
    const found = outputs[name];
    if (found?.length !== wanted.length)
      return [`${name}: found ${found?.length ?? 0} numbers, expected ${wanted.length}`];
    const allowed = name === predictionOutput ? tolerance : roundingTolerance;
    const row = unequalRow(wanted, found, allowed);
    if (row === null) return [];
    return [
      `${name}, row ${row}: the runtime gives ${found[row]}, training gave ${wanted[row]}; at most ${allowed} of it may differ`,
    ];
  });
}

/** The first row where two lists differ by more than `tolerance` of the larger number; null where none does. */
export function unequalRow(a: ArrayLike<number>, b: ArrayLike<number>, tolerance: number): number | null {
  for (let row = 0; row < a.length; row++) {
    const [left, right] = [a[row] ?? Number.NaN, b[row] ?? Number.NaN];
    if (!(Math.abs(left - right) <= tolerance * Math.max(Math.abs(left), Math.abs(right)))) return row;
  }
  return null;
}
