/** Each kind by itself. What pandas can compute is held against pandas, version and script in test/golden. */
import { describe, expect, test } from "vitest";
import { calendarPart, dayOf } from "../../shared/features/calendar-part.ts";
import { changeShare, lastChange, sinceChange } from "../../shared/features/changes.ts";
import { computeFeature } from "../../shared/features/compute.ts";
import type { Feature } from "../../shared/features/feature.ts";
import {
  category,
  changeAtLastPeriod,
  difference,
  lag,
  logDifference,
  seasonalLag,
} from "../../shared/features/lags.ts";
import { hasMoved, type Past } from "../../shared/features/panel.ts";
import { peersChange, peersChangedShare } from "../../shared/features/peers.ts";
import {
  logStepStandardDeviation,
  rollingMean,
  rollingStandardDeviation,
  stepStandardDeviation,
  weightedMean,
} from "../../shared/features/rolling.ts";
import golden from "../golden/features.json" with { type: "json" };
import { seriesOf } from "./support.ts";

const none = Number.NaN;
const day = (index: number) => `2026-01-${String(index + 1).padStart(2, "0")}`;

/** Series of equal length as the past of the day after; each `is` has one value a dimension. */
function pastOfSeries(dimensions: readonly string[], series: readonly [readonly string[], readonly number[]][]): Past {
  const length = series[0]?.[1].length ?? 0;
  return {
    dimensions,
    periods: Array.from({ length }, (_, index) => day(index)),
    target: day(length),
    series: series.map(([is, values]) => ({ ...seriesOf(...values), is })),
    tolerance: 0.005,
  };
}

describe("against pandas", () => {
  const values = golden.values.map((value) => value ?? none);

  test.each(golden.cases)("$feature", ({ feature, numbers }) => {
    const named = { name: "x", ...feature } as Feature; // JSON's kinds are plain strings to the compiler.
    numbers.forEach((expected, index) => {
      const past = pastOfSeries([], [[[], values.slice(0, index + 1)]]);
      const [ours = none] = computeFeature(named, past).values;
      if (expected === null) expect(ours).toBeNaN();
      else expect(Math.abs(Number(ours) - expected)).toBeLessThanOrEqual(2 ** -23 * Math.abs(expected) + 1e-7);
    });
  });
});

describe("against pandas, of another variable", () => {
  const values = golden.values.map((value) => value ?? none);

  test.each(golden.cases)("$feature is the same number of whichever variable it looks at", ({ feature }) => {
    const own = { name: "x", ...feature } as Feature;
    if (["since-change", "change-share"].includes(own.kind)) return;
    const ofOther = { ...own, variable: "other" } as Feature;
    for (let end = 1; end <= values.length; end++) {
      const past = pastOfSeries([], [[[], values.slice(0, end)]]);
      const unlike = pastOfSeries([], [[[], values.slice(0, end).map((value) => 7 - value)]]);
      const [target = seriesOf()] = unlike.series;
      const [other = seriesOf()] = past.series;
      const beside = { ...unlike, series: [{ ...target, others: { other } }] };
      expect(computeFeature(ofOther, beside)).toEqual(computeFeature(own, past));
    }
  });

  test("a variable that the panel was made without is a mistake that is named", () => {
    const past = pastOfSeries([], [[[], [1, 2]]]);
    expect(() => computeFeature({ name: "x", kind: "lag", periods: 1, variable: "USD" }, past)).toThrow(
      "the panel has no variable USD",
    );
  });
});

describe("logarithms", () => {
  test("there is none of what is not above 0", () => {
    for (const pair of [
      [1, 0],
      [0, 1],
      [-1, 1],
      [none, 1],
    ] as const) {
      expect(logDifference(seriesOf(...pair), 1)).toBeNaN();
    }
    expect(logStepStandardDeviation(seriesOf(1, -1, 2), 2)).toBeNaN();
  });

  test("they do not know the unit: every value ten times as large changes nothing", () => {
    const values = [3.5, 3.6, none, 3.4, 3.7];
    const [one, ten] = [seriesOf(...values), seriesOf(...values.map((value) => value * 10))];
    expect(logDifference(ten, 2)).toBeCloseTo(logDifference(one, 2), 12);
    expect(logStepStandardDeviation(ten, 3)).toBeCloseTo(logStepStandardDeviation(one, 3), 12);
    expect(stepStandardDeviation(ten, 3)).toBeCloseTo(10 * stepStandardDeviation(one, 3), 12);
  });
});

describe("lags", () => {
  test("count observations, while a season counts periods", () => {
    const series = seriesOf(10, 11, none, 13);
    expect([lag(series, 1), lag(series, 2), lag(series, 3), lag(series, 4)]).toEqual([13, 11, 10, none]);
    expect([seasonalLag(series, 1), seasonalLag(series, 2), seasonalLag(series, 3)]).toEqual([13, none, 11]);
    expect([difference(series, 1), difference(series, 2), difference(series, 3)]).toEqual([2, 3, none]);
  });

  test("a change at the last period is one only where that period was observed", () => {
    expect(changeAtLastPeriod(seriesOf(10, none, 12))).toBe(2);
    expect(changeAtLastPeriod(seriesOf(10, 12, none))).toBeNaN();
    expect(changeAtLastPeriod(seriesOf(12))).toBeNaN();
  });

  test("a dimension that is not there is named, with those that are", () => {
    const past = pastOfSeries(["city"], [[["Leon"], [1]]]);
    const [series = seriesOf()] = past.series;
    expect(category(past, series, "city")).toBe("Leon");
    expect(() => category(past, series, "state")).toThrow("there is no dimension state; there are city");
    expect(() => peersChange(past, ["state"])).toThrow("there is no dimension state; there are city");
  });
});

describe("rolling", () => {
  test("equal values deviate by exactly nothing, whatever rounding their sum has", () => {
    for (const value of [23.47, 0.1, 1e9 + 0.3]) {
      expect(rollingStandardDeviation(seriesOf(...Array.from({ length: 7 }, () => value)), 7)).toBe(0);
    }
  });

  test("nothing observed is missing, one value is enough", () => {
    for (const statistic of [rollingMean, rollingStandardDeviation]) expect(statistic(seriesOf(none), 3)).toBeNaN();
    expect(weightedMean(seriesOf(), 3, 2)).toBeNaN();
    expect([
      rollingMean(seriesOf(4), 3),
      rollingStandardDeviation(seriesOf(4), 3),
      weightedMean(seriesOf(4), 3, 2),
    ]).toEqual([4, 0, 4]);
  });
});

describe("changes", () => {
  test("a value moves from half a unit of its last digit on", () => {
    expect(hasMoved(23.5 - 23.495, 0.005)).toBe(true);
    expect(hasMoved(-0.0049, 0.005)).toBe(false);
    expect(hasMoved(0, 0)).toBe(false);
  });

  test("since, size and share of changes are those of the observations", () => {
    const series = seriesOf(20, 20.5, none, 20.5, 20, 20, 20);
    expect([sinceChange(series, 60, 0.005), lastChange(series, 60, 0.005), changeShare(series, 60, 0.005)]).toEqual([
      2, -0.5, 0.4,
    ]);
  });

  test("a change before the window is no change, and no step is missing", () => {
    const series = seriesOf(20, 21, 21, 21);
    expect([sinceChange(series, 2, 0.005), lastChange(series, 2, 0.005), changeShare(series, 2, 0.005)]).toEqual([
      2, 0, 0,
    ]);
    for (const feature of [sinceChange, lastChange, changeShare])
      expect(feature(seriesOf(none, 20), 5, 0.005)).toBeNaN();
  });
});

describe("peers", () => {
  const past = pastOfSeries(
    ["state", "city"],
    [
      [
        ["A", "a"],
        [10, 11],
      ],
      [
        ["A", "b"],
        [10, 10],
      ],
      [
        ["A", "c"],
        [10, 10.5],
      ],
      [
        ["A", "d"],
        [10, none],
      ],
      [
        ["B", "e"],
        [10, 12],
      ],
    ],
  );

  test("mean change and share of changes are the others', without the series itself and those that were silent", () => {
    expect(peersChange(past, ["state"])).toEqual([0.25, 0.75, 0.5, 0.5, none]);
    expect(peersChangedShare(past, ["state"])).toEqual([0.5, 1, 0.5, 2 / 3, none]);
    expect(peersChange(past, [])).toEqual([2.5 / 3, 3.5 / 3, 1, 0.875, 0.5]);
  });

  test("values that contain a separator do not make two groups one", () => {
    const tricky = pastOfSeries(
      ["state", "city"],
      [
        [
          ["A\nB", "C"],
          [1, 2],
        ],
        [
          ["A", "B\nC"],
          [1, 2],
        ],
      ],
    );
    expect(peersChange(tricky, ["state", "city"])).toEqual([none, none]);
  });

  test("peers whose changes cancel out did not change on average, whatever rounding says", () => {
    const cancelling = pastOfSeries(
      [],
      [0.1, 0.2, -0.1].map((change) => [[], [0, change]] as const),
    );
    expect(peersChange(cancelling, [])[1]).toBe(0);
  });
});

describe("calendar", () => {
  test("parts of a day, of the hour's day, and of a month's first day", () => {
    const part = (name: Parameters<typeof calendarPart>[0], target: string) => calendarPart(name, target, null);
    expect(["year", "month", "day", "weekday"].map((name) => part(name as "year", "2026-11-21"))).toEqual([
      2026, 11, 21, 5,
    ]);
    expect([dayOf("2026-11-21T13:00"), dayOf("2026-11")]).toEqual(["2026-11-21", "2026-11-01"]);
    expect([part("weekday", "2026-11-22T23:00"), part("month", "2026-11"), part("day", "2026-11")]).toEqual([6, 11, 1]);
  });

  test.each([
    ["month", 12, (step: number) => `2026-${String(step + 1).padStart(2, "0")}-01`],
    ["day", 31, (step: number) => `2026-01-${String(step + 1).padStart(2, "0")}`],
    ["weekday", 7, (step: number) => `2026-06-0${step + 1}`],
  ] as const)("sine and cosine of the %s go once round a circle", (cycle, steps, periodAt) => {
    for (let step = 0; step < steps; step++) {
      const turn = (2 * Math.PI * step) / steps;
      expect(calendarPart(`${cycle}-sine`, periodAt(step), null)).toBeCloseTo(Math.sin(turn), 12);
      expect(calendarPart(`${cycle}-cosine`, periodAt(step), null)).toBeCloseTo(Math.cos(turn), 12);
    }
  });

  test("days ahead and the start of a month are counted from the last known period, and missing without one", () => {
    expect(calendarPart("days-ahead", "2026-03-02", "2026-02-27")).toBe(3);
    expect(
      ["2026-02-27", "2026-03-02", "2025-03-31"].map((last) => calendarPart("starts-month", "2026-03-04", last)),
    ).toEqual([1, 0, 1]);
    expect([calendarPart("days-ahead", "2026-03-02", null), calendarPart("starts-month", "2026-03-02", null)]).toEqual([
      none,
      none,
    ]);
  });
});
