/** `/forecasts/:forecast/record`: the track record by period, by series, and the scores of one period. */
import { createRoute, z } from "@hono/zod-openapi";
import { forecastParam } from "../../../shared/api/fields.ts";
import {
  type PeriodScores,
  periodScoresQueryShape,
  periodScoresShape,
  type RecordAnswer,
  recordAnswerShape,
  recordQueryShape,
  seriesRecordAnswerShape,
  seriesRecordQueryShape,
} from "../../../shared/api/record.ts";
import { intervalLevels } from "../../../shared/distributions/summary.ts";
import { percentOf } from "../../../shared/judging/step-scores.ts";
import { isoPeriod } from "../../../shared/period.ts";
import { readPeriodScores, readRecord, readSeriesRecord } from "../actions/read-record.ts";
import { pageResponse, placeOfCursor } from "./page.ts";
import { unwrap } from "./refuse.ts";
import { apiRoutes, json, jsonOrCsv, refusals } from "./route.ts";

export const recordRoutes = apiRoutes();

const params = z.object({ forecast: forecastParam });

const record = createRoute({
  method: "get",
  path: "/forecasts/{forecast}/record",
  operationId: "getRecord",
  tags: ["Reports"],
  summary: "The track record: skill, coverage and what it claims, and each scored period",
  description:
    "`record` is that of all periods; `from` and `to` select the listed periods. Only the first revision of the champion that was published before the publication of its period counts. Also available as CSV, one row for each period.",
  request: { params, query: recordQueryShape },
  responses: { 200: jsonOrCsv(recordAnswerShape, "The record"), ...refusals.page },
});

const periodPlace = z.tuple([z.string()]).transform(([period]) => period);

recordRoutes.openapi(record, async (context) => {
  const { step, group, from, to, cursor, limit, format, bom } = context.req.valid("query");
  const found = unwrap(
    await readRecord(context.var.hub, context.req.valid("param").forecast, {
      ...{ step, group, from, to },
      after: placeOfCursor(cursor, periodPlace),
      limit: limit + 1,
    }),
  );
  const { id } = found.forecast;
  return pageResponse(context.req, {
    ...{ rows: found.periods, limit, format, bom },
    fileName: `${id}-record`,
    placeOf: ({ period }) => [period],
    json: (periods, next): RecordAnswer => ({
      forecast: id,
      record: found.record && {
        ...found.record,
        windows: found.record.windows.map((window) => ({ ...window, coverage: [...window.coverage] })),
      },
      open: found.open,
      periods: [...periods],
      next,
    }),
    header: ["period", "series", "loss", "baseline_loss", "mean_absolute_error", "exact", ...coveredColumns],
    cells: ({ period, series, loss, baselineLoss, meanAbsoluteError, exact, coverage }) => [
      ...[isoPeriod(period), series, loss, baselineLoss, meanAbsoluteError, exact],
      ...coveredColumns.map((_, at) => coverage[at]?.share ?? null),
    ],
  });
});

const coveredColumns = intervalLevels.map((level) => `covered_${percentOf(level)}`);

const bySeries = createRoute({
  method: "get",
  path: "/forecasts/{forecast}/record/series",
  operationId: "getSeriesRecord",
  tags: ["Reports"],
  summary: "The series with the highest and the lowest skill over the newest periods",
  request: { params, query: seriesRecordQueryShape },
  responses: { 200: json(seriesRecordAnswerShape, "The series"), ...refusals.filteredRead },
});

recordRoutes.openapi(bySeries, async (context) => {
  const { step, group, periods } = context.req.valid("query");
  const { forecast } = context.req.valid("param");
  return context.json(unwrap(await readSeriesRecord(context.var.hub, forecast, { step, group, periods })), 200);
});

const ofPeriod = createRoute({
  method: "get",
  path: "/forecasts/{forecast}/record/periods/{period}",
  operationId: "getPeriodScores",
  tags: ["Reports"],
  summary: "Forecast, value and error of every series in one period, with the baseline's loss",
  description: "Also available as CSV.",
  request: {
    params: params.extend({ period: z.string().describe("A scored period, as in `2026-11-20`") }),
    query: periodScoresQueryShape,
  },
  responses: { 200: jsonOrCsv(periodScoresShape, "The scores"), ...refusals.filteredRead },
});

recordRoutes.openapi(ofPeriod, async (context) => {
  const { step, group, format, bom } = context.req.valid("query");
  const { forecast: id, period } = context.req.valid("param");
  const { forecast, revision, scores } = unwrap(await readPeriodScores(context.var.hub, id, { step, group, period }));
  const { dimensions } = forecast;
  return pageResponse(context.req, {
    ...{ rows: scores, limit: scores.length, format, bom },
    fileName: `${forecast.id}-${period}-scores`,
    placeOf: ({ origin }) => [origin],
    json: (rows): PeriodScores => ({ forecast: forecast.id, period, revision, scores: [...rows] }),
    header: [...dimensions, ...scoreColumns],
    cells: (row) => [...dimensions.map((name) => row.series[name] ?? ""), ...scoreColumns.map((name) => row[name])],
  });
});

const scoreColumns = [
  ...(["origin", "step", "version", "servedBy", "counts", "predicted", "low90", "high90"] as const),
  ...(["actual", "error", "loss", "baselineLoss"] as const),
];
