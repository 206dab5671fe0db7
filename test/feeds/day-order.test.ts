import fc from "fast-check";
import { expect, test } from "vitest";
import { judgeOrder, type Standing } from "../../shared/feeds/day-order.ts";

const gapDaysMax = 400;
const judge = (days: readonly number[], doubts: readonly number[] = []) =>
  judgeOrder(
    days.map((day, index) => ({ day, doubts: doubts[index] ?? 0 })),
    gapDaysMax,
  );
const words = (standings: readonly Standing[]) =>
  standings.map((standing) => (standing.kind === "contradicted" ? `one of ${standing.among}` : standing.kind));
const yes = "in-order";
const no = "out-of-order";

test.each<[string, number[], string[]]>([
  ["in order", [3, 6, 8, 10], [yes, yes, yes, yes]],
  ["newest first", [10, 8, 6, 3], [yes, yes, yes, yes]],
  ["one too late", [3, 13, 8, 10, 13], [yes, no, yes, yes, yes]],
  ["one too early", [3, 6, 2, 8, 10], [yes, yes, no, yes, yes]],
  ["the first too late", [13, 6, 8, 10], [no, yes, yes, yes]],
  ["the last too early", [3, 6, 8, 5], [yes, yes, yes, no]],
  ["the first in another century", [-9_000, 3, 6, 8], [no, yes, yes, yes]],
  ["one of another year in a list of two years", [3, 6, 8 - 366, 10], [yes, yes, no, yes]],
  ["a later one again", [3, 6, 8, 6, 10], [yes, yes, yes, no, yes]],
  ["two that contradict", [3, 8, 6, 10], [yes, "one of 1,2", "one of 1,2", yes]],
  ["two of a day", [3, 6, 6, 10], [yes, "one of 1,2", "one of 1,2", yes]],
  ["two alone, the later first", [8, 6], ["one of 0,1", "one of 0,1"]],
  ["halves that changed places", [10, 13, 3, 6], ["one of 0,2", "one of 1,3", "one of 0,2", "one of 1,3"]],
  ["one alone", [3], [yes]],
  ["none", [], []],
])("%s: %j", (_, days, expected) => expect(words(judge(days))).toEqual(expected));

test("a doubt decides between two that contradict, and never against two blocks", () => {
  expect(words(judge([3, 8, 6, 10], [0, 0, 1, 0]))).toEqual([yes, yes, no, yes]);
  expect(words(judge([3, 8, 6, 10], [0, 1, 0, 0]))).toEqual([yes, no, yes, yes]);
  expect(words(judge([3, 13, 8, 10], [0, 0, 1, 1]))).toEqual([yes, no, yes, yes]);
});

test("what is out of order knows the blocks around it", () => {
  expect(judge([3, 6, 30, 8, 10])[2]).toEqual({ kind: "out-of-order", before: 1, after: 3 });
  expect(judge([13, 6, 8, 10])[0]).toEqual({ kind: "out-of-order", before: null, after: 1 });
});

const gaps = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 5, maxLength: 40 });

test("one mistyped day is never believed, and takes at most one true one with it", () => {
  fc.assert(
    fc.property(gaps, fc.nat(), fc.integer({ min: -100, max: 100 }), fc.boolean(), (steps, at, slip, isNewestFirst) => {
      let day = 0;
      const days = steps.map((step) => (day += step));
      const place = 1 + (at % (days.length - 2));
      const [before, after] = [days[place - 1] ?? 0, days[place + 1] ?? 0];
      const mistyped = (days[place] ?? 0) + slip;
      fc.pre(mistyped <= before || mistyped >= after);
      days[place] = mistyped;
      const standings = judge(isNewestFirst ? days.toReversed() : days);
      const told = isNewestFirst ? standings.toReversed() : standings;
      expect(told[place]?.kind).not.toBe(yes);
      expect(told.filter(({ kind }) => kind !== yes).length).toBeLessThanOrEqual(2);
    }),
  );
});

test("whatever is listed, what is in order is in one direction", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 30 }), (days) => {
      const kept = judge(days).flatMap(({ kind }, index) => (kind === yes ? [days[index] ?? 0] : []));
      const signs = new Set(kept.slice(1).map((day, index) => Math.sign(day - (kept[index] ?? 0))));
      expect(signs.size).toBeLessThanOrEqual(1);
      expect(signs.has(0)).toBe(false);
    }),
  );
});
