/** Pages of what was observed and refused. */
import { and, asc, count, eq, gt, gte, lte, max, min, sql } from "drizzle-orm";
import type { Database } from "./database.ts";
import { observations, partitions, problems } from "./schema.ts";

/** Where a page ended: the last row's place in the order of the listing. */
export interface ObservationPlace {
  readonly period: string;
  readonly seriesId: number;
  readonly variable: string;
}

export interface ObservationFilter {
  /** Numbers of the wanted series; null for all. */
  readonly seriesIds: readonly number[] | null;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly after: ObservationPlace | null;
  readonly limit: number;
}

/** Observations by period, then series, then variable. */
export function listObservations(db: Database, feed: string, filter: ObservationFilter) {
  const { seriesIds, from, to, after } = filter;
  return db
    .select({
      period: observations.period,
      seriesId: observations.seriesId,
      variable: observations.variable,
      value: observations.value,
    })
    .from(observations)
    .where(
      and(
        eq(observations.feed, feed),
        seriesIds
          ? sql`${observations.seriesId} IN (SELECT value FROM json_each(${JSON.stringify(seriesIds)}))`
          : undefined,
        from === undefined ? undefined : gte(observations.period, from),
        // A day names all of its hours: everything that starts with it.
        to === undefined ? undefined : lte(observations.period, `${to}\u007f`),
        after
          ? sql`(${observations.period}, ${observations.seriesId}, ${observations.variable}) > (${after.period}, ${after.seriesId}, ${after.variable})`
          : undefined,
      ),
    )
    .orderBy(asc(observations.period), asc(observations.seriesId), asc(observations.variable))
    .limit(filter.limit);
}

export interface ProblemFilter {
  readonly reason: string | undefined;
  readonly ingest: number | undefined;
  readonly after: number;
  readonly limit: number;
}

/** Problems in the order in which they were first met. */
export function listProblems(db: Database, feed: string, filter: ProblemFilter) {
  return db
    .select()
    .from(problems)
    .where(
      and(
        eq(problems.feed, feed),
        filter.reason === undefined ? undefined : eq(problems.reason, filter.reason),
        filter.ingest === undefined ? undefined : eq(problems.ingestId, filter.ingest),
        gt(problems.id, filter.after),
      ),
    )
    .orderBy(asc(problems.id))
    .limit(filter.limit);
}

/** How often each reason occurs. */
export async function countProblems(db: Database, feed: string): Promise<Record<string, number>> {
  const rows = await db
    .select({ reason: problems.reason, times: count() })
    .from(problems)
    .where(eq(problems.feed, feed))
    .groupBy(problems.reason)
    .orderBy(sql`count(*) DESC, reason`);
  return Object.fromEntries(rows.map(({ reason, times }) => [reason, times]));
}

/** How much a feed has, from the list of its partitions. */
export async function countObservations(db: Database, feed: string) {
  const [sums] = await db
    .select({ observations: sql<number>`coalesce(sum(rows), 0)`, partitions: count() })
    .from(partitions)
    .where(eq(partitions.feed, feed));
  const [range] = await db
    .select({ firstPeriod: min(observations.period), lastPeriod: max(observations.period) })
    .from(observations)
    .where(eq(observations.feed, feed));
  return {
    observations: 0,
    partitions: 0,
    ...sums,
    firstPeriod: range?.firstPeriod ?? null,
    lastPeriod: range?.lastPeriod ?? null,
  };
}
