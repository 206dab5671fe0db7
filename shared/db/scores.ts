/** The scores of published predictions: their sums, and which files are the newest. */
import { and, desc, eq, gte, isNotNull, lte, sql } from "drizzle-orm";
import { type Database, runBatch, statement } from "./database.ts";
import type { ReportRow } from "./reports.ts";
import { openPredictions, reports, scored, scoreSums } from "./schema.ts";

export type ScoredRow = typeof scored.$inferSelect;
export type ScoreSumsRow = typeof scoreSums.$inferSelect;

/** Periods, ends included. */
export interface ClosedRange {
  readonly from: string;
  readonly to: string;
}

/** Lists the publications of predictions from origins in a range, of every role, oldest first. */
export function listPublications(db: Database, forecast: string, { from, to }: ClosedRange): Promise<ReportRow[]> {
  return db
    .select()
    .from(reports)
    .where(
      and(
        eq(reports.forecast, forecast),
        gte(reports.origin, from),
        lte(reports.origin, to),
        isNotNull(reports.predictions),
        isNotNull(reports.counts),
      ),
    )
    .orderBy(reports.origin, reports.role, reports.revision);
}

/** Returns the newest scores of each period in a range. */
export async function newestScored(
  db: Database,
  forecast: string,
  { from, to }: ClosedRange,
): Promise<ReadonlyMap<string, ScoredRow>> {
  const rows = await db
    .select()
    .from(scored)
    .where(and(eq(scored.forecast, forecast), gte(scored.target, from), lte(scored.target, to)))
    .orderBy(scored.target, scored.revision);
  return new Map(rows.map((row) => [row.target, row]));
}

/** Returns the last period with scores; null without one. */
export async function lastScored(db: Database, forecast: string): Promise<string | null> {
  const [row] = await db
    .select({ target: scored.target })
    .from(scored)
    .where(eq(scored.forecast, forecast))
    .orderBy(desc(scored.target))
    .limit(1);
  return row?.target ?? null;
}

/** Returns the first origin with predictions; null without one. */
export async function firstPublished(db: Database, forecast: string): Promise<string | null> {
  const [row] = await db
    .select({ origin: reports.origin })
    .from(reports)
    .where(and(eq(reports.forecast, forecast), isNotNull(reports.predictions), isNotNull(reports.counts)))
    .orderBy(reports.origin)
    .limit(1);
  return row?.origin ?? null;
}

/**
 * Replaces the sums of a period by those of newer scores, in one transaction. Idempotent. Leaves the sums
 * unchanged if another run has recorded this revision from other values, or a later one.
 */
export async function saveScores(
  db: Database,
  row: ScoredRow,
  sums: readonly Omit<ScoreSumsRow, "forecast">[],
): Promise<void> {
  const { forecast, target, revision, key, madeFrom, scoredAt, bytes, sha256 } = row;
  const rows = sums.map((one) => [
    ...[one.set, one.step, one.rows, one.loss, one.absoluteError, one.compared, one.comparedLoss],
    ...[one.baselineLoss, one.banded, one.covered, one.pointed, one.exact],
  ]);
  const isOurs = sql`EXISTS (SELECT 1 FROM scored WHERE forecast = ${forecast} AND target = ${target}
    AND revision = ${revision} AND made_from = ${madeFrom})
    AND NOT EXISTS (SELECT 1 FROM scored WHERE forecast = ${forecast} AND target = ${target} AND revision > ${revision})`;
  await runBatch(db, [
    statement(sql`
      INSERT INTO scored (forecast, target, revision, key, made_from, scored_at, bytes, sha256)
      VALUES (${forecast}, ${target}, ${revision}, ${key}, ${madeFrom}, ${scoredAt}, ${bytes}, ${sha256})
      ON CONFLICT DO NOTHING`),
    statement(sql`DELETE FROM score_sums WHERE forecast = ${forecast} AND target = ${target} AND ${isOurs}`),
    statement(sql`
      INSERT INTO score_sums (forecast, target, "set", step, rows, loss, absolute_error, compared, compared_loss,
        baseline_loss, banded, covered, pointed, exact)
      SELECT ${forecast}, ${target}, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6,
        value ->> 7, value ->> 8, value -> 9, value ->> 10, value ->> 11
      FROM json_each(${JSON.stringify(rows)}) WHERE ${isOurs}`),
  ]);
}

/** Lists the sums of all scored periods of a set at one step, oldest first. */
export function listScoreSums(
  db: Database,
  { forecast, set, step }: Pick<ScoreSumsRow, "forecast" | "set" | "step">,
): Promise<ScoreSumsRow[]> {
  return db
    .select()
    .from(scoreSums)
    .where(and(eq(scoreSums.forecast, forecast), eq(scoreSums.set, set), eq(scoreSums.step, step)))
    .orderBy(scoreSums.target);
}

/** Lists the newest scores of the newest periods, newest first. */
export async function listScored(db: Database, forecast: string, limit: number): Promise<ScoredRow[]> {
  const rows = await db
    .select({ row: scored, newest: sql<number>`max(${scored.revision})` })
    .from(scored)
    .where(eq(scored.forecast, forecast))
    .groupBy(scored.target)
    .orderBy(desc(scored.target))
    .limit(limit);
  return rows.map(({ row }) => row);
}

export type OpenPredictionsRow = typeof openPredictions.$inferSelect;

/** Replaces the number of open predictions of a forecast. */
export async function saveOpenPredictions(db: Database, row: OpenPredictionsRow): Promise<void> {
  const { origin, predictions, since, madeAt } = row;
  await db
    .insert(openPredictions)
    .values(row)
    .onConflictDoUpdate({ target: openPredictions.forecast, set: { origin, predictions, since, madeAt } });
}

/** Returns the number of open predictions of a forecast of events; null before its first report. */
export async function findOpenPredictions(db: Database, forecast: string): Promise<OpenPredictionsRow | null> {
  const [row] = await db.select().from(openPredictions).where(eq(openPredictions.forecast, forecast));
  return row ?? null;
}
