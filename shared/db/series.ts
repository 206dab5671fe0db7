import { and, eq, sql } from "drizzle-orm";
import type { Feed } from "../feeds/feed.ts";
import { dimensionsOf } from "../lake/fact.ts";
import { type Database, inPieces, type Statement, statement } from "./database.ts";
import { series } from "./schema.ts";

export interface Series {
  readonly id: number;
  readonly key: string;
  readonly dimensions: Record<string, string>;
}

/** Lists the series of a feed that have an observation, by key. Others lost theirs when a publication was withdrawn. */
export function listObservedSeries(db: Database, feed: string): Promise<Series[]> {
  return db
    .select({ id: series.id, key: series.key, dimensions: series.dimensions })
    .from(series)
    .where(and(eq(series.feed, feed), sql`EXISTS (SELECT 1 FROM observations o WHERE o.series_id = ${series.id})`))
    .orderBy(series.key);
}

/** Lists the series of a feed, by key. */
export function listSeries(db: Database, feed: string): Promise<Series[]> {
  return db
    .select({ id: series.id, key: series.key, dimensions: series.dimensions })
    .from(series)
    .where(eq(series.feed, feed))
    .orderBy(series.key);
}

/** Inserts the series that are not stored yet, 4,000 per statement: a file may have 40,000 transactions, each a series. */
export function saveSeries(feed: Feed, keys: readonly string[]): Statement[] {
  return inPieces(keys, 4_000).map((piece) => {
    const rows = piece.map((key) => [key, JSON.stringify(dimensionsOf(feed, key))]);
    return statement(sql`
      INSERT INTO series (feed, key, dimensions)
      SELECT ${feed.id}, value ->> 0, value ->> 1 FROM json_each(${JSON.stringify(rows)}) WHERE true
      ON CONFLICT (feed, key) DO NOTHING`);
  });
}
