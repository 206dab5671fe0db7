import type { Blank, Dimensions, Feed, Observation } from "../feeds/feed.ts";

/** Identifies a fact: its series, variable and period. */
export interface FactId {
  readonly period: string;
  /** JSON array of the dimensions' values, in the feed's order. */
  readonly series: string;
  readonly variable: string;
}

/** An observation whose series is one comparable text. The lake and the database store facts. */
export interface Fact extends FactId {
  readonly value: number;
}

/** What a publication states about a fact: its value, or null for a retraction (the fact does not exist). */
export interface StatedFact extends FactId {
  readonly value: number | null;
}

/** Returns whether a fact is not retracted. */
export function hasValue<T extends StatedFact>(fact: T): fact is T & Fact {
  return fact.value !== null;
}

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

/** Returns what a publication states: its facts and its retractions. If it states both of one fact, the value counts. */
export function stateFacts(facts: readonly Fact[], retracted: readonly FactId[]): readonly StatedFact[] {
  if (retracted.length === 0) return facts;
  const keys = new Set(facts.map(factKey));
  return [...facts, ...retracted.filter((id) => !keys.has(factKey(id))).map((id) => ({ ...id, value: null }))];
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
export function factKey(fact: FactId): string {
  return `${fact.period}\n${fact.variable}\n${fact.series}`;
}

/** Compares by period, series and variable, by code unit, so that the same facts always give the same bytes. */
export function compareFacts(a: FactId, b: FactId): number {
  return compareText(a.period, b.period) || compareText(a.series, b.series) || compareText(a.variable, b.variable);
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
