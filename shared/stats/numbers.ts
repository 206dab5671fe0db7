/** The input of the functions in this folder: a read-only list of numbers, plain or typed. */
export type Numbers = ArrayLike<number>;

/**
 * Returns the number at `index`.
 *
 * @throws RangeError if `index` is outside the list, so that a wrong index never becomes a silent NaN.
 */
export function at(values: Numbers, index: number): number {
  const value = values[index];
  if (value === undefined) throw new RangeError(`no value at index ${index}: the list has ${values.length} values`);
  return value;
}

/** Rejects an empty list, NaN and ±infinity, because a statistic of them would have no meaning. */
export function checkFinite(values: Numbers, name: string): void {
  if (values.length === 0) throw new RangeError(`${name} is empty: expected at least one value`);
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) throw new RangeError(`${name}[${i}] is ${values[i]}: expected a finite number`);
  }
}

/** Rejects two lists of different lengths, and lists that `checkFinite` rejects. */
export function checkPaired(truth: Numbers, forecast: Numbers): void {
  if (truth.length !== forecast.length) {
    throw new RangeError(`${truth.length} true values and ${forecast.length} forecasts: expected equally many`);
  }
  checkFinite(truth, "the truth");
  checkFinite(forecast, "the forecast");
}

/** Rejects outcomes other than 0 (did not happen) and 1 (happened). */
export function checkOutcomes(outcomes: Numbers): void {
  for (let i = 0; i < outcomes.length; i++) {
    const outcome = outcomes[i];
    if (outcome !== 0 && outcome !== 1) throw new RangeError(`outcome ${i} is ${outcome}: expected 0 or 1`);
  }
}

/** Rejects probabilities outside 0 to 1. */
export function checkProbabilities(probabilities: Numbers): void {
  for (let i = 0; i < probabilities.length; i++) {
    const probability = at(probabilities, i);
    if (!(probability >= 0 && probability <= 1)) {
      throw new RangeError(`probability ${i} is ${probability}: expected 0 to 1`);
    }
  }
}
