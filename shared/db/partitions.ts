import { eq, sql } from "drizzle-orm";
import { partitionPrefix } from "../lake/keys.ts";
import { type FactSource, isNewer, type StoredFact } from "../lake/merge.ts";
import type { KnownPartition } from "../lake/plan.ts";
import { type Database, inPieces, inPiecesOfSize, type Statement, statement } from "./database.ts";
import { ingests, partitions } from "./schema.ts";

/** Lists the partitions of a feed's lake as the database has recorded them. */
export async function listPartitions(db: Database, feed: string): Promise<KnownPartition[]> {
  const rows = await db
    .select({
      path: partitions.path,
      rows: partitions.rows,
      content: partitions.content,
      sha256: partitions.sha256,
      etag: partitions.etag,
      ingest: partitions.confirmedBy,
      rank: ingests.rank,
      withdrawnAt: ingests.withdrawnAt,
    })
    .from(partitions)
    .leftJoin(ingests, eq(ingests.id, partitions.confirmedBy))
    .where(eq(partitions.feed, feed))
    .orderBy(partitions.path);
  return rows.map(({ ingest, rank, withdrawnAt, ...partition }) => ({
    ...partition,
    confirmedBy: ingest !== null && rank !== null ? sourceOf(ingest, rank, withdrawnAt !== null) : null,
  }));
}

function sourceOf(ingest: number, rank: string, isWithdrawn: boolean): FactSource {
  return isWithdrawn ? { ingest, rank, isWithdrawn } : { ingest, rank };
}

/** Lists the content hashes of a feed's partitions by path. They change if and only if a fact of the feed changes. */
export async function listContents(db: Database, feed: string): Promise<string[]> {
  const rows = await db
    .select({ content: partitions.content })
    .from(partitions)
    .where(eq(partitions.feed, feed))
    .orderBy(partitions.path);
  return rows.map(({ content }) => content);
}

/** A row of `observations` or `retractions` with its ingest. */
export interface StoredRow {
  readonly period: string;
  readonly series: string;
  readonly variable: string;
  /** Null for a retraction. */
  readonly value: number | null;
  readonly ingest: number;
  readonly rank: string;
  /** 0 or 1. */
  readonly withdrawn: number;
}

/**
 * Returns a row as a fact. The mark of its partition confirms every value of the partition, but no retraction, because the
 * publication of the mark need not state it.
 */
export function toStoredFact(
  { ingest, rank, withdrawn, ...fact }: StoredRow,
  confirmedBy: FactSource | null | undefined,
): StoredFact {
  const own = sourceOf(ingest, rank, withdrawn === 1);
  const isConfirmed = fact.value !== null && confirmedBy && isNewer(confirmedBy, own);
  return { ...fact, source: isConfirmed ? confirmedBy : own };
}

/** A partition in the database, or one of which no fact has a value: `rows` is 0. */
export type StoredPartition = Pick<KnownPartition, "path" | "rows" | "confirmedBy">;

/** Maximum number of facts per query, unless a single partition has more. */
const factsPerQuery = 10_000;

/**
 * Returns the facts of partitions by path, with the retracted ones, each with the newest publication known to state it. One query
 * reads many partitions, because D1 allows 1,000 queries per invocation.
 */
export async function loadPartitions(
  db: Database,
  feed: string,
  known: readonly StoredPartition[],
): Promise<Map<string, StoredFact[]>> {
  const facts = new Map<string, StoredFact[]>(known.map(({ path }) => [path, []]));
  for (const piece of inPiecesOfSize(known, ({ rows }) => rows, factsPerQuery)) {
    const prefixes = JSON.stringify(piece.map(({ path }) => partitionPrefix(path)));
    // CROSS JOIN keeps SQLite from reading the table before the list of prefixes.
    const rows = await db.all<StoredRow & { readonly partition: number }>(sql`
      SELECT p.key AS partition, o.period, s.key AS series, o.variable, o.value, o.ingest_id AS ingest, i.rank,
        i.withdrawn_at IS NOT NULL AS withdrawn
      FROM json_each(${prefixes}) p
      CROSS JOIN observations o ON o.feed = ${feed} AND o.period >= p.value AND o.period < p.value || char(127)
      JOIN series s ON s.id = o.series_id
      JOIN ingests i ON i.id = o.ingest_id
      UNION ALL
      SELECT p.key, r.period, s.key, r.variable, NULL, r.ingest_id, i.rank, i.withdrawn_at IS NOT NULL
      FROM json_each(${prefixes}) p
      CROSS JOIN retractions r ON r.feed = ${feed} AND r.period >= p.value AND r.period < p.value || char(127)
      JOIN series s ON s.id = r.series_id
      JOIN ingests i ON i.id = r.ingest_id`);
    for (const { partition: index, ...row } of rows) {
      const partition = piece[index];
      if (!partition)
        throw new RangeError(`found facts of partition ${index}, expected an index below ${piece.length}`);
      facts.get(partition.path)?.push(toStoredFact(row, partition.confirmedBy));
    }
  }
  return facts;
}

export interface PartitionRow extends Omit<KnownPartition, "confirmedBy"> {
  readonly confirmedBy: number | null;
}

/** Upserts partitions, 4,000 per statement. */
export function savePartitions(feed: string, partitions: readonly PartitionRow[]): Statement[] {
  return inPieces(partitions, 4_000).map((piece) => {
    const rows = piece.map((row) => [row.path, row.rows, row.content, row.sha256, row.etag, row.confirmedBy]);
    return statement(sql`
      INSERT INTO partitions (feed, path, rows, content, sha256, etag, confirmed_by)
      SELECT ${feed}, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5
      FROM json_each(${JSON.stringify(rows)}) WHERE true
      ON CONFLICT (feed, path) DO UPDATE SET rows = excluded.rows, content = excluded.content, sha256 = excluded.sha256,
        etag = excluded.etag, confirmed_by = excluded.confirmed_by`);
  });
}

/** Records that a publication contains these partitions exactly as they are stored. */
export function confirmPartitions(feed: string, paths: readonly string[], ingest: number): Statement {
  return statement(sql`
    UPDATE partitions SET confirmed_by = ${ingest}
    WHERE feed = ${feed} AND path IN (SELECT value FROM json_each(${JSON.stringify(paths)}))`);
}

/** Deletes the rows of partitions that have no values any more. */
export function deletePartitions(feed: string, paths: readonly string[]): Statement {
  return statement(sql`
    DELETE FROM partitions WHERE feed = ${feed} AND path IN (SELECT value FROM json_each(${JSON.stringify(paths)}))`);
}

/** Returns the paths of those partitions in which a row of the database names one of these ingests. */
export async function pathsNaming(
  db: Database,
  feed: string,
  {
    partitions,
    ingests,
  }: { readonly partitions: readonly { readonly path: string }[]; readonly ingests: readonly number[] },
): Promise<string[]> {
  const prefixes = JSON.stringify(partitions.map(({ path }) => partitionPrefix(path)));
  const rows = await db.all<{ partition: number }>(sql`
    SELECT p.key AS partition FROM json_each(${prefixes}) p
    WHERE EXISTS (
      SELECT 1 FROM observations o
      WHERE o.feed = ${feed} AND o.period >= p.value AND o.period < p.value || char(127)
        AND o.ingest_id IN (SELECT value FROM json_each(${JSON.stringify(ingests)})))`);
  return rows.flatMap(({ partition }) => partitions[partition]?.path ?? []);
}
