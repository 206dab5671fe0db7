/** `GET` and `POST /predict/:forecast`: answers one instance or many, whose fields have names. */
import { bodyJsonLimits } from "../../../shared/api/predict-limits.ts";
import { parseJson } from "../../../shared/lib/parse-json.ts";
import { isObject } from "../../../shared/lib/validate-json.ts";
import { aboveField } from "../../../shared/predict/above.ts";
import { type PredictRequest, readPredictRequest } from "../../../shared/predict/predict.ts";
import { readBody, refuseType } from "../body.ts";
import type { Call, Route } from "../call.ts";
import { readFlag, repeated, unknownFlag } from "../flags.ts";
import { type Reply, refusalReply, Timing } from "../respond.ts";
import { servedFor } from "../served.ts";
import { answerFrom, type ReadCall } from "./predict-answer.ts";
import { bodyExamples, bodyOnly, flags, isOption, queryOnly, unknownOption } from "./predict-options.ts";
import { readStepOptions, refuseSteps } from "./predict-steps.ts";

export const predictRoute: Route["methods"] = { GET: answerQuery, POST: answerBody };

/** Query parameters with a text. Each is allowed once. */
const textOptions = [aboveField, "steps", "until", "group"] as const;

function answerBody(call: Call): Reply | Promise<Reply> {
  const wrongType = refuseType(call.request, ["application/json"]);
  if (wrongType) return refusalReply(wrongType);
  const names = call.query ? [...call.query.keys()] : [];
  const unknown = names.find((name) => !isOption(name));
  if (unknown !== undefined) return refusalReply(unknownOption(unknown));
  return readBody(call).then((body) => (body.ok ? answerText(call, body.value) : refusalReply(body.error)));
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
