/** `/api/v1`: the addresses of an original service. */
import type { Endpoint } from "../endpoint.ts";
import {
  onlinePredictionRequestShape,
  onlinePredictionShape,
  pastPredictionQueryShape,
  pastPredictionShape,
} from "../original-requests.ts";

export const originalEndpoints = {
  getOriginalPrediction: {
    method: "GET",
    path: "/api/v1/get_prediction",
    query: pastPredictionQueryShape,
    answer: pastPredictionShape,
  },
  getOriginalOnlinePrediction: {
    method: "POST",
    path: "/api/v1/get_online_prediction",
    body: onlinePredictionRequestShape,
    answer: onlinePredictionShape,
  },
} as const satisfies Readonly<Record<string, Endpoint>>;
