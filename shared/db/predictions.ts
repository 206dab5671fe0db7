/** What was asked and answered: raw rows, and how the inputs were distributed in each hour. */
import { and, desc, eq, gte, lte, type SQL, sql } from "drizzle-orm";
import type { PredictionMessage, PredictionRow } from "../api/prediction-message.ts";
import { type Database, inPieces, runBatch, statement } from "./database.ts";
import { predictions } from "./schema.ts";

export type StoredPrediction = typeof predictions.$inferSelect;

/** Rows of one version, from any number of messages. */
export interface VersionRows {
  readonly forecast: string;
  readonly version: string;
  /** What `bins` are about. */
  readonly features: readonly string[];
  readonly rows: readonly NewPrediction[];
}

export type MessageHead = Omit<PredictionMessage, "rows">;

export interface NewPrediction {
  readonly head: MessageHead;
  readonly row: PredictionRow;
  /** One a feature; null where the version's card has no profile of it. */
  readonly bins: readonly (string | null)[];
}

/** With every feature named, this many stay below D1's 2 MB a bound parameter. */
const pieceRows = 500;

/**
 * Stores rows and adds those of callers to the hourly sums, each piece in one transaction: a row that is stored already, or
 * that is older than what was purged, is neither stored nor counted.
 */
export async function savePredictions(db: Database, { forecast, version, features, rows }: VersionRows): Promise<void> {
  for (const piece of inPieces(onceEach(rows), pieceRows)) {
    await runBatch(db, [
      // First, while what is new can still be told from what is known.
      statement(countInputs({ forecast, version, features }, piece)),
      statement(keepRows({ forecast, version }, piece)),
    ]);
  }
}

function onceEach(rows: readonly NewPrediction[]): NewPrediction[] {
  return [...new Map(rows.map((one) => [`${one.head.answer}-${one.row.position}`, one])).values()];
}

function countInputs({ forecast, version, features }: Omit<VersionRows, "rows">, piece: readonly NewPrediction[]): SQL {
  const rows = piece
    .filter(({ head }) => head.origin === "caller")
    .map(({ head, row, bins }) => [head.answer, row.position, head.at, row.hypothetical, bins]);
  // Materialized, so that a row's JSON is read once and not once a bin: twice as fast.
  return sql`
    WITH asked AS MATERIALIZED (
      SELECT substr(value ->> 2, 1, 13) AS hour, value ->> 3 AS hypothetical, value -> 4 AS bins
      FROM json_each(${JSON.stringify(rows)})
      WHERE value ->> 2 >= (SELECT since FROM predictions_since)
        AND NOT EXISTS (SELECT 1 FROM predictions WHERE answer = value ->> 0 AND position = value ->> 1)
    ), counted AS (
      SELECT bins.key AS feature, hour, hypothetical, bins.value AS bin, count(*) AS count
      FROM asked, json_each(asked.bins) AS bins
      WHERE bins.type = 'text'
      GROUP BY 1, 2, 3, 4
    )
    INSERT INTO input_hours (forecast, version, feature, hour, hypothetical, bin, count)
    SELECT ${forecast}, ${version}, ${JSON.stringify(features)} ->> feature, hour, hypothetical, bin, count
    FROM counted WHERE true
    ON CONFLICT (forecast, version, feature, hour, hypothetical, bin) DO UPDATE SET count = count + excluded.count`;
}

function keepRows(
  { forecast, version }: Pick<VersionRows, "forecast" | "version">,
  piece: readonly NewPrediction[],
): SQL {
  const rows = piece.map(({ head, row }) => [
    head.answer,
    row.position,
    head.requestId,
    head.at,
    head.number,
    head.protocol,
    row.series,
    row.target,
    row.prediction,
    row.intervals,
    row.change,
    Object.fromEntries(head.features.map((name, at) => [name, row.values[at] ?? null])),
    row.given?.map((at) => head.features[at] ?? "") ?? null,
    row.hypothetical,
    head.origin,
  ]);
  return sql`
    INSERT INTO predictions (forecast, version, answer, position, request_id, at, number, protocol, series, target_period,
      prediction, intervals, change_probability, features, given, hypothetical, origin)
    SELECT ${forecast}, ${version}, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6,
      value ->> 7, value ->> 8, value ->> 9, value ->> 10, value ->> 11, value ->> 12, value ->> 13, value ->> 14
    FROM json_each(${JSON.stringify(rows)})
    WHERE value ->> 3 >= (SELECT since FROM predictions_since)
    ON CONFLICT DO NOTHING`;
}

/** Where a page ended. */
export interface PredictionPlace {
  readonly at: string;
  readonly position: number;
  readonly answer: string;
}

export interface PredictionFilter {
  readonly version: string | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** Position of a dimension among the forecast's, and its value. */
  readonly series: readonly (readonly [number, string])[];
  readonly after: PredictionPlace | null;
  readonly limit: number;
}

/** Newest first. */
export function listPredictions(db: Database, forecast: string, filter: PredictionFilter): Promise<StoredPrediction[]> {
  const { version, from, to, series, after, limit } = filter;
  const { at, position, answer } = predictions;
  return db
    .select()
    .from(predictions)
    .where(
      and(
        eq(predictions.forecast, forecast),
        version === undefined ? undefined : eq(predictions.version, version),
        from === undefined ? undefined : gte(at, from),
        // A day names all of its hours: everything that starts with it.
        to === undefined ? undefined : lte(at, `${to}\u007f`),
        ...series.map(([index, value]) => sql`${predictions.series} ->> ${`$[${index}]`} = ${value}`),
        after ? lte(at, after.at) : undefined,
        after
          ? sql`(${at} < ${after.at} OR (${position}, ${answer}) > (${after.position}, ${after.answer}))`
          : undefined,
      ),
    )
    .orderBy(desc(at), position, answer)
    .limit(limit);
}

/** From now on, what is from before `since` is neither kept nor counted, also where it comes only now. Never goes back. */
export async function forgetBefore(db: Database, since: string): Promise<void> {
  await db.run(sql`UPDATE predictions_since SET since = ${since} WHERE since < ${since}`);
}

/** Deletes some of what is to be forgotten; false where nothing of it is left. */
export async function purgeSome(db: Database, limit: number): Promise<boolean> {
  // Each forecast by itself, found by a jump through the index: that is what the index is sorted by.
  const forgotten = sql`
    WITH RECURSIVE known (forecast) AS (
      SELECT min(forecast) FROM predictions
      UNION ALL
      SELECT (SELECT min(forecast) FROM predictions WHERE forecast > known.forecast) FROM known WHERE known.forecast IS NOT NULL
    )
    SELECT predictions.rowid FROM known JOIN predictions
      ON predictions.forecast = known.forecast AND predictions.at < (SELECT since FROM predictions_since)
    LIMIT ${limit}`;
  await db.run(sql`DELETE FROM predictions WHERE rowid IN (${forgotten})`);
  const [left] = await db.all<{ some: number }>(sql`SELECT EXISTS (${forgotten}) AS some`);
  return left?.some === 1;
}
