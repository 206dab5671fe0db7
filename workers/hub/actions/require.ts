/** Finds things by name. Refuses an unknown name and lists the existing names. */
import type { Refusal } from "../../../shared/api/problem.ts";
import { type FlowRun, findFlow } from "../../../shared/db/flows.ts";
import { findModel, listVersions, type StagedModel } from "../../../shared/db/models.ts";
import { findRun, type TrainingRun } from "../../../shared/db/runs.ts";
import { findSubscription, type Subscription } from "../../../shared/db/subscriptions.ts";
import type { Feed } from "../../../shared/feeds/feed.ts";
import { feeds, findFeed } from "../../../shared/feeds/index.ts";
import type { Forecast } from "../../../shared/forecasts/forecast.ts";
import { findForecast, forecasts } from "../../../shared/forecasts/index.ts";
import { didYouMean } from "../../../shared/lib/did-you-mean.ts";
import { quoteEmpty } from "../../../shared/lib/quote-empty.ts";
import { failure, type Result, success } from "../../../shared/lib/result.ts";
import type { Hub } from "../hub.ts";

export function requireFeed(id: string): Result<Feed, Refusal> {
  const feed = findFeed(id);
  if (feed) return success(feed);
  return unknown(`There is no feed ${quoteEmpty(id)}.`, { found: id, allowed: feeds.map((feed) => feed.id) });
}

export function requireForecast(id: string): Result<Forecast, Refusal> {
  const forecast = findForecast(id);
  if (forecast) return success(forecast);
  return unknown(`There is no forecast ${quoteEmpty(id)}.`, {
    found: id,
    allowed: forecasts.map((forecast) => forecast.id),
  });
}

export async function requireModel(
  { db }: Pick<Hub, "db">,
  forecastId: string,
  version: string,
): Promise<Result<StagedModel, Refusal>> {
  const forecast = requireForecast(forecastId);
  if (!forecast.ok) return forecast;
  const { id } = forecast.value;
  const model = await findModel(db, id, version);
  if (model) return success(model);
  const detail = `${id} has no registered version ${version}.`;
  return unknown(detail, { found: version, allowed: await listVersions(db, id) });
}

export async function requireFlow({ db }: Pick<Hub, "db">, id: string): Promise<Result<FlowRun, Refusal>> {
  const run = await findFlow(db, id);
  if (run) return success(run);
  return failure({ kind: "not-found", detail: `There is no flow ${id}. GET /flows lists them.`, found: id });
}

export async function requireRun({ db }: Pick<Hub, "db">, id: string): Promise<Result<TrainingRun, Refusal>> {
  const run = await findRun(db, id);
  if (run) return success(run);
  const detail = `There is no run ${id}. GET /forecasts/:forecast/runs lists them.`;
  return failure({ kind: "not-found", detail, found: id });
}

export async function requireSubscription({ db }: Pick<Hub, "db">, id: string): Promise<Result<Subscription, Refusal>> {
  const subscription = await findSubscription(db, id);
  if (subscription) return success(subscription);
  const detail = `There is no subscription ${id}. GET /subscriptions lists them.`;
  return failure({ kind: "not-found", detail, found: id });
}

function unknown(
  detail: string,
  names: { readonly found: string; readonly allowed: readonly string[] },
): Result<never, Refusal> {
  return failure({ kind: "not-found", detail, ...names, ...didYouMean(names.found, names.allowed) });
}
