import fc from "fast-check";
import { expect, test } from "vitest";
import { dieboldMariano } from "../../shared/stats/diebold-mariano.ts";
import golden from "../golden/stats.json" with { type: "json" };
import { seededNormal, seededRandom } from "../support/chance.ts";
import { expectClose } from "../support/close.ts";

test("statistic and p equal those of Harvey, Leybourne and Newbold in numpy, scipy and statsmodels", () => {
  for (const { differences, horizon, statistic, pValue } of golden.dieboldMariano) {
    const result = dieboldMariano(differences, horizon);
    expectClose(result.statistic, statistic, { relative: 1e-11 });
    expectClose(result.pValue, pValue, { relative: 1e-10 });
    expect(result.periods).toBe(differences.length);
  }
});

test("reproduces the example of the Python package dieboldmariano 1.1.0", () => {
  // Errors 0…5 against 0, 2, 3, 3, 5, 6, squared: statistic −2.4905, two-sided p 0.05513.
  const differences = [0, 2, 3, 3, 5, 6].map((error, i) => error ** 2 - i ** 2);
  const result = dieboldMariano(differences);
  expectClose(result.statistic, 2.4905, { absolute: 5e-5 });
  expectClose(result.pValue, 0.05513 / 2, { absolute: 5e-6 });
});

test("swapping challenger and incumbent gives the opposite statistic and 1 − p", () => {
  const differences = fc.array(fc.integer({ min: -10_000, max: 10_000 }), { minLength: 2, maxLength: 40 });
  fc.assert(
    fc.property(differences, fc.integer({ min: 1, max: 4 }), (sample, horizon) => {
      const forth = dieboldMariano(sample, horizon);
      const back = dieboldMariano(
        sample.map((difference) => -difference),
        horizon,
      );
      if (forth.statistic === null) {
        expect([forth.pValue, back.pValue, back.statistic]).toEqual([1, 1, null]);
      } else {
        expectClose(back.statistic, -forth.statistic);
        expectClose(forth.pValue + back.pValue, 1);
      }
    }),
  );
});

test("p does not depend on the unit of the loss", () => {
  const sample = golden.dieboldMariano[1]?.differences ?? [];
  const inCents = dieboldMariano(sample.map((difference) => difference * 1e4));
  expectClose(inCents.pValue, dieboldMariano(sample).pValue);
});

test("zero variance gives p = 1, also with a rounding error", () => {
  expect(dieboldMariano([0, 0, 0, 0]).pValue).toBe(1);
  expect(dieboldMariano(new Array(10).fill(0.1)).pValue).toBe(1);
  expect(dieboldMariano(new Array(1001).fill(1e6 / 3), 3).pValue).toBe(1);
});

test("a negative variance estimate gives p = 1", () => {
  const alternating = [5, -1, 5, -1, 5, -1, 5, -1];
  expect(dieboldMariano(alternating, 1).pValue).toBeLessThan(0.1);
  expect(dieboldMariano(alternating, 2).pValue).toBe(1);
});

test("with no more periods than the horizon p is 1", () => {
  expect(dieboldMariano([3]).pValue).toBe(1);
  expect(dieboldMariano([3, 4, 5], 3).pValue).toBe(1);
  expect(dieboldMariano([3, 4, 5], 7).pValue).toBe(1);
});

test("without an advantage p is below 0.05 in about one of twenty tests", () => {
  const random = seededRandom(7);
  let rejected = 0;
  for (let i = 0; i < 2000; i++) {
    const sample = Float64Array.from({ length: 30 }, () => seededNormal(random));
    if (dieboldMariano(sample).pValue < 0.05) rejected += 1;
  }
  // 100 expected; four standard deviations are 39.
  expect(rejected).toBeGreaterThan(60);
  expect(rejected).toBeLessThan(140);
});

test("an invalid horizon and invalid differences are rejected", () => {
  expect(() => dieboldMariano([1, 2, 3], 0)).toThrow(/horizon is 0/);
  expect(() => dieboldMariano([1, 2, 3], 1.5)).toThrow(/horizon is 1.5/);
  expect(() => dieboldMariano([1, Number.NaN, 3])).toThrow(/NaN/);
  expect(() => dieboldMariano([])).toThrow(/empty/);
});

test.each([1e-158, 1e-300, 1e150])("p does not depend on the unit of the losses: times %d", (unit) => {
  const differences = [0, 3, 5, 0, 9, 11];
  const scaled = dieboldMariano(differences.map((difference) => difference * unit));
  const plain = dieboldMariano(differences);
  expectClose(scaled.pValue, plain.pValue, { relative: 1e-9 });
  expectClose(scaled.statistic, plain.statistic ?? Number.NaN, { relative: 1e-9 });
});
