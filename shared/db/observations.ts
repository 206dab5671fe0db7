import { and, asc, count, desc, eq, gte, lte, sql } from "drizzle-orm";
import type { Feed } from "../feeds/feed.ts";
import { type FactId, hasValue } from "../lake/fact.ts";
import type { Revision, StoredFact } from "../lake/merge.ts";
import { type Database, inPieces, type Statement, statement } from "./database.ts";
import { observations, partitions } from "./schema.ts";

/** Ids of series by key. */
export type SeriesIds = ReadonlyMap<string, number>;

/** Upserts the facts that have a value, 10,000 per statement. */
export function saveFacts(feed: string, facts: readonly StoredFact[], ids: SeriesIds): Statement[] {
  return inPieces(facts.filter(hasValue)).map((piece) => {
    const rows = piece.map((fact) => factRow(fact, ids));
    return statement(sql`
      INSERT INTO observations (feed, period, series_id, variable, value, ingest_id)
      SELECT ${feed}, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4
      FROM json_each(${JSON.stringify(rows)}) WHERE true
      ON CONFLICT (feed, period, series_id, variable)
      DO UPDATE SET value = excluded.value, ingest_id = excluded.ingest_id`);
  });
}

/** Records revised values with both publications. Idempotent. */
export function saveRevisions(feed: string, revisions: readonly Revision[], ids: SeriesIds): Statement[] {
  return inPieces(revisions).map((piece) => {
    const rows = piece.map((revision) => [...factRow(revision, ids), revision.supersededBy.ingest]);
    return statement(sql`
      INSERT INTO revisions (feed, period, series_id, variable, value, ingest_id, superseded_by)
      SELECT ${feed}, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5
      FROM json_each(${JSON.stringify(rows)}) WHERE true
      ON CONFLICT DO NOTHING`);
  });
}

/** Deletes facts, 10,000 per statement. Idempotent. */
export function deleteFacts(feed: string, facts: readonly FactId[], ids: SeriesIds): Statement[] {
  return inPieces(facts).map((piece) => {
    const rows = piece.map((fact) => [fact.period, idOf(fact, ids), fact.variable]);
    return statement(sql`
      DELETE FROM observations WHERE (feed, period, series_id, variable) IN (
        SELECT ${feed}, value ->> 0, value ->> 1, value ->> 2 FROM json_each(${JSON.stringify(rows)}))`);
  });
}

function factRow(fact: StoredFact, ids: SeriesIds): (string | number | null)[] {
  return [fact.period, idOf(fact, ids), fact.variable, fact.value, fact.source.ingest];
}

/** Returns the id of a fact's series. @throws if the series is not stored */
export function idOf({ series }: FactId, ids: SeriesIds): number {
  const id = ids.get(series);
  if (id === undefined)
    // Without the series, which may be a person.
    throw new Error("found a fact of a series that is not stored: store series before facts");
  return id;
}

/** The last row of a page: the next page starts after it. */
export interface ObservationPlace {
  readonly period: string;
  readonly seriesId: number;
  readonly variable: string;
}

export interface ObservationFilter {
  /** Ids of the wanted series; null for all. */
  readonly seriesIds: readonly number[] | null;
  readonly variable: string | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly after: ObservationPlace | null;
  readonly limit: number;
}

/** Lists observations by period, series and variable. */
export function listObservations(db: Database, feed: string, filter: ObservationFilter) {
  const { seriesIds, variable, from, to, after } = filter;
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
        variable === undefined ? undefined : eq(observations.variable, variable),
        from === undefined ? undefined : gte(observations.period, from),
        to === undefined ? undefined : lte(observations.period, to),
        after
          ? sql`(${observations.period}, ${observations.seriesId}, ${observations.variable}) > (${after.period}, ${after.seriesId}, ${after.variable})`
          : undefined,
      ),
    )
    .orderBy(asc(observations.period), asc(observations.seriesId), asc(observations.variable))
    .limit(filter.limit);
}

const isOther = (variables: readonly string[]) =>
  variables.length === 0
    ? undefined
    : sql`${observations.variable} NOT IN (SELECT value FROM json_each(${JSON.stringify(variables)}))`;

/** Returns the row count of a feed, from its partitions, and its first and last observed period. The publisher's forecasts do not count. */
export async function countObservations(db: Database, { id: feed, variables }: Pick<Feed, "id" | "variables">) {
  const foretold = Object.entries(variables).flatMap(([name, { isForecast }]) => (isForecast ? [name] : []));
  const [sums] = await db
    .select({ observations: sql<number>`coalesce(sum(rows), 0)`, partitions: count() })
    .from(partitions)
    .where(eq(partitions.feed, feed));
  // Two queries read one index row each. One query for both would read every row.
  const [first, last] = await Promise.all(
    [asc, desc].map((order) =>
      db
        .select({ period: observations.period })
        .from(observations)
        .where(and(eq(observations.feed, feed), isOther(foretold)))
        .orderBy(order(observations.period))
        .limit(1),
    ),
  );
  return {
    observations: 0,
    partitions: 0,
    ...sums,
    firstPeriod: first?.[0]?.period ?? null,
    lastPeriod: last?.[0]?.period ?? null,
  };
}
