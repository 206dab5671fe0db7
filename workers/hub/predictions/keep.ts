/** Queue `predictions`: what was answered goes into the database and into the hourly sums, however often it is delivered. */
import { type PredictionMessage, readPredictionMessage } from "../../../shared/api/prediction-message.ts";
import { type NewPrediction, savePredictions } from "../../../shared/db/predictions.ts";
import { binOf } from "../../../shared/drift/profile.ts";
import { reasonOf } from "../../../shared/lib/error-reason.ts";
import type { Hub } from "../hub.ts";
import { type Profiles, profilesOf } from "./profiles.ts";

/** The waits of a message that could not be kept now: with the retries of wrangler.toml about six hours. */
const [firstDelaySeconds, delayGrowth, delaySecondsMax] = [60, 4, 43_200];

interface Delivered {
  readonly message: Message;
  readonly told: PredictionMessage;
}

/** What can never be kept is tried again at once, so that it soon ends as a dead letter. */
export async function keepPredictions(hub: Pick<Hub, "db" | "lake">, messages: readonly Message[]): Promise<void> {
  const byVersion = new Map<string, Delivered[]>();
  for (const message of messages) {
    const read = readPredictionMessage(message.body);
    if (!read.ok) {
      refuse(message, read.reason);
      continue;
    }
    const key = `${read.message.forecast} ${read.message.version}`;
    byVersion.set(key, [...(byVersion.get(key) ?? []), { message, told: read.message }]);
  }
  for (const delivered of byVersion.values()) await keepVersion(hub, delivered);
}

async function keepVersion(hub: Pick<Hub, "db" | "lake">, delivered: readonly Delivered[]): Promise<void> {
  const [first] = delivered;
  if (!first) return;
  const { forecast, version } = first.told;
  try {
    const found = await profilesOf(hub, forecast, version);
    if (!found.ok) {
      for (const { message } of delivered) refuse(message, found.reason);
      return;
    }
    const features = [...found.profiles.keys()];
    const rows = delivered.flatMap(({ told }) => rowsOf(told, found.profiles));
    await savePredictions(hub.db, { forecast, version, features, rows });
    for (const { message } of delivered) message.ack();
  } catch (error) {
    console.error(`predictions: ${delivered.length} messages of ${forecast} ${version} wait: ${reasonOf(error)}`);
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

/** Why a message ended as a dead letter, as far as that can still be seen. */
export async function whyNotKept(hub: Pick<Hub, "db" | "lake">, body: unknown): Promise<string> {
  const read = readPredictionMessage(body);
  if (!read.ok) return read.reason;
  const { forecast, version, rows, requestId } = read.message;
  // What fails here must not keep the letter from being written down.
  const found = await profilesOf(hub, forecast, version).catch(
    (error) => ({ ok: false, reason: reasonOf(error) }) as const,
  );
  if (!found.ok) return found.reason;
  return `${rows.length} predictions of request ${requestId} could not be written; send them again`;
}
