/**
 * The CSV files of a report, line by line: with thousands of series one text would be larger than the report itself. Both
 * files begin with a byte order mark, so that Excel reads accents.
 */
import type { ReportModel, StepForecast } from "../api/report-model.ts";
import { csvLine } from "../lib/csv.ts";
import { isoPeriod } from "../period.ts";
import { isSimulated } from "./view.ts";

const byteOrderMark = "\ufeff";
const plainColumns = ["origin", "step", "target_period", "last_period", "last_value"];
/** Named as in the CSV of `/predict`. */
const directions = ["down_probability", "same_probability", "up_probability"];

/** Yields the lines of the predictions of the next period, in the columns that the forecast declares. */
export function* reportCsv({ table }: Pick<ReportModel, "table">): Iterable<string> {
  yield byteOrderMark + csvLine(table.columns);
  for (const row of table.rows) yield csvLine(row);
}

/**
 * Yields one line for each series and step, with all quantiles and probabilities that the forecast has. A last column states
 * that the data is simulated.
 */
export function* forecastCsv({ forecast, origin, series, model, feeds }: ReportModel): Iterable<string> {
  const marked = isSimulated({ feeds });
  const levels = levelsOf(series);
  const isEvent = forecast.task === "classification";
  const own = isEvent
    ? ["probability"]
    : ["median", "expected", ...levels.map((level) => `quantile_${level}`), ...directions, "change_probability"];
  const version = "version" in model ? model.version : "";
  yield byteOrderMark +
    csvLine([
      ...forecast.dimensions,
      ...plainColumns,
      ...own,
      "baseline",
      "model_version",
      ...(marked ? ["data"] : []),
    ]);
  for (const { is, last, steps } of series) {
    for (const step of steps) {
      yield csvLine([
        ...is,
        isoPeriod(origin),
        step.step,
        isoPeriod(step.period),
        last ? isoPeriod(last.period) : null,
        last?.value ?? null,
        ...(isEvent ? [step.event] : numbersOf(step, levels)),
        step.baseline,
        version,
        ...(marked ? ["simulated"] : []),
      ]);
    }
  }
}

/** Returns the levels of all quantiles, ascending. */
function levelsOf(series: ReportModel["series"]): number[] {
  const levels = new Set<number>();
  for (const { steps } of series)
    for (const { quantiles } of steps) for (const { level } of quantiles) levels.add(level);
  return [...levels].sort((a, b) => a - b);
}

function numbersOf(
  { median, mean, quantiles, chances, change }: StepForecast,
  levels: readonly number[],
): (number | null)[] {
  const values = new Map(quantiles.map(({ level, value }) => [level, value]));
  return [
    median,
    mean,
    ...levels.map((level) => values.get(level) ?? null),
    chances?.down ?? null,
    chances?.same ?? null,
    chances?.up ?? null,
    chances ? chances.down + chances.up : change,
  ];
}
