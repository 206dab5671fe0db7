/** Names of features, dimensions and fields in a declaration that do not exist are reported with a suggestion. */
import { expect, test } from "vitest";
import { candidates } from "../../shared/candidates/index.ts";
import { mistakesIn } from "../../shared/forecasts/check.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { smallForecast } from "../training/support.ts";
import { forecast, known, last } from "./declared.ts";

test.each<[string, Partial<Forecast>, string]>([
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
    "The seasonal feature is lasst, which is not a past value of the target; did you mean last?",
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
    { features: [last, { ...last, name: "down_probability" }] },
    "Feature down_probability has the name of an output of the model; expected a different name.",
  ],
  [
    "a season that is no past value of the target",
    { features: [last, { name: "month", kind: "calendar", part: "month" }], seasonal: "month" },
    "The seasonal feature is month, which is not a past value of the target. There are: last.",
  ],
  [
    "a supplied value that is not the last value",
    { given: { date: "date", value: "rain", monthFirst: false } },
    "The field of a supplied value is rain, which is not the last value of the target. There are: last.",
  ],
  [
    "a CSV column of an unknown dimension",
    { csv: [{ column: "Place", is: { kind: "dimension", name: "place" } }] },
    "CSV column Place is place, which is not a dimension. There are none.",
  ],
  [
    "a CSV column of an unknown member of an answer",
    { csv: [{ column: "Price", is: { kind: "answer", field: "prise" } }] },
    "CSV column Price is prise, which is not a member of an answer; did you mean price?",
  ],
  [
    "a CSV column of a part that months do not have",
    { csv: [{ column: "Day", is: { kind: "target", part: "day" } }] },
    "CSV column Day is day, which is not a part of a month. There are: year, month, period.",
  ],
  [
    "an alias of an unknown field",
    { aliases: { mes: "mont" } },
    "Alias mes means mont, which is not a request field; did you mean month?",
  ],
  [
    "an alias with the name of a field",
    { aliases: { rain: "last" } },
    "Alias rain has the name of a request field; expected a different name.",
  ],
  [
    "an output with the name of another member",
    { output: "model" },
    "Output model has the name of another member of an answer; expected a different name.",
  ],
  [
    "one name for the prediction and its difference",
    { output: "price", differenceOutput: "price" },
    "The prediction and its difference are both named price; expected different names.",
  ],
  [
    "a feature with a misspelt option",
    { features: [last, JSON.parse('{"name": "mean", "kind": "rolling-mean", "period": 3}')] },
    "Feature mean of kind rolling-mean: period: expected one of the options periods, variable; did you mean periods?",
  ],
])("%s is reported in one sentence", (_, wrong, sentence) => {
  expect(mistakesIn({ ...forecast, ...wrong }, known, candidates)).toEqual([sentence]);
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
