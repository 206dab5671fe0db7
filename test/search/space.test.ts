import fc from "fast-check";
import { expect, test } from "vitest";
import { checkSpace, coordinateOf, decode, type ParameterRange, stepAt } from "../../shared/search/space.ts";
import { expectClose } from "../support/close.ts";

const integer = (low: number, high: number): ParameterRange => ({ kind: "integer", low, high });

test("every coordinate decodes into the range and encodes back to itself", () => {
  const ranges: ParameterRange[] = [
    { kind: "uniform", low: -5, high: 10 },
    { kind: "log-uniform", low: 1e-6, high: 1e3 },
    integer(-3, 12),
    { kind: "log-integer", low: 1, high: 1000 },
  ];
  fc.assert(
    fc.property(fc.constantFrom(...ranges), fc.double({ min: 0, max: 1, noNaN: true }), (range, place) => {
      const value = decode(range, place);
      const back = coordinateOf(range, value);
      expect(back).not.toBeNull();
      expectClose(back, place, { absolute: stepAt(range, back ?? 0) + 1e-9 });
      if (range.kind.endsWith("integer")) expect(Number.isInteger(value)).toBe(true);
      if (range.kind.endsWith("integer")) expect(decode(range, back ?? Number.NaN)).toBe(value);
    }),
  );
});

test("each integer has an equal share of its range, including the ends", () => {
  const counts = new Map<unknown, number>();
  for (let i = 0; i < 400; i++) {
    const value = decode(integer(1, 4), (i + 0.5) / 400);
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  expect([...counts]).toEqual([
    [1, 100],
    [2, 100],
    [3, 100],
    [4, 100],
  ]);
});

test("a logarithmic range is uniform over orders of magnitude", () => {
  expectClose(coordinateOf({ kind: "log-uniform", low: 1e-4, high: 1 }, 1e-2), 0.5);
  expect(decode({ kind: "log-integer", low: 1, high: 1 }, 0.5)).toBe(1);
});

test("values outside their range have no coordinate", () => {
  expect(coordinateOf(integer(1, 4), 5)).toBeNull();
  expect(coordinateOf(integer(1, 4), 2.5)).toBeNull();
  expect(coordinateOf(integer(1, 4), "2")).toBeNull();
  expect(coordinateOf(integer(1, 4), undefined)).toBeNull();
  expect(coordinateOf({ kind: "categorical", choices: ["a", false] }, "b")).toBeNull();
  expect(coordinateOf({ kind: "categorical", choices: ["a", false] }, false)).toBe(1);
});

test("an invalid range is rejected with the name of its parameter", () => {
  const refusal = (range: ParameterRange) => () => checkSpace({ depth: range });
  expect(refusal({ kind: "uniform", low: 1, high: 1 })).toThrow(/depth.*low < high/);
  expect(refusal({ kind: "log-uniform", low: 0, high: 1 })).toThrow(/depth.*above 0/);
  expect(refusal({ kind: "integer", low: 0.5, high: 3 })).toThrow(/depth.*integer bounds/);
  expect(refusal({ kind: "uniform", low: Number.NaN, high: 1 })).toThrow(/depth.*finite/);
  expect(refusal({ kind: "categorical", choices: [] })).toThrow(/depth.*one choice/);
  expect(refusal({ kind: "categorical", choices: ["a", "a"] })).toThrow(/depth.*duplicates/);
  expect(refusal(integer(3, 3))).not.toThrow();
});
