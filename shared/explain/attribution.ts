/** A number with the contribution of each input. Every operation preserves value = base + Σ contributions. */
export interface Attribution {
  readonly value: number;
  /** The expected value if no input is known. */
  readonly base: number;
  /** One contribution per input of the model. */
  readonly by: Float64Array;
  /** Whether the contributions are Shapley values. Otherwise they only add up. */
  readonly exact: boolean;
}

/** Returns the value of an input in the explained row. */
export type RowOf = (input: string) => number | string;
export type Explainer = (row: RowOf) => Attribution;

/** Memoizes the explanation of the last row. */
export function memoizeRow(explain: Explainer): Explainer {
  let last: { readonly row: RowOf; readonly found: Attribution } | null = null;
  return (row) => {
    if (last?.row !== row) last = { row, found: explain(row) };
    return last.found;
  };
}

/** Returns a number without contributions: a constant, or an input that the model did not use for learning. */
export function constant(value: number, inputs: number): Attribution {
  return { value, base: value, by: new Float64Array(inputs), exact: true };
}

/** Returns a + weight × b. Contributions are added like the values. O(inputs). */
export function sumOf(a: Attribution, b: Attribution, weight = 1): Attribution {
  return {
    value: a.value + weight * b.value,
    base: a.base + weight * b.base,
    by: a.by.map((contribution, at) => contribution + weight * (b.by[at] ?? 0)),
    exact: a.exact && b.exact,
  };
}

/**
 * Returns a × b. The contributions of each factor are multiplied by the mean of the other factor's value and base, which is
 * the Shapley value of two players. Exact if only one factor contributes. O(inputs).
 */
export function productOf(a: Attribution, b: Attribution): Attribution {
  const [ofA, ofB] = [(b.value + b.base) / 2, (a.value + a.base) / 2];
  return {
    value: a.value * b.value,
    base: a.base * b.base,
    by: a.by.map((contribution, at) => scaled(contribution, ofA) + scaled(b.by[at] ?? 0, ofB)),
    exact: a.exact && b.exact && !(contributes(a) && contributes(b)),
  };
}

/** Returns f(a). Contributions are proportional to those of a, and add up to f(value) − f(base). O(inputs). */
export function through(a: Attribution, f: (x: number) => number): Attribution {
  const [value, base] = [f(a.value), f(a.base)];
  // `contributes` is checked too, because a missing value (NaN) without contributions is not equal to itself.
  const slope = a.value === a.base || !contributes(a) ? 0 : (value - base) / (a.value - a.base);
  return {
    value,
    base,
    by: a.by.map((contribution) => scaled(contribution, slope)),
    exact: a.exact && !contributes(a),
  };
}

/** Multiplies a contribution. 0 stays 0, also if the factor is NaN. */
function scaled(contribution: number, factor: number): number {
  return contribution === 0 ? 0 : contribution * factor;
}

/** Returns whether an input contributes. */
export function contributes({ by }: Attribution): boolean {
  return by.some((contribution) => contribution !== 0);
}
