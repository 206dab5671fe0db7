import fc from "fast-check";
import { expect, test } from "vitest";
import { explainingOperations } from "../../shared/explain/operations.ts";

const tree = (feature: readonly number[], left: readonly number[], right: readonly number[]) => ({
  feature: Int32Array.from(feature),
  left: Int32Array.from(left),
  right: Int32Array.from(right),
});

test("the operations of a leaf, a stump and a repeated column are counted by hand", () => {
  // One entry at the only leaf: 1 to extend, 1² to remove.
  expect(explainingOperations(tree([-1], [0], [0]))).toBe(2);
  // The root 1, two leaves with two entries each: 2 + 2².
  expect(explainingOperations(tree([0, -1, -1], [1, 0, 0], [2, 0, 0]))).toBe(1 + 2 * 6);
  // A column that occurs again does not make the path longer.
  expect(explainingOperations(tree([0, -1, 0, -1, -1], [1, 0, 3, 0, 0], [2, 0, 4, 0, 0]))).toBe(1 + 6 + 2 + 2 * 6);
  expect(explainingOperations(tree([0, -1, 1, -1, -1], [1, 0, 3, 0, 0], [2, 0, 4, 0, 0]))).toBe(1 + 6 + 2 + 2 * 12);
});

test("a graph that is no tree costs infinitely many operations, and counting it ends", () => {
  const children = fc.array(fc.nat(9), { minLength: 10, maxLength: 10 });
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -1, max: 3 }), { minLength: 10, maxLength: 10 }),
      children,
      children,
      (...arrays) => {
        expect(explainingOperations(tree(...arrays))).toBeGreaterThan(0);
      },
    ),
  );
  expect(explainingOperations(tree([0], [0], [0]))).toBe(Number.POSITIVE_INFINITY);
});
