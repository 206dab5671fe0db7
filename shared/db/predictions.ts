/** Answered predictions: raw rows and hourly counts of their inputs. */
import { and, desc, eq, gte, lte, type SQL, sql } from "drizzle-orm";
import type { PredictionMessage, PredictionRow } from "../api/prediction-message.ts";
import type { StoredStep } from "../api/predictions.ts";
import { type Database, inPiecesOfSize, runBatch, statement } from "./database.ts";
import { predictions } from "./schema.ts";

export type StoredPrediction = typeof predictions.$inferSelect;

/** Messages of one version. */
export interface VersionMessages {
  readonly forecast: string;
  readonly version: string;
  /** Names of the features; `bins` has one member for each. */
  readonly features: readonly string[];
  readonly messages: readonly NewMessage[];
  /** Maximum number of rows that are stored of a forecast and a minute. The inputs of the others are counted. */
  readonly rowsPerMinute: number;
}

export type StoredHead = Omit<PredictionMessage, "rows" | "sums" | "part">;

/** One message: its rows, and the inputs to count. */
export interface NewMessage {
  readonly head: StoredHead;
  /** Number of the message among those of its answer; the position of its first row in messages of format 1. */
  readonly part: number;
  readonly rows: readonly NewPrediction[];
  /** The inputs to count; null if they are counted from the rows. */
  readonly sums: readonly NewSum[] | null;
}

export interface NewPrediction {
  readonly row: PredictionRow;
  /** The further steps; null for an answer of the next period only. */
  readonly path: readonly StoredStep[] | null;
  /** One per feature; null if the version's card has no profile of it. */
  readonly bins: readonly (string | null)[];
}

/** The number of rows with a feature in a bin. */
export interface NewSum {
  readonly feature: string;
  readonly hypothetical: boolean;
  readonly bin: string;
  readonly count: number;
}

/** 500 rows with all features stay below D1's limit of 2 MB per bound parameter, and so do 5,000 sums. */
const [pieceRows, sumsPerRow] = [500, 10];

/**
 * Stores rows and adds the inputs of callers to the hourly counts, each piece of the messages in one transaction. A message that
 * was counted already, or that is older than the retention start, is neither stored nor counted.
 */
export async function savePredictions(db: Database, version: VersionMessages): Promise<void> {
  const sizeOf = ({ rows, sums }: NewMessage) => rows.length + (sums?.length ?? 0) / sumsPerRow;
  for (const messages of inPiecesOfSize(withoutDuplicates(version.messages), sizeOf, pieceRows)) {
    const piece = { ...version, messages };
    const hasSums = messages.some(({ sums }) => sums !== null && sums.length > 0);
    await runBatch(db, [
      // Counting is first: it only counts rows that are not stored yet.
      statement(countRows(piece)),
      ...(hasSums ? [statement(countSums(piece))] : []),
      statement(insertRows(piece)),
      // Marking is last: the other statements ignore messages that are marked.
      statement(markMessages(messages)),
    ]);
  }
}

function withoutDuplicates(messages: readonly NewMessage[]): NewMessage[] {
  return [...new Map(messages.map((message) => [`${message.head.answer}-${message.part}`, message])).values()];
}

/** A condition on `value`, a JSON array that starts with the answer, the part and the time of a message. */
const isNew = sql`value ->> 2 >= (SELECT since FROM predictions_since)
  AND NOT EXISTS (SELECT 1 FROM prediction_messages WHERE answer = value ->> 0 AND part = value ->> 1)`;

const isCaller = ({ head }: NewMessage) => head.origin === "caller";

/** Adds the bins of rows to the hourly counts. */
function countRows({ forecast, version, features, messages }: VersionMessages): SQL {
  const rows = messages
    .filter((message) => isCaller(message) && message.sums === null)
    .flatMap(({ head, part, rows }) =>
      rows.map(({ row, bins }) => [head.answer, part, head.at, row.position, row.hypothetical, bins]),
    );
  // MATERIALIZED: each row's JSON is parsed once instead of once per bin, which is twice as fast.
  return sql`
    WITH new_rows AS MATERIALIZED (
      SELECT substr(value ->> 2, 1, 13) AS hour, value ->> 4 AS hypothetical, value -> 5 AS bins
      FROM json_each(${JSON.stringify(rows)})
      WHERE ${isNew} AND NOT EXISTS (SELECT 1 FROM predictions WHERE answer = value ->> 0 AND position = value ->> 3)
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

/** Adds the sums of messages to the hourly counts. */
function countSums({ forecast, version, messages }: VersionMessages): SQL {
  const sums = messages
    .filter(isCaller)
    .flatMap(({ head, part, sums }) =>
      (sums ?? []).map((sum) => [head.answer, part, head.at, sum.feature, sum.hypothetical, sum.bin, sum.count]),
    );
  return sql`
    INSERT INTO input_hours (forecast, version, feature, hour, hypothetical, bin, count)
    SELECT ${forecast}, ${version}, value ->> 3, substr(value ->> 2, 1, 13), value ->> 4, value ->> 5, sum(value ->> 6)
    FROM json_each(${JSON.stringify(sums)})
    WHERE ${isNew}
    GROUP BY 3, 4, 5, 6
    ON CONFLICT (forecast, version, feature, hour, hypothetical, bin) DO UPDATE SET count = count + excluded.count`;
}

/** Stores rows, in each minute as many as are left. The first rows of every message come first. */
function insertRows({ forecast, version, messages, rowsPerMinute }: VersionMessages): SQL {
  const rows = messages
    .flatMap(({ head, part, rows }) => rows.map(({ row, path }, nth) => ({ head, part, row, path, nth })))
    .sort((a, b) => a.nth - b.nth)
    .map(({ head, part, row, path }) => [
      head.answer,
      part,
      head.at,
      row.position,
      head.requestId,
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
      path,
    ]);
  return sql`
    WITH new_rows AS MATERIALIZED (
      SELECT value AS fields, substr(value ->> 2, 1, 16) AS minute,
        row_number() OVER (PARTITION BY substr(value ->> 2, 1, 16) ORDER BY key) AS nth
      FROM json_each(${JSON.stringify(rows)})
      WHERE ${isNew}
    ), minutes AS MATERIALIZED (
      SELECT minute, (SELECT count(*) FROM predictions
        WHERE forecast = ${forecast} AND at >= minute AND at < minute || '~') AS stored
      FROM new_rows GROUP BY minute
    )
    INSERT INTO predictions (forecast, version, answer, at, position, request_id, number, protocol, series, target_period,
      prediction, intervals, change_probability, features, given, hypothetical, origin, path)
    SELECT ${forecast}, ${version}, fields ->> 0, fields ->> 2, fields ->> 3, fields ->> 4, fields ->> 5, fields ->> 6,
      fields ->> 7, fields ->> 8, fields ->> 9, fields ->> 10, fields ->> 11, fields ->> 12, fields ->> 13, fields ->> 14,
      fields ->> 15, fields ->> 16
    FROM new_rows JOIN minutes USING (minute)
    WHERE stored + nth <= ${rowsPerMinute}
    ON CONFLICT DO NOTHING`;
}

/** Records that messages were counted. */
function markMessages(messages: readonly NewMessage[]): SQL {
  const rows = messages.map(({ head, part }) => [head.answer, part, head.at]);
  return sql`
    INSERT INTO prediction_messages (answer, part, at)
    SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(${JSON.stringify(rows)})
    WHERE value ->> 2 >= (SELECT since FROM predictions_since)
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

/** Deletes up to `limit` records of counted messages from before a time. Returns true while more are left. */
export async function purgeMessages(db: Database, before: string, limit: number): Promise<boolean> {
  const expired = sql`SELECT rowid FROM prediction_messages WHERE at < ${before} LIMIT ${limit}`;
  await db.run(sql`DELETE FROM prediction_messages WHERE rowid IN (${expired})`);
  const [left] = await db.all<{ some: number }>(sql`SELECT EXISTS (${expired}) AS some`);
  return left?.some === 1;
}
