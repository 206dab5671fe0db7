/** Writes KV `history:<forecast>`. D1 numbers the histories, so that an older one never replaces a newer one. */

import { buildHistory, historyText, parseHistory } from "../../../shared/api/history.ts";
import type { Database } from "../../../shared/db/database.ts";
import { confirmHistory, findHistory, saveHistory } from "../../../shared/db/histories.ts";
import { factsOfForecast } from "../../../shared/db/history.ts";
import { listContents } from "../../../shared/db/partitions.ts";
import { granularityOfFeed } from "../../../shared/feeds/index.ts";
import type { Forecast } from "../../../shared/forecasts/forecast.ts";
import { feedIdsOf } from "../../../shared/forecasts/source.ts";
import { historyKey } from "../../../shared/lake/keys.ts";
import { dayMs } from "../../../shared/lib/durations.ts";
import { sha256Hex } from "../../../shared/lib/hash.ts";
import { type HistoryNeeds, historyNeeds } from "../../../shared/sources/history-needs.ts";
import type { Hub } from "../hub.ts";
import type { ServingHub } from "../registry/served.ts";
import { readServedNeeds } from "../registry/served-needs.ts";

export type HistoryEffects = Pick<Hub, "db" | "lake" | "snapshots" | "fingerprints" | "now">;

/** Maximum number of tries. Another writer may be faster, and then this one tries again. */
const triesMax = 5;
/** An unchanged history is rebuilt after this time, because the code that builds it may have changed. */
const rebuiltAfterMs = dayMs;

/** Writes the histories of these forecasts. Returns the keys that changed in KV. */
export async function writeHistories(effects: HistoryEffects, forecasts: readonly Forecast[]): Promise<string[]> {
  const changed: string[] = [];
  for (const forecast of forecasts) {
    if (await writeHistory(effects, forecast)) changed.push(historyKey(forecast.id));
  }
  return changed;
}

/**
 * Builds the history from the observations and writes it to D1 and KV. Returns whether KV changed. Changes nothing for
 * a forecast without observations.
 *
 * A history gets its number by compare-and-set in D1 after the observations were read, so a higher number always means
 * newer observations. KV has no compare-and-set. The function therefore reads D1 again after each put, and writes again
 * if another writer was faster.
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
      // KV accepts one write per second and key, so an unchanged text is not written again.
      await snapshots.put(key, drawn.text);
      isChanged = true;
    }
    if ((await findHistory(db, forecast.id))?.number === drawn.number) return isChanged;
  }
  throw new Error(`other runs changed the history of ${forecast.id} ${triesMax} times in a row; retry this flow`);
}

/** Returns the number of the newest history of each forecast that has one. */
export async function readHistoryNumbers(
  { db }: Pick<Hub, "db">,
  forecasts: readonly Forecast[],
): Promise<Record<string, number>> {
  const numbers: Record<string, number> = {};
  for (const { id } of forecasts) {
    const newest = await findHistory(db, id);
    if (newest !== null) numbers[id] = newest.number;
  }
  return numbers;
}

/** Rewrites every history that is missing or damaged in KV, or differs from D1. Returns the changed keys. */
export async function repairHistories(effects: HistoryEffects, forecasts: readonly Forecast[]): Promise<string[]> {
  const damaged: Forecast[] = [];
  for (const forecast of forecasts) if (!(await isIntact(effects, forecast))) damaged.push(forecast);
  return writeHistories(effects, damaged);
}

/** Returns true if the history in KV is current. Compares hashes only. */
async function isIntact(effects: HistoryEffects, forecast: Forecast): Promise<boolean> {
  const { db, snapshots, now } = effects;
  const newest = await findHistory(db, forecast.id);
  if (newest === null || now().getTime() - Date.parse(newest.madeAt) > rebuiltAfterMs) return false;
  // An earlier version has not recorded it.
  if (newest.lastPeriod === null) return false;
  const found = await snapshots.get(historyKey(forecast.id));
  if (found === null || sha256Hex(found) !== newest.sha256) return false;
  return newest.madeFrom === (await madeFrom(db, await needsOf(effects, forecast)));
}

type Drawn = { readonly number: number; readonly text: string } | "overtaken" | "no-observations";

/** Builds the history and numbers it: the newest number if the history has not changed, otherwise the next. */
async function drawNumber(effects: HistoryEffects, forecast: Forecast, found: string | null): Promise<Drawn> {
  const { db, now } = effects;
  const newest = await findHistory(db, forecast.id);
  const needs = await needsOf(effects, forecast);
  // Read before the observations, so that the next repair finds a change in between.
  const read = { forecast: forecast.id, madeFrom: await madeFrom(db, needs), madeAt: now().toISOString() };
  const history = buildHistory(needs, await factsOfForecast(db, needs, granularityOfFeed));
  const made = { ...read, lastPeriod: history.periods.at(-1) ?? null };
  // Without a history there is nothing to correct. An existing one becomes empty, if every publication was withdrawn.
  if (history.periods.length === 0 && found === null && newest === null) return "no-observations";

  const numberInKv = parseHistory(found)?.number ?? 0;
  if (newest !== null && numberInKv <= newest.number) {
    const { number, sha256 } = newest;
    const text = historyText(history, number);
    if (sha256Hex(text) === sha256) {
      await confirmHistory(db, { ...made, number });
      return { number, text };
    }
  }
  // KV may have a higher number after D1 was restored from a backup. Predict refuses a smaller one.
  const number = Math.max(newest?.number ?? 0, numberInKv) + 1;
  const text = historyText(history, number);
  const isSaved = await saveHistory(db, { ...made, number, sha256: sha256Hex(text) }, newest?.number ?? 0);
  return isSaved ? { number, text } : "overtaken";
}

/** Returns the variables that the current declaration, the champion and its fallbacks read. */
export async function needsOf(effects: ServingHub, forecast: Forecast): Promise<HistoryNeeds> {
  return historyNeeds(forecast, await readServedNeeds(effects, forecast));
}

/** Returns the hash of the inputs of a history: its needs, and the contents of its feeds' partitions. */
async function madeFrom(db: Database, needs: HistoryNeeds): Promise<string> {
  const contents: string[][] = [];
  for (const feed of feedIdsOf(needs)) contents.push(await listContents(db, feed));
  return sha256Hex(JSON.stringify({ needs, contents }));
}
