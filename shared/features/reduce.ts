/** Reduces fine periods to coarser ones: hours to days, days to months, months to quarters. Only complete periods have values. */
import { compareFacts, compareText, type Fact } from "../lake/fact.ts";
import { enclosingPeriod, type Granularity, granularityOf, lastPartOf } from "../period.ts";

/** How the values of a source's fine periods are reduced to the forecast's periods. */
export interface Reduction {
  /** Minimum number of observed parts (hours of a day, days of a month). With fewer parts the value is missing. */
  readonly partsMin: number;
  /** Each statistic gives one variable `<variable>_<statistic>`. */
  readonly statistics: readonly Statistic[];
}

export type Statistic = keyof typeof statistics;

/** Statistics of the observed parts, in order of time. There is at least one part. */
const statistics = {
  max: (values: readonly number[]) => Math.max(...values),
  mean: (values: readonly number[]) => sumOf(values) / values.length,
  min: (values: readonly number[]) => Math.min(...values),
  last: (values: readonly number[]) => values.at(-1) ?? Number.NaN,
  range: (values: readonly number[]) => Math.max(...values) - Math.min(...values),
  sum: sumOf,
} as const;

export interface Reduced {
  readonly facts: readonly Fact[];
  /** All complete periods, including those with too few parts for a value, sorted. */
  readonly periods: readonly string[];
  /** All series with a complete period, sorted. */
  readonly series: readonly string[];
}

/** Returns the names of the variables that a reduction creates. */
export function reducedNames({ statistics: names }: Reduction, variables: readonly string[]): string[] {
  return variables.flatMap((variable) => names.map((statistic) => nameOf(variable, statistic)));
}

/**
 * Reduces facts to periods of granularity `to`. The result does not depend on their order. A period of a series is complete once
 * its last part or a later part has been observed. O(facts · log facts).
 */
export function reduceFacts(
  facts: Iterable<Fact>,
  { variables, reduction, to }: { variables: readonly string[]; reduction: Reduction; to: Granularity },
): Reduced {
  const reduced: Fact[] = [];
  const complete = { periods: new Set<string>(), series: new Set<string>() };
  for (const [series, parts] of bySeries(facts, variables)) {
    const newest = parts.at(-1)?.period ?? "";
    const part = granularityOf(newest);
    if (part === null) throw new RangeError(`the facts of ${series} cannot be reduced: ${newest} is not a period`);
    for (const [period, observed] of grouped(parts, (fact) => enclosingPeriod(fact.period, to))) {
      if (newest < lastPartOf(period, part)) continue;
      complete.periods.add(period);
      complete.series.add(series);
      for (const [variable, value] of valuesOf(observed, variables, reduction))
        reduced.push({ period, series, variable, value });
    }
  }
  const sorted = (texts: Iterable<string>) => [...texts].sort(compareText);
  return { facts: reduced.sort(compareFacts), periods: sorted(complete.periods), series: sorted(complete.series) };
}

/** Returns the facts of the wanted variables by series, in order of time. */
function bySeries(facts: Iterable<Fact>, variables: readonly string[]): Map<string, Fact[]> {
  const wanted = new Set(variables);
  const all = [...facts].filter(({ variable }) => wanted.has(variable));
  return grouped(
    all.sort((a, b) => compareText(a.period, b.period)),
    ({ series }) => series,
  );
}

/** Computes the variables of one complete period. Facts must be in order of time, so that sums are always identical. */
function valuesOf(
  facts: readonly Fact[],
  variables: readonly string[],
  { partsMin, statistics: names }: Reduction,
): Map<string, number> {
  const values = new Map<string, number>();
  const observed = grouped(facts, ({ variable }) => variable);
  for (const variable of variables) {
    const parts = (observed.get(variable) ?? []).map(({ value }) => value);
    if (parts.length < Math.max(1, partsMin)) continue;
    for (const statistic of names) values.set(nameOf(variable, statistic), statistics[statistic](parts));
  }
  return values;
}

function nameOf(variable: string, statistic: Statistic): string {
  return `${variable}_${statistic}`;
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function grouped(facts: readonly Fact[], keyOf: (fact: Fact) => string): Map<string, Fact[]> {
  const groups = new Map<string, Fact[]>();
  for (const fact of facts) {
    const key = keyOf(fact);
    const group = groups.get(key);
    if (group) group.push(fact);
    else groups.set(key, [fact]);
  }
  return groups;
}
