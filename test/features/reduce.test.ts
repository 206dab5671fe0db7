import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Feature } from "../../shared/features/feature.ts";
import { type Reduction, reducedNames, reduceFacts } from "../../shared/features/reduce.ts";
import type { Schedule } from "../../shared/forecasts/schedule.ts";
import type { EventRule, Source } from "../../shared/forecasts/source.ts";
import type { Fact } from "../../shared/lake/fact.ts";
import { addPeriods, type Granularity, lastPartOf } from "../../shared/period.ts";
import { factsOfSource, forecastPanel, otherVariables, targetReach } from "../../shared/sources/facts.ts";

const reduction: Reduction = { partsMin: 3, statistics: ["max", "mean", "min", "last", "range"] };
const variables = ["ozone", "dust"];
const daily = (facts: readonly Fact[]) => reduceFacts(facts, { variables, reduction, to: "day" });

const hourOf = (day: number, hour: number) => `2024-01-0${day}T${String(hour).padStart(2, "0")}`;
const fact = (period: string, variable: string, value: number, series = "[]"): Fact => ({
  period,
  series,
  variable,
  value,
});

/** Generates the hours of three days for one or two series, with missing hours and an unrequested variable. */
const hourly = fc
  .uniqueArray(
    fc.record({
      day: fc.integer({ min: 1, max: 3 }),
      hour: fc.oneof(fc.integer({ min: 0, max: 23 }), fc.constant(23)),
      variable: fc.constantFrom("ozone", "dust", "ozone_forecast"),
      series: fc.constantFrom("[]", '["b"]'),
      value: fc.double({ min: -5, max: 80, noNaN: true }),
    }),
    {
      selector: ({ day, hour, variable, series }) => `${day} ${hour} ${variable} ${series}`,
      minLength: 1,
      maxLength: 200,
    },
  )
  .map((all) => all.map(({ day, hour, ...rest }): Fact => ({ ...rest, period: hourOf(day, hour) })));

const valuesOf = (facts: readonly Fact[]) =>
  Object.fromEntries(facts.map(({ period, variable, value }) => [`${period} ${variable}`, value]));

describe("daily facts", () => {
  test("are the day's statistics", () => {
    const hours = [
      fact(hourOf(1, 0), "ozone", 10),
      fact(hourOf(1, 7), "ozone", 31),
      fact(hourOf(1, 23), "ozone", 13),
      fact(hourOf(1, 23), "dust", 1),
    ];
    expect(valuesOf(daily(hours).facts)).toEqual({
      "2024-01-01 ozone_max": 31,
      "2024-01-01 ozone_mean": 18,
      "2024-01-01 ozone_min": 10,
      "2024-01-01 ozone_last": 13,
      "2024-01-01 ozone_range": 21,
    });
  });

  test("do not depend on the order of the hours, bit for bit", () => {
    fc.assert(
      fc.property(
        hourly.chain((facts) => fc.tuple(fc.constant(facts), fc.shuffledSubarray(facts, { minLength: facts.length }))),
        ([facts, shuffled]) => {
          expect(daily(shuffled)).toEqual(daily(facts));
        },
      ),
    );
  });

  test("exist only for complete days: the last hour of the day or a later one has been observed", () => {
    fc.assert(
      fc.property(hourly, (facts) => {
        const known = facts.filter(({ variable }) => variables.includes(variable));
        const newest = (series: string) =>
          known
            .filter((fact) => fact.series === series)
            .map(({ period }) => period)
            .sort()
            .at(-1) ?? "";
        const days = new Set(known.map(({ period, series }) => `${period.slice(0, 10)} ${series}`));
        const complete = [...days].filter((day) => newest(day.slice(11)) >= `${day.slice(0, 10)}T23`).sort();
        const { facts: reduced, periods, series } = daily(facts);
        expect(periods).toEqual([...new Set(complete.map((day) => day.slice(0, 10)))].sort());
        expect(series).toEqual([...new Set(complete.map((day) => day.slice(11)))].sort());
        for (const fact of reduced) expect(complete).toContain(`${fact.period} ${fact.series}`);
      }),
    );
  });

  test("of a day do not depend on later hours", () => {
    fc.assert(
      fc.property(hourly, hourly, (facts, others) => {
        const until = "2024-01-02";
        const before = [
          ...facts.filter(({ period }) => period < until),
          ...["[]", '["b"]'].map((key) => fact(hourOf(1, 23), "dust", 1, key)),
        ];
        const unique = [
          ...new Map(before.map((fact) => [`${fact.period}${fact.series}${fact.variable}`, fact])).values(),
        ];
        const later = others.filter(({ period }) => period >= until);
        const early = daily([...unique, ...later]).facts.filter(({ period }) => period < until);
        expect(early).toEqual(daily(unique).facts);
      }),
    );
  });

  test("a variable with too few hours has no value on that day, but the day is a period", () => {
    const few = [fact(hourOf(1, 1), "ozone", 50), fact(hourOf(1, 2), "ozone", 50), fact(hourOf(2, 0), "dust", 1)];
    expect(daily(few)).toEqual({ facts: [], periods: ["2024-01-01"], series: ["[]"] });
  });

  test("have the names of the reduction", () => {
    const fullDay = Array.from({ length: 24 }, (_, hour) => [
      fact(hourOf(1, hour), "ozone", 1),
      fact(hourOf(1, hour), "dust", 1),
    ]);
    const named = new Set(daily(fullDay.flat()).facts.map(({ variable }) => variable));
    expect([...named].sort()).toEqual(reducedNames(reduction, variables).sort());
  });
});

describe("months of days and quarters of months", () => {
  const all = { partsMin: 1, statistics: ["sum", "last"] as const };
  /** Makes one value per part, 1, 2, 3, …, from `first` to `last`. */
  const parts = (first: string, last: string) => {
    const facts: Fact[] = [];
    for (let period = first; period <= last; period = addPeriods(period, 1))
      facts.push(fact(period, "rain", facts.length + 1));
    return facts;
  };
  const reduced = (facts: readonly Fact[], to: Granularity) =>
    valuesOf(reduceFacts(facts, { variables: ["rain"], reduction: all, to }).facts);

  test("are complete with their last day or month, for every length", () => {
    expect(reduced(parts("2024-02-01", "2024-02-28"), "month")).toEqual({});
    expect(reduced(parts("2024-02-01", "2024-02-29"), "month")).toEqual({
      "2024-02 rain_sum": 435,
      "2024-02 rain_last": 29,
    });
    expect(reduced(parts("2024-10", "2024-11"), "quarter")).toEqual({});
    expect(reduced(parts("2024-10", "2025-01"), "quarter")).toEqual({ "2024-Q4 rain_sum": 6, "2024-Q4 rain_last": 3 });
    expect(lastPartOf("2024-Q1", "day")).toBe("2024-03-31");
  });
});

describe("a forecast's facts", () => {
  const features: readonly Feature[] = [
    { name: "last", kind: "lag", periods: 1 },
    { name: "dust", kind: "rolling-mean", periods: 5, variable: "dust_mean" },
    { name: "ozone", kind: "lag", periods: 2, variable: "ozone_max" },
    { name: "own", kind: "lag", periods: 2, variable: "bad" },
  ];
  const source: Source = { feed: "air", variables, lag: 0, reduce: reduction };
  const schedule: Schedule = { every: "day", periods: "calendar" };
  const events: readonly EventRule[] = [{ name: "bad", of: "ozone_max", above: 30 }];
  const forecast = { id: "air", variable: "bad", features, sources: [source], events, schedule, dimensions: [] };
  const byFeed = (facts: readonly Fact[]) => new Map([["air", facts]]);

  test("contain its events, which are 1 above the bound and 0 at it", () => {
    const days = [30, 31].flatMap((highest, day) =>
      [0, 1, 23].map((hour) => fact(hourOf(day + 1, hour), "ozone", highest)),
    );
    const values = valuesOf(factsOfSource(forecast, source, byFeed(days)).facts);
    expect([values["2024-01-01 bad"], values["2024-01-02 bad"]]).toEqual([0, 1]);
  });

  test("of hours become its daily variables, and every complete day is a period", () => {
    const facts = [
      ...[0, 1, 23].map((hour) => fact(hourOf(1, hour), "ozone", 40)),
      fact(hourOf(2, 23), "dust", 1),
      fact(hourOf(3, 5), "ozone", 50),
    ];
    expect(otherVariables(forecast)).toEqual(["dust_mean", "ozone_max"]);
    expect(forecastPanel(forecast, byFeed(facts))).toMatchObject({
      periods: ["2024-01-01", "2024-01-02"],
      series: [
        { is: [], values: Float64Array.of(1, Number.NaN), others: { ozone_max: Float64Array.of(40, Number.NaN) } },
      ],
    });
  });

  test("reach back in the feed's periods: 24 hours per day, one more day for an incomplete one, and later sources", () => {
    const plain: Source = { feed: "air", variables, lag: 0 };
    const other: Source = { feed: "water", variables: ["level"], lag: 2 };
    expect(targetReach(forecast, "hour")).toBe(6 * 24);
    expect(targetReach({ ...forecast, events: [], variable: "dust", sources: [plain] }, "day")).toBe(5);
    expect(targetReach({ ...forecast, sources: [source, other] }, "hour")).toBe(8 * 24);
    expect(targetReach({ ...forecast, sources: [{ ...source, lag: 3 }, other] }, "hour")).toBe(6 * 24);
  });

  test("without a reduction are those of the feed, without variables that the source does not list", () => {
    const facts = ["bad", "dust_mean", "ozone_max", "noise"].map((variable) => fact("2024-01-01", variable, 1));
    const plain: Source = { feed: "air", variables: ["bad", "dust_mean", "ozone_max"], lag: 0 };
    expect(factsOfSource({ schedule }, plain, byFeed(facts)).facts).toEqual(facts.slice(0, 3));
  });
});
