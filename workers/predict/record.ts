/** Tells the queue what was answered: behind the answer, never in its way. What cannot be told is lost, and logged. */
import type { PredictionMessage, PredictionRow, Protocol } from "../../shared/api/prediction-message.ts";
import { answerText, isSampled, messagesOf } from "../../shared/predict/record.ts";
import type { Snapshot } from "../../shared/predict/snapshot.ts";
import type { Call } from "./app.ts";
import { digestOf } from "./artefacts.ts";

export interface Recording {
  readonly queue: Pick<Queue<PredictionMessage>, "send">;
  /** Share of requests that are recorded, 0 to 1. */
  readonly share: number;
}

export interface Answered {
  readonly protocol: Protocol;
  readonly snapshot: Snapshot;
  /** Called once the answer is on its way. */
  rows(): readonly PredictionRow[];
}

/** To be called with an answer that is complete. HEAD asks about an answer, not for one. */
export function recordAnswer(call: Call, answered: Answered): void {
  const { recording, now } = call.service;
  if (recording === null || call.request.method === "HEAD" || !isSampled(call.id, recording.share)) return;
  const at = now().toISOString();
  call.waitUntil(
    recordLater(recording, { requestId: call.id, at, answered }).catch((error) => {
      console.error(`predictions: request ${call.id} is not recorded: ${reasonOf(error)}`);
    }),
  );
}

interface Told {
  readonly requestId: string;
  readonly at: string;
  readonly answered: Answered;
}

async function recordLater({ queue }: Recording, { requestId, at, answered }: Told): Promise<void> {
  // The answer goes out first: an isolate does one thing at a time.
  await scheduler.wait(0);
  const { protocol, snapshot } = answered;
  const { card, number, inputs } = snapshot.model;
  const rows = answered.rows();
  const texts = rows.map((row) => JSON.stringify(row));
  const { forecast, version } = card;
  const head = { requestId, at, forecast, version, number, protocol };
  const digest = await digestOf(new TextEncoder().encode(answerText(head, texts)));
  const named = { format: 1, answer: digest.slice(0, 32), ...head, features: inputs.map(({ name }) => name) } as const;
  let [lost, reason] = [0, ""];
  for (const message of messagesOf({ head: named, rows, texts })) {
    try {
      await queue.send(message);
    } catch (error) {
      lost += message.rows.length;
      reason = reasonOf(error);
    }
  }
  if (lost > 0) throw new Error(`${lost} of ${rows.length} instances are lost: ${reason}`);
}

/** The share that a variable states. A wrong one records everything: too much is seen sooner than nothing. */
export function readShare(text: string | undefined): number {
  const share = text === undefined || text.trim() === "" ? 1 : Number(text);
  if (share >= 0 && share <= 1) return share;
  console.error(`PREDICTIONS_SAMPLE is ${text}, expected a number from 0 to 1; every request is recorded`);
  return 1;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
