/** The numbers of a report, from a history and an answer of `/predict`. */
import { expect, test } from "vitest";
import type { BatchAnswer, Prediction } from "../../shared/api/predict.ts";
import { reportModelShape } from "../../shared/api/report-model.ts";
import type { Panel } from "../../shared/features/panel.ts";
import { milkMx } from "../../shared/forecasts/milk-mx.ts";
import { sickness } from "../../shared/forecasts/sickness.ts";
import { nextStep } from "../../shared/reports/answer-steps.ts";
import { computeReport, type ReportInput } from "../../shared/reports/compute-report.ts";
import { shownBands } from "../../shared/reports/intervals.ts";
import { tinyModel } from "../support/card.ts";

const names = [
  ["Jalisco", "Guadalajara", "Pasteurizada", "Tiendas"],
  ["Jalisco", "Zapopan", "Pasteurizada", "Tiendas"],
  ["México", "Toluca", "Pasteurizada", "Tiendas"],
];
const { card } = tinyModel({ forecast: milkMx, version: "20261120-00000001" });
const periods = ["2026-11-16", "2026-11-18", "2026-11-20"];
const { NaN: gap } = Number;

function panelOf(values: readonly (readonly number[])[]): Panel {
  return {
    dimensions: milkMx.dimensions,
    periods,
    series: values.map((row, at) => ({ is: names[at] ?? [], values: Float64Array.from(row) })),
  };
}

function predictionOf(is: readonly string[], more: Readonly<Record<string, unknown>> = {}): Prediction {
  return {
    series: Object.fromEntries(milkMx.dimensions.map((name, at) => [name, is[at] ?? ""])),
    predicted_price: 21,
    unit: "MXN/l",
    interval80: [20.5, 21.5],
    interval95: [20, 22],
    change_probability: 0.2,
    naive: 20.9,
    last: { period: "2026-11-20", value: 20.9 },
    features: {},
    ...more,
  };
}

function answerOf(predictions: readonly Prediction[]): BatchAnswer {
  return {
    forecast: "milk-mx",
    model: { version: "v1", name: "hurdle", stage: "champion" },
    target_period: "2026-11-23",
    stale: false,
    data_as_of: "2026-11-20",
    predictions: [...predictions],
  };
}

function inputOf(more: Partial<ReportInput> = {}): ReportInput {
  return {
    forecast: milkMx,
    panel: panelOf([
      [20, 20.5, 20.5],
      [30, 30, 31],
      [10, 10, 10],
    ]),
    answer: answerOf(names.map((is) => predictionOf(is))),
    card: null,
    feeds: [],
    revision: 1,
    madeAt: "2026-11-20T18:00:00.000Z",
    ...more,
  };
}

test("a computed report passes the schema of report models", () => {
  for (const input of [inputOf(), inputOf({ answer: null }), inputOf({ card })])
    expect(() => reportModelShape.parse(computeReport(input))).not.toThrow();
});

test("the intervals of an answer become quantiles, and numbers that it does not contain stay null", () => {
  const step = nextStep(milkMx, predictionOf(names[0] ?? []), "2026-11-23");
  expect(step.quantiles).toEqual([
    { level: 0.025, value: 20 },
    { level: 0.1, value: 20.5 },
    { level: 0.9, value: 21.5 },
    { level: 0.975, value: 22 },
  ]);
  expect(step).toMatchObject({ median: 21, mean: null, chances: null, change: 0.2, event: null, baseline: 20.9 });
  expect(shownBands(step).map(({ level }) => level)).toEqual([0.95, 0.8]);
});

test("distributions in an answer are used: mean, probabilities, and the bands of 90 and 50 %", () => {
  const prediction = predictionOf(names[0] ?? [], {
    expected: 21.02,
    probabilities: { down: 0.1, same: 0.6, up: 0.3 },
    quantiles: { "0.95": 21.8, "0.05": 20.2, "0.25": 20.8, "0.75": 21.2, "0.5": 21 },
  });
  const step = nextStep(milkMx, prediction, "2026-11-23");
  expect(step).toMatchObject({ mean: 21.02, chances: { down: 0.1, same: 0.6, up: 0.3 } });
  expect(shownBands(step)).toEqual([
    { level: 0.9, low: 20.2, high: 21.8 },
    { level: 0.5, low: 20.8, high: 21.2 },
  ]);
});

test("a missing interval has no bands", () => {
  const prediction = predictionOf(names[0] ?? [], { interval80: null, interval95: null });
  expect(shownBands(nextStep(milkMx, prediction, "2026-11-23"))).toEqual([]);
});

test("the level of a group does not move when a series is missing", () => {
  const complete = computeReport(inputOf());
  expect(complete.headline).toMatchObject({ seriesCount: 3 });
  const { headline } = computeReport(
    inputOf({
      panel: panelOf([
        [20, 20, 20],
        [30, gap, 30],
        [gap, 10, 10],
      ]),
    }),
  );
  if ("missing" in headline) throw new Error(headline.missing);
  expect(headline.history.map(({ value }) => value)).toEqual([20, 20, 20]);
});

test("earlier levels are the newest mean minus the mean changes of the series with both values", () => {
  const { headline, levels } = computeReport(inputOf());
  if ("missing" in headline || "missing" in levels) throw new Error("missing");
  // Newest mean (20.5 + 31 + 10) / 3 = 20.5; changes 1/3 and 0.5/3.
  expect(headline.history.map(({ value }) => value)).toEqual([20, 20.1667, 20.5]);
  expect(levels.levels.map(({ is, seriesCount }) => [...is, seriesCount])).toEqual([
    ["Jalisco", 2],
    ["México", 1],
  ]);
});

test("a group's mean forecast adds the mean expected change of its series, without a range; without means there is none", () => {
  expect(computeReport(inputOf()).headline).toMatchObject({ steps: [] });
  // The newest mean is 20.5; the last values are 20.5, 31 and 10.
  const expected = [20.8, 31.3, 10.3];
  const answer = answerOf(
    names.map((is, at) => predictionOf(is, { expected: expected[at], naive: [20.5, 31, 10][at] })),
  );
  const step = { mean: 20.8, median: null, quantiles: [], baseline: 20.5 };
  expect(computeReport(inputOf({ answer })).headline).toMatchObject({ steps: [step] });
  // A series without a prediction does not move the level.
  const fewer = answerOf(answer.predictions.slice(1) as Prediction[]);
  expect(computeReport(inputOf({ answer: fewer })).headline).toMatchObject({ steps: [step] });
});

test("a failed prediction leaves a series without steps, and its last value is shown", () => {
  const answer = answerOf(names.slice(1).map((is) => predictionOf(is)));
  const [first, second] = computeReport(inputOf({ answer })).series;
  expect(first).toMatchObject({ steps: [], last: { period: "2026-11-20", value: 20.5 } });
  expect(second?.steps).toHaveLength(1);
});

test("movers are ordered by the probability of a change", () => {
  const chances = [0.1, 0.7, 0.4];
  const answer = answerOf(names.map((is, at) => predictionOf(is, { change_probability: chances[at] })));
  expect(computeReport(inputOf({ answer })).movers).toEqual([1, 2, 0]);
  const without = answerOf(names.map((is) => predictionOf(is, { change_probability: undefined })));
  expect(computeReport(inputOf({ answer: without })).movers).toEqual({ missing: "no-probabilities" });
});

test("data after the origin of the predictions is not used", () => {
  const answer = { ...answerOf(names.map((is) => predictionOf(is))), data_as_of: "2026-11-18" };
  const { series, headline, origin } = computeReport(inputOf({ answer }));
  expect(origin).toBe("2026-11-18");
  expect(series[1]?.last).toEqual({ period: "2026-11-18", value: 30 });
  expect(JSON.stringify(headline)).not.toContain("2026-11-20");
});

test("inputs outside the training data are named", () => {
  const profile = [
    {
      name: "Precio_lag1",
      dtype: "float",
      count: 9,
      missing: 0,
      mean: 20,
      standardDeviation: 1,
      minimum: 10,
      maximum: 25,
      edges: [],
      counts: [9],
    },
    { name: "Estado", dtype: "string", count: 9, missing: 0, counts: { Jalisco: 9 } },
  ] as const;
  const features = [
    { Precio_lag1: 25, Estado: "Jalisco" },
    { Precio_lag1: 25.01, Estado: "Jalisco" },
    { Precio_lag1: null, Estado: "México" },
  ];
  const answer = answerOf(names.map((is, at) => predictionOf(is, { features: features[at] })));
  const withProfile = {
    ...card,
    profile: profile.map((one) => ({ ...one, edges: [], counts: one.dtype === "float" ? [9] : one.counts })),
  };
  const { series } = computeReport(inputOf({ answer, card: withProfile as ReportInput["card"] }));
  expect(series.map(({ outside }) => outside)).toEqual([[], ["Precio_lag1"], ["Estado"]]);
});

test("the usual change is the median size of the changes, and missing for a series that never changed", () => {
  const { series } = computeReport(inputOf());
  expect(series.map(({ usualChange }) => usualChange)).toEqual([0.5, 1, null]);
});

test("an event has the number behind it, how often it happens, and what drives its probability", () => {
  const panel: Panel = {
    dimensions: [],
    periods: ["2026-11-18", "2026-11-19", "2026-11-20"],
    series: [{ is: [], values: Float64Array.of(0, 1, 1), others: { european_aqi_max: Float64Array.of(20, 31, 40) } }],
  };
  const prediction: Prediction = {
    series: {},
    probability: 0.7,
    unit: "probability",
    label: "sick",
    threshold: 0.4,
    naive: 0.5,
    last: { period: "2026-11-20", value: 1 },
    features: { ozone_max: 60, european_aqi_max: 40, weekday_sine: 0 },
    explanation: { base: 0.4, contributions: { ozone_max: -0.1, european_aqi_max: 0.4, weekday_sine: 0 }, exact: true },
  };
  const answer = { ...answerOf([prediction]), target_period: "2026-11-21" };
  const report = computeReport(inputOf({ forecast: sickness, panel, answer }));
  expect(report.event).toMatchObject({
    name: "sick",
    usual: 2 / 3,
    threshold: 0.4,
    behind: {
      title: "European air quality index (max)",
      above: 30,
      history: [{ value: 20 }, { value: 31 }, { value: 40 }],
    },
    drivers: [
      { feature: "european_aqi_max", value: 40, contribution: 0.4 },
      { feature: "ozone_max", contribution: -0.1 },
    ],
  });
  expect(report.series[0]?.steps).toMatchObject([{ event: 0.7, median: null, period: "2026-11-21" }]);
  expect(report.movers).toEqual({ missing: "one-series" });
});
