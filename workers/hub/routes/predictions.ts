/** `/forecasts/:forecast/predictions` and `…/inputs`: what was asked and answered, one by one and an hour at a time. */
import { createRoute, z } from "@hono/zod-openapi";
import { inputsPageShape, predictionsPageShape } from "../../../shared/api/predictions.ts";
import { type InputPlace, listInputHours } from "../../../shared/db/input-hours.ts";
import { listPredictions, type PredictionPlace } from "../../../shared/db/predictions.ts";
import type { Forecast } from "../../../shared/forecasts/forecast.ts";
import { nearest } from "../../../shared/lib/text-distance.ts";
import { privateRead } from "../admin.ts";
import { apiRoutes, forecastParam, knownForecast, refusals, secured } from "../api.ts";
import { refuse } from "../refuse.ts";
import { knownCursor, pageQuery, pageResponse } from "./page.ts";

export const predictionRoutes = apiRoutes();

const params = z.object({ forecast: forecastParam });
const version = z.string().optional();
const csv = { "text/csv": { schema: { type: "string" } } } as const;

const asked = createRoute({
  method: "get",
  path: "/{forecast}/predictions",
  tags: ["Predictions"],
  summary: "What was asked and answered, newest first",
  description:
    "Kept for `PREDICTIONS_KEPT_DAYS`. What callers send is theirs, so this read needs the token. Also CSV. `from` and `to` are about when it was answered.",
  security: secured,
  middleware: [privateRead] as const,
  request: {
    params,
    query: z.strictObject({
      series: z
        .union([z.string(), z.array(z.string())])
        .optional()
        .describe("`Dimension=Value`; may be given more than once"),
      version,
      ...pageQuery,
    }),
  },
  responses: {
    200: {
      description: "A page",
      content: { "application/json": { schema: predictionsPageShape }, ...csv },
    },
    ...refusals.privateRead,
  },
});

const askedPlace = z
  .tuple([z.string(), z.int(), z.string()])
  .transform(([at, position, answer]): PredictionPlace => ({ at, position, answer }));

predictionRoutes.openapi(asked, async (context) => {
  const forecast = knownForecast(context.req.valid("param").forecast);
  const { series = [], cursor, limit, format, ...query } = context.req.valid("query");
  const rows = await listPredictions(context.var.hub.db, forecast.id, {
    version: query.version,
    from: query.from,
    to: query.to,
    series: [series].flat().map((one) => readDimension(forecast, one)),
    after: cursor === undefined ? null : knownCursor(cursor, askedPlace),
    limit: limit + 1,
  });
  const { dimensions } = forecast;
  return pageResponse(context.req, {
    rows,
    limit,
    format,
    placeOf: ({ at, position, answer }) => [at, position, answer],
    json: (predictions) => ({ forecast: forecast.id, predictions }),
    header: [...plain, ...dimensions, "intervals", "features", "given"],
    cells: (row) => [
      ...plain.map((name) => (typeof row[name] === "boolean" ? String(row[name]) : row[name])),
      ...dimensions.map((_, at) => row.series?.[at] ?? null),
      JSON.stringify(row.intervals),
      JSON.stringify(row.features),
      row.given && JSON.stringify(row.given),
    ],
  });
});

/** Columns of CSV that are told as they are. */
const plain = [
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

/** `Dimension=Value` as the dimension's position and the value, which may be any: it is what somebody asked. */
function readDimension({ dimensions }: Forecast, text: string): readonly [number, string] {
  const [name = "", ...rest] = text.split("=");
  const at = dimensions.indexOf(name);
  if (at >= 0 && rest.length > 0) return [at, rest.join("=")];
  const didYouMean = nearest(name, dimensions);
  refuse({
    kind: "unprocessable",
    detail: at < 0 ? `There is no dimension "${name}".` : `${name} has no value.`,
    field: "series",
    found: text,
    expected: "series=<Dimension>=<Value>",
    allowed: dimensions,
    ...(at < 0 && didYouMean && { didYouMean }),
  });
}

const inputs = createRoute({
  method: "get",
  path: "/{forecast}/inputs",
  tags: ["Predictions"],
  summary: "How the inputs of each hour were distributed",
  description:
    "Counts in the fixed bins of the version's card (`profile`). They stay when single predictions go. Also CSV.",
  request: {
    params,
    query: z.strictObject({ version, feature: z.string().optional(), ...pageQuery }),
  },
  responses: {
    200: { description: "A page", content: { "application/json": { schema: inputsPageShape }, ...csv } },
    ...refusals.read,
  },
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
  const { id } = knownForecast(context.req.valid("param").forecast);
  const { cursor, limit, format, ...query } = context.req.valid("query");
  const rows = await listInputHours(context.var.hub.db, id, {
    version: query.version,
    feature: query.feature,
    from: query.from,
    to: query.to,
    after: cursor === undefined ? null : knownCursor(cursor, inputPlace),
    limit: limit + 1,
  });
  return pageResponse(context.req, {
    rows,
    limit,
    format,
    placeOf: (row) => [row.version, row.feature, row.hour, Number(row.hypothetical), row.bin],
    json: (page) => ({ forecast: id, inputs: page.map(({ forecast: _, ...row }) => row) }),
    header: ["version", "feature", "hour", "hypothetical", "bin", "count"],
    cells: (row) => [row.version, row.feature, row.hour, String(row.hypothetical), row.bin, row.count],
  });
});
