/** Evaluates a request to `/predict` after it was read, and builds its answer. */
import { operationsPerPath } from "../../../shared/api/predict-limits.ts";
import type { Refusal } from "../../../shared/api/problem.ts";
import type { BuiltExplainer } from "../../../shared/explain/explainer.ts";
import { predictOptionNames } from "../../../shared/forecasts/request-options.ts";
import { answerGroup, type StepOptions } from "../../../shared/predict/answer-group.ts";
import { answerJson, singleAnswerJson } from "../../../shared/predict/answer-json.ts";
import {
  type Evaluation,
  type EvaluationResult,
  evaluateRows,
  findRejectedRows,
} from "../../../shared/predict/evaluate.ts";
import type { LoadedLearner } from "../../../shared/predict/learned-steps.ts";
import type { ServedModel } from "../../../shared/predict/load-model.ts";
import {
  answerRows,
  type PredictRequest,
  type PreparedRows,
  predictRows,
  prepareRows,
  refuseExplaining,
  withoutRejected,
} from "../../../shared/predict/predict.ts";
import { recordedAnswer } from "../../../shared/predict/record.ts";
import { cacheHeaders, matchesTag } from "../cache-headers.ts";
import { type Call, chargeRows } from "../call.ts";
import { recordAnswer } from "../record-answer.ts";
import { jsonReply, jsonTextReply, type Reply, refusalReply, type Timing } from "../respond.ts";
import { type ServedCall, unavailable } from "../served.ts";
import type { Served } from "../snapshot-store.ts";
import { withPath } from "./predict-steps.ts";

/** A request after it was read, with its options. */
export interface ReadCall {
  readonly request: PredictRequest;
  readonly isQuery: boolean;
  readonly partial: boolean;
  readonly explain: boolean;
  /** The text of `above` in the query. */
  readonly above: string | undefined;
  /** Whether the answer includes the values of the features. */
  readonly withFeatures: boolean;
  readonly steps: StepOptions;
  /** The learner of further steps; null if none is needed or loaded. */
  readonly learner: LoadedLearner | null;
  readonly timing: Timing;
}

/** Answers with the snapshot of the forecast. Synchronous if nothing has to be loaded. */
export function answerFrom(served: ServedCall, call: Call, readCall: ReadCall): Reply | Promise<Reply> {
  if (!served.ok) return refusalReply(served.error.refusal, served.error.headers);
  readCall.timing.end("snapshot");
  const { model } = served.value.snapshot;
  if (needsLearner(model, readCall)) {
    const loading = call.service.stepLearner(model, call.context);
    return loading.then((learner) => answerWith(served.value, call, { ...readCall, learner }));
  }
  return answerWith(served.value, call, readCall);
}

/** Returns whether a request asks for steps that a learner serves. Its file is loaded on first use. */
function needsLearner({ card }: ServedModel, { steps }: ReadCall): boolean {
  return card.stepLearner !== undefined && (steps.steps !== null || steps.until !== null);
}

function answerWith(served: Served, call: Call, readCall: ReadCall): Reply | Promise<Reply> {
  if (!readCall.explain) return evaluate(served, call, { ...readCall, explainer: null });
  const tooMany = refuseExplaining(readCall.request);
  return tooMany ? refusalReply(tooMany) : explainFrom(served, call, readCall);
}

async function explainFrom(served: Served, call: Call, readCall: ReadCall): Promise<Reply> {
  const explainer = await call.service.explainer(served.snapshot.model, call.context);
  if (explainer === "unreadable") return refusalReply(unreadableModel, { "Retry-After": "2" });
  return evaluate(served, call, { ...readCall, explainer });
}

interface ExplainedCall extends ReadCall {
  readonly explainer: BuiltExplainer | null;
}

function evaluate(served: Served, call: Call, explained: ExplainedCall): Reply | Promise<Reply> {
  const { request, isQuery, partial, explainer, above, withFeatures, steps, learner, timing } = explained;
  const { snapshot } = served;
  if (steps.group !== null) return groupReply(served, call, explained) ?? refusalReply(unnamedGroup);
  const reading = { textNumbers: isQuery, ...(isQuery && { otherNames: predictOptionNames }) };
  const prepared = prepareRows(snapshot, request, { ...reading, partial, explain: explainer, above });
  timing.end("features");
  if (!prepared.ok) {
    const refusal = refusalReply(prepared.error, { "Server-Timing": timing.header });
    return groupReply(served, call, explained) ?? refusal;
  }
  const operations = explainer?.ok ? explainer.value.operations : 0;
  const { rows, failures } = prepared.value;
  const inputs = snapshot.model.inputs.length;
  chargeRows(call, { rows: rows.length, inputs, operations });
  chargeRows(call, { rows: failures.length, inputs });
  // Answers to POST have no cache headers: caches do not store them.
  const headers: Reply["headers"] = isQuery ? cacheHeaders(call, served) : {};
  if (isQuery && matchesTag(call.request.headers.get("If-None-Match"), headers.ETag ?? "")) {
    return { status: 304, headers, body: null };
  }
  const { kind } = request;
  const batch: Batch = {
    served,
    prepared: prepared.value,
    headers,
    kind,
    partial,
    withFeatures,
    steps,
    learner,
    timing,
  };
  const evaluated = evaluateRows(snapshot, rows);
  return evaluated instanceof Promise
    ? evaluated.then((awaited) => replyTo(awaited, call, batch))
    : replyTo(evaluated, call, batch);
}

interface Batch extends Pick<ReadCall, "timing" | "partial" | "withFeatures" | "steps" | "learner"> {
  readonly served: Served;
  readonly prepared: PreparedRows;
  readonly headers: Reply["headers"];
  readonly kind: PredictRequest["kind"];
}

function replyTo(evaluated: EvaluationResult, call: Call, batch: Batch): Reply | Promise<Reply> {
  if (evaluated.ok) return answerReply(call, batch, evaluated.value);
  const { reason, isRows } = evaluated.error;
  return isRows ? answerAcceptedRows(call, batch, reason) : refusalReply(...unavailable(forecastOf(batch), reason));
}

/** Answers a batch that the model rejects: refuses the rows at fault, and answers the others if the request allows that. */
async function answerAcceptedRows(call: Call, batch: Batch, reason: string): Promise<Reply> {
  const { served, kind, partial, timing } = batch;
  const { snapshot } = served;
  const rejected = await findRejectedRows(snapshot, batch.prepared.rows, reason);
  if (!rejected.ok) return refusalReply(...unavailable(forecastOf(batch), rejected.error.reason));
  const prepared = withoutRejected(snapshot, batch.prepared, { rejected: rejected.value, kind, partial });
  if (!prepared.ok) return refusalReply(prepared.error, { "Server-Timing": timing.header });
  const evaluated = await evaluateRows(snapshot, prepared.value.rows);
  if (evaluated.ok) return answerReply(call, { ...batch, prepared: prepared.value }, evaluated.value);
  return refusalReply(...unavailable(forecastOf(batch), evaluated.error.reason));
}

function forecastOf({ served }: Batch): string {
  return served.snapshot.forecast.id;
}

function answerReply(
  call: Call,
  { served, prepared, headers, kind, withFeatures, steps, learner, timing }: Batch,
  evaluation: Evaluation,
): Reply {
  const { snapshot, stale } = served;
  const { heads, seriesCache: cache } = snapshot;
  const jsonOptions = { cache, withFeatures };
  const predictions = predictRows(snapshot, { ...prepared, evaluation });
  const [first] = predictions;
  const text =
    kind === "single" && first !== undefined
      ? singleAnswerJson(stale ? heads.stale : heads.fresh, first, jsonOptions)
      : answerJson(answerRows(snapshot, { ...prepared, kind, stale }, predictions), jsonOptions);
  const answered = withPath(text, { snapshot, prepared, prediction: first, learner }, steps);
  timing.end("model");
  if (!answered.ok) return refusalReply(answered.error, { "Server-Timing": timing.header });
  const { body, path } = answered.value;
  if (path !== null) chargeSteps(call, snapshot);
  const record = (rowsMax: number) => recordedAnswer(snapshot, { ...prepared, predictions, path }, rowsMax);
  recordAnswer(call, { protocol: "predict", snapshot, record });
  return jsonTextReply(body, { headers: { ...headers, "Server-Timing": timing.header } });
}

/** Answers a request that names a group of series; null for any other request. */
function groupReply(served: Served, call: Call, readCall: ReadCall): Reply | null {
  const { isQuery, timing } = readCall;
  const answered = answerGroup(served, readCall);
  if (answered === null) return null;
  timing.end("model");
  const timed = { "Server-Timing": timing.header };
  if (!answered.ok) return refusalReply(answered.error, timed);
  chargeSteps(call, served.snapshot);
  const headers: Reply["headers"] = isQuery ? cacheHeaders(call, served) : {};
  if (isQuery && matchesTag(call.request.headers.get("If-None-Match"), headers.ETag ?? "")) {
    return { status: 304, headers, body: null };
  }
  return jsonReply(answered.value, { headers: { ...headers, ...timed } });
}

/** Charges the caller for the distributions of a path: about as many operations as an explanation. */
function chargeSteps(call: Call, { model }: Served["snapshot"]): void {
  chargeRows(call, { rows: 1, inputs: model.inputs.length, operations: operationsPerPath });
}

const unnamedGroup: Refusal = {
  kind: "unprocessable",
  detail: "group names a rule for groups of series. It is allowed with the dimensions of the rule only.",
  field: "group",
  found: "other fields",
  expected: "only the dimensions of the rule",
};

const unreadableModel: Refusal = {
  kind: "unavailable",
  detail: "The model's file cannot be read now, so predictions cannot be explained. Try again, or omit explain.",
};
