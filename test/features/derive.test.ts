import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Derivation, derivedVariables, deriveFacts } from "../../shared/features/derive.ts";
import {
  forecastFacts,
  forecastPanel,
  otherVariables,
  sourceReach,
  sourceVariables,
} from "../../shared/features/facts.ts";
import type { Feature } from "../../shared/features/feature.ts";
import type { Fact } from "../../shared/lake/fact.ts";

const derivation: Derivation = {
  kind: "daily",
  hoursMin: 3,
  variables: ["ozone", "dust"],
  statistics: ["max", "mean", "min", "last", "range"],
  events: [{ name: "bad", of: "ozone_max", above: 30 }],
};

const hourOf = (day: number, hour: number) => `2024-01-0${day}T${String(hour).padStart(2, "0")}`;
const fact = (period: string, variable: string, value: number, series = "[]"): Fact => ({
  period,
  series,
  variable,
  value,
});

/** Hours of three days of one or two series, some missing, some of a variable that nobody asked for. */
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
  test("are the day's statistics, its events, and how many hours it had", () => {
    const hours = [
      fact(hourOf(1, 0), "ozone", 10),
      fact(hourOf(1, 7), "ozone", 31),
      fact(hourOf(1, 23), "ozone", 13),
      fact(hourOf(1, 23), "dust", 1),
    ];
    expect(valuesOf(deriveFacts(derivation, hours))).toEqual({
      "2024-01-01 hours": 3,
      "2024-01-01 ozone_max": 31,
      "2024-01-01 ozone_mean": 18,
      "2024-01-01 ozone_min": 10,
      "2024-01-01 ozone_last": 13,
      "2024-01-01 ozone_range": 21,
      "2024-01-01 bad": 1,
    });
    const atBound = deriveFacts(
      derivation,
      [0, 1, 23].map((hour) => fact(hourOf(1, hour), "ozone", 30)),
    );
    expect(valuesOf(atBound)["2024-01-01 bad"]).toBe(0);
  });

  test("are the same in whatever order the hours come, sums to the last bit", () => {
    fc.assert(
      fc.property(
        hourly.chain((facts) => fc.tuple(fc.constant(facts), fc.shuffledSubarray(facts, { minLength: facts.length }))),
        ([facts, shuffled]) => {
          expect(deriveFacts(derivation, shuffled)).toEqual(deriveFacts(derivation, facts));
        },
      ),
    );
  });

  test("are of complete days alone: the last hour of the series has been observed, or a later one", () => {
    fc.assert(
      fc.property(hourly, (facts) => {
        const known = facts.filter(({ variable }) => derivation.variables.includes(variable));
        const newest = (series: string) =>
          known
            .filter((one) => one.series === series)
            .map(({ period }) => period)
            .sort()
            .at(-1) ?? "";
        const days = new Set(known.map(({ period, series }) => `${period.slice(0, 10)} ${series}`));
        const complete = [...days].filter((one) => newest(one.slice(11)) >= `${one.slice(0, 10)}T23`).sort();
        const derived = deriveFacts(derivation, facts);
        expect(
          derived
            .filter(({ variable }) => variable === "hours")
            .map((one) => `${one.period} ${one.series}`)
            .sort(),
        ).toEqual(complete);
        for (const { period, series } of derived) expect(complete).toContain(`${period} ${series}`);
      }),
    );
  });

  test("of a day do not know any hour after it", () => {
    fc.assert(
      fc.property(hourly, hourly, (facts, others) => {
        const until = "2024-01-02";
        const before = [
          ...facts.filter(({ period }) => period < until),
          ...["[]", '["b"]'].map((one) => fact(hourOf(1, 23), "dust", 1, one)),
        ];
        const unique = [...new Map(before.map((one) => [`${one.period}${one.series}${one.variable}`, one])).values()];
        const later = others.filter(({ period }) => period >= until);
        const early = (all: readonly Fact[]) => all.filter(({ period }) => period < until);
        expect(early(deriveFacts(derivation, [...unique, ...later]))).toEqual(deriveFacts(derivation, unique));
      }),
    );
  });

  test("a variable with too few hours has no value that day; the day itself is there", () => {
    const few = [fact(hourOf(1, 1), "ozone", 50), fact(hourOf(1, 2), "ozone", 50), fact(hourOf(2, 0), "dust", 1)];
    expect(valuesOf(deriveFacts(derivation, few))).toEqual({ "2024-01-01 hours": 2 });
  });

  test("have the names that the derivation says", () => {
    const whole = Array.from({ length: 24 }, (_, hour) => [
      fact(hourOf(1, hour), "ozone", 1),
      fact(hourOf(1, hour), "dust", 1),
    ]);
    const named = new Set(deriveFacts(derivation, whole.flat()).map(({ variable }) => variable));
    expect([...named].sort()).toEqual(derivedVariables(derivation).sort());
  });
});

describe("a forecast's facts", () => {
  const features: readonly Feature[] = [
    { name: "last", kind: "lag", periods: 1 },
    { name: "dust", kind: "rolling-mean", periods: 5, variable: "dust_mean" },
    { name: "ozone", kind: "lag", periods: 2, variable: "ozone_max" },
    { name: "own", kind: "lag", periods: 2, variable: "bad" },
  ];
  const derived = { variable: "bad", features, derive: derivation, dimensions: [] };

  test("of hours are its own daily variables, and every complete day is a period", () => {
    const facts = [
      ...[0, 1, 23].map((hour) => fact(hourOf(1, hour), "ozone", 40)),
      fact(hourOf(2, 23), "dust", 1),
      fact(hourOf(3, 5), "ozone", 50),
    ];
    expect(sourceVariables(derived)).toEqual(["ozone", "dust"]);
    expect(otherVariables(derived)).toEqual(["dust_mean", "ozone_max"]);
    expect(forecastPanel(derived, facts)).toMatchObject({
      periods: ["2024-01-01", "2024-01-02"],
      series: [
        { is: [], values: Float64Array.of(1, Number.NaN), others: { ozone_max: Float64Array.of(40, Number.NaN) } },
      ],
    });
  });

  test("reach back in the feed's own periods: an hourly feed has 24 a day, and the newest day may be incomplete", () => {
    expect([sourceReach(derived), sourceReach({ variable: "bad", features })]).toEqual([6 * 24, 5]);
  });

  test("are those of the feed where nothing is derived, without what nobody looks at", () => {
    const facts = ["bad", "dust_mean", "ozone_max", "noise"].map((variable) => fact("2024-01-01", variable, 1));
    const plain = { variable: "bad", features };
    expect(sourceVariables(plain)).toEqual(["bad", "dust_mean", "ozone_max"]);
    expect(forecastFacts(plain, facts)).toEqual(facts.slice(0, 3));
  });
});
