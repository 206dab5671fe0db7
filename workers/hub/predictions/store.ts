/** Consumes the queue `predictions`: writes predictions to the database and adds them to the hourly sums. Idempotent. */

import {
  type InputSum,
  type PredictionMessage,
  type PredictionRow,
  readPredictionMessage,
} from "../../../shared/api/prediction-message.ts";
import type { StoredStep } from "../../../shared/api/predictions.ts";
import { readServingReport } from "../../../shared/api/serving-report.ts";
import { type NewMessage, type NewSum, savePredictions } from "../../../shared/db/predictions.ts";
import { binOf } from "../../../shared/drift/bins.ts";
import { findForecast } from "../../../shared/forecasts/index.ts";
import { reasonOf } from "../../../shared/lib/error-reason.ts";
import { failure } from "../../../shared/lib/result.ts";
import { intervalNames } from "../../../shared/predict/row-summary.ts";
import type { Hub } from "../hub.ts";
import { type Profiles, profilesOf } from "./profiles.ts";

/** Delays between retries. With the number of retries in wrangler.toml they last about six hours. */
const [firstDelaySeconds, delayGrowth, delaySecondsMax] = [60, 4, 43_200];

type StoreEffects = Pick<Hub, "db" | "lake" | "variables">;

interface Delivered {
  readonly message: Message;
  readonly prediction: PredictionMessage;
}

/** Stores predictions. A message that is invalid is retried without delay, so that it soon becomes a dead letter. */
export async function storePredictions(hub: StoreEffects, messages: readonly Message[]): Promise<void> {
  const byVersion = new Map<string, Delivered[]>();
  for (const message of messages) {
    const read = readPredictionMessage(message.body);
    if (!read.ok) {
      refuse(message, read.error);
      continue;
    }
    const key = `${read.value.forecast} ${read.value.version}`;
    byVersion.set(key, [...(byVersion.get(key) ?? []), { message, prediction: read.value }]);
  }
  for (const delivered of byVersion.values()) await storeVersion(hub, delivered);
}

async function storeVersion(hub: StoreEffects, delivered: readonly Delivered[]): Promise<void> {
  const [first] = delivered;
  if (!first) return;
  const { forecast, version } = first.prediction;
  try {
    const found = await profilesOf(hub, forecast, version);
    if (!found.ok) {
      for (const { message } of delivered) refuse(message, found.error);
      return;
    }
    const rowsPerMinute = hub.variables.predictionRowsPerMinute;
    if (!rowsPerMinute.ok) throw new Error(rowsPerMinute.error);
    const features = [...found.value.keys()];
    const messages = delivered.map(({ prediction }) => newMessage(prediction, found.value));
    await savePredictions(hub.db, { forecast, version, features, messages, rowsPerMinute: rowsPerMinute.value });
    for (const { message } of delivered) message.ack();
  } catch (error) {
    console.error(
      `predictions: ${delivered.length} messages of ${forecast} ${version} will be retried: ${reasonOf(error)}`,
    );
    for (const { message } of delivered) {
      const delay = firstDelaySeconds * delayGrowth ** (message.attempts - 1);
      message.retry({ delaySeconds: Math.min(delay, delaySecondsMax) });
    }
  }
}

function newMessage({ rows, sums, part, ...head }: PredictionMessage, profiles: Profiles): NewMessage {
  const places = [...profiles].map(([name, profile]) => ({ profile, at: head.features.indexOf(name) }));
  return {
    head,
    part: part ?? rows[0]?.position ?? 0,
    rows: rows.map((row) => {
      const bins = places.map(({ profile, at }) => (at < 0 ? null : binOf(profile, row.values[at] ?? null)));
      return { row, bins, path: storedPath(row, head.forecast) };
    }),
    sums: sums ? sums.flatMap((sum) => newSum(sum, head.features, profiles)) : null,
  };
}

/** Returns the further steps of a row, with the prediction under one name for all forecasts. Null without further steps. */
function storedPath({ path }: PredictionRow, forecast: string): StoredStep[] | null {
  if (path === undefined) return null;
  const output = findForecast(forecast)?.output ?? "";
  return path.map((entry) => {
    const { step, target_period: target, probabilities = null, served_by: servedBy } = entry;
    const value = entry[output];
    const intervals = intervalNames.flatMap((name) => (name in entry ? [[name, entry[name] ?? null]] : []));
    return {
      step,
      target,
      prediction: typeof value === "number" ? value : null,
      intervals: Object.fromEntries(intervals),
      probabilities,
      servedBy,
    };
  });
}

/** A feature that the version's card has no profile of is not counted. */
function newSum([at, hypothetical, bin, count]: InputSum, features: readonly string[], profiles: Profiles): NewSum[] {
  const feature = features[at];
  return feature !== undefined && profiles.has(feature) ? [{ feature, hypothetical, bin, count }] : [];
}

function refuse(message: Message, reason: string): void {
  console.error(`predictions: ${reason}`);
  message.retry();
}

/** Returns the probable reason why a message became a dead letter. */
export async function storeFailureReason(hub: Pick<Hub, "db" | "lake">, body: unknown): Promise<string> {
  const report = readServingReport(body);
  if (report)
    return `the report that predict cannot load ${report.champion} of ${report.forecast} could not be handled`;
  const read = readPredictionMessage(body);
  if (!read.ok) return read.error;
  const { forecast, version, rows, requestId } = read.value;
  // A failure here must not prevent storing the dead letter.
  const found = await profilesOf(hub, forecast, version).catch((error) => failure(reasonOf(error)));
  if (!found.ok) return found.error;
  return `${rows.length} predictions of request ${requestId} could not be written; send them again`;
}
