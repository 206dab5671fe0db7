/** The Open Inference Protocol, version 2. A model has the name of its forecast. */
import { version as serverVersion } from "../../../package.json";
import { bodyJsonLimits } from "../../../shared/api/predict-limits.ts";
import { problemDetails, type Refusal } from "../../../shared/api/problem.ts";
import { parseJson } from "../../../shared/lib/parse-json.ts";
import { failure } from "../../../shared/lib/result.ts";
import { runEngine } from "../../../shared/predict/engines.ts";
import { inferAnswer, modelMetadata, readInfer } from "../../../shared/predict/open-inference.ts";
import { recordedTable } from "../../../shared/predict/record.ts";
import { readBody, refuseType } from "../body.ts";
import type { Call, Route } from "../call.ts";
import { recordAnswer } from "../record-answer.ts";
import { jsonReply, type Reply, sentenceOf, Timing } from "../respond.ts";
import { anyServed, type ServedCall, servedFor, unavailable } from "../served.ts";

const uncached = { "Cache-Control": "no-store" };

export const serverRoutes: readonly Route[] = [
  { path: "/v2", methods: { GET: () => jsonReply({ name: "almanac", version: serverVersion, extensions: [] }) } },
  { path: "/v2/health/live", methods: { GET: () => jsonReply({ live: true }, { headers: uncached }) } },
  { path: "/v2/health/ready", methods: { GET: serverReady } },
].map((route) => ({ ...route, isOpen: true }));

/** The routes of a model, each with and without a version. */
export const modelRoutes: readonly Route[] = ["/v2/models/:forecast", "/v2/models/:forecast/versions/:version"].flatMap(
  (path) => [
    { path, methods: { GET: metadata } },
    { path: `${path}/ready`, methods: { GET: modelReady } },
    { path: `${path}/infer`, methods: { POST: infer } },
  ],
);

/** Answers ready if any forecast can be answered. Each model also has a readiness route. */
async function serverReady(call: Call): Promise<Reply> {
  const served = await anyServed(call);
  return jsonReply({ ready: served.ok }, { status: served.ok ? 200 : 503, headers: uncached });
}

async function metadata(call: Call): Promise<Reply> {
  const served = await modelOf(call);
  return served.ok
    ? jsonReply(modelMetadata(served.value.snapshot.model), { headers: uncached })
    : refused(served.error);
}

async function modelReady(call: Call): Promise<Reply> {
  const served = await modelOf(call);
  return served.ok ? jsonReply({ name: call.forecast, ready: true }, { headers: uncached }) : refused(served.error);
}

async function infer(call: Call): Promise<Reply> {
  const wrongType = refuseType(call.request, ["application/json"]) ?? refuseBinary(call.request);
  if (wrongType) return refused({ refusal: wrongType });
  const body = await readBody(call.request);
  if (!body.ok) return refused({ refusal: body.error });
  const timing = new Timing();
  const served = await modelOf(call);
  if (!served.ok) return refused(served.error);
  timing.end("snapshot");
  const { snapshot } = served.value;
  const { model } = snapshot;
  const json = parseJson(body.value, bodyJsonLimits);
  if (!json.ok) return badRequest(`the body cannot be parsed as JSON: ${json.error}`);
  const read = readInfer(json.value, model);
  timing.end("features");
  if (!read.ok) return badRequest(read.error);
  const run = await runEngine(model.engine, read.value.inputs);
  if (!run.ok) {
    if (run.isRows) return badRequest(run.reason);
    const [refusal, headers] = unavailable(snapshot.forecast.id, run.reason);
    return refused({ refusal, headers });
  }
  timing.end("model");
  const rows = () => recordedTable(snapshot, { inputs: read.value.inputs, outputs: run.outputs });
  recordAnswer(call, { protocol: "open-inference", snapshot, rows });
  const headers = { "Server-Timing": timing.header };
  return jsonReply(inferAnswer(model, read.value, run.outputs), { headers });
}

/** Returns the snapshot of the path's model. A version that does not serve is not found. */
async function modelOf(call: Call): Promise<ServedCall> {
  const served = await servedFor(call);
  const { version } = call.params;
  if (!served.ok || version === undefined) return served;
  const servedVersion = served.value.snapshot.model.card.version;
  if (version === servedVersion) return served;
  const detail = `Version ${version} is not the champion of ${call.forecast}.`;
  return failure({ refusal: { kind: "not-found", detail, found: version, expected: servedVersion }, headers: {} });
}

function refuseBinary(request: Request): Refusal | null {
  if (!request.headers.has("Inference-Header-Content-Length")) return null;
  const detail = "The binary tensor extension is not supported.";
  return { kind: "unsupported-media-type", detail, expected: "tensors as JSON" };
}

function badRequest(error: string): Reply {
  return jsonReply({ error }, { status: 400 });
}

/** Returns a refusal in the form of the protocol's errors. */
export function openInferenceRefusal(refusal: Refusal, headers: Readonly<Record<string, string>> = {}): Reply {
  return jsonReply({ error: sentenceOf(refusal) }, { status: problemDetails(refusal).status, headers });
}

function refused({
  refusal,
  headers,
}: {
  readonly refusal: Refusal;
  readonly headers?: Readonly<Record<string, string>>;
}): Reply {
  return openInferenceRefusal(refusal, headers);
}
