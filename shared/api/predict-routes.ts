/**
 * OpenAPI description of the predict Worker, for the hub's document, because predict bundles no schema library. Addresses
 * and schemas come from `endpoints/predict.ts`, so that the client and the document always agree.
 */
import type { RouteConfig } from "@hono/zod-openapi";
import { z } from "zod";
import { forecasts } from "../forecasts/index.ts";
import type { Endpoint } from "./endpoint.ts";
import { predictEndpoints } from "./endpoints/predict.ts";
import { forecastParam, versionParam } from "./fields.ts";
import { invocationErrorShape } from "./mlflow.ts";
import { inferenceErrorShape, serverReadyShape } from "./open-inference.ts";
import { problemShape } from "./problem-shape.ts";

type Name = keyof typeof predictEndpoints;
type Responses = RouteConfig["responses"];

/** Texts and refusals of an operation. */
interface Documentation {
  readonly tag: "Predict" | "MLflow" | "Open Inference" | "Service";
  readonly summary: string;
  readonly description?: string;
  readonly answer: string;
  readonly refusals: Responses;
  /** Other answers than 200 and refusals. */
  readonly more?: Responses;
  readonly example?: unknown;
}

const statuses = {
  400: "The body cannot be read",
  401: "`PREDICT_TOKEN` is set or the forecast is about persons, and the token is missing or wrong",
  403: "The forecast is about persons, and `PERSONAL_TOKEN` is not set",
  404: "Unknown name. The answer lists the existing ones",
  413: "The body is too large",
  415: "Unsupported content type",
  422: "Invalid value. The answer states what was found and expected",
  429: "Too many requests. Retry after the seconds in `Retry-After`",
  500: "Internal error. The log has the reason",
  503: "No model or no history is available yet. Retry after the seconds in `Retry-After`",
} as const;

type Status = keyof typeof statuses;

function refusalsOf(schema: z.ZodType, contentType: string, codes: readonly Status[]): Responses {
  const content = { [contentType]: { schema } };
  return Object.fromEntries(codes.map((status) => [status, { description: statuses[status], content }]));
}

const reading = [401, 403, 404, 429, 500, 503] as const;
const sending = [400, ...reading, 413, 415] as const;
const problems = (codes: readonly Status[]) => refusalsOf(problemShape, "application/problem+json", codes);
const invocationErrors = (codes: readonly Status[]) => refusalsOf(invocationErrorShape, "application/json", codes);
const inferenceErrors = (codes: readonly Status[]) => refusalsOf(inferenceErrorShape, "application/json", codes);

const [first] = forecasts;
const single = forecasts.find(({ dimensions }) => dimensions.length === 0) ?? first;
const inputNames = single?.features.map(({ name }) => name) ?? [];
const invocationExample = { dataframe_records: [Object.fromEntries(inputNames.map((name) => [name, 1]))] };
const inferExample = {
  inputs: inputNames.map((name) => ({ name, shape: [1, 1], datatype: "FP32", data: [1] })),
};

const fields =
  "Fields are the dimensions, the target period and the features, under the names of the forecast and its model. Missing features are computed from the history.";
/** What a request for a new series may leave out; the same rule in every protocol. */
const missingRule =
  "A forecast of next events also answers for a series that is not in the history. Its features of statements, such as a customer's age, may be left out; others may be sent without a value. Both are then missing for the model.";

const ask: Omit<Documentation, "summary"> = {
  tag: "Predict",
  description: `One instance, with its fields in the query. ${fields} An empty parameter is a feature without a value there. ${missingRule}`,
  answer: "The prediction, its intervals and the model and data that it was computed from",
  refusals: problems([...reading, 422]),
  more: { 304: { description: "`If-None-Match` matches the `ETag` of the current answer" } },
};
const send: Omit<Documentation, "summary"> = {
  tag: "Predict",
  description: `One instance as an object, several as \`{"instances": […]}\`, or all series as \`{"all": true}\`. ${fields} Null is a feature without a value. ${missingRule}`,
  answer: "One prediction as an object, or a list in the order of the instances",
  refusals: problems([...sending, 422]),
  example: { all: true },
};
const invoke: Omit<Documentation, "summary"> = {
  tag: "MLflow",
  description: `Raw features in one of MLflow's four JSON forms, or as CSV with a header. Null, NaN and an empty field of CSV are features without a value. ${missingRule}`,
  answer: "One prediction per row",
  refusals: invocationErrors(sending),
  example: invocationExample,
};
const open = { tag: "Open Inference", refusals: {} } as const;
const model = { tag: "Open Inference", refusals: inferenceErrors(reading) } as const;
const infer = {
  tag: "Open Inference",
  description: `Each input of the model is a tensor of shape [rows] or [rows, 1]. A body without \`Content-Type\` is read as JSON. With \`Inference-Header-Content-Length\` the data of tensors follow the JSON as bytes; outputs are sent as bytes if \`binary_data_output\` or \`binary_data\` asks for it. Null, NaN and an empty text are features without a value. ${missingRule}`,
  answer: "One tensor per output",
  refusals: inferenceErrors(sending),
  example: inferExample,
} as const;

const documentation: Readonly<Record<Name, Documentation>> = {
  askPrediction: { ...ask, summary: "Predict one instance" },
  predict: { ...send, summary: "Predict one instance, several or all series" },
  askDefaultPrediction: { ...ask, summary: "Predict one instance of the first forecast" },
  predictDefault: { ...send, summary: "Predict with the first forecast" },
  getServing: {
    tag: "Predict",
    summary: "Which version answers, from which data, and why",
    description:
      "Reads the newest champion and history again, so a caller can wait here until its own change is visible at its location.",
    answer: "The version and the data",
    refusals: problems(reading),
  },
  invoke: { ...invoke, summary: "Score raw features" },
  invokeDefault: { ...invoke, summary: "Score raw features with the first forecast" },
  ping: {
    tag: "MLflow",
    summary: "Check whether at least one forecast has a model",
    answer: "At least one has. The body is a line feed",
    refusals: invocationErrors([503]),
  },
  getVersion: {
    tag: "MLflow",
    summary: "Get the version of the service",
    answer: "The version as plain text, with the content type that MLflow uses",
    refusals: {},
  },
  getInferenceServer: { ...open, summary: "Get the name, version and extensions of the server", answer: "The server" },
  getServerLive: { ...open, summary: "Check whether the server runs", answer: "It runs" },
  getServerReady: {
    ...open,
    summary: "Check whether at least one model is ready",
    answer: "At least one is ready",
    refusals: {
      503: { description: "No model is ready", content: { "application/json": { schema: serverReadyShape } } },
    },
  },
  getModelMetadata: { ...model, summary: "Get the inputs and outputs of the model that serves", answer: "The model" },
  getModelReady: { ...model, summary: "Check whether a model serves", answer: "A model serves" },
  inferModel: { ...infer, summary: "Predict from raw features" },
  getModelVersionMetadata: {
    ...model,
    summary: "Get the inputs and outputs of this version, if it serves",
    answer: "The model",
  },
  getModelVersionReady: { ...model, summary: "Check whether this version serves", answer: "It serves" },
  inferModelVersion: { ...infer, summary: "Predict from raw features, if this version serves" },
};

function describe(operationId: string, endpoint: Endpoint, documented: Documentation): RouteConfig {
  const { tag, summary, description, answer, refusals, more } = documented;
  return {
    operationId,
    method: endpoint.method.toLowerCase() as "get" | "post",
    path: endpoint.path,
    tags: [tag],
    summary,
    ...(description !== undefined && { description }),
    ...(endpoint.token === "predict" && { security: [{}, { predictToken: [] }] }),
    ...(isAnyField(endpoint) && { parameters: [anyField] }),
    request: requestOf(endpoint, documented),
    responses: { 200: { description: answer, content: contentOf(endpoint) }, ...more, ...refusals },
  };
}

/** OpenAPI parameter for a query with arbitrary names. */
const anyField = {
  name: "fields",
  in: "query",
  style: "form",
  explode: true,
  description: "Fields of the instance, one parameter each",
  schema: { type: "object", additionalProperties: { type: "string" } },
} as const;

const isAnyField = ({ query }: Endpoint) => query?.def.catchall !== undefined;

function requestOf(
  { path, query, body }: Endpoint,
  { tag, example }: Documentation,
): NonNullable<RouteConfig["request"]> {
  const names = Array.from(path.matchAll(/\{(\w+)\}/g), ([, name]) => name);
  const params = z.object({
    ...(names.includes("forecast") && {
      forecast: forecastParam.meta({ example: (tag === "Predict" ? first : single)?.id }),
    }),
    ...(names.includes("version") && { version: versionParam }),
  });
  const csv = tag === "MLflow" ? { "text/csv": { schema: { type: "string" } } } : {};
  const bytes = tag === "Open Inference" ? binaryTensors : {};
  return {
    ...(names.length > 0 && { params }),
    ...(query && { query: z.object(query.shape) }),
    ...(body && {
      body: { required: true, content: { "application/json": { schema: body, example }, ...csv, ...bytes } },
    }),
  } as NonNullable<RouteConfig["request"]>;
}

/** Returns the content of an answer. A text answer has no schema, because MLflow sends it with the content type of JSON. */
function contentOf({ answer, path }: Endpoint) {
  const bytes = path.endsWith("/infer") ? binaryTensors : {};
  return { "application/json": { schema: typeof answer === "string" ? z.unknown() : answer }, ...bytes };
}

/** JSON, and the data of tensors behind it. */
const binaryTensors = { "application/octet-stream": { schema: z.string().meta({ format: "binary" }) } } as const;

/** The routes of predict for the hub's OpenAPI registry. */
export const predictRoutes: readonly RouteConfig[] = Object.entries<Endpoint>(predictEndpoints).map(
  ([name, endpoint]) => describe(name, endpoint, documentation[name as Name]),
);
