/** Guarantees over many simulated panels: noise is not promoted, skill is found, and intervals have their coverage. */
import { describe, expect, test } from "vitest";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { milkMx } from "../../shared/forecasts/milk-mx.ts";
import type { Contender } from "../../shared/registry/card.ts";
import { promotionLevel } from "../../shared/registry/look.ts";
import { judge } from "../../shared/training/judge.ts";
import type { Judgement } from "../../shared/training/judgement.ts";
import { MILK_CITIES, VARIETIES } from "../../trainer/simulate/milk-cities.ts";
import { milkMarket } from "../../trainer/simulate/milk-market.ts";
import { cheapForecast, servesLearned, simulateLooks, type World } from "./look-simulation.ts";
import {
  instantPool,
  keepingEffects,
  type Process,
  randomWalk,
  simulatedPanel,
  smallDataset,
  sticky,
} from "./support.ts";

async function judgementOf(seed: number, process: Process, forecast: Forecast = cheapForecast): Promise<Judgement> {
  const data = smallDataset(simulatedPanel(seed, process), forecast);
  const task = { forecast, data, seed, trialsMax: null, incumbent: null };
  const judged = await judge(task, keepingEffects(instantPool(forecast, data)).effects);
  if (!judged.ok) throw new Error(judged.error.kind);
  return judged.value.judgement;
}

async function judgements(count: number, process: Process, forecast?: Forecast): Promise<Judgement[]> {
  const found: Judgement[] = [];
  for (let seed = 1; seed <= count; seed++) found.push(await judgementOf(seed, process, forecast));
  return found;
}

async function worlds(count: number, world: (seed: number) => Omit<World, "seed">) {
  const found: Awaited<ReturnType<typeof simulateLooks>>[] = [];
  for (let seed = 1; seed <= count; seed++) found.push(await simulateLooks({ seed, ...world(seed) }));
  return found;
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

function meanCoverage(all: readonly Judgement[], coverage: "coverage80" | "coverage95"): number {
  const shares = all.flatMap(({ contenders }) => contenders.map((one: Contender) => one[coverage] ?? Number.NaN));
  return shares.reduce((sum, one) => sum + one, 0) / shares.length;
}

// `npm run bench -- gate` measures the same over more than a thousand walks.
describe("repeated trainings", () => {
  test("promote no random walk out of 2, each trained 10 times after corrections", async () => {
    const trainings = Array.from({ length: 10 }, (_, number) => 150 + 2 * number);
    const walks = await worlds(2, () => ({ phi: 0, trainings, correctedShare: 0.3 }));
    const looks = walks.flat();
    // Not every training has a contender to test.
    expect(looks.length).toBeGreaterThan(8);
    for (const { p } of looks) expect(p).toBeGreaterThanOrEqual(promotionLevel);
    for (const walk of walks) expect(walk.map(({ look }) => look.halvings)).toEqual(walk.map((_, number) => number));
  });

  test("of a random walk test only when 30 periods are unused", async () => {
    const trainings = Array.from({ length: 20 }, (_, number) => 142 + 4 * number);
    for (const walk of await worlds(2, () => ({ phi: 0, trainings }))) {
      for (const [number, { look }] of walk.entries()) {
        expect(look.halvings).toBe(0);
        expect(look.from > (walk[number - 1]?.look.to ?? "")).toBe(true);
      }
    }
  });

  test("serve planted skill after the first test, which a training that is too early does not use up", async () => {
    const planted = await worlds(10, () => ({ phi: 0.5, trainings: [130, 150] }));
    expect(
      planted.filter((looks) => looks.length === 1 && looks.every(({ outcome }) => servesLearned(outcome))).length,
    ).toBeGreaterThanOrEqual(9);
  });

  test("serve a learned model although a value of ten times its size dominates validation", async () => {
    const typos = await worlds(4, (seed) => ({
      phi: "level",
      trainings: [150],
      typo: { series: seed, period: 95 + 4 * seed },
    }));
    for (const [look] of typos) expect(look && servesLearned(look.outcome)).toBe(true);
  });
});

test("on random walks intervals have their coverage", async () => {
  const found = await judgements(10, randomWalk);
  expect(Math.abs(meanCoverage(found, "coverage80") - 0.8)).toBeLessThanOrEqual(0.03);
  expect(Math.abs(meanCoverage(found, "coverage95") - 0.95)).toBeLessThanOrEqual(0.03);
});

test("on series that rarely change, intervals that include the last value have their coverage, for every contender", async () => {
  const intervals = { ...cheapForecast.intervals, holdLast: true };
  const found = await judgements(6, sticky, { ...cheapForecast, intervals });
  expect(Math.abs(meanCoverage(found, "coverage95") - 0.95)).toBeLessThanOrEqual(0.03);
  for (const { contenders } of found) {
    for (const { coverage80 } of contenders) expect(coverage80).toBeGreaterThanOrEqual(0.77);
  }
});

test("on the simulated milk market, coverage is at most 3 points below the level", async () => {
  const found: Judgement[] = [];
  for (const seed of [1]) found.push(await milkJudgement(seed));
  for (const { contenders } of found) {
    for (const { coverage80 } of contenders) expect(coverage80).toBeGreaterThanOrEqual(0.77);
  }
  expect(Math.abs(meanCoverage(found, "coverage95") - 0.95)).toBeLessThanOrEqual(0.03);
});
