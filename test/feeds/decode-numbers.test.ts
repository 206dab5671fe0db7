/** Numbers that lost their decimal points are decoded as they were, and are rejected where that is not certain. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeNumbers } from "../../shared/feeds/cl-central-bank/decode-numbers.ts";
import type { Cell } from "../../shared/feeds/monthly-csv/read-table.ts";
import { ProblemList } from "../../shared/feeds/problem-list.ts";
import { addPeriods } from "../../shared/period.ts";
import { withLostPoint } from "../../trainer/simulate/lost-points.ts";

/** Rounds to nine significant digits, as the source does. */
const nineDigits = (value: number) => Number(value.toPrecision(9));

const first = "1996-01";
const cellsOf = (texts: readonly string[]): Cell[] =>
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

// After a rejected month the nearest neighbour is two months away, so a factor of 2.2 a month is more than one decision covers.
test("a series that moves by up to a factor of 2.2 a month gives no wrong number while no month is rejected", () => {
  fc.assert(
    fc.property(walks(2.2), ({ values, anchor }) => {
      const { values: found, problems } = decoded(values.map(withLostPoint), anchor);
      const truth = new Map(values.map((value, at) => [addPeriods(first, at), value]));
      if (problems.length === 0) for (const [period, value] of found) expect(value).toBe(truth.get(period));
      expect(found.length + problems.length).toBe(values.length);
    }),
    { numRuns: 300 },
  );
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
