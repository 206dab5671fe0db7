import type { Dataset } from "../features/dataset.ts";
import type { Forecast } from "../forecasts/forecast.ts";
import { type Fold, windowsOf } from "../judging/windows.ts";
import type { Granularity } from "../period.ts";
import type { Backfill } from "../registry/backfill.ts";
import { at } from "../stats/numbers.ts";
import type { Pool, RecipeChoice, Workbench } from "./job.ts";

export interface BackfillTask {
  readonly forecast: Pick<Forecast, "backfillFrom" | "schedule" | "target" | "task" | "validation">;
  readonly bench: Workbench;
  readonly recipe: RecipeChoice;
  readonly seed: number;
}

/** Decimals of a probability. */
const probabilityDecimals = 4;

/** The recipe is refitted after at most so many periods: about once a year. */
const periodsPerFit: Readonly<Record<Granularity, number>> = { hour: 8760, day: 365, month: 12, quarter: 4 };

/**
 * Returns the predictions of all periods since `backfillFrom`, one period ahead. The recipe is refitted about once a year, to the
 * data before this year, so no model was fitted to a period that it predicts. The recipe itself was chosen later, on validation.
 * Empty without `backfillFrom`. A fold that cannot be fitted is left out.
 */
export async function backfillOf({ forecast, bench, recipe, seed }: BackfillTask, pool: Pool): Promise<Backfill> {
  const { backfillFrom, target, task } = forecast;
  if (backfillFrom === undefined) return [];
  const { data } = bench;
  const decimals = task === "classification" ? probabilityDecimals : target.decimals;
  const folds = foldsSince(data, backfillFrom, forecast);
  const predicted = await Promise.all(
    folds.map(async ({ train, rows }) => {
      const job = { learns: "value", recipe, train, rows, seed, wantsModel: false } as const;
      const result = await pool.run(job);
      return result.ok ? result.value.predictions : null;
    }),
  );
  return folds
    .flatMap((fold, index) => rowsOf(data, fold, predicted[index] ?? null))
    .map((row) => ({ ...row, prediction: Number(row.prediction.toFixed(decimals)) }))
    .filter(({ period }) => period >= backfillFrom);
}

/** Returns the folds since a period, but not before there are enough periods for a training. */
function foldsSince(
  data: Dataset,
  period: string,
  { schedule, validation }: BackfillTask["forecast"],
): readonly Fold[] {
  const count = data.periods.length;
  const since = data.periods.findIndex((one) => one >= period);
  const predicted = count - Math.max(since === -1 ? count : since, validation.periodsMin);
  if (predicted <= 0) return [];
  const folds = Math.ceil(predicted / periodsPerFit[schedule.every]);
  return windowsOf(data, { ...validation, testShare: predicted / count, validationShare: 0, folds }).test;
}

function rowsOf(data: Dataset, { train, rows }: Fold, predictions: Float64Array | null): Backfill {
  if (predictions === null) return [];
  const periodAt = (row: number) => data.periods[at(data.period, row)] ?? "";
  const trainedTo = periodAt(train.to - 1);
  return Array.from(predictions, (prediction, i) => ({ period: periodAt(rows.from + i), prediction, trainedTo }));
}
