/** Members, task, metric, windows and candidates of a declaration that do not fit are reported. */
import { expect, test } from "vitest";
import { candidates } from "../../shared/candidates/index.ts";
import { mistakesIn } from "../../shared/forecasts/check.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { smallForecast } from "../training/support.ts";
import { feedOf, forecast, known, last, price, untyped, wet, withCandidates } from "./declared.ts";

test.each<[string, Partial<Forecast>, string]>([
  [
    "features that are not learned from",
    { features: [{ ...last, learned: false }] },
    "No feature is learned from; expected at least one without learned: false.",
  ],
  [
    "a metric of the other task",
    { metric: "brier" },
    "Metric brier is not for a regression; expected rmse or mae or crps.",
  ],
  [
    "a regression of an event",
    { variable: "wet", sources: wet.sources ?? [] },
    "The target wet is an event, which is 0 or 1; expected task: classification.",
  ],
  [
    "labels of a regression",
    { labels: { event: "a", otherwise: "b" } },
    "Labels are for a classification; expected none for a regression.",
  ],
  [
    "a classification of differences",
    { ...wet, target: { transform: "difference", decimals: 0 } },
    "The target's transform is difference; expected level, because a classification predicts a probability.",
  ],
  [
    "two equal labels",
    { ...wet, labels: { event: "wet", otherwise: "wet" } },
    "Both labels are wet; expected two names.",
  ],
  [
    "a classification with intervals",
    { ...wet, intervals: { levels: [0.8], scaledBy: null, holdLast: false } },
    "A classification has intervals; expected levels: [].",
  ],
  [
    "a classification with a difference",
    { ...wet, differenceOutput: "more" },
    "A classification has an output for the difference; expected no differenceOutput.",
  ],
  [
    "a classification with a probability of change",
    { ...wet, change: { frequency: "rain", space: {}, trials: 1 } },
    "A classification has a probability of change; expected change: null.",
  ],
  ["a misspelt metric", untyped({ metric: "rsme" }), "Member metric is rsme; did you mean rmse?"],
  [
    "a misspelt period",
    untyped({ schedule: { every: "daily", periods: "calendar" } }),
    "Member schedule.every is daily. There are: hour, day, month, quarter.",
  ],
  [
    "a misspelt kind of columns",
    untyped({ csv: [{ column: "Rain", is: { kind: "featur", name: "rain" } }] }),
    "Member csv[0].is.kind is featur; did you mean feature?",
  ],
  ["an unknown member", untyped({ seasonel: "last" }), "A forecast has no member seasonel; did you mean seasonal?"],
  [
    "an unknown inner member",
    untyped({ promotion: { periodsMin: 12, level: 0.05 } }),
    "Member promotion has no member level. There are: periodsMin.",
  ],
  ["text instead of a number", untyped({ steps: ["1"] }), 'Member steps[0] is "1"; expected a number.'],
  [
    "needs that are not a list",
    untyped({ hypothesisNeeds: "last" }),
    'Member hypothesisNeeds is "last"; expected "all" or a list of features.',
  ],
  [
    "a share in percent",
    { validation: { ...smallForecast.validation, testShare: 20 } },
    "Member validation.testShare is 20; expected a share between 0 and 1, such as 0.2.",
  ],
  [
    "a level in percent",
    { intervals: { ...smallForecast.intervals, levels: [80] } },
    "Member intervals.levels[0] is 80; expected a level between 0 and 1, such as 0.95.",
  ],
  [
    "windows without training data",
    { validation: { ...smallForecast.validation, testShare: 0.5, validationShare: 0.5 } },
    "testShare 0.5 and validationShare 0.5 leave no period to fit; expected a sum below 1.",
  ],
  [
    "days as the minimum of months",
    { promotion: { periodsMin: 365 } },
    "promotion.periodsMin is 365 months, 30 years; expected a number of months, the period of the forecast.",
  ],
  [
    "an id that is no address",
    { id: "Milk MX" },
    'Member id is "Milk MX"; expected lower-case letters, digits and hyphens, such as milk-mx.',
  ],
  [
    "a locale with an underscore",
    { locale: "es_MX" },
    'Member locale is "es_MX"; expected a BCP 47 tag, such as en-GB.',
  ],
  [
    "no trials",
    { candidates: [{ candidate: "naive", space: {}, trials: 0 }] },
    "Member candidates[0].trials is 0; expected a whole number from 1.",
  ],
  [
    "an average of more candidates than there are",
    { averageOf: [2, 5] },
    "averageOf contains 5, but 2 candidates are learned; expected at most 2.",
  ],
  [
    "an empty range of a space",
    {
      averageOf: [],
      candidates: [
        { candidate: "naive", space: {}, trials: 1 },
        { candidate: "ridge", space: { alpha: { kind: "log-uniform", low: 0, high: 10 } }, trials: 1 },
      ],
    },
    'The space of ridge has a wrong range: parameter alpha ({"kind":"log-uniform","low":0,"high":10}): expected low above 0 in a logarithmic range.',
  ],
  [
    "a baseline after other candidates",
    withCandidates("ridge", "naive"),
    "Baseline naive is listed after another candidate; expected baselines first, because the first wins a tie.",
  ],
  [
    "a candidate of the other task",
    withCandidates("naive", "logistic"),
    "Candidate logistic is not for a regression. There are: naive, seasonal-naive, seasonal-growth, drift, ridge, gradient-boosting, random-forest, ml-random-forest, hurdle, changes.",
  ],
  ["an unknown candidate", withCandidates("naive", "ridg"), "There is no candidate ridg; did you mean ridge?"],
  ["no baseline", withCandidates("ridge"), "No candidate is a baseline; expected naive, for a regression."],
  [
    "a seasonal baseline without a season",
    withCandidates("naive", "seasonal-naive"),
    "Candidate seasonal-naive needs a value of the season before; expected the name of a feature as `seasonal`.",
  ],
])("%s is reported in one sentence", (_, wrong, sentence) => {
  expect(mistakesIn({ ...forecast, ...wrong }, known, candidates)).toEqual([sentence]);
});

test("a classification of an event is valid, and needs labels", () => {
  const { labels: _, ...unlabelled } = { ...forecast, ...wet };
  expect(mistakesIn({ ...forecast, ...wet }, known, candidates)).toEqual([]);
  expect(mistakesIn(unlabelled, known, candidates)).toEqual([
    "A classification has no labels; expected the names of the event and of its absence.",
  ]);
});

test("a missing member is reported with its type, and alone", () => {
  const { unit: _, ...rest } = forecast;
  const incomplete: Forecast = JSON.parse(JSON.stringify({ ...rest, variable: "prise" }));
  expect(mistakesIn(incomplete, known)).toEqual(["Member unit is missing; expected text."]);
});

test("hours need more periods than a day has", () => {
  const hourly = feedOf("hours", ["price"], { granularity: "hour", partitionBy: "month" });
  const wrong: Forecast = {
    ...forecast,
    sources: [{ ...price, feed: "hours" }],
    schedule: { every: "hour", periods: "calendar" },
    features: [last],
    events: [],
    dateFields: {},
    promotion: { periodsMin: 30 },
    validation: { ...smallForecast.validation, periodsMin: 200 },
  };
  expect(mistakesIn(wrong, [hourly])).toEqual([
    "promotion.periodsMin is 30 hours, less than two days; expected a number of hours, the period of the forecast.",
  ]);
});
