/** The looks of a forecast at its test window. A look allows the next one if its data has changed since. */
import { asc, eq, sql } from "drizzle-orm";
import type { Forecast } from "../forecasts/forecast.ts";
import { rawPrefix } from "../lake/keys.ts";
import { sha256Hex } from "../lib/hash.ts";
import { granularityOf, type PeriodRange, rangeIn } from "../period.ts";
import type { Look, LookHistory } from "../registry/look.ts";
import { type ReadData, readDataOf } from "../registry/look-data.ts";
import { type Database, type Statement, statement } from "./database.ts";
import { looks } from "./schema.ts";

type LookRow = typeof looks.$inferSelect;

/** Lists the looks of a forecast, oldest first. */
function listLooks(db: Database, forecast: string): Promise<LookRow[]> {
  return db.select().from(looks).where(eq(looks.forecast, forecast)).orderBy(asc(looks.number));
}

/**
 * Returns the looks of a forecast, and whether the data that the newest one read has changed since. Looks of earlier versions did not
 * record what they read: today's declaration decides for them.
 */
export async function readLookHistory(
  db: Database,
  forecast: Pick<Forecast, "id" | "sources" | "variable" | "target">,
): Promise<LookHistory> {
  const rows = await listLooks(db, forecast.id);
  const newest = rows.at(-1);
  const dataChanged = newest !== undefined && (await hasChanged(db, newest, newest.read ?? readDataOf(forecast, null)));
  return { looks: rows.map(toLook), dataChanged };
}

const toLook = ({ key, fromPeriod, toPeriod, halvings }: LookRow): Look => ({
  key,
  from: fromPeriod,
  to: toPeriod,
  halvings,
});

/** The values of variables with unknown digits are compared with this relative tolerance. */
const relativeTolerance = 1e-9;

/**
 * Returns true if later publications have replaced a value that the look read, by more than the tolerance, or retracted it. The value that the look
 * read is the one that was replaced first after it. New values of earlier periods are not a change, and neither are a value that was
 * changed and restored, and an older publication that arrives late and whose value was never used. If the value in use is from a
 * publication with the bytes of one that the look could read, a person sent it again, for example after a withdrawal, so it is no
 * correction of the publisher.
 */
async function hasChanged(db: Database, { ingestId, toPeriod }: LookRow, read: readonly ReadData[]): Promise<boolean> {
  for (const { feed, from, variables } of read) {
    // The start of a raw key that identifies the bytes.
    const prefix = rawPrefix(feed, sha256Hex("")).length;
    const range = await periodsOf(db, feed, { from: from ?? undefined, to: toPeriod });
    if (range === null) continue;
    const [row] = await db.all<{ found: number }>(sql`
      SELECT 1 AS found FROM revisions r
      LEFT JOIN observations o ON o.feed = r.feed AND o.period = r.period AND o.series_id = r.series_id
        AND o.variable = r.variable
      LEFT JOIN retractions t ON t.feed = r.feed AND t.period = r.period AND t.series_id = r.series_id
        AND t.variable = r.variable
      JOIN json_each(${JSON.stringify(variables)}) v ON v.value ->> 'name' = r.variable
      WHERE r.feed = ${feed} AND r.superseded_by > max(r.ingest_id, ${ingestId})
        AND r.period >= ${range.from ?? ""} AND r.period <= ${range.to}
        AND (abs(o.value - r.value) > coalesce(v.value ->> 'tolerance', ${relativeTolerance} * abs(r.value))
          OR t.feed IS NOT NULL AND r.value IS NOT NULL)
        AND NOT EXISTS (SELECT 1 FROM revisions first WHERE first.feed = r.feed AND first.period = r.period
          AND first.series_id = r.series_id AND first.variable = r.variable
          AND first.superseded_by > max(first.ingest_id, ${ingestId}) AND first.superseded_by < r.superseded_by)
        AND NOT EXISTS (SELECT 1 FROM ingests used JOIN ingests earlier ON earlier.feed = used.feed
          WHERE used.id = coalesce(o.ingest_id, t.ingest_id) AND earlier.id <= ${ingestId}
            AND substr(earlier.raw_key, 1, ${prefix}) = substr(used.raw_key, 1, ${prefix}))
      LIMIT 1`);
    if (row) return true;
  }
  return false;
}

/** Returns a range of the forecast's periods in the periods of a feed; null if no value of the feed was replaced. */
async function periodsOf(db: Database, feed: string, range: PeriodRange): Promise<PeriodRange | null> {
  const [row] = await db.all<{ period: string }>(sql`SELECT period FROM revisions WHERE feed = ${feed} LIMIT 1`);
  const granularity = row === undefined ? null : granularityOf(row.period);
  return granularity === null ? null : rangeIn(granularity, range);
}

/** What a look read. */
export interface LookData {
  /** SHA-256 of the facts. */
  readonly facts: string;
  /** When they were read. */
  readonly readAt: string;
  /** Of which feeds and variables. */
  readonly read: readonly ReadData[];
}

/** Returns the statement that records a look, unless the same training has one already. It runs only if the gate's row exists. */
export function saveLook(
  { forecast, flowId, at }: { readonly forecast: string; readonly flowId: string; readonly at: string },
  look: Look,
  { facts, readAt, read }: LookData,
): Statement {
  const { key, from, to, halvings } = look;
  return statement(sql`
    INSERT INTO looks (forecast, number, key, from_period, to_period, halvings, facts, ingest_id, at, read)
    SELECT ${forecast}, (SELECT count(*) + 1 FROM looks WHERE forecast = ${forecast}), ${key}, ${from}, ${to}, ${halvings},
      ${facts}, (SELECT coalesce(max(id), 0) FROM ingests WHERE arrived_at <= ${readAt}), ${at}, ${JSON.stringify(read)}
    WHERE EXISTS (SELECT 1 FROM gates WHERE flow_id = ${flowId})
      AND NOT EXISTS (SELECT 1 FROM looks WHERE forecast = ${forecast} AND key = ${key})`);
}
