/** Beyond this value the continued fraction is used, because the series loses digits in the tail. */
const TAIL_FROM = 2.5;
const LOG_SQRT_TWO_PI = Math.log(2 * Math.PI) / 2;

/** Returns the density of the standard normal distribution. Range: 0 to 0.3989. O(1). */
function normalDensity(z: number): number {
  return Math.exp(-0.5 * z * z - LOG_SQRT_TWO_PI);
}

/**
 * Returns the distribution function of the standard normal, P(Z ≤ z). For an upper tail use `normalCdf(-z)`, because
 * 1 − P loses all digits there.
 *
 * Range: 0 to 1. Uses Marsaglia's series Φ = ½ + φ(z)(z + z³/3 + z⁵/(3·5) + …) near the middle and Laplace's continued
 * fraction in the tails. Relative error below 1e-13 until the result underflows. O(1), at most about 100 steps.
 * @see Marsaglia (2004), "Evaluating the normal distribution", https://doi.org/10.18637/jss.v011.i04
 * @example normalCdf(1.959963984540054) // 0.975
 */
export function normalCdf(z: number): number {
  if (Number.isNaN(z)) throw new RangeError("normal distribution of NaN: expected a number");
  if (z > TAIL_FROM) return 1 - lowerTail(z);
  if (z < -TAIL_FROM) return lowerTail(-z);
  let term = z;
  let sum = z;
  for (let k = 3; Math.abs(term) > Math.abs(sum) * 1e-17; k += 2) {
    term *= (z * z) / k;
    sum += term;
  }
  return 0.5 + normalDensity(z) * sum;
}

/** Returns P(Z ≤ −z) = φ(z) / (z + 1/(z + 2/(z + 3/(z + …)))), evaluated from the innermost term. */
function lowerTail(z: number): number {
  if (z > 40) return 0;
  let fraction = z;
  for (let k = 100; k >= 1; k--) fraction = z + k / fraction;
  return normalDensity(z) / fraction;
}
