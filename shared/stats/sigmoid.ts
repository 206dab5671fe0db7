/** Returns 1 ÷ (1 + e⁻ˣ), between 0 and 1, without overflow. */
export function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const grown = Math.exp(x);
  return grown / (1 + grown);
}
