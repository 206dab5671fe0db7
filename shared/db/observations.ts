import { sql } from "drizzle-orm";
import type { Revision, StoredFact } from "../lake/merge.ts";
import { inPieces, type Statement, statement } from "./database.ts";

/** Numbers of series by key. */
export type SeriesIds = ReadonlyMap<string, number>;

/** Upserts facts, 10,000 a statement. */
export function saveFacts(feed: string, facts: readonly StoredFact[], ids: SeriesIds): Statement[] {
  return inPieces(facts).map((piece) => {
    const rows = piece.map((fact) => factRow(fact, ids));
    return statement(sql`
      INSERT INTO observations (feed, period, series_id, variable, value, ingest_id)
      SELECT ${feed}, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4
      FROM json_each(${JSON.stringify(rows)}) WHERE true
      ON CONFLICT (feed, period, series_id, variable)
      DO UPDATE SET value = excluded.value, ingest_id = excluded.ingest_id`);
  });
}

/** Keeps contradicted values with both publications. Saying it twice changes nothing. */
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

function factRow(fact: StoredFact, ids: SeriesIds): (string | number)[] {
  const id = ids.get(fact.series);
  if (id === undefined) throw new Error(`series ${fact.series} was not saved before its facts`);
  return [fact.period, id, fact.variable, fact.value, fact.source.ingest];
}
