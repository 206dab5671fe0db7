import { expect, test } from "vitest";
import { profileOf } from "../../shared/drift/profile.ts";
import type { Dataset } from "../../shared/features/dataset.ts";
import { forecastOf, restlessDataset } from "../training/publishing.ts";

const data = restlessDataset(forecastOf("difference"));

function withColumn(values: readonly number[]): Dataset {
  return { ...data, rows: values.length, columns: [{ name: "x", dtype: "float", values: Float32Array.from(values) }] };
}

test("every row is counted once per column: in a bin, a category or as missing", () => {
  const profile = profileOf(data);
  expect(profile.map(({ name }) => name)).toEqual(data.columns.map(({ name }) => name));
  for (const column of profile) {
    const counted = Object.values(column.counts).reduce((sum, count) => sum + count, 0);
    expect(counted, column.name).toBe(column.count);
    expect(column.count + column.missing, column.name).toBe(data.rows);
    if (column.dtype === "float") expect(column.counts).toHaveLength(column.edges.length + 1);
  }
  expect(profile.some(({ missing }) => missing > 0)).toBe(true);
});

test("a bin contains the values above one edge and up to the next, and bins have about equal counts", () => {
  const values = Array.from({ length: 1_000 }, (_, i) => (i * 7) % 1_000);
  const [profile] = profileOf(withColumn(values));
  if (profile?.dtype !== "float") throw new Error("expected a float profile");
  const { edges, counts } = profile;
  expect(edges).toEqual([...edges].sort((a, b) => a - b));
  counts.forEach((count, bin) => {
    const [low, high] = [edges[bin - 1] ?? Number.NEGATIVE_INFINITY, edges[bin] ?? Number.POSITIVE_INFINITY];
    expect(count).toBe(values.filter((value) => value > low && value <= high).length);
    expect(Math.abs(count - 50)).toBeLessThanOrEqual(1);
  });
});

test("columns with one, few or no values have profiles", () => {
  const [same, two, none] = [[5, 5, 5], [0, 0, 1, Number.NaN], [Number.NaN]].map(
    (values) => profileOf(withColumn(values))[0],
  );
  expect(same).toMatchObject({
    count: 3,
    edges: [],
    counts: [3],
    mean: 5,
    standardDeviation: 0,
    minimum: 5,
    maximum: 5,
  });
  expect(two).toMatchObject({ count: 3, missing: 1, edges: [0], counts: [2, 1], minimum: 0, maximum: 1 });
  expect(none).toMatchObject({ count: 0, missing: 1, edges: [], counts: [0], mean: null, standardDeviation: null });
  expect(none).toMatchObject({ minimum: null, maximum: null });
});
