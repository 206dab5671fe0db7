/** What the functions of this folder take and how they refuse it: a list of numbers, plain or typed, read only. */
export type Numbers = ArrayLike<number>;

/**
 * The number at `index`, which the caller has made sure is there.
 *
 * @throws RangeError outside the list, so that a slip of the index never turns into a silent NaN.
 */
export function at(values: Numbers, index: number): number {
  const value = values[index];
  if (value === undefined) throw new RangeError(`no value at ${index}: the list has ${values.length}`);
  return value;
}

/** Refuses an empty list, NaN and ±infinity: a statistic over them would be a number that means nothing. */
export function checkFinite(values: Numbers, name: string): void {
  if (values.length === 0) throw new RangeError(`${name} is empty: at least one value is needed`);
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) throw new RangeError(`${name}[${i}] is ${values[i]}: expected a finite number`);
  }
}

/** Refuses two lists that are not finite or do not pair up one to one. */
export function checkPaired(truth: Numbers, forecast: Numbers): void {
  if (truth.length !== forecast.length) {
    throw new RangeError(`${truth.length} true values against ${forecast.length} forecasts: expected as many`);
  }
  checkFinite(truth, "the truth");
  checkFinite(forecast, "the forecast");
}

/** Refuses what is not a list of outcomes, 0 (did not happen) or 1 (happened). */
export function checkOutcomes(outcomes: Numbers): void {
  for (let i = 0; i < outcomes.length; i++) {
    const outcome = outcomes[i];
    if (outcome !== 0 && outcome !== 1) throw new RangeError(`outcome ${i} is ${outcome}: expected 0 or 1`);
  }
}

/** Refuses what is not a list of probabilities, 0 to 1. */
export function checkProbabilities(probabilities: Numbers): void {
  for (let i = 0; i < probabilities.length; i++) {
    const probability = at(probabilities, i);
    if (!(probability >= 0 && probability <= 1)) {
      throw new RangeError(`probability ${i} is ${probability}: expected 0 to 1`);
    }
  }
}
