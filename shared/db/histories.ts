/** The number and digest of each forecast's newest history. KV has a copy, which is repaired from this table. */
import { and, eq } from "drizzle-orm";
import type { Database } from "./database.ts";
import { histories } from "./schema.ts";

export type HistoryRow = typeof histories.$inferSelect;

/** Returns the newest history of a forecast, or null if there is none yet. */
export async function findHistory(db: Database, forecast: string): Promise<HistoryRow | null> {
  const [row] = await db.select().from(histories).where(eq(histories.forecast, forecast));
  return row ?? null;
}

/** Records a history if the newest one still has the number `after` (0: there is none). Returns false if it has not. */
export async function saveHistory(db: Database, history: HistoryRow, after: number): Promise<boolean> {
  const { forecast: _, ...values } = history;
  const saved = await db
    .insert(histories)
    .values(history)
    .onConflictDoUpdate({ target: histories.forecast, set: values, setWhere: eq(histories.number, after) })
    .returning({ number: histories.number });
  return saved.length > 0;
}

/** Records that a rebuilt history is unchanged. Does nothing if there is a newer one. */
export async function confirmHistory(
  db: Database,
  { forecast, number, madeFrom, madeAt, lastPeriod }: Omit<HistoryRow, "sha256">,
): Promise<void> {
  await db
    .update(histories)
    .set({ madeFrom, madeAt, lastPeriod })
    .where(and(eq(histories.forecast, forecast), eq(histories.number, number)));
}
