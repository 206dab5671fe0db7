/**
 * Leases: only one run at a time changes a feed. A growing fence number rejects writes of a run whose lease has
 * expired. The table is `feed_turns`.
 */
import { and, eq, sql } from "drizzle-orm";
import { type Database, type Statement, statement } from "./database.ts";
import { feedLeases } from "./schema.ts";

/** A lease expires this long after it was taken or last renewed. */
export const leaseMs = 120_000;

/** Takes the lease. Returns its fence, or null while another run holds it. The holder may take it again. */
export async function takeLease(db: Database, feed: string, holder: string, now: Date): Promise<number | null> {
  const expiresAt = new Date(now.getTime() + leaseMs).toISOString();
  const rows = await db.all<{ fence: number }>(sql`
    INSERT INTO feed_turns (feed, holder, fence, expires_at) VALUES (${feed}, ${holder}, 1, ${expiresAt})
    ON CONFLICT (feed) DO UPDATE SET
      holder = excluded.holder, fence = feed_turns.fence + 1, expires_at = excluded.expires_at
    WHERE feed_turns.holder IS NULL OR feed_turns.holder = excluded.holder OR feed_turns.expires_at < ${now.toISOString()}
    RETURNING fence`);
  return rows[0]?.fence ?? null;
}

/** Renews a lease. Returns false if another run has taken it. */
export async function renewLease(db: Database, feed: string, fence: number, now: Date): Promise<boolean> {
  const renewed = await db
    .update(feedLeases)
    .set({ expiresAt: new Date(now.getTime() + leaseMs).toISOString() })
    .where(and(eq(feedLeases.feed, feed), eq(feedLeases.fence, fence), sql`holder IS NOT NULL`))
    .returning({ fence: feedLeases.fence });
  return renewed.length > 0;
}

/** Releases the lease. Does nothing if another run has taken it. */
export async function releaseLease(db: Database, feed: string, fence: number): Promise<void> {
  await db
    .update(feedLeases)
    .set({ holder: null })
    .where(and(eq(feedLeases.feed, feed), eq(feedLeases.fence, fence)));
}

/** Returns the first statement of a batch: it aborts the batch if another run has taken the lease. */
export function checkLease(feed: string, fence: number): Statement {
  return statement(sql`INSERT INTO fence (feed, fence) VALUES (${feed}, ${fence})`);
}

/** Runs a batch that starts with `checkLease`. Returns false, with nothing written, if another run has taken the lease. */
export async function writeWithLease(write: () => Promise<unknown>): Promise<boolean> {
  try {
    await write();
    return true;
  } catch (error) {
    if (isOvertaken(error)) return false;
    throw error;
  }
}

/** Returns true if a trigger aborted the batch because another writer was first. */
export function isOvertaken(error: unknown): boolean {
  return messagesOf(error).some((message) => message.includes("overtaken:"));
}

/** Returns the messages of an error and its causes. Drizzle wraps the errors of the database. */
function messagesOf(error: unknown): string[] {
  return error instanceof Error ? [error.message, ...messagesOf(error.cause)] : [];
}
