/** Revisions of reports: requested, predicted, published. */
import { and, desc, eq, getTableColumns, gte, inArray, isNotNull, lt, ne, notInArray, sql } from "drizzle-orm";
import type { ReportReason } from "../api/report-states.ts";
import type { StoredFile } from "../api/reports.ts";
import type { Database } from "./database.ts";
import { flowRuns, reports } from "./schema.ts";

export type ReportRow = typeof reports.$inferSelect;
export type RevisionKey = Pick<ReportRow, "forecast" | "origin" | "role" | "revision">;

/** The published revisions are those of the champion. */
const champion = "champion";

export interface NewRevision {
  readonly forecast: string;
  readonly origin: string;
  readonly history: number;
  readonly change: number;
  readonly reason: ReportReason;
  readonly at: string;
}

/**
 * Records the next revision of an origin, unless one with the same data and the same champion exists. Returns the row in both cases.
 * One statement, so that two triggers at once get the same revision.
 */
export async function requestRevision(
  db: Database,
  { forecast, origin, history, change, reason, at }: NewRevision,
): Promise<ReportRow> {
  await db.run(sql`
    INSERT INTO reports (forecast, origin, role, revision, history, change, reason, state, requested_at)
    SELECT ${forecast}, ${origin}, ${champion}, coalesce(max(revision), 0) + 1, ${history}, ${change}, ${reason}, 'requested', ${at}
    FROM reports WHERE forecast = ${forecast} AND origin = ${origin} AND role = ${champion}
    ON CONFLICT DO NOTHING`);
  const [row] = await db
    .select()
    .from(reports)
    .where(and(isOrigin(forecast, origin), eq(reports.history, history), eq(reports.change, change)));
  if (!row) throw new Error(`the database did not store a report of ${forecast} for ${origin}`);
  return row;
}

export async function findReport(db: Database, address: RevisionKey): Promise<ReportRow | null> {
  const [row] = await db.select().from(reports).where(isRevision(address));
  return row ?? null;
}

/** Returns the newest revision of an origin in any state; null without one. */
export async function newestRevision(db: Database, forecast: string, origin: string): Promise<ReportRow | null> {
  const [row] = await db
    .select()
    .from(reports)
    .where(isOrigin(forecast, origin))
    .orderBy(desc(reports.revision))
    .limit(1);
  return row ?? null;
}

/**
 * Returns the newest published revision of an origin; null without one. By default of the newest origin that the data still
 * contains: a publication may have been withdrawn.
 */
export async function findPublished(db: Database, forecast: string, origin?: string): Promise<ReportRow | null> {
  const [row] = await db
    .select()
    .from(reports)
    .where(
      and(
        eq(reports.forecast, forecast),
        eq(reports.role, champion),
        eq(reports.state, "published"),
        origin === undefined ? isStillData(forecast) : eq(reports.origin, origin),
      ),
    )
    .orderBy(desc(reports.origin), desc(reports.revision))
    .limit(1);
  return row ?? null;
}

/** Returns the revision whose prediction of a period counts in the track record; null without one. */
export async function findHeadline(db: Database, forecast: string, target: string): Promise<ReportRow | null> {
  const [row] = await db
    .select()
    .from(reports)
    .where(and(eq(reports.forecast, forecast), eq(reports.target, target), eq(reports.counts, "headline")))
    .limit(1);
  return row ?? null;
}

/** Returns the newest origin before another one that has predictions; null without one. */
export async function lastRecordedOrigin(db: Database, forecast: string, before: string): Promise<string | null> {
  const [row] = await db
    .select({ origin: reports.origin })
    .from(reports)
    .where(and(eq(reports.forecast, forecast), lt(reports.origin, before), isNotNull(reports.predictions)))
    .orderBy(desc(reports.origin))
    .limit(1);
  return row?.origin ?? null;
}

export interface PublishedFilter {
  readonly forecast?: string | undefined;
  /** Forecasts that are left out. */
  readonly without: readonly string[];
  readonly limit: number;
}

/** Lists published revisions, the last published first. */
export function listPublished(db: Database, { forecast, without, limit }: PublishedFilter): Promise<ReportRow[]> {
  const of = forecast === undefined ? undefined : eq(reports.forecast, forecast);
  return db
    .select()
    .from(reports)
    .where(and(isNotNull(reports.publishedAt), of, notInArray(reports.forecast, [...without])))
    .orderBy(desc(reports.publishedAt), reports.forecast, desc(reports.revision))
    .limit(limit);
}

/** Lists revisions whose report is not published yet, oldest first. */
export function listUnfinishedReports(db: Database): Promise<ReportRow[]> {
  return db
    .select()
    .from(reports)
    .where(and(inArray(reports.state, ["requested", "predicted"]), ne(reports.reason, "catch-up")))
    .orderBy(reports.requestedAt, reports.forecast, reports.origin);
}

/** A stored Parquet file. */
export interface StoredParquet {
  readonly key: string;
  readonly bytes: number;
  /** In hexadecimal. */
  readonly sha256: string;
}

/**
 * Lists published revisions whose flow failed afterwards, oldest first: their messages may be missing.
 * @param since ISO 8601; revisions that were published before are not listed
 */
export function listFailedAfterPublishing(db: Database, since: string): Promise<ReportRow[]> {
  const key = sql`'report:' || ${reports.forecast} || ':' || ${reports.origin} || ':' || ${reports.revision}`;
  return db
    .select(getTableColumns(reports))
    .from(reports)
    .innerJoin(flowRuns, and(eq(flowRuns.key, key), eq(flowRuns.state, "failed")))
    .where(and(eq(reports.role, champion), eq(reports.state, "published"), gte(reports.publishedAt, since)))
    .orderBy(reports.publishedAt, reports.forecast);
}

export interface PredictionOutcome {
  readonly version: string | null;
  readonly target: string | null;
  readonly predictions: StoredParquet | null;
  readonly summary: readonly string[];
  readonly at: string;
}

/** Records that the predictions and the model of a report are stored. Returns false if an earlier try has recorded them. */
export async function markPredicted(
  db: Database,
  address: RevisionKey,
  predicted: PredictionOutcome,
): Promise<boolean> {
  const { at: predictedAt, predictions, ...values } = predicted;
  const changed = await db
    .update(reports)
    .set({ ...values, ...fileColumns(predictions), predictedAt, state: "predicted" })
    .where(and(isRevision(address), eq(reports.state, "requested")))
    .returning({ revision: reports.revision });
  return changed.length > 0;
}

/** Ends a revision whose data or champion has been replaced before it predicted. */
export async function markOvertaken(db: Database, address: RevisionKey): Promise<void> {
  await db
    .update(reports)
    .set({ state: "overtaken" })
    .where(and(isRevision(address), eq(reports.state, "requested")));
}

export interface PublishedFiles {
  readonly files: readonly StoredFile[];
  readonly at: string;
  /** Whether no value of a later period is known, so that the revision may count in the track record. */
  readonly isBeforeTarget: boolean;
}

/**
 * Publishes a revision. It counts in the track record if it has predictions, was published before its target, and no earlier
 * revision of the origin counts. A report of a later origin proves that its target was known once, also if that publication was
 * withdrawn since. Does nothing if it is published already.
 */
export async function markPublished(
  db: Database,
  address: RevisionKey,
  { files, at, isBeforeTarget }: PublishedFiles,
): Promise<void> {
  await db
    .update(reports)
    .set({
      state: "published",
      files,
      publishedAt: at,
      counts: sql`CASE WHEN ${reports.predictions} IS NULL THEN NULL WHEN ${isBeforeTarget ? 0 : 1} THEN 'backfill'
        WHEN EXISTS (SELECT 1 FROM reports AS later WHERE later.forecast = ${address.forecast}
          AND later.origin > ${address.origin}) THEN 'backfill'
        WHEN EXISTS (SELECT 1 FROM reports AS other WHERE other.forecast = ${address.forecast}
          AND other.origin = ${address.origin} AND other.counts = 'headline') THEN 'revision' ELSE 'headline' END`,
    })
    .where(and(isRevision(address), eq(reports.state, "predicted")));
}

/** Records predictions without a report, of a period that was published together with a later one. */
export async function markRecorded(
  db: Database,
  address: RevisionKey,
  { version, target, predictions, at }: Omit<PredictionOutcome, "summary">,
): Promise<void> {
  await db
    .update(reports)
    .set({
      state: "recorded",
      version,
      target,
      ...fileColumns(predictions),
      predictedAt: at,
      counts: predictions === null ? null : "backfill",
    })
    .where(and(isRevision(address), eq(reports.state, "requested")));
}

function fileColumns(file: StoredParquet | null) {
  return {
    predictions: file?.key ?? null,
    predictionsBytes: file?.bytes ?? null,
    predictionsSha256: file?.sha256 ?? null,
  };
}

function isOrigin(forecast: string, origin: string) {
  return and(eq(reports.forecast, forecast), eq(reports.origin, origin), eq(reports.role, champion));
}

function isRevision({ forecast, origin, role, revision }: RevisionKey) {
  return and(
    eq(reports.forecast, forecast),
    eq(reports.origin, origin),
    eq(reports.role, role),
    eq(reports.revision, revision),
  );
}

function isStillData(forecast: string) {
  return sql`${reports.origin} <= coalesce((SELECT last_period FROM histories WHERE forecast = ${forecast}), ${reports.origin})`;
}
