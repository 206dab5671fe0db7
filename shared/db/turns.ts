/** Leases ("turns"): only one run at a time changes a feed. A fence number, which only grows, rejects writes of an expired holder. */
import { and, eq, sql } from "drizzle-orm";
import { type Database, type Statement, statement } from "./database.ts";
import { feedTurns } from "./schema.ts";

/** A turn expires this long after it was taken or last renewed. */
export const turnMs = 120_000;

/** Takes the turn, also again for its holder. Returns its fence, or null while another run holds it. */
export async function takeTurn(db: Database, feed: string, holder: string, now: Date): Promise<number | null> {
  const expiresAt = new Date(now.getTime() + turnMs).toISOString();
  const rows = await db.all<{ fence: number }>(sql`
    INSERT INTO feed_turns (feed, holder, fence, expires_at) VALUES (${feed}, ${holder}, 1, ${expiresAt})
    ON CONFLICT (feed) DO UPDATE SET
      holder = excluded.holder, fence = feed_turns.fence + 1, expires_at = excluded.expires_at
    WHERE feed_turns.holder IS NULL OR feed_turns.holder = excluded.holder OR feed_turns.expires_at < ${now.toISOString()}
    RETURNING fence`);
  return rows[0]?.fence ?? null;
}

/** Renews a turn. Returns false if another run has taken it. */
export async function renewTurn(db: Database, feed: string, fence: number, now: Date): Promise<boolean> {
  const renewed = await db
    .update(feedTurns)
    .set({ expiresAt: new Date(now.getTime() + turnMs).toISOString() })
    .where(and(eq(feedTurns.feed, feed), eq(feedTurns.fence, fence), sql`holder IS NOT NULL`))
    .returning({ fence: feedTurns.fence });
  return renewed.length > 0;
}

/** Releases the turn. Does nothing if another run has taken it. */
export async function endTurn(db: Database, feed: string, fence: number): Promise<void> {
  await db
    .update(feedTurns)
    .set({ holder: null })
    .where(and(eq(feedTurns.feed, feed), eq(feedTurns.fence, fence)));
}

/** Returns the first statement of a batch: it aborts the batch if another run has taken the turn. */
export function checkTurn(feed: string, fence: number): Statement {
  return statement(sql`INSERT INTO fence (feed, fence) VALUES (${feed}, ${fence})`);
}

/** Runs a batch that starts with `checkTurn`. Returns false, with nothing written, if another run has taken the turn. */
export async function writeInTurn(write: () => Promise<unknown>): Promise<boolean> {
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
