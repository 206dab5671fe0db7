import type { Refusal } from "../../../shared/api/problem.ts";
import {
  listPredictions as listRows,
  type PredictionFilter,
  type StoredPrediction,
} from "../../../shared/db/predictions.ts";
import type { Forecast } from "../../../shared/forecasts/forecast.ts";
import { didYouMean } from "../../../shared/lib/did-you-mean.ts";
import { failure, type Result, success } from "../../../shared/lib/result.ts";
import { rangeIn } from "../../../shared/period.ts";
import type { Hub } from "../hub.ts";
import { requireForecast } from "./require.ts";

export interface PredictionsQuery extends Omit<PredictionFilter, "series"> {
  /** Filters, each `Dimension=Value`. */
  readonly series: readonly string[];
}

export interface PredictionRows {
  readonly forecast: Forecast;
  readonly rows: readonly StoredPrediction[];
}

/** Lists the stored predictions of requests, newest first. */
export async function listPredictions(
  { db }: Pick<Hub, "db">,
  forecastId: string,
  { series, ...filter }: PredictionsQuery,
): Promise<Result<PredictionRows, Refusal>> {
  const forecast = requireForecast(forecastId);
  if (!forecast.ok) return forecast;
  const dimensions: (readonly [number, string])[] = [];
  for (const text of series) {
    const dimension = parseDimension(forecast.value, text);
    if (!dimension.ok) return dimension;
    dimensions.push(dimension.value);
  }
  const rows = await listRows(db, forecast.value.id, { ...filter, ...rangeIn("hour", filter), series: dimensions });
  return success({ forecast: forecast.value, rows });
}

/** Parses `Dimension=Value` into the dimension's position and the value, which may be any text. */
function parseDimension({ dimensions }: Forecast, text: string): Result<readonly [number, string], Refusal> {
  const [name = "", ...rest] = text.split("=");
  const at = dimensions.indexOf(name);
  if (at >= 0 && rest.length > 0) return success([at, rest.join("=")]);
  return failure({
    kind: "unprocessable",
    detail: at < 0 ? `There is no dimension "${name}".` : `${name} has no value.`,
    field: "series",
    found: text,
    expected: "series=<Dimension>=<Value>",
    allowed: dimensions,
    ...(at < 0 && didYouMean(name, dimensions)),
  });
}
