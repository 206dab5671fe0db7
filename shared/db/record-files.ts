/** The Parquet files of the track record that never change again: published predictions, and scores. */
import { sql } from "drizzle-orm";
import type { Counting, ReportRole } from "../api/report-states.ts";
import type { PeriodRange } from "../period.ts";
import type { Database } from "./database.ts";

export interface RecordFileRow {
  readonly kind: "predictions" | "scores";
  /** The origin of predictions; the period of scores. */
  readonly period: string;
  /** Empty for scores, which contain the predictions of every role. */
  readonly role: ReportRole | "";
  readonly revision: number;
  /** How predictions count in the record; null for scores. */
  readonly counts: Counting | null;
  /** Of the model that predicted; null for scores. */
  readonly version: string | null;
  /** When it was published or scored, ISO 8601. */
  readonly at: string;
  readonly key: string;
  /** Null for a file of an earlier version. */
  readonly bytes: number | null;
  readonly sha256: string | null;
  /** 0 for scores that a later revision replaces. */
  readonly isNewest: 0 | 1;
}

/** The last row of a page: the next page starts after it. */
export type RecordFilePlace = Pick<RecordFileRow, "period" | "kind" | "role" | "revision">;

export interface RecordFilesFilter extends PeriodRange {
  readonly after: RecordFilePlace | null;
  readonly limit: number;
}

/** Lists the files of a forecast by period, oldest first. */
export function listRecordFiles(
  db: Database,
  forecast: string,
  { from, to, after, limit }: RecordFilesFilter,
): Promise<RecordFileRow[]> {
  const place =
    after === null
      ? sql`true`
      : sql`(period, kind, role, revision) > (${after.period}, ${after.kind}, ${after.role}, ${after.revision})`;
  const last = to === undefined ? sql`true` : sql`period <= ${to}`;
  return db.all<RecordFileRow>(sql`
    SELECT * FROM (${filesOf(forecast)}) WHERE period >= ${from ?? ""} AND ${last} AND ${place}
    ORDER BY period, kind, role, revision LIMIT ${limit}`);
}

/** Returns whether a key is that of a file in the list. */
export async function isRecordFile(db: Database, forecast: string, key: string): Promise<boolean> {
  const rows = await db.all(sql`SELECT 1 FROM (${filesOf(forecast)}) WHERE key = ${key} LIMIT 1`);
  return rows.length > 0;
}

/** Until a revision is published, a retry of its flow may replace the predictions. */
function filesOf(forecast: string) {
  return sql`
    SELECT 'predictions' AS kind, origin AS period, role, revision, counts, version,
      coalesce(published_at, predicted_at) AS at, predictions AS key, predictions_bytes AS bytes,
      predictions_sha256 AS sha256, 1 AS isNewest
    FROM reports WHERE forecast = ${forecast} AND predictions IS NOT NULL AND state IN ('published', 'recorded')
    UNION ALL
    SELECT 'scores', target, '', revision, NULL, NULL, scored_at, key, bytes, sha256,
      NOT EXISTS (SELECT 1 FROM scored AS later WHERE later.forecast = scored.forecast AND later.target = scored.target
        AND later.revision > scored.revision)
    FROM scored WHERE forecast = ${forecast} AND bytes IS NOT 0`;
}
