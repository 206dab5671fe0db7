/** `/forecasts/:forecast/predictions` and `/inputs`: recorded predictions, and hourly counts of their inputs. */
import { createRoute, z } from "@hono/zod-openapi";
import { forecastParam } from "../../../shared/api/fields.ts";
import {
  type InputsPage,
  inputsPageShape,
  inputsQueryShape,
  type PredictionsPage,
  predictionsPageShape,
  predictionsQueryShape,
} from "../../../shared/api/predictions.ts";
import type { InputPlace } from "../../../shared/db/input-hours.ts";
import type { PredictionPlace } from "../../../shared/db/predictions.ts";
import { isoPeriod } from "../../../shared/period.ts";
import { listInputHours } from "../actions/list-input-hours.ts";
import { listPredictions } from "../actions/list-predictions.ts";
import { privateRead } from "./authorize.ts";
import { pageResponse, placeOfCursor } from "./page.ts";
import { unwrap } from "./refuse.ts";
import { apiRoutes, jsonOrCsv, refusals, secured } from "./route.ts";

export const predictionRoutes = apiRoutes();

const params = z.object({ forecast: forecastParam });

const answers = createRoute({
  method: "get",
  path: "/forecasts/{forecast}/predictions",
  operationId: "listPredictions",
  tags: ["Predictions"],
  summary: "Recorded requests and answers, newest first",
  description:
    "Stored for `PREDICTIONS_KEPT_DAYS` days. This read needs the token, because the rows contain the inputs of callers. `from` and `to` select by the time of the answer. Also available as CSV, with one line for each answered instance: `intervals`, `features`, `given` and `path` (the further steps) are JSON in one cell.",
  security: secured,
  middleware: [privateRead] as const,
  request: { params, query: predictionsQueryShape },
  responses: { 200: jsonOrCsv(predictionsPageShape, "A page"), ...refusals.privatePage },
});

const answerPlace = z
  .tuple([z.string(), z.int(), z.string()])
  .transform(([at, position, answer]): PredictionPlace => ({ at, position, answer }));

predictionRoutes.openapi(answers, async (context) => {
  const { series = [], version, from, to, cursor, limit, format, bom } = context.req.valid("query");
  const { forecast, rows } = unwrap(
    await listPredictions(context.var.hub, context.req.valid("param").forecast, {
      series: [series].flat(),
      version,
      from,
      to,
      after: placeOfCursor(cursor, answerPlace),
      limit: limit + 1,
    }),
  );
  const { dimensions } = forecast;
  return pageResponse(context.req, {
    rows,
    limit,
    format,
    bom,
    fileName: `${forecast.id}-predictions`,
    placeOf: ({ at, position, answer }) => [at, position, answer],
    json: (page, next): PredictionsPage => ({ forecast: forecast.id, predictions: [...page], next }),
    header: [...plainColumns, ...dimensions, "intervals", "features", "given", "origin", "path"],
    cells: (row) => [
      ...plainColumns.map((name) => plainCell(row, name)),
      ...dimensions.map((_, at) => row.series?.[at] ?? null),
      JSON.stringify(row.intervals),
      JSON.stringify(row.features),
      row.given && JSON.stringify(row.given),
      row.origin,
      row.path && JSON.stringify(row.path),
    ],
  });
});

/** CSV columns whose values need no conversion. */
const plainColumns = [
  "at",
  "requestId",
  "answer",
  "position",
  "version",
  "number",
  "protocol",
  "hypothetical",
  "targetPeriod",
  "prediction",
  "changeProbability",
] as const;

type PlainRow = Pick<PredictionsPage["predictions"][number], (typeof plainColumns)[number]>;

function plainCell(row: PlainRow, name: keyof PlainRow): string | number | null {
  if (name === "targetPeriod") return row.targetPeriod && isoPeriod(row.targetPeriod);
  const value = row[name];
  return typeof value === "boolean" ? String(value) : value;
}

const inputs = createRoute({
  method: "get",
  path: "/forecasts/{forecast}/inputs",
  operationId: "listInputs",
  tags: ["Predictions"],
  summary: "The distribution of the inputs by hour",
  description:
    "Counts in the fixed bins of the version's card (`profile`). They remain when single predictions are deleted. Also available as CSV.",
  request: { params, query: inputsQueryShape },
  responses: { 200: jsonOrCsv(inputsPageShape, "A page"), ...refusals.page },
});

const inputPlace = z.tuple([z.string(), z.string(), z.string(), z.int(), z.string()]).transform(
  ([version, feature, hour, hypothetical, bin]): InputPlace => ({
    version,
    feature,
    hour,
    hypothetical: hypothetical === 1,
    bin,
  }),
);

predictionRoutes.openapi(inputs, async (context) => {
  const { cursor, limit, format, bom, version, feature, from, to } = context.req.valid("query");
  const after = placeOfCursor(cursor, inputPlace);
  const filter = { version, feature, from, to, after, limit: limit + 1 };
  const { forecast, rows } = unwrap(await listInputHours(context.var.hub, context.req.valid("param").forecast, filter));
  return pageResponse(context.req, {
    rows,
    limit,
    format,
    bom,
    fileName: `${forecast}-inputs`,
    placeOf: (row) => [row.version, row.feature, row.hour, Number(row.hypothetical), row.bin],
    json: (page, next): InputsPage => ({ forecast, inputs: page.map(({ forecast: _, ...row }) => row), next }),
    header: ["version", "feature", "hour", "hypothetical", "bin", "count"],
    cells: (row) => [row.version, row.feature, isoPeriod(row.hour), String(row.hypothetical), row.bin, row.count],
  });
});
