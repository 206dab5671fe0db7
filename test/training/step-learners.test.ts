/** Learners of further steps are served where they have skill, and only there. */
import { describe, expect, test } from "vitest";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { testSteps } from "../../shared/training/step-gate.ts";
import { contestOf, echoes, steppedForecast } from "./step-worlds.ts";

const { headline } = steppedForecast;

describe("with skill at step 3", async () => {
  const { contest } = await contestOf(steppedForecast, echoes(1, 0.8));
  const stepOf = (wanted: number) => {
    const found = contest.steps.find(({ step }) => step === wanted);
    if (found === undefined) throw new Error(`step ${wanted} is contested`);
    return found;
  };

  test("a learner is chosen and passes the gate against the baseline and the last value", () => {
    expect(stepOf(3).pick).not.toBe("baseline");
    const gate = testSteps(headline, contest);
    expect(gate).toMatchObject({ steps: [3], blocks: expect.any(Number) });
    expect(gate?.skill).toBeGreaterThan(0.1);
    expect(gate?.pBaseline).toBeLessThan(0.001);
    expect(gate?.pReference).toBeLessThan(0.001);
  });

  test("every learner predicts every origin that the baseline predicts", () => {
    for (const { losses, origins } of contest.steps)
      for (const [name, one] of losses)
        expect([name, one.length, one.every(Number.isFinite)]).toEqual([name, origins.length, true]);
  });
});

test("of 6 random walks the gate passes none", async () => {
  const ps: number[] = [];
  for (let seed = 1; seed <= 6; seed++) {
    const { contest } = await contestOf(steppedForecast, echoes(seed, 0, { periods: 120, series: 3 }));
    const gate = testSteps(headline, contest);
    ps.push(Math.max(gate?.pBaseline ?? 1, gate?.pReference ?? 1));
  }
  expect(ps.filter((p) => p < 0.01)).toEqual([]);
});

test("what was chosen for a stretch does not depend on later periods", async () => {
  const panel = echoes(3, 0.8);
  const cut = 110;
  const changed = {
    ...panel,
    series: panel.series.map(({ is, values }) => ({
      is,
      values: values.map((value, i) => (i < cut ? value : value * 2)),
    })),
  };
  const [{ contest }, { contest: other }] = [
    await contestOf(steppedForecast, panel),
    await contestOf(steppedForecast, changed),
  ];
  const before = ({ steps }: typeof contest) =>
    steps.map(({ step, origins, picks, losses }) => {
      const count = origins.filter((origin) => origin + step < cut).length;
      return { picks: picks.slice(0, count), losses: [...losses].map(([name, all]) => [name, all.slice(0, count)]) };
    });
  expect(before(other)).toEqual(before(contest));
});

test("a learner that could not be fitted at first has the numbers of the baseline until it can", async () => {
  const forecast: Forecast = {
    ...steppedForecast,
    features: [...steppedForecast.features, { name: "late", kind: "lag", periods: 1, variable: "late" }],
  };
  const panel = echoes(2, 0.8);
  const from = 80;
  const late = panel.periods.map((_, i) => (i < from ? Number.NaN : i % 7));
  const series = panel.series.map((one) => ({ ...one, others: { late: Float64Array.from(late) } }));
  const { contest } = await contestOf(forecast, { ...panel, series });
  for (const { origins, losses } of contest.steps) {
    const learnedAt = origins.filter((_, i) => losses.get("pooled")?.[i] !== losses.get("baseline")?.[i]);
    expect(Math.min(...learnedAt)).toBeGreaterThan(from);
    expect(losses.get("pooled")).toHaveLength(origins.length);
  }
});
