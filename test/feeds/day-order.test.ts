import fc from "fast-check";
import { expect, test } from "vitest";
import { classifyOrder, type OrderStatus } from "../../shared/feeds/day-order.ts";

const gapDaysMax = 400;
const classify = (days: readonly number[], doubts: readonly number[] = []) =>
  classifyOrder(
    days.map((day, index) => ({ day, doubts: doubts[index] ?? 0 })),
    gapDaysMax,
  );
const words = (statuses: readonly OrderStatus[]) =>
  statuses.map((status) => (status.kind === "contradicted" ? `one of ${status.among}` : status.kind));
const yes = "in-order";
const no = "out-of-order";

test.each<[string, number[], string[]]>([
  ["in order", [3, 6, 8, 10], [yes, yes, yes, yes]],
  ["newest first", [10, 8, 6, 3], [yes, yes, yes, yes]],
  ["one day too late", [3, 13, 8, 10, 13], [yes, no, yes, yes, yes]],
  ["one day too early", [3, 6, 2, 8, 10], [yes, yes, no, yes, yes]],
  ["the first too late", [13, 6, 8, 10], [no, yes, yes, yes]],
  ["the last too early", [3, 6, 8, 5], [yes, yes, yes, no]],
  ["the first in another century", [-9_000, 3, 6, 8], [no, yes, yes, yes]],
  ["one of another year in a list of two years", [3, 6, 8 - 366, 10], [yes, yes, no, yes]],
  ["an earlier day repeated later", [3, 6, 8, 6, 10], [yes, yes, yes, no, yes]],
  ["two days that contradict each other", [3, 8, 6, 10], [yes, "one of 1,2", "one of 1,2", yes]],
  ["two blocks of one day", [3, 6, 6, 10], [yes, "one of 1,2", "one of 1,2", yes]],
  ["only two days, the later one first", [8, 6], ["one of 0,1", "one of 0,1"]],
  ["two halves exchanged", [10, 13, 3, 6], ["one of 0,2", "one of 1,3", "one of 0,2", "one of 1,3"]],
  ["a single day", [3], [yes]],
  ["no days", [], []],
])("%s: %j", (_, days, expected) => expect(words(classify(days))).toEqual(expected));

test("a doubt decides between two contradicting blocks, but never outweighs two blocks", () => {
  expect(words(classify([3, 8, 6, 10], [0, 0, 1, 0]))).toEqual([yes, yes, no, yes]);
  expect(words(classify([3, 8, 6, 10], [0, 1, 0, 0]))).toEqual([yes, no, yes, yes]);
  expect(words(classify([3, 13, 8, 10], [0, 0, 1, 1]))).toEqual([yes, no, yes, yes]);
});

test("a block out of order names its neighbours in order", () => {
  expect(classify([3, 6, 30, 8, 10])[2]).toEqual({ kind: "out-of-order", before: 1, after: 3 });
  expect(classify([13, 6, 8, 10])[0]).toEqual({ kind: "out-of-order", before: null, after: 1 });
});

const gaps = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 5, maxLength: 40 });

test("a mistyped day is never accepted, and at most one correct day is rejected with it", () => {
  fc.assert(
    fc.property(gaps, fc.nat(), fc.integer({ min: -100, max: 100 }), fc.boolean(), (steps, at, slip, isNewestFirst) => {
      let day = 0;
      const days = steps.map((step) => (day += step));
      const place = 1 + (at % (days.length - 2));
      const [before, after] = [days[place - 1] ?? 0, days[place + 1] ?? 0];
      const mistyped = (days[place] ?? 0) + slip;
      fc.pre(mistyped <= before || mistyped >= after);
      days[place] = mistyped;
      const statuses = classify(isNewestFirst ? days.toReversed() : days);
      const inListOrder = isNewestFirst ? statuses.toReversed() : statuses;
      expect(inListOrder[place]?.kind).not.toBe(yes);
      expect(inListOrder.filter(({ kind }) => kind !== yes).length).toBeLessThanOrEqual(2);
    }),
  );
});

test("the days in order run in one direction, for any list of days", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 30 }), (days) => {
      const inOrder = classify(days).flatMap(({ kind }, index) => (kind === yes ? [days[index] ?? 0] : []));
      const signs = new Set(inOrder.slice(1).map((day, index) => Math.sign(day - (inOrder[index] ?? 0))));
      expect(signs.size).toBeLessThanOrEqual(1);
      expect(signs.has(0)).toBe(false);
    }),
  );
});
