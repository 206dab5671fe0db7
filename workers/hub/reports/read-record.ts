/** Reads the track record of a forecast for its report. */
import type { PastForecast, ReportRecord } from "../../../shared/api/report-model.ts";
import { listScored, listScoreSums } from "../../../shared/db/scores.ts";
import type { Forecast } from "../../../shared/forecasts/forecast.ts";
import { seriesSet } from "../../../shared/judging/step-sets.ts";
import { headlineSet, pastForecasts, reportRecord } from "../../../shared/reports/report-record.ts";
import { type PublishedScore, readScores } from "../../../shared/track-record/published-score.ts";
import { trackRecord } from "../../../shared/track-record/track-record.ts";
import type { Hub } from "../hub.ts";

export interface RecordParts {
  /** Null without a scored period. */
  readonly record: ReportRecord | null;
  readonly past: readonly PastForecast[];
}

/** Past forecasts in the chart of the headline. */
const pastPeriods = 20;

/** Returns the record of the next period. @param baseline the name of the baseline */
export async function readReportRecord(
  hub: Pick<Hub, "db" | "lake">,
  forecast: Forecast,
  baseline: string,
): Promise<RecordParts> {
  const which = { step: 1, set: seriesSet };
  const found = trackRecord(await listScoreSums(hub.db, { forecast: forecast.id, ...which }), which);
  if (found === null) return { record: null, past: [] };
  const set = headlineSet(forecast);
  const scores = set === null ? [] : await readNewestScores(hub, forecast, { step: 1, periods: pastPeriods });
  return { record: reportRecord(found, baseline), past: pastForecasts(scores, set) };
}

/** Returns the scores of the newest periods at one step. A file that is lost is left out. */
export async function readNewestScores(
  { db, lake }: Pick<Hub, "db" | "lake">,
  forecast: Forecast,
  { step, periods }: { readonly step: number; readonly periods: number },
): Promise<PublishedScore[]> {
  const scores: PublishedScore[] = [];
  for (const { key } of await listScored(db, forecast.id, periods)) {
    const object = await lake.get(key);
    if (object !== null) scores.push(...(await readScores(forecast, new Uint8Array(await object.arrayBuffer()), step)));
  }
  return scores;
}
