/** Golden rows come from every part of the checked inputs, for any number of parts. */
import { expect, test } from "vitest";
import { goldenOf } from "../../shared/training/golden-rows.ts";

/** Returns inputs of consecutive parts: the value of a row is the number of its part. */
function world(parts: readonly number[]) {
  const values = Float32Array.from(parts.flatMap((length, part) => Array<number>(length).fill(part)));
  return { inputs: { last: values }, outputs: { prediction: values.map((value) => value * 2) } };
}

function partsOf(parts: readonly number[], hidden = 0) {
  const { inputs, outputs } = world(parts);
  const { inputs: rows, outputs: results } = goldenOf(inputs, outputs, { parts, hidden, tolerance: 0 });
  expect(results["prediction"]).toEqual(rows["last"]?.map((value) => Number(value) * 2));
  return rows["last"] ?? [];
}

test("every part has the same number of rows, and an empty or hidden part has none", () => {
  expect(partsOf([100, 0, 50])).toEqual([...Array<number>(12).fill(0), ...Array<number>(12).fill(2)]);
  expect(new Set(partsOf([100, 30, 50], 1))).toEqual(new Set([1, 2]));
});

test("of more parts than there are golden rows, evenly spaced ones have a row each", () => {
  const found = partsOf(Array<number>(48).fill(40));
  expect(found).toEqual(Array.from({ length: 24 }, (_, i) => 2 * i));
});
