/** KV `history:<forecast>`: built from D1 and numbered there, so that an older history never replaces a newer one. */
import { buildHistory, type History, historyShape, historyText } from "../../../shared/api/history.ts";
import type { Database } from "../../../shared/db/database.ts";
import { confirmHistory, findHistory, saveHistory } from "../../../shared/db/histories.ts";
import { factsOfForecast } from "../../../shared/db/history.ts";
import { listContents } from "../../../shared/db/partitions.ts";
import { granularityOfFeed } from "../../../shared/feeds/index.ts";
import type { Forecast } from "../../../shared/forecasts/forecast.ts";
import { feedIdsOf } from "../../../shared/forecasts/source.ts";
import { historyKey } from "../../../shared/lake/keys.ts";
import { sha256Hex } from "../../../shared/lib/hash.ts";
import { validateJson } from "../../../shared/lib/validate-json.ts";
import { type HistoryNeeds, historyNeeds } from "../../../shared/sources/history-needs.ts";
import type { Hub } from "../hub.ts";
import { readServedNeeds } from "../registry/served-needs.ts";

export type HistoryEffects = Pick<Hub, "db" | "lake" | "snapshots" | "now">;

/** Other writers may be faster; more often than this in a row means that something else is wrong. */
const triesMax = 5;
/** An unchanged history is built again after this time, in case the code that builds it has changed. */
const rebuiltAfterMs = 24 * 60 * 60_000;

/** Writes the histories of these forecasts; returns the keys that changed in KV. */
export async function writeHistories(effects: HistoryEffects, forecasts: readonly Forecast[]): Promise<string[]> {
  const changed: string[] = [];
  for (const forecast of forecasts) {
    if (await writeHistory(effects, forecast)) changed.push(historyKey(forecast.id));
  }
  return changed;
}

/**
 * Brings D1 and KV to the history that the observations give now; returns whether KV changed. A forecast without
 * observations keeps what it has.
 *
 * The number is drawn in D1, by compare-and-set, after the observations were read: the run that draws the next number has read
 * them later. KV has no compare-and-set, so D1 is read again after each put, and a writer that was overtaken in between
 * writes again what D1 says.
 */
export async function writeHistory(effects: HistoryEffects, forecast: Forecast): Promise<boolean> {
  const { db, snapshots } = effects;
  const key = historyKey(forecast.id);
  let isChanged = false;
  for (let tries = 1; tries <= triesMax; tries++) {
    const found = await snapshots.get(key);
    const drawn = await drawNumber(effects, forecast, found);
    if (drawn === "no-observations") return isChanged;
    if (drawn === "overtaken") continue;
    if (found !== drawn.text) {
      // KV takes one write a second per key: text that is already there is not written again.
      await snapshots.put(key, drawn.text);
      isChanged = true;
    }
    if ((await findHistory(db, forecast.id))?.number === drawn.number) return isChanged;
  }
  throw new Error(`other runs changed the history of ${forecast.id} ${triesMax} times in a row; retry this`);
}

/** Repairs every history that is missing or damaged in KV, or differs from D1; returns the keys that it repaired. */
export async function repairHistories(effects: HistoryEffects, forecasts: readonly Forecast[]): Promise<string[]> {
  const damaged: Forecast[] = [];
  for (const forecast of forecasts) if (!(await isIntact(effects, forecast))) damaged.push(forecast);
  return writeHistories(effects, damaged);
}

/** Compares hashes, without building the history. */
async function isIntact(effects: HistoryEffects, forecast: Forecast): Promise<boolean> {
  const { db, snapshots, now } = effects;
  const newest = await findHistory(db, forecast.id);
  if (newest === null || now().getTime() - Date.parse(newest.madeAt) > rebuiltAfterMs) return false;
  const found = await snapshots.get(historyKey(forecast.id));
  if (found === null || sha256Hex(found) !== newest.sha256) return false;
  return newest.madeFrom === (await madeFrom(db, await needsOf(effects, forecast)));
}

type Drawn = { readonly number: number; readonly text: string } | "overtaken" | "no-observations";

/** Builds the history and gives it a number: the newest one where it is the same history, else the next. */
async function drawNumber(effects: HistoryEffects, forecast: Forecast, found: string | null): Promise<Drawn> {
  const { db, now } = effects;
  const newest = await findHistory(db, forecast.id);
  const needs = await needsOf(effects, forecast);
  // Before the observations: a change in between makes the next repair build the history again.
  const made = { forecast: forecast.id, madeFrom: await madeFrom(db, needs), madeAt: now().toISOString() };
  const history = buildHistory(needs, await factsOfForecast(db, needs, granularityOfFeed));
  if (history.periods.length === 0) return "no-observations";

  const numberInKv = numberOf(found);
  if (newest !== null && numberInKv <= newest.number) {
    const { number, sha256 } = newest;
    const text = historyText(history, number);
    if (sha256Hex(text) === sha256) {
      await confirmHistory(db, { ...made, number });
      return { number, text };
    }
  }
  // KV is ahead of D1 after D1 was restored from a backup; predict would refuse a smaller number.
  const number = Math.max(newest?.number ?? 0, numberInKv) + 1;
  const text = historyText(history, number);
  const isSaved = await saveHistory(db, { ...made, number, sha256: sha256Hex(text) }, newest?.number ?? 0);
  return isSaved ? { number, text } : "overtaken";
}

/** Returns what the history has to hold: what today's declaration reads, and what the champion reads. */
async function needsOf(effects: HistoryEffects, forecast: Forecast): Promise<HistoryNeeds> {
  return historyNeeds(forecast, await readServedNeeds(effects, forecast.id));
}

/** Hash of everything that a history follows from: what it has to hold, and the partitions of its feeds. */
async function madeFrom(db: Database, needs: HistoryNeeds): Promise<string> {
  const contents: string[][] = [];
  for (const feed of feedIdsOf(needs)) contents.push(await listContents(db, feed));
  return sha256Hex(JSON.stringify({ needs, contents }));
}

/** The number of the history that KV holds; 0 where there is none, or none that can be read. */
function numberOf(text: string | null): number {
  if (text === null) return 0;
  try {
    const read = validateJson<History>(historyShape, JSON.parse(text));
    return read.ok ? (read.value.number ?? 0) : 0;
  } catch {
    return 0;
  }
}
