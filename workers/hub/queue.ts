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

async function keepDeadLetter(hub: Hub, message: Message): Promise<void> {
  const event = readLakeEvent(message.body);
  const reason =
    event.kind === "refused" ? event.reason : `no flow could be started for ${JSON.stringify(message.body)}`;
  await saveDeadLetter(hub.db, { body: message.body, reason, now: hub.now().toISOString(), boot: hub.boot });
  message.ack();
}
