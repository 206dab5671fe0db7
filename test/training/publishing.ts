/** Publishes without a contest, with a minimal judgement. */

import { averageParameters } from "../../shared/candidates/average.ts";
import type { Transform } from "../../shared/candidates/fitted.ts";
import type { Dataset } from "../../shared/features/dataset.ts";
import type { Feature } from "../../shared/features/feature.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { rowsOf, spanOf, windowsOf } from "../../shared/judging/windows.ts";
import type { Result } from "../../shared/lib/result.ts";
import { type RecipeChoice, workbenchOf } from "../../shared/training/job.ts";
import type { Judgement } from "../../shared/training/judgement.ts";
import { type Published, type PublishRefusal, publish } from "../../shared/training/publish.ts";
import type { PublishTask, RunModel } from "../../shared/training/publish-task.ts";
import { runReference } from "../../trainer/training/reference-runtime.ts";
import { instantPool, momentum, simulatedPanel, smallDataset, smallForecast } from "./support.ts";

const brisk = { iterations: 12, leavesMax: 6, learningRate: 0.2, leafRowsMin: 10 };
const boosting = { candidate: "gradient-boosting", parameters: brisk };
const forest = { candidate: "random-forest", parameters: { trees: 6, depthMax: 4, leafRowsMin: 10 } };
const ridge = { candidate: "ridge", parameters: { alpha: 10 } };

/** One small recipe of each kind. */
export const recipes: readonly (RecipeChoice & { readonly name: string; readonly isTrees: boolean })[] = [
  { name: "naive", isTrees: true, candidate: "naive", parameters: {} },
  { name: "seasonal-naive", isTrees: false, candidate: "seasonal-naive", parameters: {} },
  { name: "ridge", isTrees: false, ...ridge },
  { name: "gradient-boosting", isTrees: true, ...boosting },
  { name: "random-forest", isTrees: true, ...forest },
  { name: "ml-random-forest", isTrees: true, candidate: "ml-random-forest", parameters: { trees: 3 } },
  { name: "hurdle", isTrees: false, candidate: "hurdle", parameters: brisk },
  {
    name: "average of trees",
    isTrees: true,
    candidate: "average",
    parameters: averageParameters([boosting, forest, forest]),
  },
  {
    name: "average of lines and trees",
    isTrees: false,
    candidate: "average",
    parameters: averageParameters([ridge, boosting]),
  },
];

export const sources = ["model", "frequency"] as const;
export const transforms: readonly Transform[] = ["level", "difference", "log-difference"];

/** Returns the small forecast with another transform and a change model. */
export function forecastOf(transform: Transform): Forecast {
  return {
    ...smallForecast,
    target: { ...smallForecast.target, transform },
    change: { frequency: "frequency", space: {}, trials: 1 },
  };
}

/** The small forecast with a distribution of changes. */
export const changingForecast: Forecast = {
  ...forecastOf("difference"),
  features: [
    ...smallForecast.features,
    { name: "falls", kind: "change-count", periods: 30, direction: "down" },
    { name: "unchanged", kind: "change-count", periods: 30, direction: "same" },
    { name: "rises", kind: "change-count", periods: 30, direction: "up" },
    { name: "last_change", kind: "last-change", periods: 30 },
    ...[0.25, 0.75].flatMap((share): Feature[] => [
      { name: `fall_${share}`, kind: "change-size", periods: 30, direction: "down", share, learned: false },
      { name: `rise_${share}`, kind: "change-size", periods: 30, direction: "up", share, learned: false },
    ]),
  ],
  distribution: {
    kind: "changes",
    window: 30,
    group: ["region"],
    positive: true,
    inputs: {
      falls: { count: "falls", sizes: ["fall_0.25", "fall_0.75"] },
      rises: { count: "rises", sizes: ["rise_0.25", "rise_0.75"] },
      unchanged: "unchanged",
      lastChange: "last_change",
    },
  },
};

/** Returns a dataset where a third of the values do not change and one series in ten has missing values. */
export function restlessDataset(forecast: Forecast): Dataset {
  const panel = simulatedPanel(7, (state, draw) => (Math.abs(draw) < 0.4 ? 0 : momentum(state, draw)), { periods: 90 });
  const [first] = panel.series;
  for (let gap = 20; gap < 90; gap += 9) first?.values.fill(Number.NaN, gap, gap + 2);
  return smallDataset(panel, forecast);
}

export interface Story {
  readonly forecast: Forecast;
  readonly data: Dataset;
  readonly recipe: RecipeChoice;
  readonly source?: (typeof sources)[number] | null;
  readonly seed?: number;
  readonly isFallback?: boolean;
}

export function publishTask(story: Story): PublishTask {
  const { forecast, data, recipe, source = null, seed = 1, isFallback = false } = story;
  const { candidate, parameters } = recipe;
  return {
    forecast,
    bench: workbenchOf(forecast, data),
    judgement: judgementOf({ forecast, data, source }),
    recipe: { candidate, parameters },
    reason: "test",
    seed,
    isFallback,
    codeVersion: "almanac test",
    trials: 1,
    dataHash: "0".repeat(64),
    observations: data.rows,
    breaks: [],
  };
}

const noEvidence = { periods: [], rows: [], horizon: 1, challenger: [], naive: [], incumbent: null };

function judgementOf({ forecast, data, source }: Pick<Story, "forecast" | "data" | "source">): Judgement {
  const windows = windowsOf(data, forecast.validation);
  const [validation, test] = [rowsOf(windows.validation), rowsOf(windows.test)];
  const both = { from: validation.from, to: test.to };
  const scores = { auc: 0.7, brier: 0.2, brierBase: 0.25, brierFrequency: 0.24 };
  return {
    validation: spanOf(data, validation),
    test: spanOf(data, test),
    contenders: [],
    chosen: { candidate: "naive", parameters: {} },
    naive: { candidate: "naive", parameters: {} },
    incumbent: null,
    change: source
      ? { ...scores, source, parameters: brisk, validationBrier: 0.2, validationBrierFrequency: 0.24 }
      : null,
    field: [],
    evidence: noEvidence,
    choiceOf: () => null,
    evidenceFor: () => noEvidence,
    classesFor: () => null,
    formFor: () => null,
    changeFor: () => null,
    groupsFor: () => [],
    missesFor: () => ({
      rows: both,
      misses: new Float64Array(both.to - both.from).map((_, row) => (row % 7) / 10),
    }),
  };
}

export function publishing(story: Story, run: RunModel = runReference): Promise<Result<Published, PublishRefusal>> {
  return publish(publishTask(story), { pool: instantPool(story.forecast, story.data), run });
}

/** Returns the published model. @throws if publishing was refused. */
export async function published(story: Story): Promise<Published> {
  const result = await publishing(story);
  if (!result.ok) throw new Error(`${result.error.reason}: ${result.error.problems.join(" ")}`);
  return result.value;
}
