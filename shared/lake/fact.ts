import type { Blank, Dimensions, Feed, Observation } from "../feeds/feed.ts";

/** An observation whose series is one comparable text. The lake and the database store facts. */
export interface Fact {
  readonly period: string;
  /** JSON array of the dimensions' values, in the feed's order. */
  readonly series: string;
  readonly variable: string;
  readonly value: number;
}

/** Identifies a fact: its series, variable and period. */
export type FactId = Omit<Fact, "value">;

function seriesKey(feed: Feed, dimensions: Dimensions): string {
  return JSON.stringify(feed.dimensions.map((name) => dimensions[name] ?? ""));
}

/** Returns the dimensions' values of a series key, in the feed's order. Only `seriesKey` creates keys. */
export function seriesValues(key: string): string[] {
  return JSON.parse(key) as string[];
}

export function dimensionsOf(feed: Feed, key: string): Record<string, string> {
  const values = seriesValues(key);
  return Object.fromEntries(feed.dimensions.map((name, index) => [name, values[index] ?? ""]));
}

export function toFacts(feed: Feed, observations: readonly Observation[]): Fact[] {
  const keyOf = keysOf(feed);
  return observations.map(({ series, variable, period, value }) => ({
    period,
    series: keyOf(series),
    variable,
    value,
  }));
}

/** Returns the facts for which a publication states that there is no value. */
export function toFactIds(feed: Feed, blanks: readonly Blank[]): FactId[] {
  const keyOf = keysOf(feed);
  return blanks.map(({ series, variable, period }) => ({ period, series: keyOf(series), variable }));
}

/** Returns a function that computes the key of each series object once. */
function keysOf(feed: Feed): (series: Dimensions) => string {
  const keys = new Map<Dimensions, string>();
  return (series) => {
    const key = keys.get(series) ?? seriesKey(feed, series);
    keys.set(series, key);
    return key;
  };
}

/** Returns a key that is unique within the feed. */
export function factKey(fact: Pick<Fact, "period" | "series" | "variable">): string {
  return `${fact.period}\n${fact.variable}\n${fact.series}`;
}

/** Compares by period, series and variable, by code unit, so that the same facts always give the same bytes. */
export function compareFacts(a: Fact, b: Fact): number {
  return compareText(a.period, b.period) || compareText(a.series, b.series) || compareText(a.variable, b.variable);
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
