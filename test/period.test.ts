/** Hours, days, months and quarters as text. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  addPeriods,
  comparePeriods,
  enclosingPeriod,
  firstDayOf,
  firstPartOf,
  followingPeriod,
  type Granularity,
  granularities,
  granularityOf,
  isPeriod,
  lastDayOf,
  lastPartOf,
  partsMax,
  periodExamples,
  periodsBetween,
  precedingPeriod,
  rangeIn,
} from "../shared/period.ts";

const instant = fc.date({
  min: new Date("1000-01-01T00:00:00Z"),
  max: new Date("9998-12-31T23:00:00Z"),
  noInvalidDate: true,
});

/** Returns the period of an instant, computed independently of the code under test. */
function periodOf(date: Date, granularity: Granularity): string {
  const text = date.toISOString();
  switch (granularity) {
    case "hour":
      return text.slice(0, 13);
    case "day":
      return text.slice(0, 10);
    case "month":
      return text.slice(0, 7);
    case "quarter":
      return `${text.slice(0, 4)}-Q${Math.floor(date.getUTCMonth() / 3) + 1}`;
  }
}

const finer = (granularity: Granularity) => granularities.slice(0, granularities.indexOf(granularity) + 1);

describe.each(granularities)("a period of one %s", (granularity) => {
  const period = instant.map((date) => periodOf(date, granularity));

  test("is recognised by its text, with one granularity only", () => {
    fc.assert(
      fc.property(period, (text) => {
        expect(granularityOf(text)).toBe(granularity);
        expect(granularities.filter((one) => isPeriod(text, one))).toEqual([granularity]);
      }),
    );
    expect(granularityOf(periodExamples[granularity])).toBe(granularity);
  });

  test("is the next period of its predecessor and the previous period of its successor", () => {
    fc.assert(
      fc.property(period, (text) => {
        expect(precedingPeriod(followingPeriod(text))).toBe(text);
        expect(followingPeriod(text) > text).toBe(true);
        expect(granularityOf(followingPeriod(text))).toBe(granularity);
      }),
    );
  });

  test("addPeriods and periodsBetween are inverse", () => {
    const count = fc.integer({ min: -3000, max: 3000 });
    fc.assert(
      fc.property(period, count, count, (text, a, b) => {
        fc.pre(isPeriod(text, granularity) && text > "1700" && text < "8000");
        expect(periodsBetween(text, addPeriods(text, a))).toBe(a);
        expect(addPeriods(addPeriods(text, a), b)).toBe(addPeriods(text, a + b));
      }),
    );
  });

  test("sorts as text like it sorts in time", () => {
    fc.assert(
      fc.property(instant, instant, (a, b) => {
        const [first, second] = a <= b ? [a, b] : [b, a];
        const [from, to] = [periodOf(first, granularity), periodOf(second, granularity)];
        expect(from <= to).toBe(true);
        expect(Math.sign(periodsBetween(from, to))).toBe(from < to ? 1 : 0);
        expect(comparePeriods(from, to)).toBe(from < to ? -1 : 0);
      }),
    );
  });

  test("contains exactly its parts from the first to the last", () => {
    fc.assert(
      fc.property(instant, (date) => {
        const whole = periodOf(date, granularity);
        for (const part of finer(granularity)) {
          const inside = periodOf(date, part);
          const [first, last] = [firstPartOf(whole, part), lastPartOf(whole, part)];
          expect(enclosingPeriod(inside, granularity)).toBe(whole);
          expect(first <= inside && inside <= last).toBe(true);
          expect([first, last].map((one) => enclosingPeriod(one, granularity))).toEqual([whole, whole]);
          expect([granularityOf(first), granularityOf(last)]).toEqual([part, part]);
          if (part === granularity) continue;
          expect(enclosingPeriod(followingPeriod(last), granularity)).toBe(followingPeriod(whole));
          expect(periodsBetween(first, last) + 1).toBeLessThanOrEqual(partsMax(granularity, part));
        }
        expect(firstDayOf(whole)).toBe(enclosingPeriod(firstPartOf(whole, "hour"), "day"));
      }),
    );
  });
});

test("the last day is that of the month or quarter, or the day itself", () => {
  const periods = ["2026-11-20T07", "2026-11-20", "2024-02", "2026-Q1"];
  expect(periods.map(lastDayOf)).toEqual(["2026-11-20", "2026-11-20", "2024-02-29", "2026-03-31"]);
});

test("the maximum number of parts is that of the longest period", () => {
  expect(partsMax("day", "hour")).toBe(24);
  expect(partsMax("month", "day")).toBe(31);
  expect(partsMax("quarter", "day")).toBe(periodsBetween("2026-07-01", "2026-10-01"));
  expect(partsMax("quarter", "month")).toBe(3);
  expect(partsMax("month", "quarter")).toBe(0);
});

test("periods of different granularity are ordered by start, and the longer one comes first", () => {
  const sorted = [
    "2026-Q4",
    "2026-10",
    "2026-10-01",
    "2026-10-01T00",
    "2026-10-01T01",
    "2026-10-02",
    "2026-11",
    "2027-Q1",
  ];
  expect([...sorted].reverse().sort(comparePeriods)).toEqual(sorted);
});

test("texts with an invalid day, hour, month, quarter or format are not periods", () => {
  const texts = [
    "",
    "2026",
    "2026-00",
    "2026-13",
    "2026-Q0",
    "2026-Q5",
    "2026-Q",
    "2026-q4",
    "2026-02-30",
    "2025-02-29",
    "2026-11-20T24",
    "2026-11-20T7",
    "2026-11-20T07:00",
    "2026-02-30T07",
    "0999-12",
    "10000-01",
    " 2026-11",
    "2026-11\n",
    "2026-1-1",
  ];
  for (const text of texts) expect([text, granularityOf(text)]).toEqual([text, null]);
  fc.assert(
    fc.property(fc.string({ maxLength: 14 }), (text) => {
      const found = granularityOf(text);
      if (found !== null) expect(/^[1-9]\d{3}-/.test(text)).toBe(true);
    }),
  );
});

test("a period outside the four-digit years is rejected", () => {
  const count = { hour: 9e7, day: 4e6, month: 120_000, quarter: 40_000 };
  for (const granularity of granularities) {
    for (const sign of [1, -1])
      expect(() => addPeriods(periodExamples[granularity], sign * count[granularity])).toThrow(RangeError);
  }
  expect(() => periodsBetween("2026-11", "2026-Q4")).toThrow("different granularity");
});

describe("a range of a query", () => {
  test.each([
    ["day", { from: "2026", to: "2026" }, { from: "2026-01-01", to: "2026-12-31" }],
    ["day", { from: "2026-Q2", to: "2026-Q3" }, { from: "2026-04-01", to: "2026-09-30" }],
    ["hour", { from: "2026-02", to: "2026-02" }, { from: "2026-02-01T00", to: "2026-02-28T23" }],
    ["hour", { from: "2026-02-03T07", to: "2026-02-03" }, { from: "2026-02-03T07", to: "2026-02-03T23" }],
    ["month", { from: "2026-Q2", to: "2026-05-10" }, { from: "2026-04", to: "2026-05" }],
    ["quarter", { from: "2026", to: "2026-05" }, { from: "2026-Q1", to: "2026-Q2" }],
    ["day", { from: undefined, to: "2026-Q4" }, { from: undefined, to: "2026-12-31" }],
  ] as const)("in %s periods of %j is %j", (granularity, query, expected) => {
    expect(rangeIn(granularity, query)).toEqual(expected);
  });

  test("may end with the last year, and may begin after the last period", () => {
    for (const to of ["9999", "9999-12", "9999-Q4", "9999-12-31"]) {
      expect(rangeIn("day", { from: undefined, to }).to).toBe("9999-12-31");
      expect(rangeIn("hour", { from: undefined, to }).to).toBe("9999-12-31T23");
      expect(rangeIn("month", { from: undefined, to }).to).toBe("9999-12");
      expect(lastDayOf(isPeriod(to, "day") ? to : "9999-12")).toBe("9999-12-31");
    }
    expect(String(rangeIn("month", { from: "9999-12-31", to: undefined }).from) > "9999-12").toBe(true);
    expect(String(rangeIn("day", { from: "9999-12-31T23", to: undefined }).from) > "9999-12-31").toBe(true);
  });

  test("includes a longer period only if it starts in the range", () => {
    expect(rangeIn("quarter", { from: "2026-04", to: undefined }).from).toBe("2026-Q2");
    expect(rangeIn("quarter", { from: "2026-05", to: undefined }).from).toBe("2026-Q3");
    expect(rangeIn("day", { from: "2026-04-01T00", to: "2026-04-01T05" })).toEqual({
      from: "2026-04-01",
      to: "2026-04-01",
    });
    expect(rangeIn("day", { from: "2026-04-01T01", to: undefined }).from).toBe("2026-04-02");
  });
});
