/** MLflow's scoring protocol: answers raw features with predictions. */
import { version } from "../../../package.json";
import type { InvocationError } from "../../../shared/api/mlflow.ts";
import type { Refusal } from "../../../shared/api/problem.ts";
import { problemDetails } from "../../../shared/api/problem.ts";
import { invocationAnswer } from "../../../shared/predict/invocation-answer.ts";
import { readInvocation, readInvocationCsv } from "../../../shared/predict/mlflow.ts";
import { refuseInRawFeatures } from "../../../shared/predict/path-request.ts";
import { recordedTable } from "../../../shared/predict/record.ts";
import type { RefusedRows } from "../../../shared/predict/refused-rows.ts";
import { runTable } from "../../../shared/predict/run-table.ts";
import { inputsOfRequest, isNumberColumn } from "../../../shared/predict/single-series-table.ts";
import { tableSummaries } from "../../../shared/predict/table-summaries.ts";
import { mediaTypeOf, readBody, refuseType } from "../body.ts";
import { type Call, chargeRows, type Route } from "../call.ts";
import { readFlag, unknownFlag } from "../flags.ts";
import { recordAnswer } from "../record-answer.ts";
import { jsonReply, type Reply, sentenceOf, Timing } from "../respond.ts";
import { anyServed, servedFor, unavailable } from "../served.ts";

const csv = "text/csv";

export const invocationRoute: Route["methods"] = { POST: invoke };
export const pingRoute: Route["methods"] = { GET: ping };
export const versionRoute: Route["methods"] = {
  GET: () => ({ status: 200, headers: { "Content-Type": "application/json" }, body: version }),
};

async function invoke(call: Call): Promise<Reply> {
  const wrongType = refuseType(call.request, ["application/json", csv]);
  if (wrongType) return invocationRefusal(wrongType);
  const partial = readFlag(call.query, "partial");
  if (partial === null) return invocationRefusal({ ...unknownFlag("partial", call.query), kind: "bad-request" });
  const refusal = refuseInRawFeatures((name) => call.query?.has(name) ?? false);
  if (refusal !== null) return badRequest(refusal);
  const body = await readBody(call);
  if (!body.ok) return invocationRefusal(body.error);
  const timing = new Timing();
  const served = await servedFor(call);
  if (!served.ok) return invocationRefusal(served.error.refusal, served.error.headers);
  timing.end("snapshot");
  const { snapshot } = served.value;
  const { model } = snapshot;
  const isCsv = mediaTypeOf(call.request).type === csv;
  const read = isCsv
    ? readInvocationCsv(body.value, (name) => isNumberColumn(snapshot, name))
    : readInvocation(body.value);
  if (!read.ok) return badRequest(read.error);
  const refused: RefusedRows | null = partial ? new Map() : null;
  const inputs = inputsOfRequest(snapshot, read.value, refused);
  timing.end("features");
  if (!inputs.ok) return badRequest(inputs.error);
  const count = read.value.rows.length;
  chargeRows(call, { rows: count, inputs: model.inputs.length });
  const run = await runTable({ engine: model.engine, inputs: inputs.value, count, refused });
  if (!run.ok) {
    const { isRows, reason } = run.error;
    return isRows ? badRequest(reason) : invocationRefusal(...unavailable(snapshot.forecast.id, reason));
  }
  const { outputs, answered } = run.value;
  const summaries = tableSummaries(model, { inputs: inputs.value, outputs, count });
  const answer = invocationAnswer(model, { outputs, count, refused, summaries });
  timing.end("model");
  const record = (rowsMax: number) =>
    recordedTable(snapshot, { inputs: inputs.value, outputs, answered, summaries }, rowsMax);
  recordAnswer(call, { protocol: "mlflow", snapshot, record });
  return jsonReply(answer, { headers: { "Server-Timing": timing.header } });
}

/** Answers 200 if any forecast can be answered. */
async function ping(call: Call): Promise<Reply> {
  const served = await anyServed(call);
  if (!served.ok) return invocationRefusal(served.error.refusal, served.error.headers);
  return { status: 200, headers: { "Content-Type": "application/json" }, body: "\n" };
}

function badRequest(message: string): Reply {
  const error: InvocationError = { error_code: "BAD_REQUEST", message };
  return jsonReply(error, { status: 400 });
}

/** Returns a refusal in the form of an MLflow error. */
export function invocationRefusal(refusal: Refusal, headers: Readonly<Record<string, string>> = {}): Reply {
  const { status } = problemDetails(refusal);
  const error: InvocationError = { error_code: codes[status] ?? "BAD_REQUEST", message: sentenceOf(refusal) };
  return jsonReply(error, { status, headers });
}

/** The error codes of MLflow that its clients distinguish. */
const codes: Readonly<Record<number, InvocationError["error_code"]>> = {
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "RESOURCE_DOES_NOT_EXIST",
  429: "REQUEST_LIMIT_EXCEEDED",
  500: "INTERNAL_ERROR",
  503: "TEMPORARILY_UNAVAILABLE",
};
