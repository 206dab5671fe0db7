/** Stores dead letters (messages that no consumer could process) as failed flows. A person can send them again. */
import { lakeEventShape, readLakeEvent } from "../../shared/api/lake-event.ts";
import { predictionMessageShape } from "../../shared/api/prediction-message.ts";
import type { Refusal } from "../../shared/api/problem.ts";
import { readServingReport } from "../../shared/api/serving-report.ts";
import { type FlowRun, markEnded, saveDeadLetter } from "../../shared/db/flows.ts";
import { reasonOf } from "../../shared/lib/error-reason.ts";
import { failure, type Result, success } from "../../shared/lib/result.ts";
import type { Hub } from "./hub.ts";
import { storeFailureReason } from "./predictions/store.ts";

/** Each of these queues has a dead-letter queue of the same name with `-dead`. */
interface LetterKind {
  readonly queue: string;
  readonly expected: string;
  /** Returns the probable reason why the message failed. */
  why(fx: Pick<Hub, "db" | "lake">, body: unknown): Promise<string>;
  /** Sends a body to its queue again. Returns false if the body cannot be parsed. */
  send(fx: Pick<Hub, "events" | "answered">, body: unknown): Promise<boolean>;
}

const lakeEvents: LetterKind = {
  queue: "lake-events",
  expected: "an R2 event notification",
  async why(_, body) {
    const event = readLakeEvent(body);
    return event.kind === "refused" ? event.reason : `no flow could be started for ${JSON.stringify(body)}`;
  },
  async send({ events }, body) {
    const event = lakeEventShape.safeParse(body);
    if (event.success) await events.send(event.data);
    return event.success;
  },
};

const predictions: LetterKind = {
  queue: "predictions",
  expected: "a message about predictions that this code reads",
  why: storeFailureReason,
  async send({ answered }, body) {
    const parsed = predictionMessageShape.safeParse(body);
    const message = parsed.success ? parsed.data : readServingReport(body);
    if (message !== null) await answered.send(message);
    return message !== null;
  },
};

export const letterKinds = [lakeEvents, predictions];

/** First and maximum delay before storing a dead letter is retried. */
const [firstDelaySeconds, delaySecondsMax] = [60, 3_600];

/**
 * Stores a dead letter. This queue has no further dead-letter queue, so a message is lost after its last retry. While
 * the database is down a message is retried 100 times (wrangler.toml). With these delays the retries last four days,
 * which is as long as Cloudflare retains a message. Each failure logs the whole message.
 */
export async function keepDeadLetter(
  fx: Pick<Hub, "db" | "lake" | "boot" | "now">,
  { queue, why }: LetterKind,
  message: Message,
): Promise<void> {
  const { body } = message;
  try {
    const reason = await why(fx, body);
    await saveDeadLetter(fx.db, { queue, body, reason, now: fx.now().toISOString(), boot: fx.boot });
    message.ack();
  } catch (error) {
    const delaySeconds = Math.min(firstDelaySeconds * 2 ** (message.attempts - 1), delaySecondsMax);
    console.error(
      `${queue}-dead: ${reasonOf(error)}; tried ${message.attempts} times, again in ${delaySeconds} s: ${JSON.stringify(body)}`,
    );
    message.retry({ delaySeconds });
  }
}

/**
 * Sends a dead letter to its queue again, then marks it as sent. A crash between the two steps sends the message twice,
 * which is harmless because consumers are idempotent. If the message fails again before it is marked, the dead letter
 * belongs to a later attempt and the mark changes nothing.
 */
export async function resendDeadLetter(
  fx: Pick<Hub, "db" | "events" | "answered" | "now">,
  run: FlowRun,
): Promise<Result<FlowRun, Refusal>> {
  if (run.state !== "failed") {
    const detail = "This message was sent again already.";
    return failure({ kind: "conflict", detail, found: run.state, expected: "failed" });
  }
  // Dead letters from before the second queue existed do not name their queue.
  const kind = letterKinds.find(({ queue }) => queue === run.params.queue) ?? lakeEvents;
  if (!(await kind.send(fx, run.params.body))) {
    const detail = `The message cannot be parsed: ${run.reason}`;
    return failure({ kind: "unprocessable", detail, expected: kind.expected });
  }
  const outcome = { state: "done" as const, reason: "sent again", stats: null };
  await markEnded(fx.db, run, outcome, fx.now().toISOString());
  return success({ ...run, ...outcome });
}
