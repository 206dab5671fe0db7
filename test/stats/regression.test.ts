import { expect, test } from "vitest";
import { mae } from "../../shared/stats/mae.ts";
import { rmse } from "../../shared/stats/rmse.ts";
import { skill } from "../../shared/stats/skill.ts";
import golden from "../golden/stats.json" with { type: "json" };
import { expectClose } from "../support/close.ts";

const { truth, forecast } = golden.regression;

test("RMSE and MAE equal scikit-learn's", () => {
  expectClose(rmse(truth, forecast), golden.regression.rmse);
  expectClose(mae(truth, forecast), golden.regression.mae);
});

test("lists of different lengths, empty lists and NaN are rejected", () => {
  expect(() => rmse([1, 2], [1])).toThrow(/2 true values and 1/);
  expect(() => mae([], [])).toThrow(/empty/);
  expect(() => rmse([1, 2], [1, Number.NaN])).toThrow(/forecast\[1\] is NaN/);
});

test("skill is 1 for a perfect forecast, 0 for the baseline and negative for a worse one", () => {
  expectClose(skill(8.04, 9.47), 0.151, { absolute: 5e-5 });
  expect(skill(0, 2)).toBe(1);
  expect(skill(2, 2)).toBe(0);
  expect(skill(3, 2)).toBe(-0.5);
});

test("against a perfect baseline skill is 0 for a perfect forecast and null for others", () => {
  expect(skill(0, 0)).toBe(0);
  expect(skill(0.1, 0)).toBeNull();
  expect(() => skill(Number.NaN, 1)).toThrow(/NaN/);
  expect(() => skill(1, Infinity)).toThrow(/Infinity/);
});
