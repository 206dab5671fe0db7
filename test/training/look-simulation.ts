/** Simulates repeated trainings of one panel with the real judge, and collects every look at the test window. */
import { emptySpace } from "../../shared/candidates/spaces.ts";
import type { Panel } from "../../shared/features/panel.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { addDays } from "../../shared/lib/calendar.ts";
import { createRandom, type Random } from "../../shared/models/random.ts";
import { isNaive } from "../../shared/registry/gate.ts";
import { type Look, planLook } from "../../shared/registry/look.ts";
import { judge } from "../../shared/training/judge.ts";
import { outcomeOf, type TrainingOutcome } from "../../shared/training/verdict.ts";
import { seededNormal } from "../support/chance.ts";
import { changingForecast } from "./publishing.ts";
import { instantPool, keepingEffects, smallDataset, smallForecast } from "./support.ts";

const fixed = (value: number) => ({ kind: "integer", low: value, high: value }) as const;

/** Contenders that are fitted in milliseconds. The judge, the looks and the gate are the real ones. */
export const cheapForecast: Forecast = {
  ...smallForecast,
  candidates: [
    { candidate: "naive", space: emptySpace, trials: 1 },
    { candidate: "seasonal-naive", space: emptySpace, trials: 1 },
    { candidate: "ridge", space: { alpha: { kind: "log-uniform", low: 1, high: 10_000 } }, trials: 2 },
    {
      candidate: "gradient-boosting",
      space: { iterations: fixed(12), leavesMax: fixed(4), learningRate: { kind: "uniform", low: 0.1, high: 0.2 } },
      trials: 1,
    },
  ],
  averageOf: [2],
};

/** The same with distributions: the baseline has its own past changes, and the metric is the CRPS. */
export const distributionForecast: Forecast = {
  ...changingForecast,
  metric: "crps",
  candidates: [
    { candidate: "naive", space: emptySpace, trials: 1 },
    { candidate: "ridge", space: { alpha: { kind: "log-uniform", low: 1, high: 10_000 } }, trials: 1 },
    {
      candidate: "changes",
      space: { iterations: fixed(12), leavesMax: fixed(4), learningRate: { kind: "uniform", low: 0.1, high: 0.2 } },
      trials: 1,
    },
  ],
  averageOf: [],
  intervals: { ...changingForecast.intervals, holdLast: true },
};

export interface World {
  readonly seed: number;
  /** Autocorrelation of the changes: 0 is a random walk. `level`: values are independent around a mean of 20, deviation 5. */
  readonly phi: number | "level";
  /** Numbers of periods at which a model is trained. */
  readonly trainings: readonly number[];
  /** Share of the periods in which a series does not change. Forecasts are then distributions. */
  readonly stays?: number;
  /** Share of the changes of the test window that the publisher draws again before each training after the first. */
  readonly correctedShare?: number;
  /** A cell whose value is published ten times too large. */
  readonly typo?: { readonly series: number; readonly period: number };
}

export interface LookResult {
  readonly periods: number;
  readonly look: Look;
  readonly outcome: TrainingOutcome;
  /** The smallest p of a learned contender, multiplied by 2 for each halving: it is promoted if this is below the level. */
  readonly p: number;
}

const seriesCount = 8;

/** Trains at each number of periods where a look is allowed, and returns the looks. Stops after a promotion. */
export async function simulateLooks(world: World): Promise<LookResult[]> {
  const random = createRandom(world.seed);
  const draw = () => seededNormal(() => random.uniform());
  const periodsMax = Math.max(...world.trainings);
  const shocks = Array.from({ length: seriesCount }, () => Float64Array.from({ length: periodsMax }, draw));
  const forecast = world.stays === undefined ? cheapForecast : distributionForecast;
  const results: LookResult[] = [];
  const looks: Look[] = [];
  for (const [number, periods] of world.trainings.entries()) {
    const dataChanged = number > 0 && world.correctedShare !== undefined;
    if (dataChanged) correct(shocks, { random, share: world.correctedShare ?? 0, periods });
    const panel = panelOf(world, shocks, periods);
    const tested = panel.periods.slice(-Math.ceil(periods * forecast.validation.testShare));
    const history = { looks, dataChanged };
    if (planLook(tested, history, { periodsMin: 30 }).kind === "none") continue;
    const data = smallDataset(panel, forecast);
    const task = { forecast, data, seed: number + 1, trialsMax: null, incumbent: null };
    const judged = await judge(task, keepingEffects(instantPool(forecast, data)).effects);
    if (!judged.ok) throw new Error(judged.error.kind);
    const outcome = outcomeOf(forecast, judged.value.judgement, { incumbent: null, ...history });
    if (outcome.look === null) continue;
    const look = { ...outcome.look, key: `training ${number}` };
    looks.push(look);
    const p = Math.min(1, ...outcome.tests.map((test) => test.p * 2 ** look.halvings));
    results.push({ periods, look, outcome, p });
    if (servesLearned(outcome)) break;
  }
  return results;
}

/** Returns true if the outcome promotes something else than the baseline. */
export function servesLearned({ verdict, recipe }: TrainingOutcome): boolean {
  return verdict.kind === "promote" && !isNaive(recipe.candidate);
}

/** Returns true if the medians of the submitted recipe are those of the baseline: only its distribution differs. */
export function hasBaselineCentre({ contenders, recipe }: TrainingOutcome): boolean {
  const [own, baseline] = [
    contenders.find(({ candidate }) => candidate === recipe.candidate),
    contenders.find(({ candidate }) => isNaive(candidate)),
  ];
  if (!own?.distribution || !baseline?.distribution) return false;
  const { mae, exact } = own.distribution;
  return mae === baseline.distribution.mae && exact === baseline.distribution.exact;
}

/** Draws some changes of the test window again, as a publisher that corrects them does. A walk remains a walk. */
function correct(
  shocks: readonly Float64Array[],
  { random, share, periods }: { readonly random: Random; readonly share: number; readonly periods: number },
): void {
  for (const series of shocks) {
    for (let period = Math.floor(periods * 0.8); period < periods; period++) {
      if (random.uniform() < share) series[period] = seededNormal(() => random.uniform());
    }
  }
}

/** Returns the number that the absolute value of a standard normal exceeds with probability 1 − share, for two shares. */
function normalQuantile(share: number): number {
  const known: Readonly<Record<number, number>> = { 0.5: 0.6745, 0.85: 1.4395 };
  const quantile = known[share];
  if (quantile === undefined) throw new RangeError(`share ${share}: expected 0.5 or 0.85`);
  return quantile;
}

function panelOf({ phi, typo, stays = 0 }: World, shocks: readonly Float64Array[], periods: number): Panel {
  return {
    dimensions: ["region", "item"],
    periods: Array.from({ length: periods }, (_, index) => addDays("2026-01-01", index)),
    series: shocks.map((series, index) => {
      let value = 100 + index;
      let change = 0;
      const values = Float64Array.from(series.subarray(0, periods), (shock) => {
        if (phi === "level") return Math.round(2000 + 500 * shock) / 100;
        // The shock also decides whether the value changes: |shock| of a standard normal is below this quantile.
        const moves = stays === 0 || Math.abs(shock) > normalQuantile(stays);
        change = phi * change + (moves ? shock : 0);
        value += change;
        return Math.round(value * 100) / 100;
      });
      if (typo?.series === index) values[typo.period] = (values[typo.period] ?? 0) * 10;
      return { is: [index % 2 ? "north" : "south", `item ${index}`], values };
    }),
  };
}
