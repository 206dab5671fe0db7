/**
 * Converts an answer to rows for the queue, and the rows to messages of the allowed size. Runs after the answer was
 * sent.
 */

import type { FeatureValues, PredictionWithFeatures } from "../api/predict.ts";
import type { InputSum, PredictionMessage, PredictionRow } from "../api/prediction-message.ts";
import { dimensionOf } from "../features/feature.ts";
import { hash32 } from "../lib/hash32.ts";
import { memoizeByObject } from "../lib/memoize-by-object.ts";
import { changeOutput, predictionOutput } from "../onnx/outputs.ts";
import type { Column } from "../registry/golden.ts";
import { shortestDecimal } from "./decimal.ts";
import { canCountInputs, countInputs } from "./input-sums.ts";
import type { ServedModel } from "./load-model.ts";
import type { Row } from "./row.ts";
import { intervalName, intervalNames } from "./row-summary.ts";
import type { Snapshot } from "./snapshot.ts";
import type { TableSummaries } from "./table-summaries.ts";

/** Longer texts are cut, so that a row fits a message. No category is as long. */
const textMax = 200;
/** Limit for a model whose inputs cannot be counted here: every second, third, … row is recorded. */
const recordedMax = 10_000;

/** What is recorded of an answer. */
export interface Recorded {
  readonly rows: readonly PredictionRow[];
  /** The inputs of all rows; null if `rows` has all rows, or if they cannot be counted here. */
  readonly sums: readonly InputSum[] | null;
}

/**
 * Returns the number of rows from one recorded row to the next.
 * @param rowsMax maximum number of recorded rows; 0 for none
 */
function stepOf(model: ServedModel, count: number, rowsMax: number): number {
  const most = rowsMax === 0 || canCountInputs(model) ? rowsMax : recordedMax;
  return most === 0 ? Number.POSITIVE_INFINITY : Math.max(1, Math.ceil(count / most));
}
/** Cloudflare accepts 128,000 bytes; the difference is for the queue's overhead. */
export const messageBytesMax = 100_000;

export interface AnsweredRows {
  readonly rows: readonly Row[];
  readonly failures: readonly { readonly index: number }[];
  /** One prediction per row. */
  readonly predictions: readonly PredictionWithFeatures[];
}

/** Returns what is recorded of an answer of `/predict`. Instances that failed have no row. O(rows × features). */
export function recordedAnswer(snapshot: Snapshot, answered: AnsweredRows, rowsMax: number): Recorded {
  const { model } = snapshot;
  const { rows, predictions } = answered;
  const step = stepOf(model, predictions.length, rowsMax);
  if (step === 1 || !canCountInputs(model)) return { rows: answerRows(snapshot, answered, step), sums: null };
  const sums = countInputs(model, {
    count: predictions.length,
    valueOf: (row, input) => cut(predictions[row]?.features[input] ?? null),
    isHypothetical: (row) => rows[row]?.hypothetical ?? false,
  });
  return { rows: answerRows(snapshot, answered, step), sums };
}

function answerRows(snapshot: Snapshot, { rows, failures, predictions }: AnsweredRows, step: number): PredictionRow[] {
  const { model, forecast, seriesCache } = snapshot;
  const failed = new Set(failures.map(({ index }) => index));
  if (step === Number.POSITIVE_INFINITY) return [];
  // With a distribution, the median and the intervals of all levels are its nine quantiles.
  const levels = model.card.distribution ? intervalNames : model.card.intervals.map(({ level }) => intervalName(level));
  let position = -1;
  return predictions.flatMap((prediction, at): PredictionRow[] => {
    do position++;
    while (failed.has(position));
    if (at % step !== 0) return [];
    const row = rows[at];
    const startsFrom = row?.start === undefined ? undefined : forecast.given?.value;
    const suppliedInputs: number[] = [];
    const cached = row === undefined ? null : seriesCache.find(row);
    const isCached = cached?.features === prediction.features;
    const values = (isCached && cached.recordedValues) || recordedValues(model, prediction.features);
    if (isCached) cached.recordedValues = values;
    for (let input = 0; !isCached && input < model.inputs.length; input++) {
      const name = model.inputs[input]?.name ?? "";
      if (row?.overrides.has(name) || name === startsFrom) suppliedInputs.push(input);
    }
    const intervals: PredictionRow["intervals"] = {};
    for (const level of levels) intervals[level] = pair(prediction[level]);
    const recorded: PredictionRow = {
      position,
      series: row ? [...row.is] : null,
      target: row?.target ?? null,
      prediction: finite(prediction[model.card.output]),
      intervals,
      change: prediction.change_probability ?? null,
      values,
      given: suppliedInputs,
      hypothetical: row?.hypothetical ?? false,
    };
    return [recorded];
  });
}

function recordedValues({ inputs }: ServedModel, features: FeatureValues): PredictionRow["values"] {
  return inputs.map(({ name }) => cut(features[name] ?? null));
}

export interface EvaluatedTable {
  readonly inputs: Readonly<Record<string, Column>>;
  readonly outputs: Readonly<Record<string, ArrayLike<number>>>;
  /** The positions of the answered rows; null if all rows were answered. */
  readonly answered: readonly number[] | null;
  /** Not set or null for a model without distributions. */
  readonly summaries?: TableSummaries | null;
}

/** Returns what is recorded of an answer to raw features. Refused rows are neither recorded nor counted. O(rows × features). */
export function recordedTable(snapshot: Snapshot, table: EvaluatedTable, rowsMax: number): Recorded {
  const { model } = snapshot;
  const { inputs, outputs, answered } = table;
  const count = answered?.length ?? outputs[predictionOutput]?.length ?? 0;
  const step = stepOf(model, count, rowsMax);
  const rows = tableRows(snapshot, table, step);
  if (step === 1 || !canCountInputs(model)) return { rows, sums: null };
  const sums = countInputs(model, {
    count,
    valueOf: (row, input) => cut(inputs[input]?.[answered?.[row] ?? row] ?? null),
    isHypothetical: () => false,
  });
  return { rows, sums };
}

function tableRows(
  { forecast, model }: Snapshot,
  { inputs, outputs, answered, summaries }: EvaluatedTable,
  step: number,
): PredictionRow[] {
  if (step === Number.POSITIVE_INFINITY) return [];
  const predictions = outputs[predictionOutput] ?? [];
  const changes = outputs[changeOutput];
  const dimensionNames = dimensionInputs(forecast.dimensions, model);
  const rows: PredictionRow[] = [];
  const count = answered?.length ?? predictions.length;
  for (let at = 0; at < count; at += step) {
    const position = answered?.[at] ?? at;
    const summary = summaries?.(position);
    rows.push({
      position,
      series: dimensionNames?.map((name) => String(recordedValue(inputs[name]?.[position] ?? ""))) ?? null,
      target: null,
      prediction: summary?.median ?? finite(predictions[position]),
      intervals: Object.fromEntries(summary?.intervals.map(({ name, ends }) => [name, [...ends]]) ?? []),
      change: finite(changes?.[position]),
      values: model.inputs.map(({ name }) => recordedValue(inputs[name]?.[position] ?? null)),
      given: null,
      hypothetical: false,
    });
  }
  return rows;
}

/** Returns the names of the inputs that contain the dimensions, in their order; null if the model does not read all of them. */
function dimensionInputs(dimensions: readonly string[], { inputs }: ServedModel): string[] | null {
  const names: string[] = [];
  for (const dimension of dimensions) {
    const input = inputs.find(({ declared }) => dimensionOf(declared) === dimension);
    if (input === undefined) return null;
    names.push(input.name);
  }
  return names;
}

/** Cuts a text so that it fits a message, and makes it well-formed. Returns any other value unchanged. */
function cut<Value>(value: Value): Value | string {
  return typeof value === "string" ? value.slice(0, textMax).toWellFormed() : value;
}

/** Returns a value that JSON can represent: NaN as null (missing), infinities as text. */
function recordedValue(value: number | string | null): number | string | null {
  if (value === null || typeof value === "string") return cut(value);
  if (Number.isNaN(value)) return null;
  return shortestDecimal(value) ?? String(value);
}

function finite(value: unknown): number | null {
  return typeof value === "number" ? shortestDecimal(value) : null;
}

function pair(value: unknown): [number, number] | null {
  if (!Array.isArray(value)) return null;
  const low: unknown = value[0];
  const high: unknown = value[1];
  return typeof low === "number" && typeof high === "number" ? [low, high] : null;
}

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

function rowBytesMax({ series, values, intervals, given }: PredictionRow): number {
  let bytes = frameBytes + textsBytesMax(series ?? []) + (given?.length ?? 0) * numberBytesMax;
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
