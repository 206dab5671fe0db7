/** Delivers the messages of the outbox that are due. */
import type { Database } from "../../../shared/db/database.ts";
import { endTry, listDue, type Message, takeMessage } from "../../../shared/db/outbox.ts";
import { disableSubscription, findSubscription, type Subscription } from "../../../shared/db/subscriptions.ts";
import { settleAll } from "../../../shared/lib/settle-all.ts";
import { nextTryAt, triesMax } from "../../../shared/webhooks/retries.ts";
import { inParallel } from "../ingest/in-parallel.ts";
import { type SendEffects, type SendOutcome, sendMessage } from "./send-message.ts";

export interface DeliverEffects extends SendEffects {
  readonly db: Database;
  now(): Date;
}

/** Of one run. */
const messagesMax = 200;
/** After this time a run starts no further try, so that it ends within the limit of a flow's step, also if every subscriber is silent. */
const runMaxMs = 60_000;
/** Longer than a try. A try whose process ended is repeated after this time. */
const lostAfterMs = 120_000;
/** The status with which a receiver ends its subscription. */
const gone = 410;

/**
 * Delivers messages that are due, and returns how many were sent. Safe to run twice at the same time. A failed message is
 * tried again by a later run.
 * @throws if the database fails; the messages are tried again when their tries count as lost
 */
export async function deliverDue(fx: DeliverEffects): Promise<number> {
  const startedAt = fx.now();
  const due = await listDue(fx.db, startedAt.toISOString(), messagesMax);
  let sent = 0;
  const jobs = await inParallel(due, async (message) => {
    if (fx.now().getTime() - startedAt.getTime() > runMaxMs) return null;
    try {
      if (await deliver(fx, message)) sent++;
      return null;
    } catch (error) {
      return [message.id, () => Promise.reject(error)] as const;
    }
  });
  await settleAll(jobs.filter((job) => job !== null));
  return sent;
}

/** Tries a message once, unless another run does. Returns whether it was sent. */
async function deliver(fx: DeliverEffects, message: Message): Promise<boolean> {
  const at = fx.now();
  const lostAt = new Date(at.getTime() + lostAfterMs).toISOString();
  if (!(await takeMessage(fx.db, message, { now: at.toISOString(), lostAt }))) return false;
  const taken = { ...message, tries: message.tries + 1 };
  const subscription = await findSubscription(fx.db, message.subscriber);
  const outcome = await tryOnce(fx, taken, subscription);
  const now = fx.now();
  if (outcome.status === gone && subscription !== null) {
    const reason = "The address answered 410 (gone), which ends a subscription.";
    await endTry(fx.db, taken, { ...outcome, state: "failed", dueAt: null }, now.toISOString());
    await disableSubscription(fx.db, subscription.id, reason, now.toISOString());
    return false;
  }
  const isSent = outcome.reason === null;
  const dueAt = isSent || outcome.isFinal ? null : nextTryAt(taken.tries, now);
  const state = isSent ? "sent" : dueAt === null ? "failed" : "waiting";
  const { status, reason } = outcome;
  await endTry(fx.db, taken, { state, status, reason, dueAt }, now.toISOString());
  return isSent;
}

interface TriedOutcome extends SendOutcome {
  /** True if another try cannot succeed. */
  readonly isFinal?: boolean;
}

async function tryOnce(fx: DeliverEffects, message: Message, subscription: Subscription | null): Promise<TriedOutcome> {
  if (subscription === null) return { status: null, reason: "The subscription does not exist.", isFinal: true };
  if (subscription.disabledAt !== null) return { status: null, reason: "The subscription is disabled.", isFinal: true };
  if (message.tries > triesMax)
    return {
      status: message.status,
      reason: message.reason ?? "The last try ended without an outcome.",
      isFinal: true,
    };
  return sendMessage(fx, message, subscription, { at: fx.now() });
}
