import { expect, test } from "vitest";
import { constant, productOf, sumOf, through } from "../../shared/explain/attribution.ts";

test("a missing value without contributions stays without contributions", () => {
  const missing = constant(Number.NaN, 2);
  const imputed = through(missing, (x) => (Number.isNaN(x) ? 7 : x));
  expect(imputed).toEqual({ value: 7, base: 7, by: new Float64Array(2), exact: true });
  expect(productOf(missing, constant(0, 2)).by).toEqual(new Float64Array(2));
  expect(sumOf(imputed, constant(3, 2)).by).toEqual(new Float64Array(2));
});
