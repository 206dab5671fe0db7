/** Whole units of the last published digit: 23.45 with two decimals is 2345 units. */

/** Converts a value to whole units. Rounds what was computed from rounded values; −0 becomes 0. */
export function toUnits(value: number, decimals: number): number {
  return Math.round(value * 10 ** decimals) + 0;
}

/** Converts units, not necessarily whole (a mean), to the target's unit. */
export function fromUnits(units: number, decimals: number): number {
  // Division gives the float nearest to the decimal number. Multiplication by 0.01 does not.
  return units / 10 ** decimals;
}
