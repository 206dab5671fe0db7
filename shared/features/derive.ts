/** Days out of hours: what a day's hourly facts come to, once the day is complete. Facts in, facts out. */
import { compareFacts, compareText, type Fact } from "../lake/fact.ts";

export type DailyStatistic = "max" | "mean" | "min" | "last" | "range";

/** Daily variables that a forecast makes of hourly ones. Periods are hours, `YYYY-MM-DDTHH` in the publication's own time. */
export interface Derivation {
  readonly kind: "daily";
  /** Fewer observed hours of a variable than this: the day has no value of it. */
  readonly hoursMin: number;
  /** Of these hourly variables … */
  readonly variables: readonly string[];
  /** … each of these gives a daily variable `<variable>_<statistic>`. */
  readonly statistics: readonly DailyStatistic[];
  /** Daily variables of 0 and 1: whether another daily one is above a bound; missing where that is. */
  readonly events: readonly { readonly name: string; readonly of: string; readonly above: number }[];
}

/** How many hours of a complete day had any observation at all; every complete day has it, so that every one is a period. */
export const hoursVariable = "hours";
/** Most hours that a day has names for. */
export const hoursOfDay = 24;

/** The names of all that a derivation gives. */
export function derivedVariables({ variables, statistics, events }: Derivation): string[] {
  const named = variables.flatMap((variable) => statistics.map((statistic) => nameOf(variable, statistic)));
  return [...named, ...events.map(({ name }) => name), hoursVariable];
}

/**
 * The daily facts of hourly ones; the same in whatever order those come. A series' day counts once its last hour has been
 * observed, or a later one. O(facts · log facts).
 */
export function deriveFacts(derivation: Derivation, facts: Iterable<Fact>): Fact[] {
  const derived: Fact[] = [];
  for (const [series, hours] of bySeries(derivation, facts)) {
    const newest = hours.at(-1)?.period ?? "";
    for (const [day, observed] of grouped(hours, ({ period }) => period.slice(0, dayLength))) {
      if (newest < `${day}T${hoursOfDay - 1}`) continue;
      for (const [variable, value] of dayOf(derivation, observed))
        derived.push({ period: day, series, variable, value });
    }
  }
  return derived.sort(compareFacts);
}

const dayLength = "YYYY-MM-DD".length;

/** Each series' facts of the wanted variables, by hour. */
function bySeries({ variables }: Derivation, facts: Iterable<Fact>): Map<string, Fact[]> {
  const wanted = new Set(variables);
  const all = [...facts].filter(({ variable }) => wanted.has(variable));
  return grouped(
    all.sort((a, b) => compareText(a.period, b.period)),
    ({ series }) => series,
  );
}

/** The variables of one complete day; `hours` are its facts in their order, so that sums are the same bits every time. */
function dayOf({ variables, statistics, hoursMin, events }: Derivation, hours: readonly Fact[]): Map<string, number> {
  const day = new Map([[hoursVariable, new Set(hours.map(({ period }) => period)).size]]);
  const observed = grouped(hours, ({ variable }) => variable);
  for (const variable of variables) {
    const values = (observed.get(variable) ?? []).map(({ value }) => value);
    if (values.length < Math.max(1, hoursMin)) continue;
    for (const statistic of statistics) day.set(nameOf(variable, statistic), statisticOf(statistic, values));
  }
  for (const { name, of, above } of events) {
    const value = day.get(of);
    if (value !== undefined) day.set(name, Number(value > above));
  }
  return day;
}

function nameOf(variable: string, statistic: DailyStatistic): string {
  return `${variable}_${statistic}`;
}

function statisticOf(statistic: DailyStatistic, values: readonly number[]): number {
  switch (statistic) {
    case "max":
      return Math.max(...values);
    case "min":
      return Math.min(...values);
    case "range":
      return Math.max(...values) - Math.min(...values);
    case "mean":
      return values.reduce((sum, value) => sum + value, 0) / values.length;
    case "last":
      return values.at(-1) ?? Number.NaN;
  }
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
