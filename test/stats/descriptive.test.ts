import { expect, test } from "vitest";
import { mean } from "../../shared/stats/mean.ts";
import { median } from "../../shared/stats/median.ts";
import { conformalQuantile, quantile, quantileSorted } from "../../shared/stats/quantile.ts";
import { standardDeviation, variance } from "../../shared/stats/variance.ts";
import golden from "../golden/stats.json" with { type: "json" };
import { expectClose } from "../support/close.ts";

const { values } = golden.descriptive;

test("mean, variance and median equal numpy's", () => {
  expectClose(mean(values), golden.descriptive.mean);
  const [population, sample] = golden.descriptive.variance;
  expectClose(variance(values), population ?? Number.NaN);
  expectClose(variance(values, 1), sample ?? Number.NaN);
  expectClose(standardDeviation(values), Math.sqrt(population ?? Number.NaN));
  expect(median(values)).toBe(golden.descriptive.median);
  expect(median([3, 1, 10, 2])).toBe(2.5);
});

test("quantiles equal numpy's, bit for bit", () => {
  for (const { level, value } of golden.descriptive.quantiles) expect(quantile(values, level)).toBe(value);
});

test("quantile does not change its input, typed or plain", () => {
  const plain = [3, 1, 2];
  const typed = Float32Array.from(plain);
  expect(quantile(plain, 0.5)).toBe(quantile(typed, 0.5));
  expect(plain).toEqual([3, 1, 2]);
  expect([...typed]).toEqual([3, 1, 2]);
});

test("the conformal quantile is the ceil((n + 1) · level)-th smallest value", () => {
  expect(conformalQuantile([4, 1, 3, 2], 0.8)).toBe(4);
  expect(conformalQuantile([4, 1, 3, 2], 0.6)).toBe(3);
  expect(conformalQuantile([4, 1, 3, 2], 0)).toBe(1);
  const upTo = (n: number) => Float64Array.from({ length: n }, (_, i) => i + 1);
  expect(conformalQuantile(upTo(99), 0.95)).toBe(95);
  expect(conformalQuantile(upTo(100), 0.95)).toBe(96);
  // 3000 · 0.017 is 51.00000000000001 in binary; the rank is 51.
  expect(conformalQuantile(upTo(2999), 0.017)).toBe(51);
});

test("the conformal quantile is infinite if there are too few values for the level", () => {
  expect(conformalQuantile([1, 2, 3], 0.8)).toBe(Infinity);
  expect(conformalQuantile([1, 2, 3, 4], 0.8)).toBe(4);
});

test("lists that are empty or contain NaN or infinity are rejected", () => {
  expect(() => mean([])).toThrow(/empty/);
  expect(() => mean([1, Number.NaN])).toThrow(/\[1\] is NaN/);
  expect(() => quantile([1, Infinity], 0.5)).toThrow(/Infinity/);
  expect(() => quantileSorted([1, 2], 1.2)).toThrow(/level is 1.2/);
  expect(() => variance([1], 1)).toThrow(/more than 1/);
});
