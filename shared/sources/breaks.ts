/** Breaks in the sources of a forecast: since a period, values of the same name have another meaning. */

import type { Break } from "../feeds/feed.ts";
import type { Forecast } from "../forecasts/forecast.ts";
import type { Fact } from "../lake/fact.ts";
import { comparePeriods, firstPartOf } from "../period.ts";
import type { FactsByFeed } from "./facts.ts";

/** A break of a feed, with those of its variables that the forecast reads. */
export interface SourceBreak extends Break {
  readonly feed: string;
}

/** Returns the breaks of the variables that a forecast reads, oldest first. `breaksOf` returns the breaks of a feed by its id. */
export function sourceBreaks(
  { sources }: Pick<Forecast, "sources">,
  breaksOf: (feed: string) => readonly Break[],
): SourceBreak[] {
  return sources
    .flatMap(({ feed, variables: read }) =>
      breaksOf(feed).flatMap(({ from, variables, note }) => {
        const both = variables.filter((name) => read.includes(name));
        return both.length === 0 ? [] : [{ feed, from, variables: both, note }];
      }),
    )
    .sort((a, b) => comparePeriods(a.from, b.from));
}

/** Returns the breaks after the first period of their feed's facts and not after its last one. O(facts). */
export function breaksWithin(breaks: readonly SourceBreak[], byFeed: FactsByFeed): SourceBreak[] {
  return breaks.filter(({ feed, from, variables }) => {
    const facts = (byFeed.get(feed) ?? []).filter(({ variable }) => variables.includes(variable));
    const isAfter = isSince(from);
    return facts.some((fact) => !isAfter(fact)) && facts.some(isAfter);
  });
}

/** Returns the facts of the periods that begin at or after a period. O(facts). */
export function factsSince(from: string, byFeed: FactsByFeed): FactsByFeed {
  return new Map([...byFeed].map(([feed, facts]) => [feed, facts.filter(isSince(from))]));
}

/** A month that contains days before `from` is not after it. */
function isSince(from: string): (fact: Pick<Fact, "period">) => boolean {
  const start = firstPartOf(from, "hour");
  return ({ period }) => firstPartOf(period, "hour") >= start;
}
