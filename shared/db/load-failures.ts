/** Champions that predict cannot load, as it reported last. */
import { and, eq, lte } from "drizzle-orm";
import type { Database } from "./database.ts";
import { loadFailures } from "./schema.ts";

export type LoadFailureRow = typeof loadFailures.$inferSelect;

/** Records a failure in place of the previous one of the forecast, unless that one is newer. */
export async function saveLoadFailure(db: Database, row: LoadFailureRow): Promise<void> {
  const { forecast: _, ...changed } = row;
  await db
    .insert(loadFailures)
    .values(row)
    .onConflictDoUpdate({ target: loadFailures.forecast, set: changed, setWhere: lte(loadFailures.at, row.at) });
}

/** Deletes the failure of a forecast that was reported until `at`. */
export async function deleteLoadFailure(db: Database, forecast: string, at: string): Promise<void> {
  await db.delete(loadFailures).where(and(eq(loadFailures.forecast, forecast), lte(loadFailures.at, at)));
}
