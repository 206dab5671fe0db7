/** Above this value, Stirling's correction is exact to double precision. */
const STIRLING_FROM = 10;
const LOG_SQRT_TWO_PI = Math.log(2 * Math.PI) / 2;

/**
 * Returns the natural logarithm of the gamma function, ln Γ(x), for x > 0; ln((n − 1)!) for a whole number n.
 *
 * Range: ≥ −0.1215 (at 1.4616). Uses Stirling's series after Γ(x) = Γ(x + n) / (x(x + 1)…(x + n − 1)). Absolute error
 * below 1e-14 up to x = 10, relative error below 1e-14 above. O(1).
 * @see Abramowitz and Stegun, 6.1.41; scipy.special.gammaln
 * @example logGamma(5) // ln 24
 */
export function logGamma(x: number): number {
  if (!(x > 0 && x < Infinity)) throw new RangeError(`ln Γ of ${x}: expected a finite number above 0`);
  let product = 1;
  let shifted = x;
  for (; shifted < STIRLING_FROM; shifted++) product *= shifted;
  const stirling = (shifted - 0.5) * Math.log(shifted) - shifted + LOG_SQRT_TWO_PI + stirlingCorrection(shifted);
  return stirling - Math.log(product);
}

/**
 * Returns the natural logarithm of the beta function, ln(Γ(a)Γ(b)/Γ(a + b)), for a, b > 0. If one argument is large, the
 * two Stirling series are subtracted term by term, because subtracting their values would lose significant digits.
 *
 * Relative error below 1e-13 for arguments up to 1e8. O(1).
 * @see DiDonato and Morris (1992), algorithm 708; scipy.special.betaln
 * @example logBeta(2, 3) // −ln 12
 */
export function logBeta(a: number, b: number): number {
  const small = Math.min(a, b);
  const large = Math.max(a, b);
  if (large < STIRLING_FROM) return logGamma(a) + logGamma(b) - logGamma(a + b);
  const sum = small + large;
  const logRatio =
    small -
    (large - 0.5) * Math.log1p(small / large) -
    small * Math.log(sum) +
    stirlingCorrection(large) -
    stirlingCorrection(sum);
  return logGamma(small) + logRatio;
}

/** Returns the correction that ln Γ(x) adds to Stirling's formula: Σ B₂ₖ / (2k(2k − 1)x²ᵏ⁻¹), for x ≥ 10. */
function stirlingCorrection(x: number): number {
  const w = 1 / (x * x);
  const series = 1 / 1188 - w * (691 / 360360 - w / 156);
  return (1 / 12 - w * (1 / 360 - w * (1 / 1260 - w * (1 / 1680 - w * series)))) / x;
}
