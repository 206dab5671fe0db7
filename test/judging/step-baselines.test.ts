import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { meanOf } from "../../shared/distributions/summary.ts";
import type { Panel } from "../../shared/features/panel.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { baselineDistributions, chooseBaseline, type StepBaseline } from "../../shared/judging/step-baselines.ts";
import { pointPredictions, stepPoints } from "../../shared/judging/step-points.ts";
import { stepSetsOf } from "../../shared/judging/step-sets.ts";
import { panels } from "../features/support.ts";
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
const spreads: readonly [Forecast, StepBaseline["spread"]][] = [
  [changing, { kind: "changes", weights: { chances: 4, sizes: 4, group: 5 } }],
  [scaled, { kind: "location-scale", shape: [-2, -1, 0, 1, 2] }],
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
        expectClose(meanOf(distribution) / 100, points[i] ?? Number.NaN, {
          absolute: set.name === "series" ? 1e-5 : 0.005,
        });
      });
    }
  }
});

describe("the baseline of a step", () => {
  const chosenOf = (panel: Panel) => {
    const [set] = stepSetsOf(changing, panel);
    if (set === undefined) throw new Error("a forecast has series");
    const rows = { from: set.rowsOf(3).rows >> 1, to: set.rowsOf(3).rows };
    return chooseBaseline(changing, set, { step: 3, rows }).baseline.point.kind;
  };

  test("is a drift if all series rise", () => {
    expect(chosenOf(simulatedPanel(5, (_, draw) => 0.8 + 0.3 * draw, { periods: 90 }))).toBe("drift");
  });

  test("is the value of a season ago if it repeats", () => {
    const periods = Array.from({ length: 90 }, (_, index) => `2026-${String(index).padStart(4, "0")}`);
    const values = Float64Array.from(periods, (_, index) => 100 + 10 * ((index * 5) % 7));
    expect(chosenOf({ dimensions, periods, series: [{ is: ["north", "milk"], values }] })).toBe("seasonal");
  });

  test("is the last value if it reverts", () => {
    const noise = simulatedPanel(7, randomWalk, { periods: 90 });
    const still = { ...noise, series: noise.series.map(({ is, values }) => ({ is, values: values.map(() => 50) })) };
    expect(chosenOf(still)).toBe("persistence");
  });
});
