/** `GET` and `POST /predict/:forecast`: one instance or many, by the names of their dimensions. */
import type { Refusal } from "../../../shared/api/problem.ts";
import type { BuiltExplainer } from "../../../shared/explain/explainer.ts";
import { parseJson } from "../../../shared/lib/parse-json.ts";
import { nearest } from "../../../shared/lib/text-distance.ts";
import { isObject } from "../../../shared/lib/validate-json.ts";
import { answerText, singleText } from "../../../shared/predict/answer-text.ts";
import { describeValue } from "../../../shared/predict/describe-value.ts";
import { type Evaluating, type Evaluation, evaluateRows } from "../../../shared/predict/evaluate.ts";
import {
  answerRows,
  type PredictRequest,
  type Prepared,
  predictRows,
  prepareRows,
  readPredictRequest,
  refuseExplaining,
} from "../../../shared/predict/predict.ts";
import { recordedAnswer } from "../../../shared/predict/record.ts";
import { readBody, refuseType } from "../body.ts";
import type { Call, Route } from "../call.ts";
import { recordAnswer } from "../record-answer.ts";
import { jsonTextReply, type Reply, refusalReply, Timing } from "../respond.ts";
import { type ServedCall, servedFor, unavailable } from "../served.ts";
import type { Served } from "../snapshot-store.ts";

export const predictRoute: Route["methods"] = { GET: answerQuery, POST: answerBody };

/** Query parameters that are no fields. */
const options = ["partial", "explain", "features"] as const;

/** What only a body can ask for, and the body that does. */
const bodies: ReadonlyMap<string, string> = new Map([
  ["all", '{"all": true}'],
  ["instances", '{"instances": […]}'],
]);

function answerBody(call: Call): Reply | Promise<Reply> {
  const wrongType = refuseType(call.request, ["application/json"]);
  if (wrongType) return refusalReply(wrongType);
  const names = call.query ? [...call.query.keys()] : [];
  const unknown = names.find((name) => !options.some((option) => option === name));
  if (unknown !== undefined) return refusalReply(unknownOption(unknown));
  return readBody(call.request).then((body) => (body.ok ? answerJson(call, body.value) : refusalReply(body.error)));
}

function answerJson(call: Call, text: string): Reply | Promise<Reply> {
  const json = parseJson(text);
  if (!json.ok) {
    const detail = text.trim() === "" ? "The body is empty." : `The body is not JSON: ${json.error}`;
    return refusalReply({ kind: "bad-request", detail, expected: "one instance as JSON, or many" });
  }
  const misplaced = options.find((option) => isObject(json.value) && Object.hasOwn(json.value, option));
  if (misplaced !== undefined) return refusalReply(addressAlone(misplaced, call.forecast));
  const read = readPredictRequest(json.value);
  return read.ok ? answer(call, read.request, false) : refusalReply(read.refusal);
}

function answerQuery(call: Call): Reply | Promise<Reply> {
  const instance: Record<string, string> = Object.create(null);
  for (const [name, value] of call.query ?? []) {
    if (options.some((option) => option === name)) continue;
    const body = bodies.get(name);
    if (body !== undefined) return refusalReply(bodyAlone(name, { value, body }));
    if (name in instance) return refusalReply(givenTwice(name));
    instance[name] = value;
  }
  return answer(call, { kind: "single", instance: { ...instance } }, true);
}

/** What is asked, and how. */
interface Asked {
  readonly request: PredictRequest;
  readonly isQuery: boolean;
  readonly partial: boolean;
  readonly explain: boolean;
  /** Whether the answer includes the values of the features. */
  readonly withFeatures: boolean;
  readonly timing: Timing;
}

/** In steps of which each waits only where it has to: mostly everything is there. */
function answer(call: Call, request: PredictRequest, isQuery: boolean): Reply | Promise<Reply> {
  const [partial, explain] = [readFlag(call.query, "partial"), readFlag(call.query, "explain")];
  if (partial === null) return refusalReply(unknownFlag("partial", call.query));
  if (explain === null) return refusalReply(unknownFlag("explain", call.query));
  const withFeatures = readFlag(call.query, "features");
  if (withFeatures === null) return refusalReply(unknownFlag("features", call.query));
  const asked: Asked = { request, isQuery, partial, explain, withFeatures, timing: new Timing() };
  const serving = servedFor(call);
  return serving instanceof Promise
    ? serving.then((served) => answerFrom(served, call, asked))
    : answerFrom(serving, call, asked);
}

function answerFrom(served: ServedCall, call: Call, asked: Asked): Reply | Promise<Reply> {
  if (!served.ok) return refusalReply(served.error.refusal, served.error.headers);
  asked.timing.end("snapshot");
  if (!asked.explain) return evaluate(served.value, call, { ...asked, explainer: null });
  const tooMany = refuseExplaining(asked.request);
  return tooMany ? refusalReply(tooMany) : explainFrom(served.value, call, asked);
}

async function explainFrom(served: Served, call: Call, asked: Asked): Promise<Reply> {
  const explainer = await call.service.explainer(served.snapshot.model, call.context);
  if (explainer === "unreadable") return refusalReply(unreadable, { "Retry-After": "2" });
  return evaluate(served, call, { ...asked, explainer });
}

interface Explained extends Asked {
  readonly explainer: BuiltExplainer | null;
}

function evaluate(served: Served, call: Call, asked: Explained): Reply | Promise<Reply> {
  const { request, isQuery, partial, explainer, withFeatures, timing } = asked;
  const { snapshot } = served;
  const others = isQuery ? options : [];
  const prepared = prepareRows(snapshot, request, { textNumbers: isQuery, others, partial, explain: explainer });
  timing.end("features");
  if (!prepared.ok) return refusalReply(prepared.refusal, { "Server-Timing": timing.header });
  // Caches do not store answers to POST, unless these say so.
  const headers: Reply["headers"] = isQuery ? cacheHeaders(call, served) : {};
  if (isQuery && matches(call.request.headers.get("If-None-Match"), headers.ETag ?? "")) {
    return { status: 304, headers, body: null };
  }
  const replyTo = (evaluated: Evaluating) => {
    if (!evaluated.ok) return refusalReply(...unavailable(snapshot.forecast.id, evaluated.error));
    const evaluation = evaluated.value;
    return answerReply(call, { served, prepared, evaluation, headers, kind: request.kind, withFeatures, timing });
  };
  const evaluating = evaluateRows(snapshot, prepared.rows);
  return evaluating instanceof Promise ? evaluating.then(replyTo) : replyTo(evaluating);
}

interface Evaluated extends Pick<Asked, "withFeatures" | "timing"> {
  readonly served: Served;
  readonly prepared: Extract<Prepared, { readonly ok: true }>;
  readonly evaluation: Evaluation;
  readonly headers: Reply["headers"];
  readonly kind: PredictRequest["kind"];
}

function answerReply(
  call: Call,
  { served, prepared, evaluation, headers, kind, withFeatures, timing }: Evaluated,
): Reply {
  const { snapshot, stale } = served;
  const { heads, seriesCache: cache } = snapshot;
  const textOptions = { cache, withFeatures };
  const predictions = predictRows(snapshot, { ...prepared, evaluation });
  const [first] = predictions;
  const body =
    kind === "single" && first !== undefined
      ? singleText(stale ? heads.stale : heads.fresh, first, textOptions)
      : answerText(answerRows(snapshot, { ...prepared, kind, stale }, predictions), textOptions);
  timing.end("model");
  const rows = () => recordedAnswer(snapshot, { ...prepared, predictions });
  recordAnswer(call, { protocol: "predict", snapshot, rows });
  return jsonTextReply(body, { headers: { ...headers, "Server-Timing": timing.header } });
}

const unreadable: Refusal = {
  kind: "unavailable",
  detail: "The model's file cannot be read now, which an explanation needs: try again, or ask without.",
};

/** A promotion or a corrected history shows up within this time, wherever an answer was cached. */
const maxAgeSeconds = 60;

/** Headers of a cacheable answer. The ETag changes with the model, the history and the deployed code. */
function cacheHeaders({ service }: Call, { snapshot, stale }: Served): Record<string, string> {
  const { token, codeVersion } = service;
  const visibility = token === undefined ? "public" : "private";
  return {
    ETag: `"${snapshot.tag}.${codeVersion}${stale ? ".stale" : ""}"`,
    "Cache-Control": `${visibility}, max-age=${stale ? 0 : maxAgeSeconds}`,
  };
}

/** RFC 9110: `*`, or one of a list; a weak tag is as good for GET. */
function matches(header: string | null, tag: string): boolean {
  if (header === null) return false;
  return header.split(",").some((one) => ["*", tag, `W/${tag}`].includes(one.trim()));
}

/** True for `?partial`, `=true` and `=1`; null for what is neither true nor false, or both. */
function readFlag(query: Call["query"], name: string): boolean | null {
  const value = query?.get(name) ?? null;
  if (value !== null && isRepeated(query, name)) return null;
  if (value === null || value === "false" || value === "0") return false;
  return value === "" || value === "true" || value === "1" ? true : null;
}

const isRepeated = (query: Call["query"], name: string): boolean => (query?.getAll(name).length ?? 0) > 1;

function givenTwice(name: string): Refusal {
  const detail = `${name} is given twice.`;
  return { kind: "unprocessable", detail, field: name, found: "twice", expected: "once" };
}

function bodyAlone(name: string, { value, body }: { readonly value: string; readonly body: string }): Refusal {
  const detail = `${name} cannot be asked for in an address.`;
  return {
    kind: "unprocessable",
    detail,
    field: name,
    found: describeValue(value),
    expected: `POST with a body of ${body}`,
  };
}

function addressAlone(name: string, forecast: string | null): Refusal {
  const path = forecast === null ? "/predict" : `/predict/${forecast}`;
  const expected = `${name}=true in the address, as in ${path}?${name}=true`;
  const detail = `${name} is about the whole request, and does not stand in its body.`;
  return { kind: "unprocessable", detail, field: name, found: "in the body", expected };
}

function unknownFlag(name: string, query: Call["query"]): Refusal {
  if (isRepeated(query, name)) return givenTwice(name);
  const found = query?.get(name) ?? "";
  const detail = `${name} is neither true nor false.`;
  return { kind: "unprocessable", detail, field: name, found, allowed: ["true", "false"] };
}

function unknownOption(name: string): Refusal {
  const didYouMean = nearest(name, options);
  const detail = `There is no option ${describeValue(name)}; with POST, fields stand in the body.`;
  const found = describeValue(name);
  return {
    kind: "unprocessable",
    detail,
    field: found,
    found,
    allowed: [...options],
    ...(didYouMean && { didYouMean }),
  };
}
