import { expect, test } from "vitest";
import { readTrainingOptions, readUntil, withOnly, withStepsUpTo } from "../../trainer/training/options.ts";
import { smallForecast } from "../training/support.ts";

test.each([
  { typed: {}, read: { seed: 1, trialsMax: null, budgetSeconds: null, threads: null } },
  {
    typed: { seed: "0", trials: "12", budget: "90", threads: "3" },
    read: { seed: 0, trialsMax: 12, budgetSeconds: 90, threads: 3 },
  },
  { typed: { budget: "1.5m" }, read: { budgetSeconds: 90 } },
  { typed: { budget: "2h" }, read: { budgetSeconds: 7200 } },
])("$typed is parsed", ({ typed, read }) => {
  expect(readTrainingOptions(typed)).toMatchObject(read);
});

test.each([
  { typed: { seed: "-1" }, message: "--seed -1 is not valid. Expected a whole number from 0 to 2147483647." },
  { typed: { seed: "1e3" }, message: "--seed 1e3 is not valid. Expected a whole number from 0 to 2147483647." },
  { typed: { trials: "0" }, message: "--trials 0 is not valid. Expected a whole number from 1 to 1000." },
  { typed: { trials: "" }, message: "--trials  is not valid. Expected a whole number from 1 to 1000." },
  { typed: { threads: "many" }, message: "--threads many is not valid. Expected a whole number from 1 to 64." },
  { typed: { budget: "soon" }, message: "--budget soon is not a duration. Expected 60s, 2m or 1h." },
  { typed: { budget: "0s" }, message: "--budget 0s is not a duration. Expected 60s, 2m or 1h." },
])("$typed is rejected with the allowed values", ({ typed, message }) => {
  expect(() => readTrainingOptions(typed)).toThrow(message);
});

test("--until is a day, a month or a year", () => {
  for (const good of [undefined, "2024-02-29", "2024-12", "2024"]) expect(readUntil(good)).toBe(good ?? null);
  expect(readUntil("2024-Q1")).toBe("2024-03-31");
  for (const bad of ["tomorrow", "2024-02-30", "2024-13", "24", "2024-1-1"]) {
    expect(() => readUntil(bad)).toThrow(
      `--until ${bad} is not a date. Expected YYYY-MM-DD, YYYY-MM, YYYY-Qn or YYYY.`,
    );
  }
});

test("--only selects the named candidates and the baseline; an unknown name lists the candidates", () => {
  const named = (only?: string) => withOnly(smallForecast, only).candidates.map(({ candidate }) => candidate);
  expect(named()).toEqual(["naive", "ridge", "gradient-boosting"]);
  expect(named("gradient-boosting")).toEqual(["naive", "gradient-boosting"]);
  expect(named("ridge, naive")).toEqual(["naive", "ridge"]);
  expect(() => named("ridgee")).toThrow("--only ridgee is not a candidate of small; did you mean ridge?");
  expect(() => named("lstm")).toThrow("There are: naive, ridge, gradient-boosting.");
});

test("--steps leaves out all later steps; a step that is not declared is rejected with the last one", () => {
  const forecast = { ...smallForecast, steps: [1, 2, 3, 6], headline: [1, 3, 6] };
  const stepsOf = (last?: string) => {
    const { steps, headline } = withStepsUpTo(forecast, last);
    return { steps, headline };
  };
  expect(stepsOf()).toEqual({ steps: [1, 2, 3, 6], headline: [1, 3, 6] });
  expect(stepsOf("3")).toEqual({ steps: [1, 2, 3], headline: [1, 3] });
  expect(stepsOf("1")).toEqual({ steps: [1], headline: [1] });
  expect(() => stepsOf("7")).toThrow("--steps 7 is not valid. Expected a whole number from 1 to 6.");
});
