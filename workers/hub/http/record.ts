/** `/forecasts/:forecast/record`: the track record by period, by series, and the scores of one period. */
import { createRoute, z } from "@hono/zod-openapi";
import { forecastParam } from "../../../shared/api/fields.ts";
import {
  type PeriodScores,
  periodScoresQueryShape,
  periodScoresShape,
  type RecordAnswer,
  type RecordFiles,
  recordAnswerShape,
  recordFilesQueryShape,
  recordFilesShape,
  recordQueryShape,
  seriesRecordAnswerShape,
  seriesRecordQueryShape,
} from "../../../shared/api/record.ts";
import { reportRoles } from "../../../shared/api/report-states.ts";
import type { RecordFilePlace } from "../../../shared/db/record-files.ts";
import { intervalLevels } from "../../../shared/distributions/summary.ts";
import { percentOf } from "../../../shared/judging/step-scores.ts";
import { isoPeriod } from "../../../shared/period.ts";
import { readPeriodScores, readRecord, readSeriesRecord } from "../actions/read-record.ts";
import { describeRecordFile, listFilesOfRecord, openRecordFile } from "../actions/record-files.ts";
import { requireForecast } from "../actions/require.ts";
import { fileResponse, immutable } from "./file-response.ts";
import { pageResponse, placeOfCursor } from "./page.ts";
import { unwrap } from "./refuse.ts";
import { apiRoutes, fileAnswers, json, jsonOrCsv, refusals } from "./route.ts";

export const recordRoutes = apiRoutes();

const params = z.object({ forecast: forecastParam });

const record = createRoute({
  method: "get",
  path: "/forecasts/{forecast}/record",
  operationId: "getRecord",
  tags: ["Reports"],
  summary: "The track record: skill, coverage and what it claims, and each scored period",
  description:
    "`record` is that of all periods; `from` and `to` select the listed periods. Only the first revision of the champion that was published before the publication of its period counts. Also available as CSV, one row for each period. `format=parquet` leads to the Parquet files, which contain every single forecast and score.",
  request: { params, query: recordQueryShape },
  responses: {
    200: jsonOrCsv(recordAnswerShape, "The record"),
    302: { description: "`format=parquet`: the address of the list of Parquet files" },
    ...refusals.page,
  },
});

const periodPlace = z.tuple([z.string()]).transform(([period]) => period);

recordRoutes.openapi(record, async (context) => {
  const { step, group, from, to, cursor, limit, format, bom } = context.req.valid("query");
  if (format === "parquet") {
    const range = new URLSearchParams({ ...(from !== undefined && { from }), ...(to !== undefined && { to }) });
    const { id } = unwrap(requireForecast(context.req.valid("param").forecast));
    const query = range.size === 0 ? "" : `?${range}`;
    return new Response(null, { status: 302, headers: { Location: `/forecasts/${id}/record/files${query}` } });
  }
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

const listFiles = createRoute({
  method: "get",
  path: "/forecasts/{forecast}/record/files",
  operationId: "listRecordFiles",
  tags: ["Reports"],
  summary: "The Parquet files of the track record, oldest first",
  description:
    "`from` and `to` select by the origin of predictions and the period of scores. A listed file never changes. Also available as CSV.",
  request: { params, query: recordFilesQueryShape },
  responses: { 200: jsonOrCsv(recordFilesShape, "The files"), ...refusals.page },
});

const filePlace = z
  .tuple([z.string(), z.enum(["predictions", "scores"]), z.enum([...reportRoles, ""]), z.int()])
  .transform(([period, kind, role, revision]): RecordFilePlace => ({ period, kind, role, revision }));

recordRoutes.openapi(listFiles, async (context) => {
  const { from, to, cursor, limit, format, bom } = context.req.valid("query");
  const { forecast, rows } = unwrap(
    await listFilesOfRecord(context.var.hub, context.req.valid("param").forecast, {
      ...{ from, to },
      after: placeOfCursor(cursor, filePlace),
      limit: limit + 1,
    }),
  );
  const { id } = forecast;
  return pageResponse(context.req, {
    ...{ rows, limit, format, bom },
    fileName: `${id}-record-files`,
    placeOf: ({ period, kind, role, revision }) => [period, kind, role, revision],
    json: (page, next): RecordFiles => ({ forecast: id, files: page.map((row) => describeRecordFile(id, row)), next }),
    header: [...fileColumns, "newest"],
    cells(row) {
      const file = describeRecordFile(id, row);
      return [...fileColumns.map((name) => file[name]), Number(file.isNewest)];
    },
  });
});

const fileColumns = [
  ...(["kind", "origin", "target", "role", "revision", "counts", "version", "at"] as const),
  ...(["bytes", "sha256", "address"] as const),
];

const recordFile = createRoute({
  method: "get",
  path: "/forecasts/{forecast}/record/files/{path}",
  operationId: "downloadRecordFile",
  tags: ["Reports"],
  summary: "A Parquet file of the track record",
  description:
    "A path contains slashes, as in `predictions/origin=2026-11-20/role=champion/revision=1/part.parquet`. `Range`, `If-None-Match` and HEAD work as in RFC 9110, so DuckDB, polars and pandas read a file by its address.",
  request: { params: params.extend({ path: z.string().describe("The end of the `address` of a listed file") }) },
  responses: {
    200: {
      description: "The bytes",
      content: { "application/vnd.apache.parquet": { schema: { type: "string", format: "binary" } } },
    },
    ...fileAnswers,
    ...refusals.read,
  },
});

// OpenAPI cannot express a path with slashes. The document gets the plain path, the router a wildcard.
recordRoutes.openAPIRegistry.registerPath(recordFile);
recordRoutes.openapi(
  { ...recordFile, path: "/forecasts/{forecast}/record/files/{path{.+}}", hide: true },
  async (context) => {
    const { forecast, path } = context.req.valid("param");
    const file = unwrap(await openRecordFile(context.var.hub, forecast, path));
    return fileResponse(context.req, file, {
      contentType: "application/vnd.apache.parquet",
      cacheControl: immutable,
    });
  },
);
