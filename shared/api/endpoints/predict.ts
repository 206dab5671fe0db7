/** Endpoints of the predict Worker: its own protocol, MLflow and Open Inference. */
import type { Endpoint } from "../endpoint.ts";
import { invocationAnswerShape, invocationShape } from "../mlflow.ts";
import {
  inferAnswerShape,
  inferenceServerShape,
  inferRequestShape,
  modelMetadataShape,
  modelReadyShape,
  serverLiveShape,
  serverReadyShape,
} from "../open-inference.ts";
import {
  predictAnswerShape,
  predictOptionsShape,
  predictQueryShape,
  predictRequestShape,
  rawFeaturesOptionsShape,
  singleAnswerShape,
} from "../predict.ts";
import { servingShape } from "../serving.ts";

const model = "/v2/models/{forecast}";
const modelVersion = `${model}/versions/{version}` as const;

const ask = { method: "GET", token: "predict", query: predictQueryShape, answer: singleAnswerShape } as const;
const send = {
  method: "POST",
  token: "predict",
  query: predictOptionsShape,
  body: predictRequestShape,
  answer: predictAnswerShape,
} as const;
const invoke = {
  method: "POST",
  token: "predict",
  query: rawFeaturesOptionsShape,
  body: invocationShape,
  answer: invocationAnswerShape,
} as const;
const metadata = { method: "GET", token: "predict", answer: modelMetadataShape } as const;
const ready = { method: "GET", token: "predict", answer: modelReadyShape } as const;
const infer = {
  method: "POST",
  token: "predict",
  query: rawFeaturesOptionsShape,
  body: inferRequestShape,
  answer: inferAnswerShape,
} as const;

export const predictEndpoints = {
  askPrediction: { ...ask, path: "/predict/{forecast}" },
  predict: { ...send, path: "/predict/{forecast}" },
  askDefaultPrediction: { ...ask, path: "/predict" },
  predictDefault: { ...send, path: "/predict" },
  getServing: { method: "GET", token: "predict", path: "/serving/{forecast}", answer: servingShape },
  invoke: { ...invoke, path: "/invocations/{forecast}" },
  invokeDefault: { ...invoke, path: "/invocations" },
  ping: { method: "GET", path: "/ping", answer: "text" },
  getVersion: { method: "GET", path: "/version", answer: "text" },
  getInferenceServer: { method: "GET", path: "/v2", answer: inferenceServerShape },
  getServerLive: { method: "GET", path: "/v2/health/live", answer: serverLiveShape },
  getServerReady: { method: "GET", path: "/v2/health/ready", answer: serverReadyShape },
  getModelMetadata: { ...metadata, path: model },
  getModelReady: { ...ready, path: `${model}/ready` },
  inferModel: { ...infer, path: `${model}/infer` },
  getModelVersionMetadata: { ...metadata, path: modelVersion },
  getModelVersionReady: { ...ready, path: `${modelVersion}/ready` },
  inferModelVersion: { ...infer, path: `${modelVersion}/infer` },
} as const satisfies Readonly<Record<string, Endpoint>>;
