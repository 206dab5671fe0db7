/** Whose turn it is to change a feed. */
import { and, eq, sql } from "drizzle-orm";
import { type Database, type Statement, statement } from "./database.ts";
import { feedTurns } from "./schema.ts";

/** A turn lasts this long after its holder last showed itself. */
export const turnMs = 120_000;

/** Takes or keeps the turn; returns its fence, or null while another run holds it. */
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

/** Prolongs a turn; false when it has passed to another run. */
export async function keepTurn(db: Database, feed: string, fence: number, now: Date): Promise<boolean> {
  const kept = await db
    .update(feedTurns)
    .set({ expiresAt: new Date(now.getTime() + turnMs).toISOString() })
    .where(and(eq(feedTurns.feed, feed), eq(feedTurns.fence, fence), sql`holder IS NOT NULL`))
    .returning({ fence: feedTurns.fence });
  return kept.length > 0;
}

/** Gives the turn back; nothing happens when it has passed on already. */
export async function endTurn(db: Database, feed: string, fence: number): Promise<void> {
  await db
    .update(feedTurns)
    .set({ holder: null })
    .where(and(eq(feedTurns.feed, feed), eq(feedTurns.fence, fence)));
}

/** First statement of a batch: aborts all of it if the turn has passed on. */
export function checkTurn(feed: string, fence: number): Statement {
  return statement(sql`INSERT INTO fence (feed, fence) VALUES (${feed}, ${fence})`);
}

/** Runs a batch that was begun with `checkTurn`; false when the turn had passed on and nothing was written. */
export async function whileInTurn(write: () => Promise<unknown>): Promise<boolean> {
  try {
    await write();
    return true;
  } catch (error) {
    if (isOvertaken(error)) return false;
    throw error;
  }
}

/** Whether a trigger aborted the batch because somebody else was first. */
export function isOvertaken(error: unknown): boolean {
  return causes(error).some((message) => message.includes("overtaken:"));
}

/** The messages of an error and of what caused it; Drizzle wraps the database's own. */
function causes(error: unknown): string[] {
  return error instanceof Error ? [error.message, ...causes(error.cause)] : [];
}
