/** Sends predictions to the queue after the caller has received them. Rows that cannot be sent are lost and logged. */

import type { PredictionMessage, Protocol } from "../../shared/api/prediction-message.ts";
import { messageOf } from "../../shared/lib/error-reason.ts";
import { memoizeByObject } from "../../shared/lib/memoize-by-object.ts";
import { encodeUtf8 } from "../../shared/lib/utf8.ts";
import type { ServedModel } from "../../shared/predict/load-model.ts";
import { answerIdentity, batchesOf, messagesOf, type SizedMessage } from "../../shared/predict/prediction-messages.ts";
import type { Recorded } from "../../shared/predict/record.ts";
import type { Snapshot } from "../../shared/predict/snapshot.ts";
import { digestOf } from "./artefacts.ts";

export interface Recording {
  readonly queue: Pick<Queue<PredictionMessage>, "sendBatch">;
  /** Share of requests that are recorded, 0 to 1. */
  readonly share: number;
  /** Maximum number of rows that are recorded of one request. The inputs of all rows are counted. */
  readonly rowsMax: number;
}

export interface Answered {
  readonly protocol: Protocol;
  readonly snapshot: Snapshot;
  /**
   * Called after the answer was sent, possibly by a later request, so it must not use the objects of its own request.
   */
  record(rowsMax: number): Recorded;
}

interface AnsweredRequest {
  readonly requestId: string;
  /** True if this Worker generated the id for this answer. */
  readonly isOwnId: boolean;
  readonly at: Date;
  /** False if only the inputs are counted, because the request is not in the recorded share. */
  readonly isSampled: boolean;
  readonly answered: Answered;
}

/**
 * Answers of one isolate that are sent to the queue together. The request of the first answer sends them in the
 * background.
 */
interface Parcel {
  requests: AnsweredRequest[];
  readonly sinceMs: number;
}

/**
 * Time that the first answer of a parcel waits for others. One queue call per request would take longer than the
 * answer.
 */
const gatherMs = 15;
/** Maximum number of answers in a parcel: the queue accepts as many messages at once. */
const parcelRequestsMax = 100;
/** Time after which a request that has not sent its parcel counts as aborted. The next request then sends the parcel. */
const carryMaxMs = 5_000;

export class Recorder {
  readonly share: number;
  readonly #queue: Recording["queue"];
  readonly #rowsMax: number;
  #open: Parcel | null = null;

  constructor({ queue, share, rowsMax }: Recording) {
    this.#queue = queue;
    this.#rowsMax = rowsMax;
    this.share = share;
  }

  take(request: AnsweredRequest, carrier: Pick<ExecutionContext, "waitUntil">): void {
    const open = this.#open;
    const isLate = open !== null && request.at.getTime() - open.sinceMs > carryMaxMs;
    if (open !== null && !isLate && open.requests.length < parcelRequestsMax) {
      open.requests.push(request);
      return;
    }
    const parcel: Parcel = {
      requests: isLate ? [...open.requests, request] : [request],
      sinceMs: request.at.getTime(),
    };
    if (isLate) open.requests = [];
    this.#open = parcel;
    carrier.waitUntil(this.#carry(parcel));
  }

  /** Never rejects. */
  async #carry(parcel: Parcel): Promise<void> {
    await scheduler.wait(gatherMs);
    if (this.#open === parcel) this.#open = null;
    const losses = new Map<AnsweredRequest, { lost: number; reason: string }>();
    const messages: (SizedMessage & { readonly request: AnsweredRequest })[] = [];
    const lose = (request: AnsweredRequest, rows: number, error: unknown) => {
      losses.set(request, { lost: (losses.get(request)?.lost ?? 0) + rows, reason: messageOf(error) });
    };
    for (const request of parcel.requests) {
      try {
        const made = messagesFor(request, request.isSampled ? this.#rowsMax : 0);
        for (const { message, bytes } of made instanceof Promise ? await made : made)
          messages.push({ message, bytes, request });
      } catch (error) {
        lose(request, Number.NaN, error);
      }
    }
    const send = async (batch: typeof messages) => {
      try {
        await this.#queue.sendBatch(batch.map(({ message }) => ({ body: message })));
      } catch (error) {
        for (const { request, message } of batch) lose(request, message.rows.length, error);
      }
    };
    await Promise.all(batchesOf(messages).map(send));
    for (const [{ requestId }, { lost, reason }] of losses) {
      const lostRows = Number.isNaN(lost) ? "its" : `${lost}`;
      console.error(`predictions: request ${requestId} is not recorded: ${lostRows} rows are lost: ${reason}`);
    }
  }
}

type Messages = readonly SizedMessage[];

/** Returns the same list for the same model, so that the list's size in bytes can be memoized too. */
const namesOf = memoizeByObject(({ inputs }: ServedModel) => inputs.map(({ name }) => name));

function messagesFor(
  { requestId, isOwnId, at, answered }: AnsweredRequest,
  rowsMax: number,
): Messages | Promise<Messages> {
  const { protocol, snapshot } = answered;
  const { card, number } = snapshot.model;
  const { forecast, version } = card;
  const recorded = answered.record(rowsMax);
  const head = { requestId, at: at.toISOString(), forecast, version, number, protocol, origin: "caller" as const };
  const messages = (answer: string) => messagesOf({ answer, ...head, features: namesOf(snapshot.model) }, recorded);
  // A generated id is unique. A caller may send one id for several requests, or repeat a request.
  if (isOwnId) return messages(requestId.replaceAll("-", ""));
  return digestOf(encodeUtf8(answerIdentity(head, recorded))).then((digest) => messages(digest.slice(0, 32)));
}

/** Reads the share of recorded requests. If the variable is invalid, everything is recorded and the error is logged. */
export function readShare(text: string | undefined): number {
  const share = text === undefined || text.trim() === "" ? 1 : Number(text);
  if (share >= 0 && share <= 1) return share;
  console.error(`PREDICTIONS_SAMPLE is ${text}, expected a number from 0 to 1; every request is recorded`);
  return 1;
}

const rowsMaxDefault = 100;

/** Reads the maximum number of recorded rows of one request. If the variable is invalid, the default is used and the error is logged. */
export function readRowsMax(text: string | undefined): number {
  if (text === undefined || text.trim() === "") return rowsMaxDefault;
  if (/^\d{1,5}$/.test(text.trim())) return Number(text);
  console.error(
    `PREDICTIONS_ROWS_MAX is ${text}, expected a whole number from 0 to 99999; ${rowsMaxDefault} rows are recorded`,
  );
  return rowsMaxDefault;
}
