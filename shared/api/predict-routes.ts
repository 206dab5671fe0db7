/**
 * The OpenAPI description of what predict answers, for the document of the hub: predict itself carries no schema library.
 * Addresses and schemas come from `endpoints/predict.ts`, so that the client and the document cannot disagree.
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

/** What a person reads of an operation, and how it refuses. */
interface Words {
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
  401: "`PREDICT_TOKEN` is set, and the token is missing or wrong",
  404: "Unknown name; says which there are",
  413: "The body is too large",
  415: "The body is of another content type",
  422: "A value is not allowed; says what was found and expected",
  429: "Too many requests; `Retry-After` says when to come back",
  500: "The request failed; the log says why",
  503: "There is no model or no history to answer from yet; `Retry-After` says when to come back",
} as const;

type Status = keyof typeof statuses;

function refusalsOf(schema: z.ZodType, contentType: string, codes: readonly Status[]): Responses {
  const content = { [contentType]: { schema } };
  return Object.fromEntries(codes.map((status) => [status, { description: statuses[status], content }]));
}

const reading = [401, 404, 429, 500, 503] as const;
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
  "Fields are dimensions, the target period and features, by the names that the forecast and its model give them; what is left out comes from the history.";

const ask: Omit<Words, "summary"> = {
  tag: "Predict",
  description: `One instance, its fields in the query. ${fields}`,
  answer: "The prediction, its interval, and what it was computed from",
  refusals: problems([...reading, 422]),
  more: { 304: { description: "`If-None-Match` names the `ETag` of the current answer" } },
};
const send: Omit<Words, "summary"> = {
  tag: "Predict",
  description: `One instance as an object, many as \`{"instances": […]}\`, or every series as \`{"all": true}\`. ${fields}`,
  answer: "One prediction flat, or a list in the order of the instances",
  refusals: problems([...sending, 422]),
  example: { all: true },
};
const invoke: Omit<Words, "summary"> = {
  tag: "MLflow",
  description: "Raw features in one of MLflow's four JSON forms, or as CSV with a header.",
  answer: "One prediction for each row",
  refusals: invocationErrors(sending),
  example: invocationExample,
};
const open = { tag: "Open Inference", refusals: {} } as const;
const model = { tag: "Open Inference", refusals: inferenceErrors(reading) } as const;
const infer = {
  tag: "Open Inference",
  description: "Every input of the model as one tensor of shape [rows] or [rows, 1].",
  answer: "One tensor for each output",
  refusals: inferenceErrors(sending),
  example: inferExample,
} as const;

const words: Readonly<Record<Name, Words>> = {
  askPrediction: { ...ask, summary: "Predict one instance" },
  predict: { ...send, summary: "Predict one instance, many, or every series" },
  askDefaultPrediction: { ...ask, summary: "Predict one instance of the first forecast" },
  predictDefault: { ...send, summary: "Predict with the first forecast" },
  invoke: { ...invoke, summary: "Score raw features" },
  invokeDefault: { ...invoke, summary: "Score raw features with the first forecast" },
  ping: {
    tag: "MLflow",
    summary: "Whether any forecast can be answered",
    answer: "It can; the body is one line feed",
    refusals: invocationErrors([503]),
  },
  getVersion: {
    tag: "MLflow",
    summary: "Version of the service",
    answer: "The version as plain text, under the content type that MLflow sends",
    refusals: {},
  },
  getInferenceServer: { ...open, summary: "Name, version and extensions of the server", answer: "The server" },
  getServerLive: { ...open, summary: "Whether the server runs", answer: "It runs" },
  getServerReady: {
    ...open,
    summary: "Whether any model is ready",
    answer: "One is",
    refusals: { 503: { description: "None is", content: { "application/json": { schema: serverReadyShape } } } },
  },
  getModelMetadata: { ...model, summary: "Inputs and outputs of the model that serves", answer: "The model" },
  getModelReady: { ...model, summary: "Whether a model serves", answer: "It does" },
  inferModel: { ...infer, summary: "Infer from raw features" },
  getModelVersionMetadata: {
    ...model,
    summary: "Inputs and outputs of this version, where it serves",
    answer: "The model",
  },
  getModelVersionReady: { ...model, summary: "Whether this version serves", answer: "It does" },
  inferModelVersion: { ...infer, summary: "Infer from raw features, where this version serves" },
};

function describe(operationId: string, endpoint: Endpoint, told: Words): RouteConfig {
  const { tag, summary, description, answer, refusals, more } = told;
  return {
    operationId,
    method: endpoint.method.toLowerCase() as "get" | "post",
    path: endpoint.path,
    tags: [tag],
    summary,
    ...(description !== undefined && { description }),
    ...(endpoint.token === "predict" && { security: [{}, { predictToken: [] }] }),
    ...(isAnyField(endpoint) && { parameters: [anyField] }),
    request: requestOf(endpoint, told),
    responses: { 200: { description: answer, content: contentOf(endpoint) }, ...more, ...refusals },
  };
}

/** OpenAPI's form of a query whose names are not known in advance. */
const anyField = {
  name: "fields",
  in: "query",
  style: "form",
  explode: true,
  description: "Fields of the instance, each as a parameter of its own",
  schema: { type: "object", additionalProperties: { type: "string" } },
} as const;

const isAnyField = ({ query }: Endpoint) => query?.def.catchall !== undefined;

function requestOf({ path, query, body }: Endpoint, { tag, example }: Words): NonNullable<RouteConfig["request"]> {
  const names = Array.from(path.matchAll(/\{(\w+)\}/g), ([, name]) => name);
  const params = z.object({
    ...(names.includes("forecast") && {
      forecast: forecastParam.meta({ example: (tag === "Predict" ? first : single)?.id }),
    }),
    ...(names.includes("version") && { version: versionParam }),
  });
  const csv = tag === "MLflow" ? { "text/csv": { schema: { type: "string" } } } : {};
  return {
    ...(names.length > 0 && { params }),
    ...(query && { query: z.object(query.shape) }),
    ...(body && { body: { required: true, content: { "application/json": { schema: body, example }, ...csv } } }),
  } as NonNullable<RouteConfig["request"]>;
}

/** A text answer has no schema: MLflow sends it under the content type of JSON. */
function contentOf({ answer }: Endpoint) {
  return { "application/json": { schema: typeof answer === "string" ? z.unknown() : answer } };
}

/** Routes of predict for the OpenAPI registry of the hub. */
export const predictRoutes: readonly RouteConfig[] = Object.entries<Endpoint>(predictEndpoints).map(
  ([name, endpoint]) => describe(name, endpoint, words[name as Name]),
);
