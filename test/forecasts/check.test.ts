/** A wrong declaration is rejected at load, with a sentence that contains what was found and what was expected. */
import { expect, test } from "vitest";
import { candidates } from "../../shared/candidates/index.ts";
import type { Feed } from "../../shared/feeds/feed.ts";
import { feeds } from "../../shared/feeds/index.ts";
import { sniimMilk } from "../../shared/feeds/sniim-milk.ts";
import { checkDeclarations, mistakesIn } from "../../shared/forecasts/check.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { forecasts } from "../../shared/forecasts/index.ts";
import type { Source } from "../../shared/forecasts/source.ts";
import { smallForecast } from "../training/support.ts";

const unit = { title: "", unit: "" };
const feedOf = (id: string, names: readonly string[], more: Partial<Feed> = {}): Feed => ({
  ...sniimMilk,
  id,
  variables: Object.fromEntries(names.map((name) => [name, unit])),
  dimensions: [],
  granularity: "month",
  partitionBy: "year",
  ...more,
});
const known: readonly Feed[] = [
  feedOf("prices", ["price", "volume"]),
  feedOf("weather", ["rain", "price"], { granularity: "day" }),
  feedOf("economy", ["growth"], { granularity: "quarter" }),
  feedOf("regions", ["income"], { dimensions: ["region"] }),
];

const price: Source = { feed: "prices", variables: ["price"], lag: 0 };
const rain: Source = { feed: "weather", variables: ["rain"], lag: 1, reduce: { partsMin: 20, statistics: ["sum"] } };
const forecast: Forecast = {
  ...smallForecast,
  sources: [price, rain],
  variable: "price",
  dimensions: [],
  schedule: { every: "month", periods: "calendar" },
  features: [
    { name: "last", kind: "lag", periods: 1 },
    { name: "rain", kind: "lag", periods: 1, variable: "rain_sum" },
  ],
  events: [{ name: "wet", of: "rain_sum", above: 100 }],
  seasonal: null,
  dateFields: { year: "year", month: "month" },
};

const last: Forecast["features"][number] = { name: "last", kind: "lag", periods: 1 };
const withSources = (...sources: readonly Source[]): Partial<Forecast> => ({ sources });

const withCandidates = (...names: readonly string[]): Partial<Forecast> => ({
  candidates: names.map((candidate) => ({ candidate, space: {}, trials: 1 })),
});

test("two feeds, days reduced to months and a lag are valid, and so is the catalogue", () => {
  expect(mistakesIn(forecast, known)).toEqual([]);
  expect(() => checkDeclarations(forecasts, feeds)).not.toThrow();
});

test.each<[string, Partial<Forecast>, string]>([
  ["no source", { ...withSources(), events: [], features: [last] }, "It declares no source; expected at least one."],
  [
    "an unknown feed",
    withSources(price, rain, { ...price, feed: "wether", variables: [] }),
    "There is no feed wether; did you mean weather?",
  ],
  [
    "an unknown variable",
    withSources({ ...price, variables: ["price", "volum"] }, rain),
    "Feed prices has no variable volum; did you mean volume?",
  ],
  [
    "an invalid lag",
    withSources(price, { ...rain, lag: 0.5 }),
    "The lag of weather is 0.5; expected a whole number of periods from 0.",
  ],
  [
    "two sources with the same variable",
    withSources(price, rain, { ...rain, lag: 2 }),
    "Variable rain_sum comes from weather and from weather; expected a single source.",
  ],
  ["a target that no source has", { variable: "prise" }, "No source has the target prise; did you mean price?"],
  [
    "a feature of a variable that no source has",
    { features: [last, { name: "rain", kind: "lag", periods: 1, variable: "rain_sun" }] },
    "Feature rain reads rain_sun, which no source has; did you mean rain_sum?",
  ],
  [
    "an event of an unknown variable",
    { events: [{ name: "dry", of: "sun", above: 0 }] },
    "Event dry reads sun, which no source has. There are: price, rain_sum.",
  ],
  [
    "an event with the name of a variable",
    { events: [{ name: "price", of: "rain_sum", above: 0 }] },
    "Event price has the name of a variable of prices; expected a different name.",
  ],
  [
    "dimensions other than the feed's",
    withSources(price, rain, { feed: "regions", variables: ["income"], lag: 0 }),
    "Source regions declares dimensions: none; expected the feed's: region.",
  ],
  [
    "a dimension that the forecast does not have",
    withSources(price, rain, { feed: "regions", variables: ["income"], lag: 0, dimensions: ["region"] }),
    "Feed regions has the dimension region; expected only dimensions of the forecast: none.",
  ],
  [
    "a target with other dimensions than the forecast",
    {
      dimensions: ["region"],
      sources: [
        { ...price, dimensions: [] },
        { ...rain, dimensions: [] },
      ],
    },
    "The forecast declares dimensions: region; expected those of the target's feed: none.",
  ],
  [
    "finer periods without a reduction",
    { ...withSources(price, { feed: "weather", variables: ["rain"], lag: 0 }), events: [], features: [last] },
    "Feed weather has a value every day and the forecast every month; expected a reduction.",
  ],
  [
    "a reduction of the same periods",
    { ...withSources({ ...price, reduce: { partsMin: 1, statistics: ["last"] } }, rain), variable: "price_last" },
    "Feed prices and the forecast both have a value every month; expected no reduction.",
  ],
  [
    "longer periods than the forecast's",
    withSources(price, rain, { feed: "economy", variables: ["growth"], lag: 0 }),
    "Feed economy has a value every quarter; expected at least one every month, as in the forecast.",
  ],
  [
    "more parts than a period has",
    withSources(price, { ...rain, reduce: { partsMin: 32, statistics: ["sum"] } }),
    "The reduction of weather needs 32 parts; expected 1 to 31.",
  ],
  [
    "weekdays of months",
    { schedule: { every: "month", weekdays: [1], periods: "calendar" } },
    "The schedule has weekdays, but its periods are not days: month; expected no weekdays.",
  ],
  [
    "a field for a part that months do not have",
    { dateFields: { year: "y", day: "d" } },
    "A date field is for the day of a month; expected year, month.",
  ],
  [
    "steps without the next period",
    { steps: [2, 3], headline: [2] },
    "The steps are 2, 3; expected whole numbers that ascend from 1.",
  ],
  [
    "steps in another order",
    { steps: [1, 3, 2], headline: [1] },
    "The steps are 1, 3, 2; expected whole numbers that ascend from 1.",
  ],
  ["no step", { steps: [], headline: [1] }, "The steps are none; expected whole numbers that ascend from 1."],
  [
    "a headline step that is not a step",
    { steps: [1, 2], headline: [1, 3] },
    "Headline step 3 is not a step; expected some of 1, 2.",
  ],
  [
    "headline steps without the next period",
    { steps: [1, 2], headline: [2] },
    "The headline steps are 2; expected whole numbers that ascend from 1.",
  ],
  [
    "a feature of a dimension that the forecast does not have",
    { features: [last, { name: "place", kind: "category", dimension: "regoin" }] },
    "Feature place reads dimension regoin, which the forecast does not have. There are none.",
  ],
  [
    "features without the last value",
    { features: [{ name: "last", kind: "lag", periods: 2 }] },
    "No feature is the last value of the target; expected one of kind lag with periods: 1 and without a variable.",
  ],
  [
    "an unknown kind of features",
    { features: [last, JSON.parse('{"name": "mean", "kind": "roling-mean", "periods": 3}')] },
    'Feature mean: this build has no kind "roling-mean"; did you mean rolling-mean?',
  ],
  [
    "an unknown seasonal feature",
    { seasonal: "lasst" },
    "The seasonal feature is lasst, which is not a feature with numbers; did you mean last?",
  ],
  [
    "a scale of intervals that is not a feature",
    { intervals: { ...smallForecast.intervals, scaledBy: "deviation" } },
    "The feature that scales the intervals is deviation, which is not a feature with numbers. There are: last, rain.",
  ],
  [
    "a frequency of changes that is not a feature",
    { change: { frequency: "rains", space: {}, trials: 1 } },
    "The feature with the frequency of changes is rains, which is not a feature with numbers; did you mean rain?",
  ],
  [
    "a CSV column of an unknown feature",
    { csv: [{ column: "Rain", is: { kind: "feature", name: "ran" } }] },
    "CSV column Rain is ran, which is not a feature; did you mean rain?",
  ],
  [
    "a required field of an unknown feature",
    { hypothesisNeeds: ["lst"] },
    "hypothesisNeeds is lst, which is not a feature; did you mean last?",
  ],
  [
    "two features with one name",
    { features: [last, last] },
    "Two features are named last; expected a different name for each.",
  ],
  [
    "a feature with the name of an output",
    { features: [last, { ...last, name: "prediction" }] },
    "Feature prediction has the name of an output of the model; expected a different name.",
  ],
  ["an unknown candidate", withCandidates("naive", "ridg"), "There is no candidate ridg; did you mean ridge?"],
  ["no baseline", withCandidates("ridge"), "No candidate is a baseline; expected naive, for a regression."],
  [
    "a seasonal baseline without a season",
    withCandidates("naive", "seasonal-naive"),
    "Candidate seasonal-naive needs a value of the season before; expected the name of a feature as `seasonal`.",
  ],
])("%s is reported in one sentence", (_, wrong, sentence) => {
  expect(
    mistakesIn(
      { ...forecast, ...wrong },
      known,
      candidates.map(({ id }) => id),
    ),
  ).toEqual([sentence]);
});

test("the groups of a distribution are dimensions with a category feature, and its window is a whole number", () => {
  const features: Forecast["features"] = [
    ...forecast.features,
    { name: "where", kind: "category", dimension: "place" },
  ];
  const withRule = (window: number, group: readonly string[]): Forecast => ({
    ...forecast,
    dimensions: ["place"],
    features,
    distribution: { kind: "changes", window, group, positive: true },
  });
  const placed = known.map((feed) => ({ ...feed, dimensions: ["place"] }));
  expect(mistakesIn(withRule(60, ["place"]), placed)).toEqual([]);
  expect(mistakesIn(withRule(0.5, ["plce"]), placed)).toEqual([
    "The distribution uses the last 0.5 changes; expected a whole number from 1.",
    "No category feature has plce, a group of the distribution; did you mean place?",
  ]);
});

test("weekdays are numbered from 1 to 7, and at least one is required", () => {
  const daily = (weekdays: readonly number[]): Forecast => ({
    ...forecast,
    schedule: { every: "day", weekdays, periods: "calendar" },
    dateFields: {},
  });
  for (const weekdays of [[], [0], [1, 8], [1.5]])
    expect(mistakesIn(daily(weekdays), known).join()).toContain("expected at least one of 1 (Monday) to 7 (Sunday).");
});

test("all mistakes are reported together, each with its forecast or feed", () => {
  const wrong = { ...forecast, id: "wrong", variable: "x", dateFields: { hour: "h" } };
  const byDay = feedOf("byday", [], { partitionBy: "day" });
  expect(() => checkDeclarations([forecast, wrong], [...known, byDay])).toThrow(
    [
      "feed byday: Its lake is partitioned by day, which is shorter than its period; expected month or longer.",
      "forecast wrong: No source has the target x. There are: price, rain_sum, wet.",
      "forecast wrong: A date field is for the hour of a month; expected year, month.",
    ].join("\n"),
  );
});
