/** `GET` and `POST /predict/:forecast`: answers one instance or many, whose fields have names. */
import { bodyJsonLimits, operationsPerPath } from "../../../shared/api/predict-limits.ts";
import type { Refusal } from "../../../shared/api/problem.ts";
import type { BuiltExplainer } from "../../../shared/explain/explainer.ts";
import { predictOptionNames } from "../../../shared/forecasts/request-options.ts";
import { didYouMean } from "../../../shared/lib/did-you-mean.ts";
import { parseJson } from "../../../shared/lib/parse-json.ts";
import { isObject } from "../../../shared/lib/validate-json.ts";
import { aboveField } from "../../../shared/predict/above.ts";
import { answerGroup, type StepOptions } from "../../../shared/predict/answer-group.ts";
import { answerJson, singleAnswerJson } from "../../../shared/predict/answer-json.ts";
import { describeValue } from "../../../shared/predict/describe-value.ts";
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
  readPredictRequest,
  refuseExplaining,
  withoutRejected,
} from "../../../shared/predict/predict.ts";
import { recordedAnswer } from "../../../shared/predict/record.ts";
import { readBody, refuseType } from "../body.ts";
import { type Call, chargeRows, type Route } from "../call.ts";
import { readFlag, repeated, unknownFlag } from "../flags.ts";
import { recordAnswer } from "../record-answer.ts";
import { jsonReply, jsonTextReply, type Reply, refusalReply, Timing } from "../respond.ts";
import { type ServedCall, servedFor, unavailable } from "../served.ts";
import type { Served } from "../snapshot-store.ts";
import { readStepOptions, refuseSteps, withPath } from "./predict-steps.ts";

export const predictRoute: Route["methods"] = { GET: answerQuery, POST: answerBody };

/** Query parameters with a text. Each is allowed once. */
const textOptions = [aboveField, "steps", "until", "group"] as const;

/** Query parameters that a body cannot contain. */
const flags = predictOptionNames.filter((name) => name !== aboveField);

/** Members that only a body may have, with an example of that body. */
const bodyExamples: ReadonlyMap<string, string> = new Map([
  ["all", '{"all": true}'],
  ["instances", '{"instances": […]}'],
]);

function answerBody(call: Call): Reply | Promise<Reply> {
  const wrongType = refuseType(call.request, ["application/json"]);
  if (wrongType) return refusalReply(wrongType);
  const names = call.query ? [...call.query.keys()] : [];
  const unknown = names.find((name) => !isOption(name));
  if (unknown !== undefined) return refusalReply(unknownOption(unknown));
  return readBody(call.request).then((body) => (body.ok ? answerText(call, body.value) : refusalReply(body.error)));
}

function answerText(call: Call, text: string): Reply | Promise<Reply> {
  const json = parseJson(text, bodyJsonLimits);
  if (!json.ok) {
    const detail = text.trim() === "" ? "The body is empty." : `The body cannot be parsed as JSON: ${json.error}`;
    return refusalReply({
      kind: "bad-request",
      detail,
      expected: "one instance as a JSON object, or a list of instances",
    });
  }
  const misplaced = flags.find((option) => isObject(json.value) && Object.hasOwn(json.value, option));
  if (misplaced !== undefined) return refusalReply(queryOnly(misplaced, call.forecast));
  const read = readPredictRequest(json.value);
  return read.ok ? answer(call, read.value, false) : refusalReply(read.error);
}

function answerQuery(call: Call): Reply | Promise<Reply> {
  const instance: Record<string, string> = Object.create(null);
  for (const [name, value] of call.query ?? []) {
    if (isOption(name)) continue;
    const example = bodyExamples.get(name);
    if (example !== undefined) return refusalReply(bodyOnly(name, { value, example }));
    if (name in instance) return refusalReply(repeated(name));
    instance[name] = value;
  }
  return answer(call, { kind: "single", instance: { ...instance } }, true);
}

/** A request after it was read, with its options. */
interface ReadCall {
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

/** Answers synchronously if nothing has to be loaded: for most requests everything is in memory. */
function answer(call: Call, request: PredictRequest, isQuery: boolean): Reply | Promise<Reply> {
  const [partial, explain] = [readFlag(call.query, "partial"), readFlag(call.query, "explain")];
  if (partial === null) return refusalReply(unknownFlag("partial", call.query));
  if (explain === null) return refusalReply(unknownFlag("explain", call.query));
  const withFeatures = readFlag(call.query, "features");
  if (withFeatures === null) return refusalReply(unknownFlag("features", call.query));
  const again = textOptions.find((name) => (call.query?.getAll(name).length ?? 0) > 1);
  if (again !== undefined) return refusalReply(repeated(again));
  const above = call.query?.get(aboveField) ?? undefined;
  const steps = readStepOptions(call);
  const several = refuseSteps(request, steps);
  if (several !== null) return refusalReply(several);
  const options = { request, isQuery, partial, explain, withFeatures, above, steps };
  const readCall: ReadCall = { ...options, learner: null, timing: new Timing() };
  const served = servedFor(call);
  return served instanceof Promise
    ? served.then((awaited) => answerFrom(awaited, call, readCall))
    : answerFrom(served, call, readCall);
}

function answerFrom(served: ServedCall, call: Call, readCall: ReadCall): Reply | Promise<Reply> {
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
  if (isQuery && matches(call.request.headers.get("If-None-Match"), headers.ETag ?? "")) {
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
  if (isQuery && matches(call.request.headers.get("If-None-Match"), headers.ETag ?? "")) {
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

/** A promotion or a corrected history becomes visible within this time, even in a cached answer. */
const maxAgeSeconds = 60;

/** Headers of a cacheable answer. The ETag changes with the model, the history and the deployed code. */
function cacheHeaders({ service }: Call, { snapshot, stale }: Served): Record<string, string> {
  const { token, codeVersion } = service;
  const visibility = token === undefined && snapshot.forecast.personal !== true ? "public" : "private";
  return {
    ETag: `"${snapshot.tag}.${codeVersion}${stale ? ".stale" : ""}"`,
    "Cache-Control": `${visibility}, max-age=${stale ? 0 : maxAgeSeconds}`,
  };
}

/** Returns whether an If-None-Match header matches, by RFC 9110: `*`, or one tag of a list. For GET a weak tag is equivalent. */
function matches(header: string | null, tag: string): boolean {
  if (header === null) return false;
  return header.split(",").some((candidate) => ["*", tag, `W/${tag}`].includes(candidate.trim()));
}

const isOption = (name: string): boolean => predictOptionNames.some((option) => option === name);

function bodyOnly(name: string, { value, example }: { readonly value: string; readonly example: string }): Refusal {
  const detail = `${name} is not a query parameter. Send it in the body.`;
  return {
    kind: "unprocessable",
    detail,
    field: name,
    found: describeValue(value),
    expected: `POST with a body of ${example}`,
  };
}

/** Values of options that are not true or false. */
const optionExamples: Readonly<Record<string, string>> = { steps: "3", until: "2026-12-31", group: "nation" };

function queryOnly(name: string, forecast: string | null): Refusal {
  const path = forecast === null ? "/predict" : `/predict/${forecast}`;
  const example = `${name}=${optionExamples[name] ?? "true"}`;
  const expected = `${example} in the query, as in ${path}?${example}`;
  const detail = `${name} is a query parameter. It is not allowed in the body.`;
  return { kind: "unprocessable", detail, field: name, found: "in the body", expected };
}

function unknownOption(name: string): Refusal {
  const detail = `There is no query parameter ${describeValue(name)}. With POST, send fields in the body.`;
  const found = describeValue(name);
  return {
    kind: "unprocessable",
    detail,
    field: found,
    found,
    allowed: [...predictOptionNames],
    ...didYouMean(name, predictOptionNames),
  };
}
