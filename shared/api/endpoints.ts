/** All endpoints of the service by operationId. A test compares them with the OpenAPI document. */
import type { Endpoint } from "./endpoint.ts";
import { feedEndpoints } from "./endpoints/feeds.ts";
import { flowEndpoints } from "./endpoints/flows.ts";
import { forecastEndpoints } from "./endpoints/forecasts.ts";
import { modelEndpoints } from "./endpoints/models.ts";
import { originalEndpoints } from "./endpoints/original.ts";
import { predictEndpoints } from "./endpoints/predict.ts";
import { reportEndpoints } from "./endpoints/reports.ts";
import { runEndpoints } from "./endpoints/runs.ts";
import { serviceEndpoints } from "./endpoints/service.ts";
import { subscriptionEndpoints } from "./endpoints/subscriptions.ts";

export const endpoints = {
  ...feedEndpoints,
  ...flowEndpoints,
  ...forecastEndpoints,
  ...modelEndpoints,
  ...reportEndpoints,
  ...runEndpoints,
  ...predictEndpoints,
  ...subscriptionEndpoints,
  ...serviceEndpoints,
  ...originalEndpoints,
} satisfies Readonly<Record<string, Endpoint>>;
