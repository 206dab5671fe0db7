/** Small panels, a small forecast, and a pool that runs jobs synchronously. */

import { emptySpace } from "../../shared/candidates/spaces.ts";
import { type Dataset, datasetOf } from "../../shared/features/dataset.ts";
import type { Panel } from "../../shared/features/panel.ts";
import { type Forecast, toleranceOf } from "../../shared/forecasts/forecast.ts";
import { addDays } from "../../shared/lib/calendar.ts";
import type { TrainingEffects } from "../../shared/training/contest.ts";
import { type Pool, type RecipeChoice, runJob, workbenchOf } from "../../shared/training/job.ts";
import type { ModelFile, ServingModel } from "../../shared/training/judgement.ts";
import type { TrialRecord } from "../../shared/training/search.ts";
import { seededNormal, seededRandom } from "../support/chance.ts";

/** Returns the next change after `value`, given the previous change and a standard normal draw. */
export type Process = (state: { readonly value: number; readonly change: number }, draw: number) => number;

export const randomWalk: Process = (_, draw) => draw;
/** Changes with momentum: an AR(1) in differences. */
export const momentum: Process = ({ change }, draw) => 0.5 * change + draw;
/** Nine in ten values do not change. */
export const sticky: Process = (_, draw) => (Math.abs(draw) > 1.645 ? draw : 0);

/** Daily series in two regions around 100, published in cents. */
export function simulatedPanel(seed: number, process: Process, { periods = 150, series = 8 } = {}): Panel {
  const random = seededRandom(seed);
  return {
    dimensions: ["region", "item"],
    periods: Array.from({ length: periods }, (_, index) => addDays("2026-01-01", index)),
    series: Array.from({ length: series }, (_, index) => {
      let value = 100 + index;
      let change = 0;
      const values = Float64Array.from({ length: periods }, () => {
        change = process({ value, change }, seededNormal(random));
        value += change;
        return Math.round(value * 100) / 100;
      });
      return { is: [index % 2 ? "north" : "south", `item ${index}`], values };
    }),
  };
}

/** A forecast with few features and small search spaces. */
export const smallForecast: Forecast = {
  id: "small",
  title: "Small",
  sources: [{ feed: "simulated", variables: ["price"], lag: 0 }],
  variable: "price",
  dimensions: ["region", "item"],
  task: "regression",
  schedule: { every: "day", periods: "calendar" },
  steps: [1],
  headline: [1],
  target: { transform: "difference", decimals: 2 },
  features: [
    { name: "region", kind: "category", dimension: "region" },
    { name: "last", kind: "lag", periods: 1 },
    { name: "season", kind: "seasonal-lag", periods: 7 },
    { name: "change", kind: "difference", periods: 1 },
    { name: "change5", kind: "difference", periods: 5 },
    { name: "deviation", kind: "rolling-std", periods: 10 },
    { name: "frequency", kind: "change-share", periods: 10 },
  ],
  seasonal: "season",
  candidates: [
    { candidate: "naive", space: emptySpace, trials: 1 },
    { candidate: "ridge", space: { alpha: { kind: "log-uniform", low: 1, high: 10_000 } }, trials: 3 },
    {
      candidate: "gradient-boosting",
      space: { learningRate: { kind: "log-uniform", low: 0.03, high: 0.2 } },
      trials: 2,
    },
  ],
  averageOf: [2],
  validation: { testShare: 0.2, validationShare: 0.2, folds: 2, periodsMin: 30 },
  metric: "rmse",
  promotion: { periodsMin: 30 },
  intervals: { levels: [0.8, 0.95], scaledBy: null, holdLast: false },
  change: null,
  unit: "EUR",
  locale: "en",
  output: "price",
  aliases: {},
  dateFields: {},
  hypothesisNeeds: "all",
};

export function smallDataset(panel: Panel, forecast: Forecast = smallForecast): Dataset {
  return datasetOf(panel, { features: forecast.features, tolerance: toleranceOf(forecast) });
}

/** Runs jobs in the calling thread. Its clock counts calls. */
export function instantPool(forecast: Forecast, data: Dataset): Pool {
  const bench = workbenchOf(forecast, data);
  let ticks = 0;
  return { run: async (job) => runJob(bench, job, () => ticks++) };
}

/** Returns effects that collect the trials in the order in which they ended. */
export function keepingEffects(pool: Pool, earlier: readonly TrialRecord[] = []) {
  const trials: TrialRecord[] = [];
  const effects: TrainingEffects = {
    pool,
    isOver: () => false,
    onTrial: (trial) => trials.push(trial),
    onStage: () => {},
    earlier,
  };
  return { effects, trials };
}

/** Returns a trained champion that was fitted to all data. `file` overrides its published file. */
export function serving(version: string, recipe: RecipeChoice, file: Partial<ModelFile> = {}): ServingModel {
  const predict = () => Promise.reject(new Error("the file must not predict its training periods"));
  return { version, recipe, isExternal: false, file: { trainedTo: "9999-12-31", predict, ...file } };
}
