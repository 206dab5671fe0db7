/** Returns the float32 next to `value`, above it (1) or below it (−1). `value` is a float32. */
export function nextFloat32(value: number, direction: 1 | -1): number {
  const bits = new Int32Array(Float32Array.of(value).buffer);
  if (value === 0) return direction * 1.401298464324817e-45;
  bits[0] = (bits[0] ?? 0) + (value > 0 === direction > 0 ? 1 : -1);
  return new Float32Array(bits.buffer)[0] ?? Number.NaN;
}

/** Returns the largest float32 below `value`. For a float32 x, x < value is equivalent to x ≤ this number. O(1). */
export function float32Below(value: number): number {
  const rounded = Math.fround(value);
  return rounded < value ? rounded : nextFloat32(rounded, -1);
}
