import { and, desc, eq, gte, inArray } from "drizzle-orm";
import type { Fact } from "../lake/fact.ts";
import type { Database } from "./database.ts";
import { observations, series } from "./schema.ts";

/** Length of a period's day, or of its month where it is one. */
const dayLength = "YYYY-MM-DD".length;

/** The facts of some variables in the last `periods` periods for which there are any; the first day of them is whole. */
export async function latestFacts(
  db: Database,
  feed: string,
  { variables, periods }: { readonly variables: readonly string[]; readonly periods: number },
): Promise<Fact[]> {
  const isVariable = and(eq(observations.feed, feed), inArray(observations.variable, [...variables]));
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
    .where(and(isVariable, gte(observations.period, first.period.slice(0, dayLength))));
}
