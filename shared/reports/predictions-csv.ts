/** Writes predictions as CSV, in the columns that a forecast declares. Numbers have a decimal point, no thousands separator and all digits. */
import type { BatchAnswer, Prediction } from "../api/predict.ts";
import { quantileLevels } from "../distributions/summary.ts";
import { partOf } from "../forecasts/date-part.ts";
import type { CsvColumn, Forecast } from "../forecasts/forecast.ts";
import { writeCsv } from "../lib/csv.ts";
import { isoPeriod } from "../period.ts";

export interface CsvOptions {
  /** Whether columns with the distribution follow the forecast's columns. */
  readonly withDistribution: boolean;
}

/** Returns one line per prediction, in order. Failed instances have no line, missing values are empty. O(predictions × columns). */
export function predictionsCsv(forecast: Forecast, answer: BatchAnswer, options?: CsvOptions): string {
  const { columns, rows } = predictionsTable(forecast, answer, options);
  return writeCsv(columns, rows);
}

export interface PredictionsTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}

/** Returns the columns and cells of the CSV. */
export function predictionsTable(
  forecast: Forecast,
  { predictions, ...head }: BatchAnswer,
  { withDistribution }: CsvOptions = { withDistribution: false },
): PredictionsTable {
  const columns = forecast.csv ?? defaultColumns(forecast);
  const added = withDistribution ? distributionColumns : [];
  const answered = predictions.filter((one): one is Prediction => "series" in one);
  return {
    columns: [...columns, ...added].map(({ column }) => column),
    rows: answered.map((prediction) => [
      ...columns.map(({ is }) => cellOf(is, prediction, head)),
      ...added.map(({ cellIn }) => cellIn(prediction) ?? null),
    ]),
  };
}

interface DistributionColumn {
  readonly column: string;
  cellIn(prediction: Prediction): number | null | undefined;
}

/** The mean, the three probabilities, and one column per quantile: `quantile_0.025` and so on. */
const distributionColumns: readonly DistributionColumn[] = [
  { column: "expected", cellIn: ({ expected }) => expected },
  ...(["down", "same", "up"] as const).map(
    (direction): DistributionColumn => ({
      column: `${direction}_probability`,
      cellIn: ({ probabilities }) => probabilities?.[direction],
    }),
  ),
  ...quantileLevels.map(
    (level): DistributionColumn => ({ column: `quantile_${level}`, cellIn: ({ quantiles }) => quantiles?.[level] }),
  ),
];

function cellOf(
  is: CsvColumn["is"],
  prediction: Prediction,
  { model, target_period }: Pick<BatchAnswer, "model" | "target_period">,
): string | number | null {
  switch (is.kind) {
    case "dimension":
      return prediction.series[is.name] ?? null;
    case "target": {
      const period = prediction.target_period ?? target_period;
      return is.part === "period" ? isoPeriod(period) : partOf(is.part, period);
    }
    case "target-parts": {
      const period = prediction.target_period ?? target_period;
      return is.parts.map((part) => partOf(part, period)).join("-");
    }
    case "last":
      return is.of === "value"
        ? (prediction.last?.value ?? null)
        : prediction.last && isoPeriod(prediction.last.period);
    case "feature":
      return prediction.features?.[is.name] ?? null;
    case "answer": {
      const value = prediction[is.field];
      return typeof value === "number" || typeof value === "string" ? value : null;
    }
    case "version":
      return model.version;
  }
}

/** Returns the columns of a forecast that declares none. */
function defaultColumns({ dimensions, output, labels }: Forecast): readonly CsvColumn[] {
  const ofClassification = labels ? ["label", "threshold"] : [];
  return [
    ...dimensions.map((name): CsvColumn => ({ column: name, is: { kind: "dimension", name } })),
    { column: "target_period", is: { kind: "target", part: "period" } },
    { column: "last_period", is: { kind: "last", of: "period" } },
    { column: "last_value", is: { kind: "last", of: "value" } },
    ...[output, ...ofClassification].map((field): CsvColumn => ({ column: field, is: { kind: "answer", field } })),
    { column: "model_version", is: { kind: "version" } },
  ];
}
