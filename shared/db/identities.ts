import { sql } from "drizzle-orm";
import type { Feed } from "../feeds/feed.ts";
import { partitionPath } from "../lake/keys.ts";
import type { StoredFact } from "../lake/merge.ts";
import type { KnownPartition } from "../lake/plan.ts";
import { type Database, inPieces } from "./database.ts";
import { type StoredRow, toStoredFact } from "./partitions.ts";

/** Series whose facts one query reads. A purchase has three facts. */
const seriesPerQuery = 3_000;

/**
 * Returns all stored facts of identities, with the retracted ones, in any series and period: for example of the transactions of
 * a file, also those of other customers and days.
 *
 * @param known all partitions of the feed
 */
export async function loadIdentities(
  db: Database,
  feed: Feed,
  { identities, known }: { readonly identities: ReadonlySet<string>; readonly known: readonly KnownPartition[] },
): Promise<StoredFact[]> {
  const marks = new Map(known.map(({ path, confirmedBy }) => [path, confirmedBy]));
  const facts: StoredFact[] = [];
  for (const piece of inPieces(await seriesOf(db, feed, [...identities]), seriesPerQuery)) {
    const ids = JSON.stringify(piece);
    const rows = await db.all<StoredRow>(sql`
      SELECT o.period, s.key AS series, o.variable, o.value, o.ingest_id AS ingest, i.rank,
        i.withdrawn_at IS NOT NULL AS withdrawn
      FROM json_each(${ids}) j
      CROSS JOIN observations o ON o.series_id = j.value
      JOIN series s ON s.id = o.series_id
      JOIN ingests i ON i.id = o.ingest_id
      UNION ALL
      SELECT r.period, s.key, r.variable, NULL, r.ingest_id, i.rank, i.withdrawn_at IS NOT NULL
      FROM json_each(${ids}) j
      CROSS JOIN retractions r ON r.series_id = j.value
      JOIN series s ON s.id = r.series_id
      JOIN ingests i ON i.id = r.ingest_id`);
    for (const row of rows) facts.push(toStoredFact(row, marks.get(partitionPath(feed, row.period))));
  }
  return facts;
}

/** Returns the ids of the series that have one of these identities. */
async function seriesOf(db: Database, feed: Feed, identities: readonly string[]): Promise<number[]> {
  const path = `$[${feed.dimensions.indexOf(feed.identity ?? "")}]`;
  const ids: number[] = [];
  for (const piece of inPieces(identities)) {
    const rows = await db.all<{ id: number }>(sql`
      SELECT id FROM series
      WHERE feed = ${feed.id} AND key ->> ${path} IN (SELECT value FROM json_each(${JSON.stringify(piece)}))`);
    for (const { id } of rows) ids.push(id);
  }
  return ids;
}
