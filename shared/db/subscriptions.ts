/** Subscriptions: addresses that receive a message for each new report. */
import { asc, eq, getTableColumns, sql } from "drizzle-orm";
import { type Database, runBatch, statement } from "./database.ts";
import { outbox, subscriptions } from "./schema.ts";

export type Subscription = typeof subscriptions.$inferSelect;

/**
 * Saves a subscription if there are fewer than `max` and none has its address. Returns whether it was saved. The conditions
 * and the row are one statement, so that two requests at once cannot both pass.
 */
export async function saveSubscription(
  db: Database,
  { id, url, secret, forecasts, base, who, createdAt }: Omit<Subscription, "disabledAt" | "disabledReason">,
  max: number,
): Promise<boolean> {
  const saved = await db.all(sql`
    INSERT INTO subscriptions (id, url, secret, forecasts, base, who, created_at)
    SELECT ${id}, ${url}, ${secret}, ${forecasts && JSON.stringify(forecasts)}, ${base}, ${who}, ${createdAt}
    WHERE (SELECT count(*) FROM subscriptions) < ${max}
    ON CONFLICT DO NOTHING RETURNING id`);
  return saved.length > 0;
}

export async function findSubscription(db: Database, id: string): Promise<Subscription | null> {
  const [found] = await db.select().from(subscriptions).where(eq(subscriptions.id, id));
  return found ?? null;
}

export async function findSubscriptionByUrl(db: Database, url: string): Promise<Subscription | null> {
  const [found] = await db.select().from(subscriptions).where(eq(subscriptions.url, url));
  return found ?? null;
}

/** A subscription with the numbers of its messages, without its secret. */
export interface CountedSubscription extends Omit<Subscription, "secret" | "base"> {
  readonly waiting: number;
  readonly sent: number;
  readonly failed: number;
  readonly lastSentAt: string | null;
}

/** Lists subscriptions, oldest first. */
export function listSubscriptions(db: Database): Promise<CountedSubscription[]> {
  const { secret: _, base: __, ...columns } = getTableColumns(subscriptions);
  const count = (state: string) => sql<number>`count(*) FILTER (WHERE ${outbox.state} = ${state})`;
  return db
    .select({
      ...columns,
      waiting: count("waiting"),
      sent: count("sent"),
      failed: count("failed"),
      lastSentAt: sql<string | null>`max(${outbox.endedAt}) FILTER (WHERE ${outbox.state} = 'sent')`,
    })
    .from(subscriptions)
    .leftJoin(outbox, eq(outbox.subscriber, subscriptions.id))
    .groupBy(subscriptions.id)
    .orderBy(asc(subscriptions.createdAt), asc(subscriptions.id));
}

/** Deletes a subscription and its messages, also those that wait. */
export async function deleteSubscription(db: Database, id: string): Promise<void> {
  await runBatch(db, [
    db.delete(subscriptions).where(eq(subscriptions.id, id)).toSQL(),
    db.delete(outbox).where(eq(outbox.subscriber, id)).toSQL(),
  ]);
}

/** Disables a subscription, and ends its messages that wait. Keeps an earlier reason. */
export async function disableSubscription(db: Database, id: string, reason: string, now: string): Promise<void> {
  await runBatch(db, [
    statement(
      sql`UPDATE subscriptions SET disabled_at = ${now}, disabled_reason = ${reason} WHERE id = ${id} AND disabled_at IS NULL`,
    ),
    statement(
      sql`UPDATE outbox SET state = 'failed', due_at = NULL, ended_at = ${now}, reason = coalesce(reason, ${reason})
        WHERE subscriber = ${id} AND state = 'waiting'`,
    ),
  ]);
}
