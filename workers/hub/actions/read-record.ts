import type { Refusal } from "../../../shared/api/problem.ts";
import type { PeriodScores, RecordAnswer, RecordPeriod, SeriesRecordAnswer } from "../../../shared/api/record.ts";
import { findOpenPredictions, listScoreSums, newestScored } from "../../../shared/db/scores.ts";
import { intervalLevels } from "../../../shared/distributions/summary.ts";
import type { Forecast } from "../../../shared/forecasts/forecast.ts";
import { seriesSet } from "../../../shared/judging/step-sets.ts";
import { didYouMean } from "../../../shared/lib/did-you-mean.ts";
import { failure, type Result, success } from "../../../shared/lib/result.ts";
import { type PeriodRange, rangeIn } from "../../../shared/period.ts";
import { readScores } from "../../../shared/track-record/published-score.ts";
import { type PeriodSums, sumBySeries } from "../../../shared/track-record/score-sums.ts";
import { bestAndWorst, type TrackRecord, trackRecord } from "../../../shared/track-record/track-record.ts";
import type { Hub } from "../hub.ts";
import { readNewestScores } from "../reports/read-record.ts";
import { requireForecast } from "./require.ts";

/** The part of a record that a request asks for. */
export interface WhichRecord {
  readonly step: number;
  /** Name of a group rule; undefined for single series. */
  readonly group: string | undefined;
}

export interface RecordQuery extends WhichRecord, PeriodRange {
  /** The last period of the previous page. */
  readonly after: string | null;
  readonly limit: number;
}

export interface ReadRecord {
  readonly forecast: Forecast;
  readonly record: TrackRecord | null;
  readonly periods: readonly RecordPeriod[];
  /** Null for a forecast of periods, and before the first report. */
  readonly open: RecordAnswer["open"];
}

/** Returns the record of all periods, and the numbers of each period in a range, oldest first. */
export async function readRecord(
  { db }: Pick<Hub, "db">,
  forecastId: string,
  { after, limit, from, to, ...query }: RecordQuery,
): Promise<Result<ReadRecord, Refusal>> {
  const which = requireRecord(forecastId, query);
  if (!which.ok) return which;
  const { forecast, set, step } = which.value;
  const sums = await listScoreSums(db, { forecast: forecast.id, set, step });
  const range = rangeIn(forecast.schedule.every, { from, to });
  const periods = sums
    .filter(({ target }) => target >= (range.from ?? "") && (range.to === undefined || target <= range.to))
    .filter(({ target }) => after === null || target > after)
    .slice(0, limit)
    .map(periodOf);
  const open = await findOpenPredictions(db, forecast.id);
  return success({
    forecast,
    record: trackRecord(sums, { set, step }),
    periods,
    open: open && { predictions: open.predictions, since: open.since, origin: open.origin },
  });
}

function periodOf(sums: PeriodSums): RecordPeriod {
  const { target, rows, loss, absoluteError, compared, baselineLoss, banded, covered, pointed, exact } = sums;
  return {
    period: target,
    series: rows,
    loss: loss / rows,
    baselineLoss: compared === 0 ? null : baselineLoss / compared,
    meanAbsoluteError: absoluteError / rows,
    exact: pointed === 0 ? null : exact / pointed,
    coverage: banded === 0 ? [] : intervalLevels.map((level, at) => ({ level, share: (covered[at] ?? 0) / banded })),
  };
}

/** Number of series in each list. */
const listed = 10;

/** Returns the series with the highest and the lowest skill over the newest periods. */
export async function readSeriesRecord(
  hub: Pick<Hub, "db" | "lake">,
  forecastId: string,
  { periods, ...query }: WhichRecord & { readonly periods: number },
): Promise<Result<SeriesRecordAnswer, Refusal>> {
  const which = requireRecord(forecastId, query);
  if (!which.ok) return which;
  const { forecast, set, step } = which.value;
  const scores = await readNewestScores(hub, forecast, { step, periods });
  const { best, worst } = bestAndWorst(sumBySeries(scores), { set, step }, listed);
  const count = new Set(scores.map(({ target }) => target)).size;
  return success({ forecast: forecast.id, step, set, periods: count, best: [...best], worst: [...worst] });
}

export interface ReadScores {
  readonly forecast: Forecast;
  readonly revision: number;
  readonly scores: PeriodScores["scores"];
}

/** Returns the score of every prediction of a period. */
export async function readPeriodScores(
  { db, lake }: Pick<Hub, "db" | "lake">,
  forecastId: string,
  { period, ...query }: WhichRecord & { readonly period: string },
): Promise<Result<ReadScores, Refusal>> {
  const which = requireRecord(forecastId, query);
  if (!which.ok) return which;
  const { forecast, set, step } = which.value;
  const scored = (await newestScored(db, forecast.id, { from: period, to: period })).get(period) ?? null;
  const object = scored && (await lake.get(scored.key));
  if (scored === null || object === null) {
    const detail = `${forecast.id} has no scores of ${period}. GET /forecasts/${forecast.id}/record lists the scored periods.`;
    return failure({ kind: "not-found", detail, found: period });
  }
  const all = await readScores(forecast, new Uint8Array(await object.arrayBuffer()), step);
  const decimals = 10 ** (forecast.target.decimals + 4);
  const scores = all
    .filter((one) => one.set === set)
    .map(({ series, origin, version, servedBy, counts, low90, high90, actual, error, loss, baselineLoss }) => ({
      ...{ series: { ...series }, origin, step, version, servedBy, counts },
      predicted: Math.round((actual - error) * decimals) / decimals,
      ...{ low90, high90, actual, error, loss, baselineLoss },
    }));
  return success({ forecast, revision: scored.revision, scores });
}

interface KnownRecord {
  readonly forecast: Forecast;
  readonly set: string;
  readonly step: number;
}

/** Finds the forecast, the set and the step. Refuses those that the forecast does not declare. */
function requireRecord(id: string, { step, group }: WhichRecord): Result<KnownRecord, Refusal> {
  const forecast = requireForecast(id);
  if (!forecast.ok) return forecast;
  const { steps, groups = [] } = forecast.value;
  const names = groups.map(({ name }) => name);
  if (group !== undefined && !names.includes(group)) {
    const detail = `${id} has no group rule ${group}.`;
    return failure({
      kind: "unprocessable",
      detail,
      field: "group",
      found: group,
      allowed: names,
      ...didYouMean(group, names),
    });
  }
  if (!steps.includes(step)) {
    const detail = `${id} does not predict ${step} periods ahead.`;
    const found = String(step);
    return failure({ kind: "unprocessable", detail, field: "step", found, allowed: steps.map(String) });
  }
  return success({ forecast: forecast.value, set: group ?? seriesSet, step });
}
