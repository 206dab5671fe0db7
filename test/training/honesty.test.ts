/** Guarantees of judging over many simulated panels: noise is not promoted, skill is found, intervals have their coverage. */
import { expect, test } from "vitest";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { milkMx } from "../../shared/forecasts/milk-mx.ts";
import type { Contender } from "../../shared/registry/card.ts";
import { type Judgement, judge } from "../../shared/training/judge.ts";

import { outcomeOf } from "../../shared/training/verdict.ts";
import { MILK_CITIES, VARIETIES } from "../../trainer/simulate/milk-cities.ts";
import { milkMarket } from "../../trainer/simulate/milk-market.ts";

import {
  instantPool,
  keepingEffects,
  momentum,
  type Process,
  randomWalk,
  simulatedPanel,
  smallDataset,
  smallForecast,
  sticky,
} from "./support.ts";

async function judgementOf(seed: number, process: Process, forecast: Forecast = smallForecast): Promise<Judgement> {
  const data = smallDataset(simulatedPanel(seed, process));
  const task = { forecast, data, seed, trialsMax: null, incumbent: null };
  const judged = await judge(task, keepingEffects(instantPool(forecast, data)).effects);
  if (!judged.ok) throw new Error(judged.error.kind);
  return judged.value.judgement;
}

/** Returns true if the gate promotes a learned model without a champion. */
function isPromoted(judgement: Judgement): boolean {
  const { verdict } = outcomeOf(smallForecast, judgement, { incumbent: null, usedThrough: null });
  return judgement.chosen.candidate !== "naive" && verdict.kind === "promote";
}

async function worlds(count: number, process: Process, forecast?: Forecast): Promise<Judgement[]> {
  const judgements: Judgement[] = [];
  for (let seed = 1; seed <= count; seed++) judgements.push(await judgementOf(seed, process, forecast));
  return judgements;
}

/** Judges a year of the simulated milk market, every third city, with few candidates. */
async function milkJudgement(seed: number): Promise<Judgement> {
  const market = milkMarket({ seed, firstDay: "2025-11-20" });
  const periods = market.publicationDays("2026-11-20");
  const prices = periods.map((day) => market.prices(day));
  const series = MILK_CITIES.flatMap(({ state, city }, place) =>
    (place % 3 === 0 ? VARIETIES : []).map(({ tipo, canal }, kind) => ({
      is: [state, city, tipo, canal],
      values: Float64Array.from(prices, (published) => published[place]?.[kind] || Number.NaN),
    })),
  );
  const candidates = ["naive", "ridge"].map((candidate) => ({ candidate, space: {}, trials: 1 }));
  const forecast = { ...milkMx, candidates, averageOf: [], change: null };
  const data = smallDataset({ dimensions: forecast.dimensions, periods, series }, forecast);
  const task = { forecast, data, seed, trialsMax: null, incumbent: null };
  const judged = await judge(task, keepingEffects(instantPool(forecast, data)).effects);
  if (!judged.ok) throw new Error(judged.error.kind);
  return judged.value.judgement;
}

function meanCoverage(judgements: readonly Judgement[], coverage: "coverage80" | "coverage95"): number {
  const all = judgements.flatMap(({ contenders }) => contenders.map((one: Contender) => one[coverage] ?? Number.NaN));
  return all.reduce((sum, one) => sum + one, 0) / all.length;
}

test("on random walks a learned model is promoted for at most 2 of 20 seeds, and intervals have their coverage", async () => {
  const judgements = await worlds(20, randomWalk);
  expect(judgements.filter(isPromoted).length).toBeLessThanOrEqual(2);
  expect(Math.abs(meanCoverage(judgements, "coverage80") - 0.8)).toBeLessThanOrEqual(0.03);
  expect(Math.abs(meanCoverage(judgements, "coverage95") - 0.95)).toBeLessThanOrEqual(0.03);
});

test("on series with momentum a learned model is promoted for at least 9 of 10 seeds", async () => {
  const judgements = await worlds(10, momentum);
  expect(judgements.filter(isPromoted).length).toBeGreaterThanOrEqual(9);
});

test("on series that rarely change, intervals that include the last value have their coverage, for every contender", async () => {
  const intervals = { ...smallForecast.intervals, holdLast: true };
  const judgements = await worlds(6, sticky, { ...smallForecast, intervals });
  expect(Math.abs(meanCoverage(judgements, "coverage95") - 0.95)).toBeLessThanOrEqual(0.03);
  for (const { contenders } of judgements) {
    for (const { coverage80 } of contenders) expect(coverage80).toBeGreaterThanOrEqual(0.77);
  }
});

test("on the simulated milk market, coverage is at most 3 points below the level", async () => {
  const judgements: Judgement[] = [];
  for (const seed of [1, 2, 3, 4]) judgements.push(await milkJudgement(seed));
  for (const { contenders } of judgements) {
    for (const { coverage80 } of contenders) expect(coverage80).toBeGreaterThanOrEqual(0.77);
  }
  expect(Math.abs(meanCoverage(judgements, "coverage95") - 0.95)).toBeLessThanOrEqual(0.03);
});
