import { expect, test } from "vitest";
import { crps } from "../../shared/distributions/crps.ts";
import { distributionOf } from "../../shared/distributions/distribution.ts";
import type { Panel } from "../../shared/features/panel.ts";
import { milkMx } from "../../shared/forecasts/milk-mx.ts";
import { sickness } from "../../shared/forecasts/sickness.ts";
import { countingsOf } from "../../shared/track-record/counting.ts";
import type { PublishedPrediction } from "../../shared/track-record/published-prediction.ts";
import { scorePublication } from "../../shared/track-record/score-published.ts";

const names = [
  ["Jalisco", "Guadalajara", "Pasteurizada", "Tiendas"],
  ["Jalisco", "Zapopan", "Pasteurizada", "Tiendas"],
];

/** A history in which the third publication came on a Thursday instead of a Wednesday. */
const panel: Panel = {
  dimensions: milkMx.dimensions,
  periods: ["2026-11-13", "2026-11-16", "2026-11-19"],
  series: [
    { is: names[0] ?? [], values: Float64Array.of(20, 20.5, 21) },
    { is: names[1] ?? [], values: Float64Array.of(30, Number.NaN, 30.5) },
  ],
};

const distribution = distributionOf([2000, 2050, 2100], [1, 2, 1]);
const naive = { median: 20.5, mean: 20.5, event: null, distribution: distributionOf([2050], [1]) };

function prediction(change: Partial<PublishedPrediction> = {}): PublishedPrediction {
  return {
    set: "series",
    series: Object.fromEntries(milkMx.dimensions.map((name, at) => [name, names[0]?.[at] ?? ""])),
    step: 1,
    target: "2026-11-18",
    last: 20.5,
    median: 20.5,
    mean: 20.5,
    event: null,
    quantiles: [20, 20, 20, 20.25, 20.5, 20.75, 21, 21, 21],
    chances: null,
    distribution,
    baseline: naive,
    servedBy: "changes",
    version: "20261116-aaaaaaaa",
    publishedAt: "2026-11-16T15:00:00.000Z",
    ...change,
  };
}

function scoresOf(predictions: readonly PublishedPrediction[], origin = "2026-11-16") {
  const publication = { origin, role: "champion", revision: 1, counts: "headline", predictions } as const;
  return scorePublication({ forecast: milkMx, panel, target: "2026-11-19" }, publication);
}

test("a prediction is compared with the next publication, also on another day, by the CRPS of the whole distribution", () => {
  const [score, ...others] = scoresOf([prediction(), prediction({ step: 2 })]);
  expect(others).toEqual([]);
  expect(score).toMatchObject({
    origin: "2026-11-16",
    target: "2026-11-19",
    step: 1,
    actual: 21,
    error: 0.5,
    low90: 20,
    high90: 21,
    loss: crps(distribution, 2100) / 100,
    baselineLoss: 0.5,
    covered: [false, true, true, true],
    exact: false,
  });
});

test("a prediction of the baseline itself has the baseline's loss, and one without a distribution its absolute error", () => {
  expect(scoresOf([prediction({ baseline: null, distribution: null, quantiles: null })])).toMatchObject([
    { loss: 0.5, baselineLoss: 0.5, covered: null },
  ]);
  const unknown = { median: null, mean: null, event: null, distribution: null };
  expect(scoresOf([prediction({ baseline: unknown })])).toMatchObject([{ baselineLoss: null }]);
});

test("without a value or a prediction there is no score", () => {
  const zapopan = Object.fromEntries(milkMx.dimensions.map((name, at) => [name, names[1]?.[at] ?? ""]));
  const target = "2026-11-16";
  const publication = { origin: "2026-11-13", role: "champion", revision: 1, counts: "headline" } as const;
  const predictions = [prediction({ series: zapopan }), prediction({ median: null, mean: null, distribution: null })];
  expect(scorePublication({ forecast: milkMx, panel, target }, { ...publication, predictions })).toEqual([]);
  expect(scorePublication({ forecast: milkMx, panel, target: "2026-11-20" }, { ...publication, predictions })).toEqual(
    [],
  );
});

test("a group is compared with its level at the origin plus the change of the series with a value at both periods", () => {
  const group = { set: "state", series: { Estado: "Jalisco" } };
  // From Monday only Guadalajara has both values: +0.5. From Friday both have: +1 and +0.5.
  expect(scoresOf([prediction({ ...group, last: 20.5 })])).toMatchObject([{ actual: 21 }]);
  expect(scoresOf([prediction({ ...group, last: 25, step: 2 })], "2026-11-13")).toMatchObject([{ actual: 25.75 }]);
});

test("an event has the Brier score", () => {
  const days: Panel = {
    dimensions: [],
    periods: ["2026-11-18", "2026-11-19"],
    series: [{ is: [], values: Float64Array.of(0, 1) }],
  };
  const event = { series: {}, median: null, mean: null, distribution: null, quantiles: null, event: 0.8 };
  const baseline = { median: null, mean: null, event: 0.5, distribution: null };
  const predictions = [prediction({ ...event, baseline })];
  const publication = { origin: "2026-11-18", role: "champion", revision: 1, counts: "headline", predictions } as const;
  const [score] = scorePublication({ forecast: sickness, panel: days, target: "2026-11-19" }, publication);
  expect(score?.loss).toBeCloseTo(0.04, 12);
  expect(score).toMatchObject({ error: 0.2, baselineLoss: 0.25, covered: null, exact: null });
});

test("the headline is the first champion revision before the publication of the period; all others are labelled", () => {
  const at = (role: "champion" | "shadow", revision: number, publishedAt: string, origin = "2026-11-16") => ({
    ...{ origin, role, revision, publishedAt },
  });
  const publications = [
    at("champion", 2, "2026-11-17T10:00:00.000Z"),
    at("champion", 1, "2026-11-16T15:00:00.000Z"),
    at("shadow", 1, "2026-11-16T15:00:00.000Z"),
    at("champion", 3, "2026-11-18T15:00:00.000Z"),
    at("champion", 1, "2026-11-20T15:00:00.000Z", "2026-11-13"),
    at("champion", 4, "2026-11-17T11:00:00.000Z", "2026-11-11"),
  ];
  expect(countingsOf(publications, "2026-11-18T15:00:00.000Z")).toEqual([
    "revision",
    "headline",
    "shadow",
    "backfill",
    "backfill",
    "headline",
  ]);
});
