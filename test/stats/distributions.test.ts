import fc from "fast-check";
import { expect, test } from "vitest";
import { incompleteBeta } from "../../shared/stats/incomplete-beta.ts";
import { logBeta, logGamma } from "../../shared/stats/log-gamma.ts";
import { normalCdf } from "../../shared/stats/normal.ts";
import { studentTCdf } from "../../shared/stats/student-t.ts";
import golden from "../golden/stats.json" with { type: "json" };
import { expectClose } from "../support/close.ts";

const reference = golden.distributions;

test("the logarithms of gamma and beta equal mpmath's and agree with scipy's", () => {
  for (const { x, value } of reference.logGamma) expectClose(logGamma(x), value, { relative: 1e-14, absolute: 1e-14 });
  for (const { a, b, value } of reference.logBeta) expectClose(logBeta(a, b), value, { relative: 1e-13 });
});

test("the regularised incomplete beta function equals mpmath's", () => {
  for (const { x, a, b, value } of reference.incompleteBeta) expectClose(incompleteBeta(x, a, b), value);
});

test("the normal distribution equals mpmath's to 13 digits, also far in the tail", () => {
  for (const { z, p } of reference.normalCdf) expectClose(normalCdf(z), p, { relative: 1e-13 });
  expect(normalCdf(-Infinity)).toBe(0);
  expect(normalCdf(Infinity)).toBe(1);
});

test("Student's t equals mpmath's to 12 digits, also far in the tail", () => {
  for (const { t, df, p } of reference.studentTCdf) expectClose(studentTCdf(t, df), p);
  expect(studentTCdf(-Infinity, 3)).toBe(0);
  expect(studentTCdf(Infinity, 3)).toBe(1);
});

test("both distribution functions are increasing and symmetric", () => {
  const number = fc.double({ min: -30, max: 30, noNaN: true });
  fc.assert(
    fc.property(number, number, fc.double({ min: 0.5, max: 500, noNaN: true }), (a, b, df) => {
      const [low, high] = a < b ? [a, b] : [b, a];
      expect(normalCdf(low)).toBeLessThanOrEqual(normalCdf(high) + 1e-15);
      expect(studentTCdf(low, df)).toBeLessThanOrEqual(studentTCdf(high, df) + 1e-14);
      expectClose(normalCdf(a) + normalCdf(-a), 1);
      expectClose(studentTCdf(a, df) + studentTCdf(-a, df), 1);
    }),
  );
});

test("the functions reject arguments outside their domain", () => {
  expect(() => logGamma(0)).toThrow(/above 0/);
  expect(() => incompleteBeta(1.1, 1, 1)).toThrow(/0 to 1/);
  expect(() => studentTCdf(1, 0)).toThrow(/degrees of freedom/);
  expect(() => studentTCdf(Number.NaN, 3)).toThrow(/NaN/);
  expect(() => normalCdf(Number.NaN)).toThrow(/NaN/);
});
