/** Consumes the queues: new objects in the lake, predictions, reports of predict, and dead letters. */
import { ingestKey, type RawObject, readLakeEvent } from "../../shared/api/lake-event.ts";
import { flowId } from "../../shared/db/flow-id.ts";
import { type FlowRun, findFlow } from "../../shared/db/flows.ts";
import { reasonOf } from "../../shared/lib/error-reason.ts";
import { keepDeadLetter, letterKinds } from "./dead-letters.ts";
import { launch } from "./flows/launch.ts";
import type { Hub } from "./hub.ts";
import { arrivalOf, requestIngest } from "./ingest/raw.ts";
import { storePredictions } from "./predictions/store.ts";
import type { PreparingHub } from "./serving/prepare-serving.ts";
import { receiveReports, reportsIn } from "./serving/receive-reports.ts";

type Batch = Pick<MessageBatch, "queue" | "messages">;
type QueueEffects = PreparingHub & Pick<Hub, "workflows" | "variables" | "boot">;

export async function consume(hub: QueueEffects, { queue, messages }: Batch): Promise<void> {
  const dead = letterKinds.find((kind) => queue === `${kind.queue}-dead`);
  if (dead) {
    await Promise.all(messages.map((message) => keepDeadLetter(hub, dead, message)));
    return;
  }
  switch (queue) {
    case "lake-events":
      await Promise.all(messages.map((message) => startIngest(hub, message)));
      return;
    case "predictions": {
      const reports = reportsIn(messages);
      const others = messages.filter((message) => !reports.some((report) => report.message === message));
      await Promise.all([receiveReports(hub, reports), storePredictions(hub, others)]);
      return;
    }
    default:
      throw new Error(`no consumer for queue ${queue}`);
  }
}

/** Starts the ingest of an object. Idempotent: the notification of R2 and the message of the hub start one flow. */
async function startIngest(
  hub: Pick<Hub, "db" | "lake" | "workflows" | "boot" | "now">,
  message: Message,
): Promise<void> {
  try {
    const event = readLakeEvent(message.body);
    if (event.kind === "refused") throw new Error(event.reason);
    if (event.kind === "raw") {
      const run = await ingestOf(hub, event.object);
      if (run.state === "queued") await launch(hub, run);
    }
    message.ack();
  } catch (error) {
    console.error(`lake-events: ${reasonOf(error)}`);
    message.retry();
  }
}

/** Returns the ingest of an object: the one that the hub has recorded, or a new one if the object was put into R2 by other means. */
async function ingestOf(hub: Pick<Hub, "db" | "lake" | "boot" | "now">, object: RawObject): Promise<FlowRun> {
  const recorded = await findFlow(hub.db, flowId(ingestKey(object)));
  if (recorded !== null) return recorded;
  const found = await hub.lake.head(object.key);
  const arrivedAt = found ? arrivalOf(found) : hub.now().toISOString();
  return (await requestIngest(hub, { ...object, arrivedAt })).run;
}
