import { and, desc, eq, gte } from "drizzle-orm";
import type { Fact } from "../lake/fact.ts";
import type { Database } from "./database.ts";
import { observations, series } from "./schema.ts";

/** The facts of one variable in the last `periods` periods for which there are any. */
export async function latestFacts(db: Database, feed: string, variable: string, periods: number): Promise<Fact[]> {
  const isVariable = and(eq(observations.feed, feed), eq(observations.variable, variable));
  const newest = await db
    .selectDistinct({ period: observations.period })
    .from(observations)
    .where(isVariable)
    .orderBy(desc(observations.period))
    .limit(periods);
  const first = newest.at(-1);
  if (!first) return [];
  return db
    .select({
      period: observations.period,
      series: series.key,
      variable: observations.variable,
      value: observations.value,
    })
    .from(observations)
    .innerJoin(series, eq(series.id, observations.seriesId))
    .where(and(isVariable, gte(observations.period, first.period)));
}
