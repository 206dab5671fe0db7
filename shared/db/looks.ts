/** The looks of a forecast at its test window. A look allows the next one if its data has changed since. */
import { asc, eq, sql } from "drizzle-orm";
import { type Forecast, toleranceOf } from "../forecasts/forecast.ts";
import { rawPrefix } from "../lake/keys.ts";
import { sha256Hex } from "../lib/hash.ts";
import type { Look, LookHistory } from "../registry/look.ts";
import { type Database, type Statement, statement } from "./database.ts";
import { looks } from "./schema.ts";

type LookRow = typeof looks.$inferSelect;

/** Lists the looks of a forecast, oldest first. */
function listLooks(db: Database, forecast: string): Promise<LookRow[]> {
  return db.select().from(looks).where(eq(looks.forecast, forecast)).orderBy(asc(looks.number));
}

/** Returns the looks of a forecast, and whether the data that the newest one read has changed since. */
export async function readLookHistory(db: Database, forecast: Forecast): Promise<LookHistory> {
  const rows = await listLooks(db, forecast.id);
  const newest = rows.at(-1);
  const dataChanged = newest !== undefined && (await hasChanged(db, forecast, newest));
  return { looks: rows.map(toLook), dataChanged };
}

const toLook = ({ key, fromPeriod, toPeriod, halvings }: LookRow): Look => ({
  key,
  from: fromPeriod,
  to: toPeriod,
  halvings,
});

/** The values of other variables are compared with this relative tolerance: their published digits are not declared. */
const relativeTolerance = 1e-9;

/**
 * Returns true if a later publication has replaced a value that the look read, by more than the tolerance. New values of earlier
 * periods are not a change, and neither is a value that was changed and restored. A publication with the bytes of one that the
 * look could read was sent again by a person, for example after a withdrawal, so it is no correction of the publisher.
 */
async function hasChanged(db: Database, forecast: Forecast, { ingestId, toPeriod }: LookRow): Promise<boolean> {
  for (const { feed, variables } of forecast.sources) {
    // The start of a raw key that identifies the bytes.
    const prefix = rawPrefix(feed, sha256Hex("")).length;
    const [row] = await db.all<{ found: number }>(sql`
      SELECT 1 AS found FROM revisions r
      JOIN observations o ON o.feed = r.feed AND o.period = r.period AND o.series_id = r.series_id
        AND o.variable = r.variable
      WHERE r.feed = ${feed} AND r.superseded_by > ${ingestId} AND r.ingest_id <= ${ingestId}
        AND r.period <= ${`${toPeriod}\u007f`}
        AND r.variable IN (SELECT value FROM json_each(${JSON.stringify(variables)}))
        AND abs(o.value - r.value) > CASE WHEN r.variable = ${forecast.variable} THEN ${toleranceOf(forecast)}
          ELSE ${relativeTolerance} * abs(r.value) END
        AND NOT EXISTS (SELECT 1 FROM ingests later JOIN ingests earlier ON earlier.feed = later.feed
          WHERE later.id = r.superseded_by AND earlier.id <= ${ingestId}
            AND substr(earlier.raw_key, 1, ${prefix}) = substr(later.raw_key, 1, ${prefix}))
      LIMIT 1`);
    if (row) return true;
  }
  return false;
}

/** What a look read. */
export interface LookData {
  /** SHA-256 of the facts. */
  readonly facts: string;
  /** When they were read. */
  readonly readAt: string;
}

/** Returns the statement that records a look, unless the same training has one already. It runs only if the gate's row exists. */
export function saveLook(
  { forecast, flowId, at }: { readonly forecast: string; readonly flowId: string; readonly at: string },
  look: Look,
  { facts, readAt }: LookData,
): Statement {
  const { key, from, to, halvings } = look;
  return statement(sql`
    INSERT INTO looks (forecast, number, key, from_period, to_period, halvings, facts, ingest_id, at)
    SELECT ${forecast}, (SELECT count(*) + 1 FROM looks WHERE forecast = ${forecast}), ${key}, ${from}, ${to}, ${halvings},
      ${facts}, (SELECT coalesce(max(id), 0) FROM ingests WHERE arrived_at <= ${readAt}), ${at}
    WHERE EXISTS (SELECT 1 FROM gates WHERE flow_id = ${flowId})
      AND NOT EXISTS (SELECT 1 FROM looks WHERE forecast = ${forecast} AND key = ${key})`);
}
