/**
 * The outbox: one row for each message, written before the message is sent. A try takes the row by compare-and-set on its
 * due time, so that two deliveries at once make one try. If a process ends during a try, the row becomes due again.
 */
import { and, asc, desc, eq, lt, lte, or, sql } from "drizzle-orm";
import type { DeliveryState } from "../api/delivery-states.ts";
import { personalNames } from "../forecasts/personal.ts";
import { type PublishedReport, reportId, reportMessage } from "../webhooks/message.ts";
import type { Database } from "./database.ts";
import { outbox, subscriptions } from "./schema.ts";

export type Message = typeof outbox.$inferSelect;

/**
 * Queues one message about a published report for each subscriber that requested it, and returns how many are new. Queues
 * none if an earlier revision of the origin was published: the links of its message show the newest one. Idempotent: a report
 * has at most one message for a subscriber. `now`: ISO 8601.
 */
export async function queueReport(db: Database, report: PublishedReport, now: string): Promise<number> {
  // A receiver has no token, so a message contains nothing about persons.
  const shown = personalNames.has(report.forecast) ? { ...report, summary: [] } : report;
  const all = await db.select().from(subscriptions);
  const rows = all
    .filter(({ disabledAt, forecasts }) => disabledAt === null && (forecasts?.includes(report.forecast) ?? true))
    .map(({ id, base }) => ({ id, body: reportMessage(shown, base) }));
  const ofReport = reportId(report);
  // The join skips subscriptions that were deleted in the meantime.
  const queued = await db.all(sql`
    INSERT INTO outbox (id, report, subscriber, body, state, tries, due_at, created_at)
    SELECT ${ofReport} || ':' || subscriptions.id, ${ofReport}, subscriptions.id, value ->> 'body', 'waiting', 0, ${now}, ${now}
    FROM json_each(${JSON.stringify(rows)}) JOIN subscriptions ON subscriptions.id = value ->> 'id'
    WHERE NOT EXISTS (SELECT 1 FROM reports WHERE forecast = ${report.forecast} AND origin = ${report.origin}
      AND role = 'champion' AND state = 'published' AND revision < ${report.revision})
    ON CONFLICT DO NOTHING RETURNING id`);
  return queued.length;
}

/** Lists messages whose next try is due, the oldest first. */
export function listDue(db: Database, now: string, limit: number): Promise<Message[]> {
  return db
    .select()
    .from(outbox)
    .where(and(eq(outbox.state, "waiting"), lte(outbox.dueAt, now)))
    .orderBy(asc(outbox.dueAt), asc(outbox.id))
    .limit(limit);
}

/**
 * Starts a try of a message. Returns false if another delivery has started one since the message was read. `lostAt`: when
 * the try counts as lost and the message is due again.
 */
export async function takeMessage(
  db: Database,
  { id, dueAt }: Pick<Message, "id" | "dueAt">,
  { now, lostAt }: { readonly now: string; readonly lostAt: string },
): Promise<boolean> {
  const taken = await db.all(sql`
    UPDATE outbox SET tries = tries + 1, due_at = ${lostAt}, tried_at = ${now}
    WHERE id = ${id} AND state = 'waiting' AND due_at = ${dueAt} RETURNING id`);
  return taken.length > 0;
}

export interface TryOutcome {
  readonly state: DeliveryState;
  /** HTTP status; null without an answer. */
  readonly status: number | null;
  /** Null after a success. */
  readonly reason: string | null;
  /** Of a message that waits: the time of the next try. */
  readonly dueAt: string | null;
}

/** Ends a try. Changes nothing if a later try has started, or if the message has ended. */
export async function endTry(
  db: Database,
  { id, tries }: Pick<Message, "id" | "tries">,
  { state, status, reason, dueAt }: TryOutcome,
  now: string,
): Promise<void> {
  const endedAt = state === "waiting" ? null : now;
  await db
    .update(outbox)
    .set({ state, status, reason, dueAt, endedAt })
    .where(and(eq(outbox.id, id), eq(outbox.tries, tries), eq(outbox.state, "waiting")));
}

/** The last row of a page: the next page starts after it. */
export interface DeliveryPlace {
  readonly createdAt: string;
  readonly id: string;
}

export interface DeliveryFilter {
  readonly state: DeliveryState | undefined;
  readonly after: DeliveryPlace | null;
  readonly limit: number;
}

/** Lists the messages to a subscriber, newest first. */
export function listMessages(
  db: Database,
  subscriber: string,
  { state, after, limit }: DeliveryFilter,
): Promise<Message[]> {
  const { createdAt, id } = outbox;
  return db
    .select()
    .from(outbox)
    .where(
      and(
        eq(outbox.subscriber, subscriber),
        state === undefined ? undefined : eq(outbox.state, state),
        after
          ? or(lt(createdAt, after.createdAt), and(eq(createdAt, after.createdAt), sql`${id} > ${after.id}`))
          : undefined,
      ),
    )
    .orderBy(desc(createdAt), asc(id))
    .limit(limit);
}

/** Deletes messages that ended before a time. Messages that wait are never deleted. */
export async function purgeOutbox(db: Database, before: string): Promise<void> {
  await db.delete(outbox).where(lt(outbox.endedAt, before));
}
