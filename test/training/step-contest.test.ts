/** Judges the baselines of every step on simulated series. */
import { describe, expect, test } from "vitest";
import type { Panel } from "../../shared/features/panel.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { judgeSteps } from "../../shared/training/step-contest.ts";
import { seededNormal, seededRandom } from "../support/chance.ts";
import { classForecast } from "./classes.ts";
import { simulatedPanel, smallForecast } from "./support.ts";

const forecast: Forecast = {
  ...smallForecast,
  steps: [1, 4],
  headline: [1, 4],
  seasonal: null,
  groups: [{ name: "all", by: [] }],
  distribution: { kind: "changes", window: 30, group: ["region"], positive: true },
};

/** Returns two series that rise by `drift` a period, with a common and an own random walk. */
function walks(seed: number, drift: number): Panel {
  const panel = simulatedPanel(seed, (_, draw) => drift + 0.3 * draw, { periods: 150, series: 2 });
  const random = seededRandom(seed);
  let common = 0;
  const walk = panel.periods.map(() => {
    common += seededNormal(random);
    return common;
  });
  const moved = ({ is, values }: Panel["series"][number]) => ({
    is,
    values: values.map((value, position) => Math.round((value + (walk[position] ?? 0)) * 100) / 100),
  });
  return { ...panel, series: panel.series.map(moved) };
}

describe("of series that rise", () => {
  const results = [...judgeSteps(forecast, walks(2, 1.5))];

  test("the drift is the baseline of every step and group, better than the last value beyond chance", () => {
    expect(results.map(({ of, step, baseline }) => [of, step, baseline.point.kind])).toEqual(
      ["series", "all"].flatMap((of) => [1, 4].map((step) => [of, step, "drift"])),
    );
    for (const { step, contenders, rolling, blocks } of results) {
      const line = contenders.find(({ point }) => point.kind === "drift");
      expect(line?.skill).toBeGreaterThan(step === 1 ? 0.2 : 0.4);
      expect(line?.pValue).toBeLessThan(0.01);
      expect(blocks).toBe(Math.floor(30 / step));
      expect(rolling).toMatchObject({ periods: 90, blocks: Math.floor(90 / step) });
      expect(rolling?.pValue).toBeLessThan(0.01);
    }
  });

  test("the mean of the baseline's distribution has the error of its point", () => {
    for (const { contenders, distribution } of results) {
      // The values of a group have more digits than are published.
      expect(distribution?.rmse).toBeCloseTo(contenders[0]?.rmse ?? Number.NaN, 2);
    }
  });
});

test("random walks have no drift beyond chance: over 40 of them at most 2 have p below 0.05 at a time", () => {
  const series: Forecast = { ...forecast, steps: [4], headline: [4], groups: [] };
  const found = Array.from({ length: 40 }, (_, seed) => {
    const [result] = judgeSteps({ ...series, steps: [4] }, walks(seed + 100, 0));
    return result?.rolling?.pValue ?? 1;
  });
  expect(found.filter((p) => p < 0.05).length).toBeLessThanOrEqual(2);
});

test("a classification is judged by the Brier score, and states that persist make their frequency the baseline", () => {
  const random = seededRandom(4);
  let state = 0;
  const values = Float64Array.from({ length: 200 }, () => {
    if (random() < 0.08) state = 1 - state;
    return state;
  });
  const periods = Array.from(values, (_, index) => `2026-${String(index).padStart(4, "0")}`);
  const events: Forecast = { ...classForecast, steps: [1, 3], headline: [1, 3] };
  const panel: Panel = { dimensions: [], periods, series: [{ is: [], values }] };
  const results = [...judgeSteps({ ...events, dimensions: [], features: classForecast.features.slice(0, 1) }, panel)];
  expect(results.map(({ step, baseline }) => [step, baseline.point.kind])).toEqual([
    [1, "state-frequency"],
    [3, "state-frequency"],
  ]);
  for (const { contenders, distribution } of results) {
    expect(distribution).toBeNull();
    expect(contenders.map(({ point }) => point.kind).sort()).toEqual(["base-rate", "recent-share", "state-frequency"]);
    for (const { brier, rmse, logLoss } of contenders) {
      expect(brier).toBeCloseTo(rmse ** 2, 12);
      expect(logLoss).toBeGreaterThan(0);
    }
  }
});
