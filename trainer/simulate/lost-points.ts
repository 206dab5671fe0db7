/** The number format of the central bank of Chile: nine digits without trailing zeros, and a dot between groups of three. */

/** Writes a number above 0 as the central bank's file does: 97.6113405 becomes `976.113.405`, and 0.738 becomes `738`. */
export function withLostPoint(value: number): string {
  const digits = (value.toExponential(8).split("e")[0] ?? "").replace(".", "").replace(/0+$/, "");
  return digits.replaceAll(/\B(?=(\d{3})+$)/g, ".");
}
