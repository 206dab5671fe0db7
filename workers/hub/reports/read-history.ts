/** Reads the history of a forecast from D1, with the number under which predict reads it from KV. */
import { buildHistory, type History, historyText } from "../../../shared/api/history.ts";
import { findHistory } from "../../../shared/db/histories.ts";
import { factsOfForecast } from "../../../shared/db/history.ts";
import type { Panel } from "../../../shared/features/panel.ts";
import { granularityOfFeed } from "../../../shared/feeds/index.ts";
import type { Forecast } from "../../../shared/forecasts/forecast.ts";
import { type EventsRule, targetSourceOf } from "../../../shared/forecasts/source.ts";
import { sha256Hex } from "../../../shared/lib/hash.ts";
import { forecastPanel } from "../../../shared/sources/facts.ts";
import type { HistoryNeeds } from "../../../shared/sources/history-needs.ts";
import { type HistoryEffects, needsOf, writeHistory } from "../ingest/write-history.ts";

export interface NumberedHistory {
  readonly number: number;
  readonly history: History;
  /** SHA-256 of its text in KV. */
  readonly digest: string;
  readonly needs: HistoryNeeds;
}

/** Other runs may change the history between the reads of its number and of its facts. */
const triesMax = 5;

/** Returns the newest history; null without observations. Builds it again if the code or the declaration has changed since. */
export async function readHistory(fx: HistoryEffects, forecast: Forecast): Promise<NumberedHistory | null> {
  for (let tries = 1; tries <= triesMax; tries++) {
    const newest = await findHistory(fx.db, forecast.id);
    if (newest === null) return null;
    const needs = await needsOf(fx, forecast);
    const history = buildHistory(needs, await factsOfForecast(fx.db, needs, granularityOfFeed));
    const digest = sha256Hex(historyText(history, newest.number));
    if (digest === newest.sha256) return { number: newest.number, history, digest, needs };
    await writeHistory(fx, forecast);
  }
  throw new Error(`other runs changed the history of ${forecast.id} ${triesMax} times in a row; retry this flow`);
}

/** Returns the history as it was when `origin` was the last period, by the values of today. */
export async function historyUntil(
  { db }: Pick<HistoryEffects, "db">,
  needs: HistoryNeeds,
  origin: string,
): Promise<History> {
  return buildHistory(needs, await factsOfForecast(db, needs, granularityOfFeed, { until: origin }));
}

/** Periods that charts, levels and usual changes show. */
const shownPeriods = 120;

/** Returns the values that a report shows. It has more periods than a history, if the features read fewer. */
export async function readPanel(
  { db }: Pick<HistoryEffects, "db">,
  forecast: Forecast,
  origin: string,
): Promise<Panel> {
  const needs = { ...forecast, periodsMin: shownPeriods };
  return forecastPanel(forecast, await factsOfForecast(db, needs, granularityOfFeed, { until: origin }));
}

/** Returns the events of a range of days with the target only, without what the features read. */
export async function readEvents(
  { db }: Pick<HistoryEffects, "db">,
  forecast: Forecast,
  { rule, ...range }: { readonly rule: EventsRule; readonly from: string; readonly until: string },
): Promise<Panel> {
  const { variable, events = [] } = forecast;
  const variables = [events.find(({ name }) => name === variable)?.of ?? variable, rule.second];
  const needs = { ...forecast, sources: [{ ...targetSourceOf(forecast), variables }], features: [] };
  return forecastPanel(needs, await factsOfForecast(db, needs, granularityOfFeed, range));
}
