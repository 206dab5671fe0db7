/** A wrong declaration is rejected at load, with a sentence that contains what was found and what was expected. */
import { expect, test } from "vitest";
import { candidates } from "../../shared/candidates/index.ts";
import { feeds } from "../../shared/feeds/index.ts";
import { checkDeclarations, mistakesIn } from "../../shared/forecasts/check.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { forecasts } from "../../shared/forecasts/index.ts";
import { feedOf, forecast, known, last, price, rain, withSources } from "./declared.ts";

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
    "groups without a distribution of changes",
    { dimensions: [], groups: [{ name: "all", by: [] }], distribution: { kind: "location-scale", positive: true } },
    "It declares groups, which need a distribution of changes; expected no groups.",
  ],
])("%s is reported in one sentence", (_, wrong, sentence) => {
  expect(mistakesIn({ ...forecast, ...wrong }, known, candidates)).toEqual([sentence]);
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

test("two forecasts with one id are reported", () => {
  expect(() => checkDeclarations([forecast, forecast], known)).toThrow(
    "Two forecasts have the id small; expected a different id for each.",
  );
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
