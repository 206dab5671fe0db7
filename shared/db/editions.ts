/** The daily editions of the reports. */
import { and, desc, eq, lt } from "drizzle-orm";
import type { Database } from "./database.ts";
import { editions } from "./schema.ts";

export type EditionRow = typeof editions.$inferSelect;

/** Records an edition, unless the day has one. */
export async function saveEdition(db: Database, edition: EditionRow): Promise<void> {
  await db.insert(editions).values(edition).onConflictDoNothing();
}

export async function findEdition(db: Database, forecast: string, date: string): Promise<EditionRow | null> {
  const [row] = await db
    .select()
    .from(editions)
    .where(and(eq(editions.forecast, forecast), eq(editions.date, date)));
  return row ?? null;
}

/** Returns the newest edition before a day; null without one. */
export async function editionBefore(db: Database, forecast: string, date: string): Promise<EditionRow | null> {
  const [row] = await db
    .select()
    .from(editions)
    .where(and(eq(editions.forecast, forecast), lt(editions.date, date)))
    .orderBy(desc(editions.date))
    .limit(1);
  return row ?? null;
}
