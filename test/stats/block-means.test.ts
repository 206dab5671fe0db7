import { expect, test } from "vitest";
import { blockMeans } from "../../shared/stats/block-means.ts";

test("blocks are counted from the end, and an incomplete one at the beginning is omitted", () => {
  expect(blockMeans([9, 1, 3, 5, 7], 2)).toEqual([2, 6]);
  expect(blockMeans([1, 2, 3], 1)).toEqual([1, 2, 3]);
  expect(blockMeans([1, 2, 3], 4)).toEqual([]);
});
