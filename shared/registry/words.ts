/** Words and numbers that the reasons of the gate and of a training have in common. */

/** Returns "the baseline", with its candidate if the task has several. */
export function baselineName(candidate: string): string {
  return candidate === "naive" ? "the baseline" : `the baseline (${candidate})`;
}

/**
 * Returns p with enough digits to compare it with a level.
 * @example pText(0.00004) // "p < 0.001"
 */
export function pText(p: number): string {
  if (p < 0.001) return "p < 0.001";
  return `p = ${p < 0.1 ? p.toPrecision(3) : p.toFixed(2)}`;
}

/** @example countText(2, "day") // "2 days" */
export function countText(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** @example periodsText(["2026-01-01", "2026-01-02"], "day") // "2 days (2026-01-01 to 2026-01-02)" */
export function periodsText(periods: readonly string[], noun: string): string {
  return `${countText(periods.length, noun)} (${periods[0]} to ${periods.at(-1)})`;
}
