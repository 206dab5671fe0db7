/** Maximum number of decimals to try. Smaller numbers are written with significant digits. */
const decimalsMax = 8;
const powers = Array.from({ length: decimalsMax + 1 }, (_, decimals) => 10 ** decimals);
/** Below this, float32 represents every integer exactly, so the fewest decimals are also the fewest digits. */
const exactIntegers = 2 ** 24;

/**
 * Returns the shortest decimal that rounds to the same float32, without the noise of the conversion to a double. Null if
 * the value is not finite.
 *
 * @example shortestDecimal(Math.fround(23.45)) // 23.45, not 23.450000762939453
 */
export function shortestDecimal(value: number): number | null {
  if (!Number.isFinite(value)) return null;
  const single = Math.fround(value);
  const tried = Math.abs(single) < exactIntegers ? powers.length : 0;
  for (let decimals = 0; decimals < tried; decimals++) {
    const power = powers[decimals] ?? 1;
    const rounded = Math.round(single * power) / power;
    if (rounded !== 0 && Math.fround(rounded) === single) return rounded;
  }
  if (single === 0) return 0;
  for (let digits = 1; digits < 9; digits++) {
    const rounded = Number(single.toPrecision(digits));
    if (Math.fround(rounded) === single) return rounded;
  }
  return Number(single.toPrecision(9));
}

/** Additional decimals of a computed value, compared with a published one. */
export const extraDecimals = 4;

/** Rounds to a number of decimals. −0 becomes 0. */
export function roundTo(value: number, decimals: number): number {
  const power = 10 ** decimals;
  return Math.round(value * power) / power + 0;
}

const plainNumber = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

/** Parses a decimal number, with or without an exponent. Null for any other text, such as hexadecimal or empty text. */
export function readNumber(text: string): number | null {
  const trimmed = text.trim();
  return plainNumber.test(trimmed) ? Number(trimmed) : null;
}
