import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { expectedValueOf } from "../../shared/distributions/summary.ts";
import type { Panel } from "../../shared/features/panel.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { baselineDistributions, chooseBaseline, type StepBaseline } from "../../shared/judging/step-baselines.ts";
import { pointPredictions, stepPoints } from "../../shared/judging/step-points.ts";
import { stepSetsOf } from "../../shared/judging/step-sets.ts";
import { panels } from "../features/support.ts";
import { seededNormal, seededRandom } from "../support/chance.ts";
import { expectClose } from "../support/close.ts";
import { randomWalk, simulatedPanel, smallForecast, sticky } from "../training/support.ts";

const dimensions = ["region", "item"];
const changing: Forecast = {
  ...smallForecast,
  steps: [1, 2, 3],
  groups: [
    { name: "region", by: ["region"] },
    { name: "all", by: [] },
  ],
  distribution: { kind: "changes", window: 10, group: ["region"], positive: true },
};
const scaled: Forecast = {
  ...smallForecast,
  intervals: { ...smallForecast.intervals, scaledBy: "deviation" },
  distribution: { kind: "location-scale", positive: true },
};
const growing: Forecast = { ...scaled, target: { transform: "log-difference", decimals: 2 } };
const spreads: readonly [Forecast, StepBaseline["spread"]][] = [
  [changing, { kind: "changes", weights: { chances: 4, sizes: 4, group: 5 } }],
  [scaled, { kind: "location-scale", shape: [-2, -1, 0, 1, 2] }],
  [growing, { kind: "location-scale", shape: [-0.2, 0, 0.2], scale: "point" }],
];

/** Returns the panel with other values from a position on. */
function withOtherFuture(panel: Panel, from: number): Panel {
  const changed = ({ values, is }: Panel["series"][number]) => ({
    is,
    values: values.map((value, position) => (position < from ? value : value * 1.5 + 1)),
  });
  return { ...panel, series: panel.series.map(changed) };
}

describe("nothing after the origin changes", () => {
  test.each(spreads)("a prediction or a distribution of any baseline, with %#", (forecast, spread) => {
    const steps = fc.integer({ min: 1, max: 3 });
    fc.assert(
      fc.property(panels(dimensions, { min: 6, max: 16 }), steps, fc.nat({ max: 15 }), (panel, step, last) => {
        const origin = Math.min(last, panel.periods.length - 1);
        const [before, after] = [panel, withOtherFuture(panel, origin + 1)].map((one) => {
          const [set] = stepSetsOf(forecast, one);
          if (set === undefined) throw new Error("a forecast has series");
          const data = set.rowsOf(step);
          const known = data.period.filter((period) => period - step <= origin).length;
          const rows = { from: 0, to: known };
          return stepPoints(set).flatMap((point) => {
            const distributions = baselineDistributions(forecast, set, { baseline: { step, point, spread }, rows });
            return [[...pointPredictions(set, data, rows, point)], ...distributions];
          });
        });
        expect(after).toEqual(before);
      }),
      { numRuns: 60 },
    );
  });
});

test("the mean of a baseline's distribution is the prediction of its point", () => {
  const panel = simulatedPanel(3, sticky, { periods: 90 });
  for (const set of stepSetsOf(changing, panel)) {
    for (const step of [1, 3]) {
      const data = set.rowsOf(step);
      const { baseline } = chooseBaseline(changing, set, { step, rows: { from: data.rows >> 1, to: data.rows } });
      const rows = { from: data.rows - 4, to: data.rows };
      const points = pointPredictions(set, data, rows, baseline.point);
      baselineDistributions(changing, set, { baseline, rows }).forEach((distribution, i) => {
        // The values of a group are rounded to the published digit.
        expectClose(expectedValueOf(distribution) / 100, points[i] ?? Number.NaN, {
          absolute: set.name === "series" ? 1e-5 : 0.005,
        });
      });
    }
  }
});

describe("the baseline of a step", () => {
  const choose = (forecast: Forecast, panel: Panel) => {
    const [set] = stepSetsOf(forecast, panel);
    if (set === undefined) throw new Error("a forecast has series");
    const rows = { from: set.rowsOf(3).rows >> 1, to: set.rowsOf(3).rows };
    return { ...chooseBaseline(forecast, set, { step: 3, rows }), set, rows };
  };
  const chosenOf = (panel: Panel) => choose(changing, panel).baseline.point.kind;

  test("is a drift if all series rise", () => {
    expect(chosenOf(simulatedPanel(5, (_, draw) => 0.8 + 0.3 * draw, { periods: 90 }))).toBe("drift");
  });

  test("is the value of a season ago if it repeats", () => {
    const periods = Array.from({ length: 90 }, (_, index) => `2026-${String(index).padStart(4, "0")}`);
    const values = Float64Array.from(periods, (_, index) => 100 + 10 * ((index * 5) % 7));
    expect(chosenOf({ dimensions, periods, series: [{ is: ["north", "milk"], values }] })).toBe("seasonal");
  });

  test("is the growth of the season if the value grows by the same ratios each season, with intervals of ratios", () => {
    const periods = Array.from({ length: 120 }, (_, index) => `2026-${String(index).padStart(4, "0")}`);
    const random = seededRandom(8);
    let level = 100;
    const values = Float64Array.from(periods, (_, index) => {
      level *= 1.01 + 0.001 * seededNormal(random);
      return level * (1 + 0.3 * Math.sin((index * 2 * Math.PI) / 7));
    });
    const panel: Panel = { dimensions, periods, series: [{ is: ["north", "milk"], values }] };
    const { baseline, set, rows } = choose(growing, panel);
    expect(baseline.point).toMatchObject({ kind: "seasonal-growth", periods: 7 });
    expect(baseline.spread).toMatchObject({ kind: "location-scale", scale: "point" });
    const points = pointPredictions(set, set.rowsOf(3), rows, baseline.point);
    const widths = baselineDistributions(growing, set, { baseline, rows }).map(
      ({ values }, i) => ((values.at(-1) ?? 0) - (values[0] ?? 0)) / (points[i] ?? Number.NaN),
    );
    for (const width of widths) expectClose(width, widths[0] ?? Number.NaN, { relative: 0.02 });
    // Differences have no growth: a value may be 0 or below.
    expect(choose(scaled, panel).ranking.map(({ point }) => point.kind)).not.toContain("seasonal-growth");
  });

  test("is the last value if it reverts", () => {
    const noise = simulatedPanel(7, randomWalk, { periods: 90 });
    const still = { ...noise, series: noise.series.map(({ is, values }) => ({ is, values: values.map(() => 50) })) };
    expect(chosenOf(still)).toBe("persistence");
  });
});
