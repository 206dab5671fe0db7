/** Answered predictions: raw rows and hourly counts of their inputs. */
import { and, desc, eq, gte, lte, type SQL, sql } from "drizzle-orm";
import type { PredictionMessage, PredictionRow } from "../api/prediction-message.ts";
import { type Database, inPieces, runBatch, statement } from "./database.ts";
import { predictions } from "./schema.ts";

export type StoredPrediction = typeof predictions.$inferSelect;

/** Rows of one version, from any number of messages. */
export interface VersionRows {
  readonly forecast: string;
  readonly version: string;
  /** Names of the features; `bins` has one member for each. */
  readonly features: readonly string[];
  readonly rows: readonly NewPrediction[];
}

export type MessageHead = Omit<PredictionMessage, "rows">;

export interface NewPrediction {
  readonly head: MessageHead;
  readonly row: PredictionRow;
  /** One per feature; null if the version's card has no profile of it. */
  readonly bins: readonly (string | null)[];
}

/** 500 rows with all features stay below D1's limit of 2 MB per bound parameter. */
const pieceRows = 500;

/**
 * Stores rows and adds the rows of callers to the hourly counts, each piece in one transaction. A row that is stored
 * already, or that is older than the retention start, is neither stored nor counted.
 */
export async function savePredictions(db: Database, { forecast, version, features, rows }: VersionRows): Promise<void> {
  for (const piece of inPieces(withoutDuplicates(rows), pieceRows)) {
    await runBatch(db, [
      // Counting is first: it only counts rows that are not stored yet.
      statement(countInputs({ forecast, version, features }, piece)),
      statement(insertRows({ forecast, version }, piece)),
    ]);
  }
}

function withoutDuplicates(rows: readonly NewPrediction[]): NewPrediction[] {
  return [...new Map(rows.map((entry) => [`${entry.head.answer}-${entry.row.position}`, entry])).values()];
}

function countInputs({ forecast, version, features }: Omit<VersionRows, "rows">, piece: readonly NewPrediction[]): SQL {
  const rows = piece
    .filter(({ head }) => head.origin === "caller")
    .map(({ head, row, bins }) => [head.answer, row.position, head.at, row.hypothetical, bins]);
  // MATERIALIZED: each row's JSON is parsed once instead of once per bin, which is twice as fast.
  return sql`
    WITH new_rows AS MATERIALIZED (
      SELECT substr(value ->> 2, 1, 13) AS hour, value ->> 3 AS hypothetical, value -> 4 AS bins
      FROM json_each(${JSON.stringify(rows)})
      WHERE value ->> 2 >= (SELECT since FROM predictions_since)
        AND NOT EXISTS (SELECT 1 FROM predictions WHERE answer = value ->> 0 AND position = value ->> 1)
    ), counted AS (
      SELECT bins.key AS feature, hour, hypothetical, bins.value AS bin, count(*) AS count
      FROM new_rows, json_each(new_rows.bins) AS bins
      WHERE bins.type = 'text'
      GROUP BY 1, 2, 3, 4
    )
    INSERT INTO input_hours (forecast, version, feature, hour, hypothetical, bin, count)
    SELECT ${forecast}, ${version}, ${JSON.stringify(features)} ->> feature, hour, hypothetical, bin, count
    FROM counted WHERE true
    ON CONFLICT (forecast, version, feature, hour, hypothetical, bin) DO UPDATE SET count = count + excluded.count`;
}

function insertRows(
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

/** The last row of a page: the next page starts after it. */
export interface PredictionPlace {
  readonly at: string;
  readonly position: number;
  readonly answer: string;
}

export interface PredictionFilter {
  readonly version: string | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** Position of a dimension among the forecast's dimensions, and its value. */
  readonly series: readonly (readonly [number, string])[];
  readonly after: PredictionPlace | null;
  readonly limit: number;
}

/** Lists predictions, newest first. */
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
        // \u007f sorts after every time of the hour `to`.
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

/** Sets the retention start: rows from before it are neither stored nor counted, even if they arrive later. It never moves back. */
export async function setRetentionStart(db: Database, since: string): Promise<void> {
  await db.run(sql`UPDATE predictions_since SET since = ${since} WHERE since < ${since}`);
}

/** Deletes up to `limit` rows from before the retention start. Returns true while more are left. */
export async function purgeBatch(db: Database, limit: number): Promise<boolean> {
  // The index starts with the forecast, so each forecast is found by one jump through the index and purged by itself.
  const expired = sql`
    WITH RECURSIVE stored (forecast) AS (
      SELECT min(forecast) FROM predictions
      UNION ALL
      SELECT (SELECT min(forecast) FROM predictions WHERE forecast > stored.forecast) FROM stored WHERE stored.forecast IS NOT NULL
    )
    SELECT predictions.rowid FROM stored JOIN predictions
      ON predictions.forecast = stored.forecast AND predictions.at < (SELECT since FROM predictions_since)
    LIMIT ${limit}`;
  await db.run(sql`DELETE FROM predictions WHERE rowid IN (${expired})`);
  const [left] = await db.all<{ some: number }>(sql`SELECT EXISTS (${expired}) AS some`);
  return left?.some === 1;
}
