/** Predicts an origin with the version that serves, and stores the predictions for the track record. */
import type { BatchAnswer } from "../../../shared/api/predict.ts";
import { findModel } from "../../../shared/db/models.ts";
import type { StoredParquet } from "../../../shared/db/reports.ts";
import type { Forecast } from "../../../shared/forecasts/forecast.ts";
import { type Result, success } from "../../../shared/lib/result.ts";
import type { ServedModel } from "../../../shared/predict/load-model.ts";
import type { SteppedSet } from "../../../shared/predict/step-forecasts.ts";
import { isNaive } from "../../../shared/registry/gate.ts";
import { predictOrigin } from "../../../shared/reports/predict-origin.ts";
import { type PublishedKey, predictionsKey } from "../../../shared/track-record/keys.ts";
import { predictionParts } from "../../../shared/track-record/publish-snapshot.ts";
import { type PublishedPrediction, writePredictionParts } from "../../../shared/track-record/published-prediction.ts";
import type { Hub } from "../hub.ts";
import {
  type DatedHistory,
  type LoadedModel,
  type LoadingHub,
  loadBaseline,
  loadServing,
  snapshotOf,
} from "./load-snapshot.ts";
import { storeParquet } from "./store-parquet.ts";

/** The version that serves, and the baseline that it is compared with. */
export interface ServingModels extends LoadedModel {
  /** The served model itself if it is the baseline; null if no baseline can run. */
  readonly baseline: ServedModel | null;
}

/** Loads the models. Returns null without a champion, and fails if no version can run. */
export async function loadModels(hub: LoadingHub, forecast: Forecast): Promise<Result<ServingModels> | null> {
  const loaded = await loadServing(hub, forecast);
  if (loaded === null || !loaded.ok) return loaded;
  const { model } = loaded.value;
  const registered = await findModel(hub.db, forecast.id, model.card.version);
  const isBaseline = registered !== null && isNaive(registered.candidate);
  return success({ ...loaded.value, baseline: isBaseline ? model : await loadBaseline(hub, forecast) });
}

/** What is predicted at the end of a history. */
export interface AnsweredOrigin {
  /** The answer of `/predict` for all series. */
  readonly answer: BatchAnswer;
  readonly sets: readonly SteppedSet[];
  /** One list for each step, computed when it is read. */
  readonly parts: Iterable<readonly PublishedPrediction[]>;
}

/**
 * Predicts every series and group at every step. Fails if the history does not fit the model. Throws if an engine is not available,
 * so that the step is tried again.
 */
export async function answerOrigin(models: ServingModels, history: DatedHistory): Promise<Result<AnsweredOrigin>> {
  const built = snapshotOf(models.model, history);
  if (!built.ok) return built;
  const snapshot = built.value;
  const answered = await predictOrigin(snapshot, models.explain);
  if (!answered.ok) throw new Error(answered.error);
  const ofBaseline = models.baseline && models.baseline !== models.model ? snapshotOf(models.baseline, history) : built;
  const baseline = models.baseline !== null && ofBaseline.ok ? ofBaseline.value : null;
  const { answer, evaluated, sets } = answered.value;
  const parts = await predictionParts({ snapshot, evaluated, baseline, publishedAt: history.now.toISOString() });
  if (!parts.ok) throw new Error(parts.error.reason);
  return success({ answer, sets, parts: parts.value });
}

export interface CountedPredictions {
  readonly file: StoredParquet;
  readonly count: number;
}

/** Writes the predictions of a publication, one step after the other. */
export async function storeOrigin(
  { lake }: Pick<Hub, "lake">,
  forecast: Forecast,
  { key: address, parts }: Pick<AnsweredOrigin, "parts"> & { readonly key: PublishedKey },
): Promise<CountedPredictions> {
  const key = predictionsKey(address);
  let count = 0;
  function* counted() {
    for (const part of parts) {
      count += part.length;
      yield part;
    }
  }
  const file = await storeParquet(lake, key, writePredictionParts(forecast, counted()));
  return { file, count };
}
