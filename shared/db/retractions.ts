/** Retractions: facts that do not exist by the newest publication that states them. They have no row in `observations`. */
import { sql } from "drizzle-orm";
import { type FactId, hasValue } from "../lake/fact.ts";
import type { StoredFact } from "../lake/merge.ts";
import { type Database, inPieces, type Statement, statement } from "./database.ts";
import { deleteFacts, idOf, type SeriesIds } from "./observations.ts";

/** Upserts those of the facts that are retracted, and deletes their values, 10,000 per statement. */
export function saveRetractions(feed: string, facts: readonly StoredFact[], ids: SeriesIds): Statement[] {
  const retracted = facts.filter((fact) => !hasValue(fact));
  const saved = inPieces(retracted).map((piece) => {
    const rows = piece.map((fact) => [fact.period, idOf(fact, ids), fact.variable, fact.source.ingest]);
    return statement(sql`
      INSERT INTO retractions (feed, period, series_id, variable, ingest_id)
      SELECT ${feed}, value ->> 0, value ->> 1, value ->> 2, value ->> 3
      FROM json_each(${JSON.stringify(rows)}) WHERE true
      ON CONFLICT (feed, period, series_id, variable) DO UPDATE SET ingest_id = excluded.ingest_id`);
  });
  return [...saved, ...deleteFacts(feed, retracted, ids)];
}

/** Deletes the retractions of facts that have a value again. Idempotent. */
export function deleteRetractions(feed: string, facts: readonly FactId[], ids: SeriesIds): Statement[] {
  return inPieces(facts).map((piece) => {
    const rows = piece.map((fact) => [fact.period, idOf(fact, ids), fact.variable]);
    return statement(sql`
      DELETE FROM retractions WHERE (feed, period, series_id, variable) IN (
        SELECT ${feed}, value ->> 0, value ->> 1, value ->> 2 FROM json_each(${JSON.stringify(rows)}))`);
  });
}

/** Deletes the retractions that only these ingests state. */
export function deleteRetractionsOf(feed: string, ingests: readonly number[]): Statement {
  return statement(sql`
    DELETE FROM retractions
    WHERE feed = ${feed} AND ingest_id IN (SELECT value FROM json_each(${JSON.stringify(ingests)}))`);
}

/** Returns the periods in which these ingests retract a fact. */
export async function periodsRetractedBy(db: Database, feed: string, ingests: readonly number[]): Promise<string[]> {
  const rows = await db.all<{ period: string }>(sql`
    SELECT DISTINCT period FROM retractions
    WHERE feed = ${feed} AND ingest_id IN (SELECT value FROM json_each(${JSON.stringify(ingests)}))`);
  return rows.map(({ period }) => period);
}
