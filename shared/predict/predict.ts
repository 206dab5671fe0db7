/** Answers the instances of a request. A bad instance refuses the whole request, or with `partial` fails alone. */
import type { Head, Instance, PredictionWithFeatures, SingleAnswer } from "../api/predict.ts";
import { explainedMax, instancesMax } from "../api/predict-limits.ts";
import { type ProblemDetails, problemDetails, type Refusal } from "../api/problem.ts";
import type { BuiltExplainer, Explainer } from "../explain/explainer.ts";
import { isObject } from "../lib/validate-json.ts";
import { type AllRequest, allRows, readAll } from "./all-series.ts";
import { predictionsOf } from "./answer.ts";
import { describeValue } from "./describe-value.ts";
import { type Evaluation, evaluateHere } from "./evaluate.ts";
import { type ReadOptions, type ReadRow, readInstance } from "./read-instance.ts";
import type { Row } from "./row.ts";
import type { Snapshot } from "./snapshot.ts";

export type PredictRequest =
  | { readonly kind: "single"; readonly instance: Instance }
  | { readonly kind: "batch"; readonly instances: readonly unknown[] }
  | AllRequest;

export type ReadRequest =
  | { readonly ok: true; readonly request: PredictRequest }
  | { readonly ok: false; readonly refusal: Refusal };

/** Reads a JSON body: `{"instances": […]}`, `{"all": true}`, or one instance. Never throws. */
export function readPredictRequest(json: unknown): ReadRequest {
  if (!isObject(json)) {
    const expected = 'one instance as an object, or {"instances": […]}';
    return failed({
      kind: "unprocessable",
      detail: "The body is not a prediction request.",
      found: describeValue(json),
      expected,
    });
  }
  if (Object.hasOwn(json, "all")) return readAll(json);
  if (!Object.hasOwn(json, "instances")) return { ok: true, request: { kind: "single", instance: json } };
  const { instances, ...others } = json;
  const [other] = Object.keys(others);
  const isAnswerable = Array.isArray(instances) && instances.length > 0 && instances.length <= instancesMax;
  if (isAnswerable && other === undefined) return { ok: true, request: { kind: "batch", instances } };
  const found = other ?? (Array.isArray(instances) ? `${instances.length} instances` : describeValue(instances));
  const detail = other
    ? `${other} is not allowed beside instances.`
    : `instances is not a list of 1 to ${instancesMax} instances.`;
  const expected = other ? "only instances" : `a list of 1 to ${instancesMax} instances`;
  return failed({ kind: "unprocessable", detail, field: other ?? "instances", found, expected });
}

export interface PredictOptions extends ReadOptions {
  readonly partial: boolean;
  /** Null if no explanation was requested. */
  readonly explain: BuiltExplainer | null;
}

export interface FailedPrediction {
  readonly index: number;
  readonly error: ProblemDetails;
}

export type Prepared =
  | {
      readonly ok: true;
      readonly rows: readonly Row[];
      readonly failures: readonly FailedPrediction[];
      /** Null if no explanation was requested. */
      readonly explain: Explainer | null;
      /** For a request for all series: number of the first series that did not fit, or null if all did. */
      readonly next?: number | null;
    }
  | { readonly ok: false; readonly refusal: Refusal };

/** Reads all instances, without evaluating them. O(instances × fields). */
export function prepareRows(snapshot: Snapshot, request: PredictRequest, options: PredictOptions): Prepared {
  const explainer = options.explain;
  if (explainer?.ok === false) {
    const detail = `Version ${snapshot.model.card.version} cannot be explained: ${explainer.reason}.`;
    return failed(unexplained(detail, { found: "true", expected: "false, for this model" }));
  }
  const explain = explainer?.explain ?? null;
  if (request.kind === "all") {
    const piece = { from: request.from, count: explain ? explainedMax : instancesMax };
    return { ok: true, ...allRows(snapshot, piece), failures: [], explain };
  }
  if (request.kind === "single") {
    const read = readInstance(snapshot, request.instance, options);
    return read.ok ? { ok: true, rows: [read.row], failures: [], explain } : read;
  }
  const rows: Row[] = [];
  const failures: FailedPrediction[] = [];
  for (const [index, each] of request.instances.entries()) {
    const read = readEach(snapshot, each, options);
    if (read.ok) {
      rows.push(read.row);
      continue;
    }
    const refusal = { ...read.refusal, index };
    if (!options.partial) return failed({ ...refusal, detail: `Instance ${index}: ${refusal.detail}` });
    failures.push({ index, error: problemDetails(refusal) });
  }
  return { ok: true, rows, failures, explain };
}

/** Returns a refusal if there are too many instances to explain, else null. Requests for all series are answered in small pieces. */
export function refuseExplaining(request: PredictRequest): Refusal | null {
  if (request.kind !== "batch" || request.instances.length <= explainedMax) return null;
  const sizes = { found: `${request.instances.length} instances`, expected: `at most ${explainedMax} in one request` };
  return unexplained("There are too many instances to explain in one request.", sizes);
}

function unexplained(detail: string, sizes: { readonly found: string; readonly expected: string }): Refusal {
  return { kind: "unprocessable", detail, field: "explain", ...sizes };
}

function readEach(snapshot: Snapshot, each: unknown, options: ReadOptions): ReadRow {
  if (isObject(each)) return readInstance(snapshot, each, options);
  return failed({
    kind: "unprocessable",
    detail: "The instance is not an object.",
    found: describeValue(each),
    expected: "an object with fields by name",
  });
}

export type PredictAnswer =
  | SingleAnswer
  | (Head & {
      readonly predictions: readonly (PredictionWithFeatures | FailedPrediction)[];
      readonly next_from?: number | null;
    });

export interface Answerable {
  readonly kind: PredictRequest["kind"];
  readonly rows: readonly Row[];
  readonly failures: readonly FailedPrediction[];
  readonly explain: Explainer | null;
  readonly next?: number | null;
  readonly stale: boolean;
  /** Evaluation of the rows. By default computed by our engine. */
  readonly evaluation?: Evaluation;
}

/** Returns one prediction per row, in order. */
export function predictRows(
  snapshot: Snapshot,
  { rows, explain, evaluation = evaluateHere(snapshot, rows) }: Pick<Answerable, "rows" | "explain" | "evaluation">,
): PredictionWithFeatures[] {
  return predictionsOf(snapshot, rows, { ...evaluation, explain });
}

/** Builds the answer: a single instance as one object, a batch with one entry per instance, in order. */
export function answerRows(
  snapshot: Snapshot,
  answerable: Answerable,
  predictions = predictRows(snapshot, answerable),
): PredictAnswer {
  const { kind, failures, next, stale } = answerable;
  const head = stale ? snapshot.heads.stale : snapshot.heads.fresh;
  const piece = next === undefined ? {} : { next_from: next };
  const [first] = predictions;
  if (kind === "single" && first)
    return { ...head, ...first, target_period: first.target_period ?? head.target_period };
  const merged: (PredictionWithFeatures | FailedPrediction)[] = [...predictions];
  // Failures ascend by index, so each is inserted at the position of its instance.
  for (const failure of failures) merged.splice(failure.index, 0, failure);
  return { ...head, predictions: merged, ...piece };
}

const failed = (refusal: Refusal): { readonly ok: false; readonly refusal: Refusal } => ({ ok: false, refusal });
