import { eq, sql } from "drizzle-orm";
import type { Database } from "./database.ts";
import { feeds } from "./schema.ts";

export interface FeedState {
  readonly cursor: string | null;
  readonly etag: string | null;
  readonly lastSuccessAt: string | null;
}

/** Returns how far a feed was fetched. Every member is null for a feed that was never fetched. */
export async function feedState(db: Database, feed: string): Promise<FeedState> {
  const [row] = await db.select().from(feeds).where(eq(feeds.id, feed));
  return row ?? { cursor: null, etag: null, lastSuccessAt: null };
}

/** Records a fetched publication that is stored in R2. The cursor never moves back. */
export async function saveFetched(
  db: Database,
  feed: string,
  fetched: { readonly period: string; readonly etag: string | null; readonly at: string },
): Promise<void> {
  await db
    .insert(feeds)
    .values({ id: feed, cursor: fetched.period, etag: fetched.etag, lastSuccessAt: fetched.at })
    .onConflictDoUpdate({
      target: feeds.id,
      set: { cursor: sql`excluded.cursor`, etag: sql`excluded.etag`, lastSuccessAt: sql`excluded.last_success_at` },
      setWhere: sql`feeds.cursor IS NULL OR excluded.cursor >= feeds.cursor`,
    });
}
