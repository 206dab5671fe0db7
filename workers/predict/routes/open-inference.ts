/** The Open Inference Protocol, version 2, with binary tensor data. A model has the name of its forecast. */
import { version as serverVersion } from "../../../package.json";
import { bodyJsonLimits } from "../../../shared/api/predict-limits.ts";
import { problemDetails, type Refusal } from "../../../shared/api/problem.ts";
import { failure, type Result, success } from "../../../shared/lib/result.ts";
import { decodeUtf8, encodeUtf8 } from "../../../shared/lib/utf8.ts";
import { isObject } from "../../../shared/lib/validate-json.ts";
import { describeValue } from "../../../shared/predict/describe-value.ts";
import { type BuiltInferAnswer, inferAnswer } from "../../../shared/predict/infer-answer.ts";
import { modelMetadata } from "../../../shared/predict/infer-outputs.ts";
import { readInfer } from "../../../shared/predict/infer-request.ts";
import { refuseInParameters, refuseInRawFeatures } from "../../../shared/predict/path-request.ts";
import { parsePythonJson } from "../../../shared/predict/python-json.ts";
import { recordedTable } from "../../../shared/predict/record.ts";
import type { RefusedRows } from "../../../shared/predict/refused-rows.ts";
import { runTable } from "../../../shared/predict/run-table.ts";
import { tableSummaries } from "../../../shared/predict/table-summaries.ts";
import { readBody, readBytes, refuseEncoding, refuseType } from "../body.ts";
import { type Call, chargeRows, type Route } from "../call.ts";
import { readFlag, unknownFlag } from "../flags.ts";
import { recordAnswer } from "../record-answer.ts";
import { type Reply, sentenceOf, Timing } from "../respond.ts";
import { anyServed, type ServedCall, servedFor, unavailable } from "../served.ts";

/** Extensions of the protocol, by Triton's names. */
const extensions = ["binary_tensor_data"];

/** With this header a body is JSON of so many bytes, followed by the data of tensors. */
const jsonLengthHeader = "Inference-Header-Content-Length";

const uncached = { "Cache-Control": "no-store" };

export const serverRoutes: readonly Route[] = [
  { path: "/v2", methods: { GET: () => protocolReply({ name: "almanac", version: serverVersion, extensions }) } },
  { path: "/v2/health/live", methods: { GET: () => protocolReply({ live: true }, { headers: uncached }) } },
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
  return protocolReply({ ready: served.ok }, { status: served.ok ? 200 : 503, headers: uncached });
}

async function metadata(call: Call): Promise<Reply> {
  const served = await modelOf(call);
  return served.ok
    ? protocolReply(modelMetadata(served.value.snapshot.model), { headers: uncached })
    : refused(served.error);
}

async function modelReady(call: Call): Promise<Reply> {
  const served = await modelOf(call);
  return served.ok ? protocolReply({ name: call.forecast, ready: true }, { headers: uncached }) : refused(served.error);
}

async function infer(call: Call): Promise<Reply> {
  const wrongType = refuseBodyType(call.request);
  if (wrongType) return openInferenceRefusal(wrongType);
  const partial = readFlag(call.query, "partial");
  if (partial === null) return openInferenceRefusal({ ...unknownFlag("partial", call.query), kind: "bad-request" });
  const refusal = refuseInRawFeatures((name) => call.query?.has(name) ?? false);
  if (refusal !== null) return badRequest(refusal);
  const body = await readInferBody(call);
  if (!body.ok) return openInferenceRefusal(body.error);
  const timing = new Timing();
  const served = await modelOf(call);
  if (!served.ok) return refused(served.error);
  timing.end("snapshot");
  const { snapshot } = served.value;
  const { model } = snapshot;
  const json = parsePythonJson(body.value.text, bodyJsonLimits);
  if (!json.ok) return badRequest(json.error);
  const misplaced = refuseInParameters(isObject(json.value) ? json.value.parameters : null);
  if (misplaced !== null) return badRequest(misplaced);
  const refusedRows: RefusedRows | null = partial ? new Map() : null;
  const read = readInfer({ json: json.value, binary: body.value.binary }, model, refusedRows);
  timing.end("features");
  if (!read.ok) return badRequest(read.error);
  const { inputs, rows: count } = read.value;
  chargeRows(call, { rows: count, inputs: model.inputs.length });
  const run = await runTable({ engine: model.engine, inputs, count, refused: refusedRows });
  if (!run.ok) {
    const { isRows, reason } = run.error;
    if (isRows) return badRequest(reason);
    const [refusal, headers] = unavailable(snapshot.forecast.id, reason);
    return openInferenceRefusal(refusal, headers);
  }
  timing.end("model");
  const { outputs, answered } = run.value;
  const summaries = tableSummaries(model, { inputs, outputs, count });
  const record = (rowsMax: number) => recordedTable(snapshot, { inputs, outputs, answered, summaries }, rowsMax);
  recordAnswer(call, { protocol: "open-inference", snapshot, record });
  const built = inferAnswer(model, read.value, { values: outputs, refused: refusedRows, summaries });
  return inferReply(built, { "Server-Timing": timing.header });
}

/** Returns the refusal of a body of another type. A body without Content-Type is accepted: Triton's client sends none. */
function refuseBodyType(request: Request): Refusal | null {
  if ((request.headers.get("Content-Type") ?? "") === "") return refuseEncoding(request);
  return refuseType(request, ["application/json", "application/octet-stream"]);
}

interface ReadInferBody {
  readonly text: string;
  /** The bytes after the JSON. */
  readonly binary: Uint8Array;
}

async function readInferBody(call: Call): Promise<Result<ReadInferBody, Refusal>> {
  const stated = call.request.headers.get(jsonLengthHeader);
  if (stated === null) {
    const text = await readBody(call);
    return text.ok ? success({ text: text.value, binary: new Uint8Array() }) : text;
  }
  const bytes = await readBytes(call);
  if (!bytes.ok) return bytes;
  const length = /^\d{1,9}$/.test(stated) ? Number(stated) : Number.NaN;
  if (!(length <= bytes.value.length)) {
    const detail = `${jsonLengthHeader} is not the length of the JSON.`;
    const expected = `a whole number of at most ${bytes.value.length}, the length of the body`;
    return failure({ kind: "bad-request", detail, found: describeValue(stated), expected });
  }
  const text = decodeUtf8(bytes.value.subarray(0, length));
  if (text === null) return failure({ kind: "bad-request", detail: "The JSON before the binary data is not UTF-8." });
  return success({ text, binary: bytes.value.subarray(length) });
}

/** Returns JSON, or JSON with the binary data behind it. */
function inferReply({ answer, pieces }: BuiltInferAnswer, headers: Readonly<Record<string, string>>): Reply {
  if (pieces.length === 0) return protocolReply(answer, { headers });
  const json = encodeUtf8(JSON.stringify(answer));
  const body = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, json.length));
  let at = 0;
  for (const piece of [json, ...pieces]) {
    body.set(piece, at);
    at += piece.length;
  }
  const length = String(json.length);
  return {
    status: 200,
    headers: { ...headers, "Content-Type": "application/octet-stream", [jsonLengthHeader]: length },
    body,
  };
}

/** Returns the snapshot of the path's model. A version that does not serve is not found. */
async function modelOf(call: Call): Promise<ServedCall> {
  const served = await servedFor(call);
  const { version } = call.params;
  if (!served.ok || version === undefined) return served;
  const servedVersion = served.value.snapshot.model.card.version;
  if (version === servedVersion) return served;
  const found = describeValue(version);
  const detail = `Version ${found} is not the champion of ${call.forecast}.`;
  return failure({ refusal: { kind: "not-found", detail, found, expected: servedVersion }, headers: {} });
}

/** Returns JSON with exactly the content type `application/json`: KServe's client shows no error message for another one. */
function protocolReply(body: unknown, { status = 200, headers = {} }: Partial<Omit<Reply, "body">> = {}): Reply {
  return { status, headers: { ...headers, "Content-Type": "application/json" }, body: JSON.stringify(body) };
}

function badRequest(error: string): Reply {
  return protocolReply({ error }, { status: 400 });
}

/** Returns a refusal in the form of the protocol's errors. */
export function openInferenceRefusal(refusal: Refusal, headers: Readonly<Record<string, string>> = {}): Reply {
  return protocolReply({ error: sentenceOf(refusal) }, { status: problemDetails(refusal).status, headers });
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
