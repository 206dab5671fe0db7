/** Which served.json files a version has. The newest one is the one that its pointer names. */
import { and, desc, eq, sql } from "drizzle-orm";
import type { Database } from "./database.ts";
import { served } from "./schema.ts";

export type ServedRow = typeof served.$inferSelect;

/** Returns the newest served.json of a version; null where none was written. */
export async function findServed(db: Database, forecast: string, version: string): Promise<ServedRow | null> {
  const [row] = await db
    .select()
    .from(served)
    .where(and(eq(served.forecast, forecast), eq(served.version, version)))
    .orderBy(desc(served.number))
    .limit(1);
  return row ?? null;
}

/** Records a served.json under the next number of its version. Changes nothing if the newest one has the same bytes. */
export async function saveServed(db: Database, row: Omit<ServedRow, "number">): Promise<void> {
  const { forecast, version, sha256, declaration, at } = row;
  await db.run(sql`
    INSERT INTO served (forecast, version, number, sha256, declaration, at)
    SELECT ${forecast}, ${version}, coalesce(max(number), 0) + 1, ${sha256}, ${declaration}, ${at}
    FROM served WHERE forecast = ${forecast} AND version = ${version}
    HAVING (SELECT sha256 FROM served WHERE forecast = ${forecast} AND version = ${version}
      ORDER BY number DESC LIMIT 1) IS NOT ${sha256}`);
}
