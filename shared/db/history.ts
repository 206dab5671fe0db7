import { and, desc, eq, gte, inArray } from "drizzle-orm";
import { targetSourceOf } from "../forecasts/source.ts";
import type { Fact } from "../lake/fact.ts";
import { enclosingPeriod, firstPartOf, type Granularity } from "../period.ts";
import { type FactsByFeed, targetReach } from "../sources/facts.ts";
import type { HistoryNeeds } from "../sources/history-needs.ts";
import type { Database } from "./database.ts";
import { observations, series } from "./schema.ts";

/**
 * Returns the facts of a forecast's history: the newest periods of the target's feed, as many as the features reach back,
 * and the facts of every other feed from the same time on. `granularityOf` returns the granularity of a feed.
 */
export async function factsOfForecast(
  db: Database,
  forecast: HistoryNeeds,
  granularityOf: (feed: string) => Granularity,
): Promise<FactsByFeed> {
  const target = targetSourceOf(forecast);
  const { every } = forecast.schedule;
  const granularity = granularityOf(target.feed);
  const periods = targetReach(forecast, granularity);
  const { variables } = target;
  const facts = await latestFacts(db, target.feed, { variables, periods, granularity, alignTo: every });
  const byFeed = new Map<string, readonly Fact[]>([[target.feed, facts]]);
  const [first] = [...new Set(facts.map(({ period }) => period))].sort();
  for (const source of forecast.sources) {
    if (source === target || first === undefined) continue;
    const from = firstPartOf(enclosingPeriod(first, every), granularityOf(source.feed));
    const more = await factsFrom(db, source.feed, { variables: source.variables, from });
    byFeed.set(source.feed, [...(byFeed.get(source.feed) ?? []), ...more]);
  }
  return byFeed;
}

interface LatestFilter {
  readonly variables: readonly string[];
  readonly periods: number;
  /** Granularity of the feed's periods. */
  readonly granularity: Granularity;
  /** Reading starts at the beginning of a period of this granularity, so that none is incomplete. */
  readonly alignTo: Granularity;
}

/** Returns the facts of some variables in the last `periods` periods that have at least one. */
export async function latestFacts(
  db: Database,
  feed: string,
  { variables, periods, granularity, alignTo }: LatestFilter,
): Promise<Fact[]> {
  const newest = await db
    .selectDistinct({ period: observations.period })
    .from(observations)
    .where(isOf(feed, variables))
    .orderBy(desc(observations.period))
    .limit(periods);
  const first = newest.at(-1);
  if (!first) return [];
  return factsFrom(db, feed, { variables, from: firstPartOf(enclosingPeriod(first.period, alignTo), granularity) });
}

/** Returns the facts of some variables from period `from` on. */
function factsFrom(
  db: Database,
  feed: string,
  { variables, from }: { readonly variables: readonly string[]; readonly from: string },
): Promise<Fact[]> {
  return db
    .select({
      period: observations.period,
      series: series.key,
      variable: observations.variable,
      value: observations.value,
    })
    .from(observations)
    .innerJoin(series, eq(series.id, observations.seriesId))
    .where(and(isOf(feed, variables), gte(observations.period, from)));
}

function isOf(feed: string, variables: readonly string[]) {
  return and(eq(observations.feed, feed), inArray(observations.variable, [...variables]));
}
