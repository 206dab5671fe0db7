/** What serves each step: the learners where they passed the gate and are the best, else the baselines, with the reason. */
import { expect, test } from "vitest";
import { decideSteps } from "../../shared/training/decide-steps.ts";
import { contestOf, echoes, steppedForecast } from "./step-worlds.ts";

const [{ contest: skilled }, { contest: random }] = await Promise.all([
  contestOf(steppedForecast, echoes(1, 0.8)),
  contestOf(steppedForecast, echoes(1, 0, { periods: 120, series: 3 })),
]);
const look = { level: 0.01, served: [] };

test("with skill the learner serves step 3, and step 2 between two contested steps if it is better at both", () => {
  const { steps, gate } = decideSteps(steppedForecast, skilled, look);
  expect(gate?.pBaseline).toBeLessThan(0.01);
  const [second, third] = steps;
  expect(third).toMatchObject({
    step: 3,
    reason: expect.stringMatching(/^ridge, .* the error is \d.*of the baseline\.$/),
  });
  expect(third?.serves).not.toBe("baseline");
  expect(second).toMatchObject({ step: 2, reason: expect.stringContaining("at the steps 1 and 3 around it") });
});

test("random walks are served by the baselines, and the reason states both p-values", () => {
  const { steps } = decideSteps(steppedForecast, random, look);
  expect(steps.map(({ step, serves }) => [step, serves])).toEqual([
    [2, "baseline"],
    [3, "baseline"],
  ]);
  expect(steps[0]?.reason).toMatch(/^The learners are not better beyond chance at the steps 3: p [01]\.\d{4} against/);
});

test("with fewer than six blocks the baselines serve", () => {
  const short = {
    ...skilled,
    steps: skilled.steps.map((one) => ({
      ...one,
      picks: one.picks.map((pick, i) => (i < one.picks.length - 15 ? null : pick)),
    })),
  };
  const { steps } = decideSteps(steppedForecast, short, look);
  expect(steps.map(({ serves }) => serves)).toEqual(["baseline", "baseline"]);
  expect(steps[0]?.reason).toBe("The learners were not tested: 5 blocks of 3 origins, and 6 are needed.");
});

test("without a look only steps that the champion's learner serves are learned again", () => {
  const without = (served: readonly number[]) => decideSteps(steppedForecast, skilled, { level: null, served });
  expect(without([]).steps.map(({ serves }) => serves)).toEqual(["baseline", "baseline"]);
  expect(without([]).steps[0]?.reason).toContain("made no look at new periods");
  const { gate, steps } = without([3]);
  expect(gate).toBeNull();
  expect(steps.map(({ serves }) => serves === "baseline")).toEqual([true, false]);
});
