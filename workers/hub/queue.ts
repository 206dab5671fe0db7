/** Queue consumers: what has arrived in the lake, and the messages that could not even start a flow. */
import { readLakeEvent } from "../../shared/api/lake-event.ts";
import { saveDeadLetter } from "../../shared/db/flows.ts";
import { launch } from "./flows/launch.ts";
import { reasonOf } from "./flows/reason.ts";
import type { Hub } from "./hub.ts";
import { requestIngest } from "./ingest/raw.ts";

type Batch = Pick<MessageBatch, "queue" | "messages">;

export async function consume(hub: Hub, batch: Batch): Promise<void> {
  switch (batch.queue) {
    case "lake-events":
      await Promise.all(batch.messages.map((message) => startIngest(hub, message)));
      return;
    case "lake-events-dead":
      await Promise.all(batch.messages.map((message) => keepDeadLetter(hub, message)));
      return;
    default:
      throw new Error(`no consumer for queue ${batch.queue}`);
  }
}

/** A notification from R2 and our own message for the same object ask for one and the same flow. */
async function startIngest(hub: Hub, message: Message): Promise<void> {
  try {
    const event = readLakeEvent(message.body);
    if (event.kind === "refused") throw new Error(event.reason);
    if (event.kind === "raw") {
      const { run } = await requestIngest(hub, event.object);
      if (run.state === "queued") await launch(hub, run);
    }
    message.ack();
  } catch (error) {
    console.error(`lake-events: ${reasonOf(error)}`);
    message.retry();
  }
}

/** The first wait of a dead letter that could not be kept, and the longest. */
const [firstDelaySeconds, delaySecondsMax] = [60, 3_600];

/**
 * No queue stands behind this one: what it gives up is gone. So a message waits here while the database is down, for the
 * 100 tries that wrangler.toml asks for; with these delays that is the four days that Cloudflare keeps a message. Each
 * failure logs the whole message.
 */
async function keepDeadLetter(hub: Hub, message: Message): Promise<void> {
  const { body } = message;
  try {
    const event = readLakeEvent(body);
    const reason = event.kind === "refused" ? event.reason : `no flow could be started for ${JSON.stringify(body)}`;
    await saveDeadLetter(hub.db, { body, reason, now: hub.now().toISOString(), boot: hub.boot });
    message.ack();
  } catch (error) {
    const delaySeconds = Math.min(firstDelaySeconds * 2 ** (message.attempts - 1), delaySecondsMax);
    console.error(
      `lake-events-dead: ${reasonOf(error)}; tried ${message.attempts} times, again in ${delaySeconds} s: ${JSON.stringify(body)}`,
    );
    message.retry({ delaySeconds });
  }
}
