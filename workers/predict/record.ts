/** Tells the queue what was answered: behind the answers, never in their way. What cannot be told is lost, and logged. */
import type { PredictionMessage, PredictionRow, Protocol } from "../../shared/api/prediction-message.ts";
import { memoizeByObject } from "../../shared/lib/memoize-by-object.ts";
import type { ServedModel } from "../../shared/predict/load-model.ts";
import { answerText, batchesOf, isSampled, messagesOf, type SizedMessage } from "../../shared/predict/record.ts";
import type { Snapshot } from "../../shared/predict/snapshot.ts";
import type { Call } from "./app.ts";
import { digestOf } from "./artefacts.ts";

export interface Recording {
  readonly queue: Pick<Queue<PredictionMessage>, "sendBatch">;
  /** Share of requests that are recorded, 0 to 1. */
  readonly share: number;
}

export interface Answered {
  readonly protocol: Protocol;
  readonly snapshot: Snapshot;
  /** Called once the answer is on its way, within another request: it must hold nothing of its own. */
  rows(): readonly PredictionRow[];
}

/** To be called with an answer that is complete. HEAD asks about an answer, not for one. */
export function recordAnswer(call: Call, answered: Answered): void {
  const { recorder, now } = call.service;
  if (recorder === null || call.method === "HEAD" || !isSampled(call.id, recorder.share)) return;
  recorder.take({ requestId: call.id, isOwnId: call.isOwnId, at: now(), answered }, call.context);
}

interface Told {
  readonly requestId: string;
  /** Drawn by us, for this one answer. */
  readonly isOwnId: boolean;
  readonly at: Date;
  readonly answered: Answered;
}

/** Answers of one isolate that are told together, carried by the request that gave the first of them. */
interface Parcel {
  told: Told[];
  readonly sinceMs: number;
}

/** So long the first answer of a parcel waits for others: one call of the queue a request costs more than all the rest of it. */
const gatherMs = 15;
/** As many messages as the queue takes at once; and one request does not pay for the rows of more than these. */
const toldMax = 100;
/** A request that has not sent its parcel by then was broken off: the next one takes over what it carried. */
const carryMaxMs = 5_000;

export class Recorder {
  readonly share: number;
  readonly #queue: Recording["queue"];
  #open: Parcel | null = null;

  constructor({ queue, share }: Recording) {
    this.#queue = queue;
    this.share = share;
  }

  take(told: Told, carrier: Pick<ExecutionContext, "waitUntil">): void {
    const open = this.#open;
    const isLate = open !== null && told.at.getTime() - open.sinceMs > carryMaxMs;
    if (open !== null && !isLate && open.told.length < toldMax) {
      open.told.push(told);
      return;
    }
    const parcel: Parcel = { told: isLate ? [...open.told, told] : [told], sinceMs: told.at.getTime() };
    if (isLate) open.told = [];
    this.#open = parcel;
    carrier.waitUntil(this.#carry(parcel));
  }

  /** Never rejects. */
  async #carry(parcel: Parcel): Promise<void> {
    await scheduler.wait(gatherMs);
    if (this.#open === parcel) this.#open = null;
    const losses = new Map<Told, { lost: number; reason: string }>();
    const messages: (SizedMessage & { readonly told: Told })[] = [];
    const lose = (told: Told, rows: number, error: unknown) => {
      losses.set(told, { lost: (losses.get(told)?.lost ?? 0) + rows, reason: reasonOf(error) });
    };
    for (const told of parcel.told) {
      try {
        const made = messagesFor(told);
        for (const { message, bytes } of made instanceof Promise ? await made : made)
          messages.push({ message, bytes, told });
      } catch (error) {
        lose(told, Number.NaN, error);
      }
    }
    const send = async (batch: typeof messages) => {
      try {
        await this.#queue.sendBatch(batch.map(({ message }) => ({ body: message })));
      } catch (error) {
        for (const { told, message } of batch) lose(told, message.rows.length, error);
      }
    };
    await Promise.all(batchesOf(messages).map(send));
    for (const [{ requestId, answered }, { lost, reason }] of losses) {
      const what = Number.isNaN(lost) ? "its" : `${lost} of ${answered.rows().length}`;
      console.error(`predictions: request ${requestId} is not recorded: ${what} instances are lost: ${reason}`);
    }
  }
}

type Messages = readonly SizedMessage[];

/** One list a model: what knows its length keeps it. */
const namesOf = memoizeByObject(({ inputs }: ServedModel) => inputs.map(({ name }) => name));

function messagesFor({ requestId, isOwnId, at, answered }: Told): Messages | Promise<Messages> {
  const { protocol, snapshot } = answered;
  const { card, number } = snapshot.model;
  const { forecast, version } = card;
  const rows = answered.rows();
  const head = { requestId, at: at.toISOString(), forecast, version, number, protocol, origin: "caller" as const };
  const messages = (answer: string) =>
    messagesOf({ format: 1, answer, ...head, features: namesOf(snapshot.model) }, rows);
  // An id of ours was never given before; one of a caller may name several answers, and the same one again.
  if (isOwnId) return messages(requestId.replaceAll("-", ""));
  return digestOf(new TextEncoder().encode(answerText(head, rows))).then((digest) => messages(digest.slice(0, 32)));
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
