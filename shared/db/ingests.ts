import { and, desc, eq, isNotNull, isNull, sql } from "drizzle-orm";
import { type Database, type Statement, statement } from "./database.ts";
import { ingests, type Stats } from "./schema.ts";

export interface NewArrival {
  readonly feed: string;
  readonly flowId: string;
  readonly rawKey: string;
  readonly rank: string;
  readonly publishedOn: string | null;
  readonly arrivedAt: string;
}

export interface NewIngest extends NewArrival {
  readonly firstPeriod: string | null;
  readonly lastPeriod: string | null;
  readonly stats: Stats;
  readonly synthetic?: boolean;
}

/** Records an arrival before its ingest, so that the numbers of ingests follow the arrivals. Does nothing if it is known. */
export async function saveArrival(db: Database, arrival: NewArrival): Promise<void> {
  await db
    .insert(ingests)
    .values({ ...arrival, stats: {} })
    .onConflictDoNothing();
}

/** Records the ingest of a raw object and returns its number. A second ingest of the same object has the same number. */
export async function saveIngest(db: Database, ingest: NewIngest): Promise<number> {
  const [row] = await db
    .insert(ingests)
    .values(ingest)
    .onConflictDoUpdate({
      target: ingests.rawKey,
      set: {
        flowId: sql`excluded.flow_id`,
        rank: sql`excluded.rank`,
        publishedOn: sql`excluded.published_on`,
        firstPeriod: sql`excluded.first_period`,
        lastPeriod: sql`excluded.last_period`,
        stats: sql`excluded.stats`,
        synthetic: sql`excluded.synthetic`,
      },
    })
    .returning({ id: ingests.id });
  if (!row) throw new Error(`the database returned no number for the ingest of ${ingest.rawKey}`);
  return row.id;
}

export type Ingest = typeof ingests.$inferSelect;

export async function findIngest(db: Database, feed: string, id: number): Promise<Ingest | null> {
  const [row] = await db
    .select()
    .from(ingests)
    .where(and(eq(ingests.feed, feed), eq(ingests.id, id)));
  return row ?? null;
}

/** Lists the last arrivals of a feed, newest first. */
export function listIngests(db: Database, feed: string, limit: number): Promise<Ingest[]> {
  return db.select().from(ingests).where(eq(ingests.feed, feed)).orderBy(desc(ingests.id)).limit(limit);
}

/** Lists the ingests whose facts count, highest rank first: those that were written and not withdrawn. */
export function listAccepted(db: Database, feed: string): Promise<Ingest[]> {
  return db
    .select()
    .from(ingests)
    .where(and(eq(ingests.feed, feed), isNotNull(ingests.acceptedAt), isNull(ingests.withdrawnAt)))
    .orderBy(desc(ingests.rank), desc(ingests.id));
}

/** Records that the facts of an ingest were written. */
export function markAccepted(id: number, now: string): Statement {
  return statement(sql`UPDATE ingests SET accepted_at = ifnull(accepted_at, ${now}) WHERE id = ${id}`);
}

/** Withdraws an ingest: every other publication that contains one of its facts counts as newer. Idempotent. */
export function markWithdrawn(id: number, now: string): Statement {
  return statement(sql`UPDATE ingests SET withdrawn_at = ifnull(withdrawn_at, ${now}) WHERE id = ${id}`);
}

/** Lists the numbers of the withdrawn ingests of a feed. */
export async function listWithdrawn(db: Database, feed: string): Promise<number[]> {
  const rows = await db
    .select({ id: ingests.id })
    .from(ingests)
    .where(and(eq(ingests.feed, feed), isNotNull(ingests.withdrawnAt)));
  return rows.map(({ id }) => id);
}

/** Returns whether a publication in use states that its data is synthetic: a generator made it. */
export async function hasSyntheticFile(db: Database, feed: string): Promise<boolean> {
  const [row] = await db
    .select({ id: ingests.id })
    .from(ingests)
    .where(
      and(
        eq(ingests.feed, feed),
        eq(ingests.synthetic, true),
        isNotNull(ingests.acceptedAt),
        isNull(ingests.withdrawnAt),
      ),
    )
    .limit(1);
  return row !== undefined;
}
