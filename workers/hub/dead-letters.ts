/** Messages that could not be dealt with: kept as failed flows that say why, and sent again by a person. */
import { lakeEventShape, readLakeEvent } from "../../shared/api/lake-event.ts";
import { predictionMessageShape } from "../../shared/api/prediction-message.ts";
import { type FlowRun, markEnded, saveDeadLetter } from "../../shared/db/flows.ts";
import { reasonOf } from "./flows/reason.ts";
import type { Hub } from "./hub.ts";
import { whyNotKept } from "./predictions/keep.ts";
import { refuse } from "./refuse.ts";

/** Behind each of these queues stands one of the same name with `-dead`. */
interface LetterKind {
  readonly queue: string;
  readonly expected: string;
  why(hub: Hub, body: unknown): Promise<string>;
  /** False for a body that nothing can read. */
  send(hub: Hub, body: unknown): Promise<boolean>;
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
  why: whyNotKept,
  async send({ answered }, body) {
    const told = predictionMessageShape.safeParse(body);
    if (told.success) await answered.send(told.data);
    return told.success;
  },
};

export const letterKinds = [lakeEvents, predictions];

/** The first wait of a dead letter that could not be kept, and the longest. */
const [firstDelaySeconds, delaySecondsMax] = [60, 3_600];

/**
 * No queue stands behind this one: what it gives up is gone. So a message waits here while the database is down, for the
 * 100 tries that wrangler.toml asks for; with these delays that is the four days that Cloudflare keeps a message. Each
 * failure logs the whole message.
 */
export async function keepDeadLetter(hub: Hub, { queue, why }: LetterKind, message: Message): Promise<void> {
  const { body } = message;
  try {
    const reason = await why(hub, body);
    await saveDeadLetter(hub.db, { queue, body, reason, now: hub.now().toISOString(), boot: hub.boot });
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
 * Sends first and marks second: between the two the message may be sent once more, which changes nothing, and is never
 * lost. If it comes back dead before the mark, the letter is a later attempt's and the mark changes nothing.
 */
export async function sendAgain(hub: Hub, run: FlowRun): Promise<FlowRun> {
  if (run.state !== "failed")
    refuse({ kind: "conflict", detail: "This message was sent again already.", found: run.state, expected: "failed" });
  // Letters of before there were two queues do not say which was theirs.
  const kind = letterKinds.find(({ queue }) => queue === run.params.queue) ?? lakeEvents;
  if (!(await kind.send(hub, run.params.body))) {
    refuse({
      kind: "unprocessable",
      detail: `The message can never be read: ${run.reason}`,
      expected: kind.expected,
    });
  }
  const outcome = { state: "done" as const, reason: "sent again", stats: null };
  await markEnded(hub.db, run, outcome, hub.now().toISOString());
  return { ...run, ...outcome };
}
