import { expect, test } from "vitest";
import { given, productOf, sumOf, through } from "../../shared/explain/attribution.ts";

test("a missing number to which nothing contributes contributes nothing", () => {
  const missing = given(Number.NaN, 2);
  const imputed = through(missing, (x) => (Number.isNaN(x) ? 7 : x));
  expect(imputed).toEqual({ value: 7, base: 7, by: new Float64Array(2), exact: true });
  expect(productOf(missing, given(0, 2)).by).toEqual(new Float64Array(2));
  expect(sumOf(imputed, given(3, 2)).by).toEqual(new Float64Array(2));
});
