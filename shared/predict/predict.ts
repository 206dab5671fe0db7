/** A request's instances to its answer. One bad instance refuses them all, or fails alone where that was asked for. */
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

/** What a JSON body asks for: `{"instances": […]}`, `{"all": true}`, or one instance. Never throws. */
export function readPredictRequest(json: unknown): ReadRequest {
  if (!isObject(json)) {
    const expected = 'one instance as an object, or {"instances": […]}';
    return failed({
      kind: "unprocessable",
      detail: "The body is not a request.",
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
  const detail = other ? "Nothing may stand beside instances." : "instances is not a list that can be answered.";
  const expected = other ? "instances alone" : `a list of 1 to ${instancesMax} instances`;
  return failed({ kind: "unprocessable", detail, field: other ?? "instances", found, expected });
}

export interface PredictOptions extends ReadOptions {
  readonly partial: boolean;
  /** Null where no explanation is asked for. */
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
      /** Null where it was not asked for. */
      readonly explain: Explainer | null;
      /** Where all series were asked for: the number of the first one that did not fit, null where all did. */
      readonly next?: number | null;
    }
  | { readonly ok: false; readonly refusal: Refusal };

/** Reads every instance; nothing is evaluated yet. O(instances × fields). */
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

/** The refusal to explain so many instances; null where they are not too many. All series come in pieces that are not. */
export function refuseExplaining(request: PredictRequest): Refusal | null {
  if (request.kind !== "batch" || request.instances.length <= explainedMax) return null;
  const sizes = { found: `${request.instances.length} instances`, expected: `at most ${explainedMax} in one request` };
  return unexplained("So many instances are not explained at once.", sizes);
}

function unexplained(detail: string, sizes: { readonly found: string; readonly expected: string }): Refusal {
  return { kind: "unprocessable", detail, field: "explain", ...sizes };
}

function readEach(snapshot: Snapshot, each: unknown, options: ReadOptions): ReadRow {
  if (isObject(each)) return readInstance(snapshot, each, options);
  return failed({
    kind: "unprocessable",
    detail: "It is no object.",
    found: describeValue(each),
    expected: "fields by name",
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
  /** Of the rows; left out, our engine makes it. */
  readonly evaluation?: Evaluation;
}

/** One prediction a row, in their order. */
export function predictRows(
  snapshot: Snapshot,
  { rows, explain, evaluation = evaluateHere(snapshot, rows) }: Pick<Answerable, "rows" | "explain" | "evaluation">,
): PredictionWithFeatures[] {
  return predictionsOf(snapshot, rows, { ...evaluation, explain });
}

/** Tells what was evaluated: a single instance flat, a batch with one entry an instance in their order. */
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
  // Ascending, so that each lands where its instance stood.
  for (const failure of failures) merged.splice(failure.index, 0, failure);
  return { ...head, predictions: merged, ...piece };
}

const failed = (refusal: Refusal): { readonly ok: false; readonly refusal: Refusal } => ({ ok: false, refusal });
