import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { datasetOf, firstRowAt } from "../../shared/features/dataset.ts";
import { type Feature, reachOf } from "../../shared/features/feature.ts";
import { panelOf, pastOf } from "../../shared/features/panel.ts";
import { everyKind, panels, tableOf } from "./support.ts";

const dimensions = ["region", "product"];
const features = everyKind(dimensions);
/** Kinds with short reaches, so that some values are outside the reach. */
const declared = fc.constantFrom<readonly Feature[]>(
  features,
  [{ name: "last", kind: "lag", periods: 1 }],
  [{ name: "step", kind: "difference", periods: 1 }],
);

describe("a dataset", () => {
  test("has a row for every observed value with an earlier one up to its origin and within reach, sorted by period, then series", () => {
    fc.assert(
      fc.property(
        panels(dimensions, { min: 2, max: 16 }),
        declared,
        fc.integer({ min: 1, max: 4 }),
        (panel, requested, step) => {
          const reach = reachOf(requested);
          const expected = panel.periods.flatMap((period, end) =>
            panel.series.flatMap(({ values }, series) => {
              const last = values
                .slice(Math.max(0, end - step + 1 - reach), Math.max(0, end - step + 1))
                .findLast((value) => !Number.isNaN(value));
              const target = values[end] ?? Number.NaN;
              return last === undefined || Number.isNaN(target) ? [] : [{ period, series, last, target }];
            }),
          );
          const data = datasetOf(panel, { features: requested, tolerance: 0.025, step });
          expect(tableOf(data).map(({ inputs, ...row }) => row)).toEqual(expected);
          for (let period = 0; period <= panel.periods.length; period++) {
            const first = expected.findIndex((row) => row.period >= (panel.periods[period] ?? "9"));
            expect(firstRowAt(data, period)).toBe(first < 0 ? data.rows : first);
          }
        },
      ),
    );
  });

  test("is empty if no value has an earlier one", () => {
    const data = datasetOf({ dimensions, periods: [], series: [] }, { features, tolerance: 0.025 });
    expect([data.rows, data.columns.length, firstRowAt(data, 0)]).toEqual([0, features.length, 0]);
  });
});

describe("a panel", () => {
  const price = { target: "price", others: [] };
  const facts = [
    { period: "2026-01-02", series: '["north","milk"]', variable: "price", value: 2 },
    { period: "2026-01-01", series: '["south","milk"]', variable: "price", value: 3 },
    { period: "2026-01-05", series: '["north","milk"]', variable: "price", value: 4 },
  ];

  test("does not depend on the order of its facts; missing values are NaN", () => {
    const panel = panelOf(dimensions, facts, price);
    expect(panel).toEqual({
      dimensions,
      periods: ["2026-01-01", "2026-01-02", "2026-01-05"],
      series: [
        { is: ["north", "milk"], values: Float64Array.of(Number.NaN, 2, 4) },
        { is: ["south", "milk"], values: Float64Array.of(3, Number.NaN, Number.NaN) },
      ],
    });
    expect(panelOf(dimensions, facts.toReversed(), price)).toEqual(panel);
  });

  test("contains the requested variables; other variables only add their periods", () => {
    const more = [
      { period: "2026-01-05", series: '["south","milk"]', variable: "volume", value: 70 },
      { period: "2026-01-06", series: '["south","milk"]', variable: "weather", value: 1 },
    ];
    const panel = panelOf(dimensions, [...more, ...facts], { target: "price", others: ["volume"] });
    const nothing = [Number.NaN, Number.NaN, Number.NaN, Number.NaN];
    expect(panel.periods).toEqual(["2026-01-01", "2026-01-02", "2026-01-05", "2026-01-06"]);
    expect(panel.series.map(({ values, others }) => [[...values], ...Object.entries(others ?? {})])).toEqual([
      [
        [Number.NaN, 2, 4, Number.NaN],
        ["volume", Float64Array.from(nothing)],
      ],
      [
        [3, Number.NaN, Number.NaN, Number.NaN],
        ["volume", Float64Array.of(Number.NaN, Number.NaN, 70, Number.NaN)],
      ],
    ]);
  });

  test("rejects a past that contains its target period", () => {
    const panel = panelOf(dimensions, facts, price);
    expect(() => pastOf(panel, 3, "2026-01-05", { reach: 2, tolerance: 0.005 })).toThrow(
      "the past ends at 2026-01-05: expected a period before the target 2026-01-05",
    );
    expect(pastOf(panel, 3, "2026-01-07", { reach: 2, tolerance: 0.005 }).periods).toEqual([
      "2026-01-02",
      "2026-01-05",
    ]);
  });
});
