/** A number with what each input contributes to it: value = base + Σ contributions, whatever is done with it. */
export interface Attribution {
  readonly value: number;
  /** What it is where nothing is known of the inputs that contribute. */
  readonly base: number;
  /** One an input of the model. */
  readonly by: Float64Array;
  /** Whether the contributions are Shapley values, not only shares that add up. */
  readonly exact: boolean;
}

/** A number to which nothing contributes: a constant, or an input that stands outside of what was learned. */
export function given(value: number, inputs: number): Attribution {
  return { value, base: value, by: new Float64Array(inputs), exact: true };
}

/** a + weight × b: contributions add as the numbers do. O(inputs). */
export function sumOf(a: Attribution, b: Attribution, weight = 1): Attribution {
  return {
    value: a.value + weight * b.value,
    base: a.base + weight * b.base,
    by: a.by.map((one, at) => one + weight * (b.by[at] ?? 0)),
    exact: a.exact && b.exact,
  };
}

/**
 * a × b: each factor's contributions times the mean of the other's two ends, as if the factors were two players. Exact
 * where only one of the two varies. O(inputs).
 */
export function productOf(a: Attribution, b: Attribution): Attribution {
  const [ofA, ofB] = [(b.value + b.base) / 2, (a.value + a.base) / 2];
  return {
    value: a.value * b.value,
    base: a.base * b.base,
    by: a.by.map((one, at) => scaled(one, ofA) + scaled(b.by[at] ?? 0, ofB)),
    exact: a.exact && b.exact && !(varies(a) && varies(b)),
  };
}

/** f(a): contributions in proportion to those of a, so that they add up to f(value) − f(base). O(inputs). */
export function through(a: Attribution, f: (x: number) => number): Attribution {
  const [value, base] = [f(a.value), f(a.base)];
  // A missing number to which nothing contributes: NaN is not equal to itself.
  const slope = a.value === a.base || !varies(a) ? 0 : (value - base) / (a.value - a.base);
  return { value, base, by: a.by.map((one) => scaled(one, slope)), exact: a.exact && !varies(a) };
}

/** Nothing stays nothing, also where the factor is missing. */
function scaled(contribution: number, factor: number): number {
  return contribution === 0 ? 0 : contribution * factor;
}

function varies({ by }: Attribution): boolean {
  return by.some((one) => one !== 0);
}
