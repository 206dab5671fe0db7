import { and, eq, gte, lt, sql } from "drizzle-orm";
import { partitionPrefix } from "../lake/keys.ts";
import type { StoredFact } from "../lake/merge.ts";
import type { KnownPartition } from "../lake/plan.ts";
import { type Database, inPieces, type Statement, statement } from "./database.ts";
import { ingests, observations, partitions, series } from "./schema.ts";

/** Every partition of a feed's lake, as the database knows it. */
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
    })
    .from(partitions)
    .leftJoin(ingests, eq(ingests.id, partitions.confirmedBy))
    .where(eq(partitions.feed, feed))
    .orderBy(partitions.path);
  return rows.map(({ ingest, rank, ...partition }) => ({
    ...partition,
    confirmedBy: ingest !== null && rank !== null ? { ingest, rank } : null,
  }));
}

/** The facts of one partition, each with the newest publication known to state it. */
export async function loadPartition(db: Database, feed: string, partition: KnownPartition): Promise<StoredFact[]> {
  const prefix = partitionPrefix(partition.path);
  const rows = await db
    .select({
      period: observations.period,
      series: series.key,
      variable: observations.variable,
      value: observations.value,
      ingest: observations.ingestId,
      rank: ingests.rank,
    })
    .from(observations)
    .innerJoin(series, eq(series.id, observations.seriesId))
    .innerJoin(ingests, eq(ingests.id, observations.ingestId))
    .where(
      and(eq(observations.feed, feed), gte(observations.period, prefix), lt(observations.period, `${prefix}\u007f`)),
    );
  const { confirmedBy } = partition;
  return rows.map(({ ingest, rank, ...fact }) => ({
    ...fact,
    source: confirmedBy && confirmedBy.rank > rank ? confirmedBy : { ingest, rank },
  }));
}

export interface PartitionRow extends Omit<KnownPartition, "confirmedBy"> {
  readonly confirmedBy: number | null;
}

/** Inserts or replaces what the database knows of these partitions, 4,000 a statement. */
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

/** Notes that a publication has stated these partitions exactly as they are stored. */
export function confirmPartitions(feed: string, paths: readonly string[], ingest: number): Statement {
  return statement(sql`
    UPDATE partitions SET confirmed_by = ${ingest}
    WHERE feed = ${feed} AND path IN (SELECT value FROM json_each(${JSON.stringify(paths)}))`);
}
