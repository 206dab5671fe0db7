/** Answers the instances of a request. One invalid instance refuses all, unless partial answers were requested. */
import type { Head, Instance, PredictionWithFeatures, SingleAnswer } from "../api/predict.ts";
import { explainedMax, explainingOperationsMax, instancesMax } from "../api/predict-limits.ts";
import { type ProblemDetails, problemDetails, type Refusal } from "../api/problem.ts";
import type { BuiltExplainer, Explainer } from "../explain/explainer.ts";
import { failure, type Result, success } from "../lib/result.ts";
import { isObject } from "../lib/validate-json.ts";
import { readAbove } from "./above.ts";
import { type AllRequest, allRows, readAll } from "./all-series.ts";
import { predictionsOf } from "./answer.ts";
import { describeValue } from "./describe-value.ts";
import { type Evaluation, evaluateHere } from "./evaluate.ts";
import type { RejectedRow } from "./find-rejected.ts";
import { type ReadOptions, type ReadRow, readInstance } from "./read-instance.ts";
import type { Row } from "./row.ts";
import { seriesOf } from "./row-inputs.ts";
import type { Snapshot } from "./snapshot.ts";

export type PredictRequest =
  | { readonly kind: "single"; readonly instance: Instance }
  | { readonly kind: "batch"; readonly instances: readonly unknown[]; readonly above?: unknown }
  | AllRequest;

/** Reads a JSON body: `{"instances": […]}`, `{"all": true}`, or one instance. Never throws. */
export function readPredictRequest(json: unknown): Result<PredictRequest, Refusal> {
  if (!isObject(json)) {
    const expected = 'one instance as an object, or {"instances": […]}';
    return failure({
      kind: "unprocessable",
      detail: "The body is not an object.",
      found: describeValue(json),
      expected,
    });
  }
  if (Object.hasOwn(json, "all")) return readAll(json);
  if (!Object.hasOwn(json, "instances")) return success({ kind: "single", instance: json });
  const { instances, above, ...others } = json;
  const [other] = Object.keys(others);
  const isAnswerable = Array.isArray(instances) && instances.length > 0 && instances.length <= instancesMax;
  if (isAnswerable && other === undefined) return success({ kind: "batch", instances, above });
  const found = other ?? (Array.isArray(instances) ? `${instances.length} instances` : describeValue(instances));
  const detail = other
    ? "A body with instances has no other member than above."
    : "instances is not a list of a valid length.";
  const expected = other ? "only instances and above" : `a list of 1 to ${instancesMax} instances`;
  return failure({ kind: "unprocessable", detail, field: other ?? "instances", found, expected });
}

export interface PredictOptions extends Omit<ReadOptions, "above"> {
  /** The text of `above` in the query. A body and an instance may have their own, which replaces it. */
  readonly above?: string | undefined;
  /** Answers the valid instances even if others are refused. */
  readonly partial: boolean;
  /** Null if no explanation was requested. */
  readonly explain: BuiltExplainer | null;
}

export interface FailedPrediction {
  readonly index: number;
  readonly error: ProblemDetails;
}

/** The rows of a request that can be evaluated, and the instances that were refused. */
export interface PreparedRows {
  readonly rows: readonly Row[];
  /** In ascending order of their index. */
  readonly failures: readonly FailedPrediction[];
  /** Null if no explanation was requested. */
  readonly explain: Explainer | null;
  /** For a request for all series: the number of the first series of the next piece, null after the last piece. */
  readonly next?: number | null;
}

const noFailures: readonly FailedPrediction[] = [];

/** The number of refused instances of a request whose errors list the allowed names. */
const listingMax = 20;

/** Reads every instance, without evaluating it. O(instances × fields). */
export function prepareRows(
  snapshot: Snapshot,
  request: PredictRequest,
  options: PredictOptions,
): Result<PreparedRows, Refusal> {
  const explainer = options.explain;
  if (explainer?.ok === false) {
    const detail = `Version ${snapshot.model.card.version} cannot be explained: ${explainer.error}.`;
    return failure(explainRefusal(detail, { found: "true", expected: "false, for this model" }));
  }
  const explain = explainer?.ok ? explainer.value.explain : null;
  const operations = explainer?.ok ? explainer.value.operations : 0;
  const costly = explain && refuseOperations(request, operations);
  if (costly) return failure(costly);
  const inBody = request.kind === "single" ? undefined : request.above;
  const above =
    inBody === undefined
      ? readAbove(snapshot, options.above, { textNumbers: true })
      : readAbove(snapshot, inBody, { textNumbers: false });
  if (!above.ok) return above;
  const readOptions = { ...options, above: above.value };
  if (request.kind === "all") {
    const piece = { above: above.value, from: request.from, count: explain ? explainable(operations) : instancesMax };
    return success({ ...allRows(snapshot, piece), failures: noFailures, explain });
  }
  if (request.kind === "single") {
    const read = readInstance(snapshot, request.instance, readOptions);
    return read.ok ? success({ rows: [read.value], failures: noFailures, explain }) : read;
  }
  const rows: Row[] = [];
  const failures: FailedPrediction[] = [];
  for (const [index, instance] of request.instances.entries()) {
    const read = readInstanceOfBatch(snapshot, instance, { ...readOptions, brief: failures.length >= listingMax });
    if (read.ok) {
      rows.push(read.value);
      continue;
    }
    if (!options.partial) return failure(refusalOfInstance(index, read.error));
    failures.push({ index, error: problemDetails({ ...read.error, index }) });
  }
  return success({ rows, failures, explain });
}

/**
 * Returns the refusal of a batch that is too large to be explained; else null. Pieces of all series are never too
 * large.
 */
export function refuseExplaining(request: PredictRequest): Refusal | null {
  if (request.kind !== "batch" || request.instances.length <= explainedMax) return null;
  const sizes = { found: `${request.instances.length} instances`, expected: `at most ${explainedMax} in one request` };
  return explainRefusal("The request has too many instances to explain.", sizes);
}

/** Returns how many instances may be explained in one request. */
function explainable(operations: number): number {
  return Math.min(explainedMax, Math.floor(explainingOperationsMax / Math.max(1, operations)));
}

/** Returns the refusal of explanations that would take too long; null for others. Counts before anything is computed. */
function refuseOperations(request: PredictRequest, operations: number): Refusal | null {
  const most = explainable(operations);
  const instances = request.kind === "batch" ? request.instances.length : 1;
  if (instances <= most) return null;
  const found = `${instances} ${instances === 1 ? "instance" : "instances"} of ${operations} operations`;
  const expected = `at most ${explainingOperationsMax} operations in one request`;
  const detail =
    most === 0
      ? "The model is too large to be explained. Send the request without explain."
      : `The explanations would take too long. Send at most ${most} instances in one request, or send it without explain.`;
  return { ...explainRefusal(detail, { found, expected }), allowed: most === 0 ? [] : [`1 to ${most} instances`] };
}

function explainRefusal(detail: string, sizes: { readonly found: string; readonly expected: string }): Refusal {
  return { kind: "unprocessable", detail, field: "explain", ...sizes };
}

function readInstanceOfBatch(snapshot: Snapshot, instance: unknown, options: ReadOptions): ReadRow {
  if (isObject(instance)) return readInstance(snapshot, instance, options);
  return failure({
    kind: "unprocessable",
    detail: "It is not an object.",
    found: describeValue(instance),
    expected: "an object with fields by name",
  });
}

function refusalOfInstance(index: number, refusal: Refusal): Refusal {
  return { ...refusal, index, detail: `Instance ${index}: ${refusal.detail}` };
}

/**
 * Moves the rows that the model rejects to the failures. Fails with the refusal of the first one if it is the only instance, or
 * if its batch does not allow partial answers. O(rows + failures).
 */
export function withoutRejected(
  snapshot: Snapshot,
  prepared: PreparedRows,
  { rejected, kind, partial }: RejectedRows,
): Result<PreparedRows, Refusal> {
  const [first] = rejected;
  if (first === undefined) return success(prepared);
  const indexes = instanceIndexes(prepared);
  const refusals = new Map(
    rejected.map(({ at, reason }) => [at, rejectedRefusal(snapshot, prepared.rows[at], reason)]),
  );
  const firstRefusal = refusals.get(first.at);
  if (firstRefusal && kind === "single") return failure(firstRefusal);
  if (firstRefusal && kind === "batch" && !partial) {
    return failure(refusalOfInstance(indexes[first.at] ?? first.at, firstRefusal));
  }
  const failures = [...prepared.failures];
  for (const [at, refusal] of refusals) {
    const index = indexes[at] ?? at;
    failures.push({ index, error: problemDetails({ ...refusal, index }) });
  }
  return success({
    ...prepared,
    rows: prepared.rows.filter((_, at) => !refusals.has(at)),
    failures: failures.sort((a, b) => a.index - b.index),
  });
}

export interface RejectedRows {
  /** In ascending order of their position. */
  readonly rejected: readonly RejectedRow[];
  readonly kind: PredictRequest["kind"];
  readonly partial: boolean;
}

/** Returns the refusal of an instance whose values the model does not accept. */
function rejectedRefusal(snapshot: Snapshot, row: Row | undefined, reason: string): Refusal {
  const found = row && { ...seriesOf(snapshot.forecast, row), ...Object.fromEntries(row.overrides) };
  return {
    kind: "unprocessable",
    detail: `The model rejects this instance: ${reason}.`,
    ...(found && { found: describeValue(found) }),
    expected: "features that the model accepts, such as categories that it was trained on",
  };
}

/** Returns the index in the request of each row. */
function instanceIndexes({ rows, failures }: Pick<PreparedRows, "rows" | "failures">): number[] {
  const failed = new Set(failures.map(({ index }) => index));
  let index = -1;
  return rows.map(() => {
    do index++;
    while (failed.has(index));
    return index;
  });
}

export type PredictAnswer =
  | SingleAnswer
  | (Head & {
      readonly predictions: readonly (PredictionWithFeatures | FailedPrediction)[];
      readonly next_from?: number | null;
    });

export interface AnswerParts extends PreparedRows {
  readonly kind: PredictRequest["kind"];
  readonly stale: boolean;
  /** The evaluation of the rows. Without it, the built-in engine evaluates them. */
  readonly evaluation?: Evaluation;
}

/** Returns one prediction per row, in the order of the rows. */
export function predictRows(
  snapshot: Snapshot,
  { rows, explain, evaluation = evaluateHere(snapshot, rows) }: Pick<AnswerParts, "rows" | "explain" | "evaluation">,
): PredictionWithFeatures[] {
  return predictionsOf(snapshot, rows, { ...evaluation, explain });
}

/** Builds the answer: a single instance flat, a batch as a list with one entry per instance, in their order. */
export function answerRows(
  snapshot: Snapshot,
  parts: AnswerParts,
  predictions = predictRows(snapshot, parts),
): PredictAnswer {
  const { kind, failures, next, stale } = parts;
  const head = stale ? snapshot.heads.stale : snapshot.heads.fresh;
  const piece = next === undefined ? {} : { next_from: next };
  const [first] = predictions;
  if (kind === "single" && first)
    return { ...head, ...first, target_period: first.target_period ?? head.target_period };
  const merged: (PredictionWithFeatures | FailedPrediction)[] = [...predictions];
  // Failures are in ascending order, so that each is inserted at the position of its instance.
  for (const failed of failures) merged.splice(failed.index, 0, failed);
  return { ...head, predictions: merged, ...piece };
}
