/** Consumes the queue `predictions`: writes predictions to the database and adds them to the hourly sums. Idempotent. */

import { type PredictionMessage, readPredictionMessage } from "../../../shared/api/prediction-message.ts";
import { type NewPrediction, savePredictions } from "../../../shared/db/predictions.ts";
import { binOf } from "../../../shared/drift/profile.ts";
import { reasonOf } from "../../../shared/lib/error-reason.ts";
import { failure } from "../../../shared/lib/result.ts";
import type { Hub } from "../hub.ts";
import { type Profiles, profilesOf } from "./profiles.ts";

/** Delays between retries. With the number of retries in wrangler.toml they last about six hours. */
const [firstDelaySeconds, delayGrowth, delaySecondsMax] = [60, 4, 43_200];

interface Delivered {
  readonly message: Message;
  readonly prediction: PredictionMessage;
}

/** Stores predictions. A message that is invalid is retried without delay, so that it soon becomes a dead letter. */
export async function storePredictions(hub: Pick<Hub, "db" | "lake">, messages: readonly Message[]): Promise<void> {
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

async function storeVersion(hub: Pick<Hub, "db" | "lake">, delivered: readonly Delivered[]): Promise<void> {
  const [first] = delivered;
  if (!first) return;
  const { forecast, version } = first.prediction;
  try {
    const found = await profilesOf(hub, forecast, version);
    if (!found.ok) {
      for (const { message } of delivered) refuse(message, found.error);
      return;
    }
    const features = [...found.value.keys()];
    const rows = delivered.flatMap(({ prediction }) => rowsOf(prediction, found.value));
    await savePredictions(hub.db, { forecast, version, features, rows });
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

function rowsOf({ rows, ...head }: PredictionMessage, profiles: Profiles): NewPrediction[] {
  const places = [...profiles].map(([name, profile]) => ({ profile, at: head.features.indexOf(name) }));
  return rows.map((row) => {
    const bins = places.map(({ profile, at }) => (at < 0 ? null : binOf(profile, row.values[at] ?? null)));
    return { head, row, bins };
  });
}

function refuse(message: Message, reason: string): void {
  console.error(`predictions: ${reason}`);
  message.retry();
}

/** Returns the probable reason why a message became a dead letter. */
export async function storeFailureReason(hub: Pick<Hub, "db" | "lake">, body: unknown): Promise<string> {
  const read = readPredictionMessage(body);
  if (!read.ok) return read.error;
  const { forecast, version, rows, requestId } = read.value;
  // A failure here must not prevent storing the dead letter.
  const found = await profilesOf(hub, forecast, version).catch((error) => failure(reasonOf(error)));
  if (!found.ok) return found.error;
  return `${rows.length} predictions of request ${requestId} could not be written; send them again`;
}
