/** Compares the outputs of two engines, with the tolerance for each kind of model. */
import type { Fitted, Transform } from "../candidates/fitted.ts";
import { predictionOutput } from "../onnx/outputs.ts";

/** Relative tolerance for another order of additions and another exponential function. */
export const roundingTolerance = 1e-6;
/** The relative error of a small probability is the absolute error of its log odds, which in float32 may be some 1e-6. */
const lineOddsTolerance = 1e-5;

/** Returns the maximum accepted relative difference. */
export function toleranceBetweenEngines(value: Fitted, transform: Transform): number {
  if (isExact(value, transform)) return 0;
  return hasLineOdds(value) ? lineOddsTolerance : roundingTolerance;
}

/**
 * Returns true if every engine must give the same bits: sums and means of trees, and copied values. Undoing a logarithm is
 * not exact, because each engine has its own exponential function.
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
    case "changes":
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
  /** Relative tolerance of the prediction. Other outputs have the rounding tolerance. */
  readonly tolerance: number;
}

/** Returns one message for each output that differs, with its first row. */
export function disagreements({ expected, outputs, tolerance }: Compared): string[] {
  return Object.entries(expected).flatMap(([name, wanted]) => {
    const found = outputs[name];
    if (found?.length !== wanted.length)
      return [`${name}: found ${found?.length ?? 0} numbers, expected ${wanted.length}`];
    const allowed = name === predictionOutput ? tolerance : roundingTolerance;
    const row = unequalRow(wanted, found, allowed);
    if (row === null) return [];
    return [
      `${name}, row ${row}: the runtime gives ${found[row]}, training gave ${wanted[row]}; the relative tolerance is ${allowed}`,
    ];
  });
}

/** Returns the first row where two lists differ by more than `tolerance` of the larger number, or null. */
export function unequalRow(a: ArrayLike<number>, b: ArrayLike<number>, tolerance: number): number | null {
  for (let row = 0; row < a.length; row++) {
    const [left, right] = [a[row] ?? Number.NaN, b[row] ?? Number.NaN];
    if (!(Math.abs(left - right) <= tolerance * Math.max(Math.abs(left), Math.abs(right)))) return row;
  }
  return null;
}
