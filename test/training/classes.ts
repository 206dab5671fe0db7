/** A small classification of simulated days that are good or bad, with a signal of the day before. */

import { emptySpace } from "../../shared/candidates/spaces.ts";
import type { Dataset } from "../../shared/features/dataset.ts";
import type { Panel } from "../../shared/features/panel.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { addDays } from "../../shared/lib/calendar.ts";
import { sigmoid } from "../../shared/stats/sigmoid.ts";
import { seededNormal, seededRandom } from "../support/chance.ts";
import { smallDataset, smallForecast } from "./support.ts";

/** Factor of the signal in the log odds; 0 means that outcomes are random. */
export interface World {
  readonly strength: number;
  /** Log odds for a signal of 0. */
  readonly lean?: number;
  /** Added to the log odds after a bad day. */
  readonly memory?: number;
  readonly periods?: number;
  /** Added to the log odds of a day, such as for a period with few bad days. */
  readonly leanAt?: (day: number) => number;
}

/** Simulates one series of 0 and 1, with the signal and three noise variables. */
export function classPanel(
  seed: number,
  { strength, lean = 0.5, memory = 0, periods = 213, leanAt = () => 0 }: World,
): Panel {
  const random = seededRandom(seed);
  const draw = () => Float64Array.from({ length: periods }, () => seededNormal(random));
  const signal = draw();
  const others = { signal, noise1: draw(), noise2: draw(), noise3: draw() };
  let state = 0;
  const values = Float64Array.from({ length: periods }, (_, day) => {
    const odds = lean + leanAt(day) + strength * (signal[day - 1] ?? 0) + memory * (state - 0.5);
    state = random() < sigmoid(odds) ? 1 : 0;
    return state;
  });
  const days = Array.from({ length: periods }, (_, day) => addDays("2025-01-01", day));
  return { dimensions: [], periods: days, series: [{ is: [], values, others }] };
}

const few = { trees: 20, leafRowsMin: 8, iterations: 40, leavesMax: 4, l2: 5 };

export const classForecast: Forecast = {
  ...smallForecast,
  id: "bad-day",
  title: "Bad days",
  sources: [{ feed: "days", variables: ["bad", "signal", "noise1", "noise2", "noise3"], lag: 0 }],
  variable: "bad",
  dimensions: [],
  task: "classification",
  labels: { event: "bad", otherwise: "good" },
  target: { transform: "level", decimals: 0 },
  features: [
    { name: "bad_before", kind: "lag", periods: 1 },
    ...["signal", "noise1", "noise2", "noise3"].map(
      (variable) => ({ name: variable, kind: "seasonal-lag", periods: 1, variable }) as const,
    ),
    { name: "share7", kind: "rolling-mean", periods: 7 },
    { name: "weekday", kind: "calendar", part: "weekday" },
  ],
  seasonal: null,
  candidates: [
    { candidate: "base-rate", space: emptySpace, trials: 1 },
    { candidate: "state-frequency", space: emptySpace, trials: 1 },
    { candidate: "logistic", space: { alpha: { kind: "log-uniform", low: 3, high: 300 } }, trials: 2 },
    { candidate: "gradient-boosting", space: { l2: { kind: "log-uniform", low: 2, high: 50 } }, trials: 1 },
    { candidate: "random-forest", space: { leafRowsMin: { kind: "log-integer", low: 5, high: 30 } }, trials: 1 },
  ],
  averageOf: [2],
  validation: { testShare: 0.3, validationShare: 0.3, folds: 2, periodsMin: 60 },
  metric: "brier",
  intervals: { levels: [], scaledBy: null, holdLast: false },
  change: null,
  unit: "probability",
  output: "probability",
};

export function classData(seed: number, world: World, forecast: Forecast = classForecast): Dataset {
  return smallDataset(classPanel(seed, world), forecast);
}

/** One small recipe of each candidate that predicts probabilities. */
export const classRecipes = [
  { candidate: "base-rate", parameters: {} },
  { candidate: "state-frequency", parameters: {} },
  { candidate: "logistic", parameters: { alpha: 10 } },
  { candidate: "gradient-boosting", parameters: few },
  { candidate: "random-forest", parameters: few },
  { candidate: "ml-random-forest", parameters: { trees: 15, leafRowsMin: 8 } },
] as const;
