/** The CSV files of a report. Both begin with a byte order mark, so that Excel reads accents. */
import type { ReportModel, StepForecast } from "../api/report-model.ts";
import { writeCsv } from "../lib/csv.ts";
import { isoPeriod } from "../period.ts";

const byteOrderMark = "\ufeff";
/** Named as in the CSV of `/predict`. */
const directions = ["down_probability", "same_probability", "up_probability"];

/** Returns the predictions of the next period in the columns that the forecast declares. */
export function reportCsv({ table }: Pick<ReportModel, "table">): string {
  return byteOrderMark + writeCsv(table.columns, table.rows);
}

/** Returns one line for each series and step, with all quantiles and probabilities that the forecast has. */
export function forecastCsv({ forecast, origin, series, model }: ReportModel): string {
  const steps = series.flatMap((one) => one.steps);
  const levels = [...new Set(steps.flatMap(({ quantiles }) => quantiles.map(({ level }) => level)))].sort(
    (a, b) => a - b,
  );
  const isEvent = forecast.task === "classification";
  const own = isEvent
    ? ["probability"]
    : ["median", "expected", ...levels.map((level) => `quantile_${level}`), ...directions, "change_probability"];
  const columns = [
    ...forecast.dimensions,
    "origin",
    "step",
    "target_period",
    "last_period",
    "last_value",
    ...own,
    "baseline",
    "model_version",
  ];
  const version = "version" in model ? model.version : "";
  const rows = series.flatMap(({ is, last, steps: of }) =>
    of.map((step) => [
      ...is,
      isoPeriod(origin),
      step.step,
      isoPeriod(step.period),
      last ? isoPeriod(last.period) : null,
      last?.value ?? null,
      ...(isEvent ? [step.event] : numbersOf(step, levels)),
      step.baseline,
      version,
    ]),
  );
  return byteOrderMark + writeCsv(columns, rows);
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
