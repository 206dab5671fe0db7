/** Periods out of finer ones: hours to a day, days to a month, months to a quarter. Only complete periods have values. Pure. */
import { compareFacts, compareText, type Fact } from "../lake/fact.ts";
import { enclosingPeriod, type Granularity, granularityOf, lastPartOf } from "../period.ts";

/** How the values of a source's finer periods become those of the forecast's. */
export interface Reduction {
  /** Fewer observed parts of a variable than this (hours of a day, days of a month): the period has no value of it. */
  readonly partsMin: number;
  /** Each of them gives a variable `<variable>_<statistic>`. */
  readonly statistics: readonly Statistic[];
}

export type Statistic = keyof typeof statistics;

/** Of the observed parts in order of time; there is at least one. */
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
  /** Every complete period, also one whose variables have too few parts; sorted. */
  readonly periods: readonly string[];
  /** Every series that has a complete period; sorted. */
  readonly series: readonly string[];
}

/** Returns the names of the variables that a reduction gives. */
export function reducedNames({ statistics: names }: Reduction, variables: readonly string[]): string[] {
  return variables.flatMap((variable) => names.map((statistic) => nameOf(variable, statistic)));
}

/**
 * Reduces facts to periods of granularity `to`; the result does not depend on their order. A period of a series is complete
 * once its last part has been observed, or a later one. O(facts · log facts).
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
    if (part === null) throw new RangeError(`${newest} is not a period; the facts of ${series} cannot be reduced`);
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

/** Each series' facts of the wanted variables, by time. */
function bySeries(facts: Iterable<Fact>, variables: readonly string[]): Map<string, Fact[]> {
  const wanted = new Set(variables);
  const all = [...facts].filter(({ variable }) => wanted.has(variable));
  return grouped(
    all.sort((a, b) => compareText(a.period, b.period)),
    ({ series }) => series,
  );
}

/** The variables of one complete period; its facts come in order of time, so that sums are the same bits every time. */
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
