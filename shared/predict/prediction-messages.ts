/** Cuts recorded rows into messages of the size that the queue accepts, and messages into batches. */
import type { InputSum, PredictionMessage, PredictionRow } from "../api/prediction-message.ts";
import { hash32 } from "../lib/hash32.ts";
import { memoizeByObject } from "../lib/memoize-by-object.ts";
import type { Recorded } from "./record.ts";

/** Cloudflare accepts 128,000 bytes; the difference is for the queue's overhead. */
export const messageBytesMax = 100_000;

export type MessageHead = Omit<PredictionMessage, "format" | "features" | "rows" | "answer" | "part" | "sums">;

/** Returns a text that differs between two answers with the same request id: a caller may send one id with several requests. */
export function answerIdentity(
  { requestId, forecast, version, protocol }: MessageHead,
  { rows, sums }: Recorded,
): string {
  return (
    JSON.stringify([requestId, forecast, version, protocol]) +
    (sums === null ? "" : JSON.stringify(sums)) +
    rows.map((row) => JSON.stringify(row)).join("\n")
  );
}

export interface SizedMessage {
  readonly message: PredictionMessage;
  /** An upper bound of its length as JSON in UTF-8. */
  readonly bytes: number;
}

/**
 * For at most this many rows, an upper bound of their length is computed first. It takes a tenth of the time of writing
 * them, and the rows mostly fit.
 */
const fewRows = 16;

/** A message without its content. */
type EmptyMessage = Omit<PredictionMessage, "format" | "rows" | "sums" | "part">;

/** Cuts what is recorded of an answer into as few messages as possible. O(text). */
export function messagesOf(empty: EmptyMessage, { rows, sums }: Recorded): readonly SizedMessage[] {
  return sums === null
    ? rowMessages({ format: 1, ...empty }, rows)
    : summedMessages({ format: 2, ...empty }, rows, sums);
}

/** Cuts sums and rows into messages. The sums come first. */
function summedMessages(
  head: Omit<PredictionMessage, "rows">,
  rows: readonly PredictionRow[],
  sums: readonly InputSum[],
): SizedMessage[] {
  const headBytes = bytesOf(JSON.stringify(head)) + '"part":1000,"sums":[],"rows":[],'.length;
  const messages: SizedMessage[] = [];
  let open: { sums: InputSum[]; rows: PredictionRow[] } = { sums: [], rows: [] };
  let bytes = headBytes;
  const close = () => {
    messages.push({ message: { ...head, part: messages.length, ...open }, bytes });
    [open, bytes] = [{ sums: [], rows: [] }, headBytes];
  };
  const makeRoom = (item: InputSum | PredictionRow) => {
    const more = bytesOf(JSON.stringify(item)) + 1;
    if (bytes + more > messageBytesMax && bytes > headBytes) close();
    bytes += more;
  };
  for (const sum of sums) {
    makeRoom(sum);
    open.sums.push(sum);
  }
  for (const row of rows) {
    makeRoom(row);
    open.rows.push(row);
  }
  if (bytes > headBytes) close();
  return messages;
}

/** Cuts rows into as few messages as possible, in their order. O(text). */
function rowMessages(head: Omit<PredictionMessage, "rows">, rows: readonly PredictionRow[]): readonly SizedMessage[] {
  if (rows.length === 0) return [];
  if (rows.length <= fewRows) {
    const bytes = rows.reduce((sum, row) => sum + rowBytesMax(row), headBytesMax(head));
    if (bytes <= messageBytesMax) return [{ message: { ...head, rows: [...rows] }, bytes }];
  }
  const messages: SizedMessage[] = [];
  const headBytes = bytesOf(JSON.stringify(head)) + '"rows":[]'.length + 1;
  let [from, bytes] = [0, headBytes];
  for (const [at, row] of rows.entries()) {
    const more = bytesOf(JSON.stringify(row)) + 1;
    if (bytes + more > messageBytesMax && at > from) {
      messages.push({ message: { ...head, rows: rows.slice(from, at) }, bytes });
      [from, bytes] = [at, headBytes];
    }
    bytes += more;
  }
  messages.push({ message: { ...head, rows: rows.slice(from) }, bytes });
  return messages;
}

/** Upper bound for member names, quotes and commas. */
const frameBytes = 250;
/** The longest number, -0.0000012345678901234567, and a comma. Smaller numbers are written with an exponent. */
const numberBytesMax = 26;

/** Memoized: feature names are the same list for every message of a model. */
const namesBytesMax = memoizeByObject(textsBytesMax);

function headBytesMax({ requestId, forecast, version, features }: Omit<PredictionMessage, "rows">): number {
  return (
    frameBytes + namesBytesMax(features) + textBytesMax(requestId) + textBytesMax(forecast) + textBytesMax(version)
  );
}

function rowBytesMax({ series, values, intervals, given, path }: PredictionRow): number {
  let bytes = frameBytes + textsBytesMax(series ?? []) + (given?.length ?? 0) * numberBytesMax;
  if (path !== undefined) bytes += bytesOf(JSON.stringify(path));
  for (const level in intervals) bytes += level.length + 10 + 2 * numberBytesMax;
  for (const value of values) bytes += typeof value === "string" ? textBytesMax(value) : numberBytesMax;
  return bytes;
}

function textsBytesMax(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + textBytesMax(text), 0);
}

/** Returns an upper bound of a text's length as JSON in UTF-8, with quotes and a comma. An escaped character takes 6 bytes. */
function textBytesMax(text: string): number {
  let bytes = text.length + 3;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || code === 0x22 || code === 0x5c || code > 0x7e) bytes += 5;
  }
  return bytes;
}

/** Cloudflare accepts 100 messages and 256,000 bytes at once; the difference is for the queue's overhead. */
const batchMessagesMax = 100;
export const batchBytesMax = 200_000;

/** Groups messages into as few batches as possible, in their order. O(messages). */
export function batchesOf<Sized extends SizedMessage>(messages: readonly Sized[]): Sized[][] {
  const batches: Sized[][] = [];
  let batch: Sized[] = [];
  let bytes = 0;
  for (const message of messages) {
    if (batch.length === batchMessagesMax || (batch.length > 0 && bytes + message.bytes > batchBytesMax)) {
      batches.push(batch);
      [batch, bytes] = [[], 0];
    }
    batch.push(message);
    bytes += message.bytes;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}

/** Returns an upper bound of a text's length in UTF-8. */
function bytesOf(text: string): number {
  let bytes = text.length;
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0x7f) bytes += 2;
  return bytes;
}

/** Returns whether a request is recorded. The result depends only on its id and the share. */
export function isSampled(requestId: string, share: number): boolean {
  return share === 1 || hash32(requestId) < share * 2 ** 32;
}
