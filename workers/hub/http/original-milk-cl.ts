/**
 * `/api/v1`: the addresses of the original service for the milk price in Chile, for its clients. They map to ordinary actions of
 * this forecast.
 */
import { createRoute } from "@hono/zod-openapi";
import {
  type OnlinePrediction,
  onlinePredictionRequestShape,
  onlinePredictionShape,
  pastPredictionQueryShape,
  pastPredictionShape,
} from "../../../shared/api/original-requests.ts";
import { periodOfParts } from "../../../shared/forecasts/date-part.ts";
import { predictReplaced } from "../actions/predict-replaced.ts";
import { readPastPrediction } from "../actions/read-past-prediction.ts";
import { predictClient } from "./predict-client.ts";
import { unwrap } from "./refuse.ts";
import { apiRoutes, json, jsonBody, jsonRequest, refusals } from "./route.ts";

export const originalMilkClRoutes = apiRoutes();

const forecast = "milk-cl";
/** A request replaces the newest three months. */
const count = 3;

const past = createRoute({
  method: "get",
  path: "/api/v1/get_prediction",
  operationId: "getOriginalPrediction",
  tags: ["Original service"],
  summary: "The prediction of a past month",
  description: "As in the original service. `GET /forecasts/milk-cl/backfill` lists all months.",
  request: { query: pastPredictionQueryShape },
  responses: { 200: json(pastPredictionShape, "The prediction"), ...refusals.filteredRead },
});

originalMilkClRoutes.openapi(past, async (context) => {
  const { year, month } = context.req.valid("query");
  const parts = new Map([["year", year] as const, ["month", month] as const]);
  const wanted = { forecast, period: periodOfParts("month", parts) ?? "" };
  return context.json(unwrap(await readPastPrediction(context.var.hub, wanted)), 200);
});

const online = createRoute({
  method: "post",
  path: "/api/v1/get_online_prediction",
  operationId: "getOriginalOnlinePrediction",
  tags: ["Original service"],
  summary: "The prediction of the next month from other values of the last three months",
  description:
    "As in the original service: `data` replaces the newest three values of its columns, and all others come from the history. Columns are variables that the forecast reads.",
  middleware: [jsonBody] as const,
  request: { body: jsonRequest(onlinePredictionRequestShape) },
  responses: { 200: json(onlinePredictionShape, "The prediction"), ...refusals.filteredRead },
});

originalMilkClRoutes.openapi(online, async (context) => {
  const { data: values } = context.req.valid("json");
  const { snapshots } = context.var.hub;
  const { predict } = predictClient(context);
  const answered = await predictReplaced({ snapshots, predict }, { forecast, values, count });
  const { prediction, target_period: period, model } = unwrap(answered);
  const answer: OnlinePrediction = {
    prediction: Number(prediction),
    period,
    hypothetical: true,
    version: model.version,
  };
  return context.json(answer, 200);
});
