/** The Open Inference Protocol, version 2; a model's name is its forecast's. */
import { version as serverVersion } from "../../../package.json";
import { problemDetails, type Refusal } from "../../../shared/api/problem.ts";
import { runEngine } from "../../../shared/predict/engines.ts";
import { inferAnswer, modelMetadata, readInfer } from "../../../shared/predict/open-inference.ts";
import { recordedTable } from "../../../shared/predict/record.ts";
import type { Call, Route } from "../app.ts";
import { readBody, refuseType } from "../body.ts";
import { recordAnswer } from "../record.ts";
import { jsonReply, type Reply, sentenceOf, Timing } from "../respond.ts";
import { anyServed, type ServedCall, servedFor, unavailable } from "../served.ts";

const uncached = { "Cache-Control": "no-store" };

export const serverRoutes: readonly Route[] = [
  { path: "/v2", methods: { GET: () => jsonReply({ name: "almanac", version: serverVersion, extensions: [] }) } },
  { path: "/v2/health/live", methods: { GET: () => jsonReply({ live: true }, { headers: uncached }) } },
  { path: "/v2/health/ready", methods: { GET: serverReady } },
].map((route) => ({ ...route, isOpen: true }));

/** Each with a version or without. */
export const modelRoutes: readonly Route[] = ["/v2/models/:forecast", "/v2/models/:forecast/versions/:version"].flatMap(
  (path) => [
    { path, methods: { GET: metadata } },
    { path: `${path}/ready`, methods: { GET: modelReady } },
    { path: `${path}/infer`, methods: { POST: infer } },
  ],
);

/** Whether any forecast can be answered: each has a readiness of its own. */
async function serverReady(call: Call): Promise<Reply> {
  const served = await anyServed(call);
  return jsonReply({ ready: served.ok }, { status: served.ok ? 200 : 503, headers: uncached });
}

async function metadata(call: Call): Promise<Reply> {
  const served = await modelOf(call);
  return served.ok ? jsonReply(modelMetadata(served.snapshot.model), { headers: uncached }) : told(served);
}

async function modelReady(call: Call): Promise<Reply> {
  const served = await modelOf(call);
  return served.ok ? jsonReply({ name: call.forecast, ready: true }, { headers: uncached }) : told(served);
}

async function infer(call: Call): Promise<Reply> {
  const refused = refuseType(call.request, ["application/json"]) ?? refuseBinary(call.request);
  if (refused) return told({ refusal: refused });
  const body = await readBody(call.request);
  if (!body.ok) return told(body);
  const timing = new Timing();
  const served = await modelOf(call);
  if (!served.ok) return told(served);
  timing.end("snapshot");
  const { snapshot } = served;
  const { model } = snapshot;
  let json: unknown;
  try {
    json = JSON.parse(body.text);
  } catch {
    return failed("the body is not JSON");
  }
  const read = readInfer(json, model);
  timing.end("features");
  if (!read.ok) return failed(read.problem);
  const run = await runEngine(model.engine, read.request.inputs);
  if (!run.ok) {
    if (run.isRows) return failed(run.reason);
    const [refusal, headers] = unavailable(call.forecast, run.reason);
    return told({ refusal, headers });
  }
  timing.end("model");
  const rows = () => recordedTable(snapshot, { inputs: read.request.inputs, outputs: run.outputs });
  recordAnswer(call, { protocol: "open-inference", snapshot, rows });
  const headers = { "Server-Timing": timing.header };
  return jsonReply(inferAnswer(model, read.request, run.outputs), { headers });
}

/** The model of the path; a version that does not serve is not there. */
async function modelOf(call: Call): Promise<ServedCall> {
  const served = await servedFor(call);
  const { version } = call.params;
  if (!served.ok || version === undefined || version === served.snapshot.model.card.version) return served;
  const serving = served.snapshot.model.card.version;
  const detail = `Version ${version} of ${call.forecast} does not serve.`;
  return { ok: false, refusal: { kind: "not-found", detail, found: version, expected: serving }, headers: {} };
}

function refuseBinary(request: Request): Refusal | null {
  if (!request.headers.has("Inference-Header-Content-Length")) return null;
  const detail = "Tensors are read as JSON; the binary extension is not spoken here.";
  return { kind: "unsupported-media-type", detail, expected: "data as JSON" };
}

function failed(error: string): Reply {
  return jsonReply({ error }, { status: 400 });
}

/** A refusal of ours in the protocol's words. */
export function openInferenceRefusal(refusal: Refusal, headers: Readonly<Record<string, string>> = {}): Reply {
  return jsonReply({ error: sentenceOf(refusal) }, { status: problemDetails(refusal).status, headers });
}

function told({
  refusal,
  headers,
}: {
  readonly refusal: Refusal;
  readonly headers?: Readonly<Record<string, string>>;
}): Reply {
  return openInferenceRefusal(refusal, headers);
}
