/** Numbers that lost their decimal points are decoded as they were, and are rejected where that is not certain. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeNumbers } from "../../shared/feeds/cl-central-bank/decode-numbers.ts";
import type { MonthCell } from "../../shared/feeds/monthly-csv/read-table.ts";
import { ProblemList } from "../../shared/feeds/problem-list.ts";
import { addPeriods } from "../../shared/period.ts";
import { withLostPoint } from "../../trainer/simulate/lost-points.ts";

/** Rounds to nine significant digits, as the source does. */
const nineDigits = (value: number) => Number(value.toPrecision(9));

const first = "1996-01";
const cellsOf = (texts: readonly string[]): MonthCell[] =>
  texts.map((text, at) => ({ row: at + 2, period: addPeriods(first, at), text }));

function decoded(texts: readonly string[], anchor: { readonly at: number; readonly level: number }) {
  const problems = new ProblemList(1000);
  const period = addPeriods(first, anchor.at);
  const values = decodeNumbers("x", cellsOf(texts), { anchor: { period, level: anchor.level }, problems });
  return { values: values.map(({ period, value }) => [period, value] as const), problems: problems.list() };
}

/** Series whose steps are factors from 1/`stepMax` to `stepMax`, with a place and an approximate size of the anchor. */
const walks = (stepMax: number) =>
  fc
    .record({
      start: fc.double({ min: -3, max: 6, noNaN: true }),
      steps: fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 60 }),
      anchorAt: fc.nat(),
      anchorError: fc.double({ min: -0.1, max: 0.1, noNaN: true }),
    })
    .map(({ start, steps, anchorAt, anchorError }) => {
      let log = start;
      const values = steps.map((step) => {
        log += step * Math.log10(stepMax);
        return nineDigits(10 ** log);
      });
      const at = anchorAt % values.length;
      return { values, anchor: { at, level: (values[at] ?? 1) * 10 ** anchorError } };
    });

test("a series that moves by up to 25 % a month is decoded completely, from any month near its known size", () => {
  fc.assert(
    fc.property(walks(1.25), ({ values, anchor }) => {
      const { values: found, problems } = decoded(values.map(withLostPoint), anchor);
      expect(problems).toEqual([]);
      expect(found.map(([, value]) => value)).toEqual(values);
    }),
    { numRuns: 300 },
  );
});

const gaps = fc.array(fc.record({ at: fc.nat(), text: fc.constantFrom("a", "-5", "0", "1..2") }), { maxLength: 5 });

test("a series that moves by up to a factor of 2.2 a number gives no wrong number, also after rejected months", () => {
  fc.assert(
    fc.property(walks(2.2), gaps, ({ values, anchor }, gaps) => {
      const cells: { readonly text: string; readonly value: number | null }[] = values.map((value) => ({
        text: withLostPoint(value),
        value,
      }));
      for (const { at, text } of gaps) cells.splice(at % (cells.length + 1), 0, { text, value: null });
      const at = cells.findIndex(({ value }) => value === values[anchor.at]);
      const { values: found, problems } = decoded(
        cells.map(({ text }) => text),
        { at, level: anchor.level },
      );
      const truth = new Map(cells.map(({ value }, at) => [addPeriods(first, at), value]));
      for (const [period, value] of found) expect(value).toBe(truth.get(period));
      expect(found.length + problems.length).toBe(cells.length);
    }),
    { numRuns: 300 },
  );
});

test("a number beside a rejected month is compared with the size of that month, not with the median alone", () => {
  // The median of the start is 0.22, and from it 0.0982703903 and 0.1 are as near as 0.982703903 and 1 are from 0.446683592.
  const { values, problems } = decoded([1, 0.982703903, 0.446683592, 0.22, 0.22].map(withLostPoint), {
    at: 2,
    level: 0.446683592,
  });
  expect(values.map(([, value]) => value)).toEqual([0.446683592, 0.22, 0.22]);
  expect(problems.map(({ reason, row }) => `${row} ${reason}`)).toEqual(["3 ambiguous-number", "2 ambiguous-number"]);
});

test("decoding starts at a number, also if the month of the anchor has none", () => {
  const texts = [1, 0.982703903, 0.446683592, 0.22, 0.22].map(withLostPoint);
  const { values } = decoded([...texts.slice(0, 3), "a", ...texts.slice(3)], { at: 3, level: 0.4 });
  expect(values.map(([, value]) => value)).toEqual([0.446683592, 0.22, 0.22]);
});

test("after a month of unknown size, a number on which only some neighbours decide is rejected", () => {
  // 4 is far from the last value, 1.5, and from the median, 1. After it both decide on 2, but only the last value decides on 3.
  const lastOf = (next: number) =>
    decoded([1, 1, 1, 1, 1.5, 4, next].map(withLostPoint), { at: 0, level: 1 }).values.at(-1);
  expect(lastOf(2)).toEqual(["1996-07", 2]);
  expect(lastOf(3)).toEqual(["1996-05", 1.5]);
});

test("the simulator writes numbers as the source does", () => {
  expect([97.6113405, 101.540937, 550.59326, 0.738, 1.305, 28.8157].map(withLostPoint)).toEqual([
    "976.113.405",
    "101.540.937",
    "55.059.326",
    "738",
    "1.305",
    "288.157",
  ]);
});

test("a yearly swing of three times is decoded, because a neighbour of the same month is a year away", () => {
  const year = [580, 560, 540, 320, 260, 220, 200, 200, 210, 220, 260, 420];
  const values = Array.from({ length: 60 }, (_, at) => nineDigits((year[at % 12] ?? 0) * 1.0021 ** at));
  const { values: found, problems } = decoded(values.map(withLostPoint), { at: 0, level: 580 });
  expect(found.map(([, value]) => value)).toEqual(values);
  expect(problems).toEqual([]);
});

test("plain decimals are read as written, also beside mangled numbers", () => {
  const { values } = decoded(["1593.6", "1.485.035", "1414", "501.55", "0.79"], { at: 0, level: 1600 });
  expect(values.map(([, value]) => value)).toEqual([1593.6, 1485.035, 1414, 501.55]);
});

test("a number half a power of ten from its neighbours is rejected with the sizes that were expected", () => {
  const { values, problems } = decoded(["101.5", "320.123.456", "102.3"], { at: 0, level: 100 });
  expect(values.map(([, value]) => value)).toEqual([101.5, 102.3]);
  expect(problems).toMatchObject([
    {
      reason: "ambiguous-number",
      row: 3,
      found: "320.123.456",
      expected: "digits of a number clearly near its neighbours: 101, 102",
    },
  ]);
});

test("without any cell there is nothing to decode", () => {
  expect(decoded([], { at: 0, level: 100 })).toEqual({ values: [], problems: [] });
});
