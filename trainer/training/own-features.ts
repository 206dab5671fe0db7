/** A champion that was trained on other features than its forecast declares today: it is refitted on its own features. */
import type { RowRange } from "../../shared/features/dataset.ts";
import { type Feature, readFeature } from "../../shared/features/feature.ts";
import { findFeed } from "../../shared/feeds/index.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { feedIdsOf } from "../../shared/forecasts/source.ts";
import { type Predicted, pickPredicted } from "../../shared/judging/predicted.ts";
import { foldsAfter, rowsOf, windowsOf } from "../../shared/judging/windows.ts";
import { failure, type Result, success } from "../../shared/lib/result.ts";
import type { ServedModelFile } from "../../shared/registry/served.ts";
import { refitAt } from "../../shared/training/contest.ts";
import type { RecipeChoice } from "../../shared/training/job.ts";
import type { Hub } from "../hub.ts";
import { factsOfLakes } from "./facts.ts";
import { type Prepared, prepare, withPool } from "./run-contest.ts";

/** The declaration of a version, from its served.json. */
export type OwnDeclaration = ServedModelFile["declaration"];

/** Returns the forecast with a version's own features and sources, or why this code cannot compute them. */
export function ownForecast(
  forecast: Forecast,
  { features: declared, sources, events }: OwnDeclaration,
): Result<Forecast> {
  const features: Feature[] = [];
  for (const one of declared) {
    const feature = readFeature(one);
    if (!feature.ok) return feature;
    features.push(feature.value);
  }
  const unknown = feedIdsOf({ sources }).find((id) => findFeed(id) === undefined);
  if (unknown !== undefined) return failure(`there is no feed ${unknown}`);
  const { events: _, ...rest } = forecast;
  return success({ ...rest, features, sources, ...(events && { events }) });
}

export interface OwnFeatures {
  readonly prepared: Prepared;
  readonly own: Forecast;
  readonly recipe: RecipeChoice;
  readonly seed: number;
  readonly threads: number | null;
}

/**
 * Refits a recipe on its own features, at the origins of the folds that contain `rows`: those of today's test window, or a
 * range that begins before it and ends with it.
 */
export async function refitOnOwnFeatures(
  hub: Hub,
  { prepared, own, recipe, seed, threads }: OwnFeatures,
  rows: RowRange,
): Promise<Result<Predicted>> {
  const { data, forecast } = prepared;
  const feeds = feedIdsOf(own).flatMap((id) => findFeed(id) ?? []);
  const theirs = prepare(own, await factsOfLakes(hub, feeds));
  if (theirs.data.periods.join() !== data.periods.join())
    return failure("its periods differ from those of the forecast");
  const isTestWindow = rows.from === rowsOf(windowsOf(data, forecast.validation).test).from;
  const before = data.periods[(data.period[rows.from] ?? 0) - 1] ?? "";
  const folds = isTestWindow
    ? windowsOf(theirs.data, forecast.validation).test
    : foldsAfter(theirs.data, before, forecast.validation);
  const refit = await withPool(theirs, (pool) => refitAt(folds, recipe, { pool, seed }), threads);
  if (!refit.ok) return failure(`it cannot be fitted: ${JSON.stringify(refit.error)}`);
  const from = rowsOf(folds).from;
  const keyOf = ({ period, series }: Prepared["data"], row: number) => `${period[row]} ${series[row]}`;
  const positions = new Map(
    Array.from({ length: refit.value.predictions.length }, (_, at) => [keyOf(theirs.data, from + at), at]),
  );
  const picked = Array.from(
    { length: rows.to - rows.from },
    (_, at) => positions.get(keyOf(data, rows.from + at)) ?? -1,
  );
  // A row that only today's features reach far enough back for has no prediction: the last value is used.
  return success(pickPredicted(refit.value, picked, (at) => data.last[rows.from + at] ?? Number.NaN));
}
