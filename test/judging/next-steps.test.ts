/** Invariant 1 for further steps: serving computes the numbers that were judged. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { firstRowAt } from "../../shared/features/dataset.ts";
import type { Panel } from "../../shared/features/panel.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { stepsReach } from "../../shared/forecasts/steps-reach.ts";
import { NextSteps } from "../../shared/judging/next-steps.ts";
import { baselineDistributions, type StepBaseline } from "../../shared/judging/step-baselines.ts";
import { pointPredictions, type StepPoint } from "../../shared/judging/step-points.ts";
import { type StepSet, stepSetsOf } from "../../shared/judging/step-sets.ts";
import { classForecast, classPanel } from "../training/classes.ts";
import { momentum, simulatedPanel, smallForecast, sticky } from "../training/support.ts";

const changing: Forecast = {
  ...smallForecast,
  steps: [1, 2, 5],
  groups: [{ name: "region", by: ["region"] }],
  distribution: { kind: "changes", window: 20, group: ["region"], positive: true },
};
const scaled: Forecast = {
  ...smallForecast,
  steps: [1, 2, 5],
  intervals: { ...smallForecast.intervals, scaledBy: "deviation" },
  distribution: { kind: "location-scale", positive: true },
};
const growing: Forecast = {
  ...scaled,
  target: { transform: "log-difference", decimals: 2 },
  features: scaled.features.map((one) => (one.name === "season" ? { ...one, kind: "seasonal-lag", periods: 3 } : one)),
};
const weights = { chances: 4, sizes: 6, group: 5 };
const points = fc.constantFrom<StepPoint>(
  { kind: "persistence" },
  { kind: "drift", window: 12, scope: "series" },
  { kind: "drift", window: 24, scope: "group" },
  { kind: "drift", window: 60, scope: "all" },
  { kind: "seasonal", periods: 7 },
  { kind: "seasonal-growth", periods: 3, seasons: 8 },
);

/** Returns the periods of a panel up to and including a position, at most the newest `count` of them. */
function until(panel: Panel, origin: number, count: number): Panel {
  const [from, to] = [Math.max(0, origin + 1 - count), origin + 1];
  const series = panel.series.map(({ is, values, others = {} }) => ({
    is,
    values: values.slice(from, to),
    others: Object.fromEntries(Object.entries(others).map(([name, other]) => [name, other.slice(from, to)])),
  }));
  return { ...panel, periods: panel.periods.slice(from, to), series };
}

function setAt(sets: readonly StepSet[], index: number): StepSet {
  const set = sets[index];
  if (set === undefined) throw new Error(`there is no set ${index}`);
  return set;
}

test.each([
  ["changes", changing, { kind: "changes", weights }],
  ["scaled errors", scaled, { kind: "location-scale", shape: [-2, -0.5, 0, 1, 3] }],
  ["ratios", growing, { kind: "location-scale", shape: [-0.2, -0.1, 0, 0.1, 0.3], scale: "point" }],
] as const)(
  "with %s, a history of the stated reach gives the distributions of the whole data",
  (_, forecast, spread) => {
    const panel = simulatedPanel(9, forecast === changing ? sticky : momentum, { periods: 110, series: 4 });
    const whole = stepSetsOf(forecast, panel);
    const origins = fc.integer({ min: 75, max: 103 });
    fc.assert(
      fc.property(
        origins,
        fc.constantFrom(1, 2, 5),
        points,
        fc.nat({ max: whole.length - 1 }),
        (origin, step, point, at) => {
          const baseline: StepBaseline = { step, point, spread };
          const served = setAt(stepSetsOf(forecast, until(panel, origin, stepsReach(forecast) + 1)), at);
          const next = new NextSteps(forecast, served, { baselines: [baseline], learner: null });
          const judged = setAt(whole, at);
          const data = judged.rowsOf(step);
          const rows = { from: firstRowAt(data, origin + step), to: firstRowAt(data, origin + step + 1) };
          const means = pointPredictions(judged, data, rows, point);
          const distributions = baselineDistributions(forecast, judged, { baseline, rows });
          expect(distributions.length).toBeGreaterThan(0);
          distributions.forEach((expected, i) => {
            const member = data.series[rows.from + i] ?? -1;
            const level = served.levelOf(member);
            if (level === null) throw new Error("every member has a level");
            const found = next.at(member, level, step);
            expect(found?.mean).toBeCloseTo(means[i] ?? Number.NaN, 4);
            expect(found?.distribution?.values).toEqual(expected.values);
            found?.distribution?.masses.forEach((mass, atom) => {
              expect(mass).toBeCloseTo(expected.masses[atom] ?? Number.NaN, 9);
            });
          });
        },
      ),
      { numRuns: 60 },
    );
  },
);

test("a classification has the stated probability after its last state, or the share of the newest events", () => {
  const forecast: Forecast = { ...classForecast, steps: [1, 2] };
  const panel = classPanel(3, { strength: 0, memory: 2, periods: 60 });
  const [set] = stepSetsOf(forecast, panel);
  if (set === undefined) throw new Error("a forecast has series");
  const baselines: StepBaseline[] = [
    { step: 1, point: { kind: "state-frequency" }, spread: { kind: "probability", after: [0.25, 0.75] } },
    { step: 2, point: { kind: "recent-share" }, spread: { kind: "probability", after: null } },
  ];
  const next = new NextSteps(forecast, set, { baselines, learner: null });
  const level = set.levelOf(0);
  if (level === null) throw new Error("the series has a level");
  const values = panel.series[0]?.values ?? new Float64Array();
  expect(next.at(0, level, 1)).toMatchObject({ mean: level.value === 1 ? 0.75 : 0.25, distribution: null });
  const recent = values.slice(-14);
  expect(next.at(0, level, 2)?.mean).toBeCloseTo(recent.reduce((sum, value) => sum + value, 0) / 14, 12);
  expect(next.at(0, level, 3)).toBeNull();
});
