/** The feed and the declaration of the living forecast. */
import { emptySpace } from "../../shared/candidates/spaces.ts";
import type { Feature } from "../../shared/features/feature.ts";
import type { Feed } from "../../shared/feeds/feed.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";

/** The kind that the old code does not have. */
export const newKind = "weighted-mean";

export const feed: Feed = {
  id: "living",
  title: "Living",
  publisher: "A test",
  homepage: "https://living.example",
  timezone: "UTC",
  dimensions: ["item"],
  variables: { price: { title: "Price", unit: "EUR" } },
  granularity: "day",
  partitionBy: "year",
  limits: {
    bytesMax: 1e6,
    unzippedBytesMax: 1e6,
    cellsMax: 1e6,
    problemsMax: 100,
    problemRateMax: 1,
    seriesLostMax: 1,
    contradictedMax: 1,
    correctedDays: 0,
  },
  file: { extension: ".json", contentTypes: ["application/json"], magic: "5b" },
  source: { baseUrl: "https://living.example", hosts: ["living.example"], enough: "first", requests: () => [] },
  publishedOn: (name) => /\d{4}-\d{2}-\d{2}/.exec(name)?.[0] ?? null,
  parse: async (bytes) => ({ observations: JSON.parse(new TextDecoder().decode(bytes)), problems: [], skipped: {} }),
};

export const base: readonly Feature[] = [
  { name: "last", kind: "lag", periods: 1 },
  { name: "change", kind: "difference", periods: 1 },
];

/** What a person may add to the declaration; the last one needs the new code. */
export const extras: readonly Feature[] = [
  { name: "change2", kind: "difference", periods: 2 },
  { name: "deviation", kind: "rolling-std", periods: 5 },
  { name: "weighted", kind: newKind, periods: 4, halfLife: 2 },
];

/** The rules of the declaration that decide on looks. */
export const lookRules = { periodsMin: 8, testShare: 0.3 };

export const declared: Forecast = {
  id: "living",
  title: "Living",
  sources: [{ feed: feed.id, variables: ["price"], lag: 0 }],
  variable: "price",
  dimensions: ["item"],
  task: "regression",
  schedule: { every: "day", periods: "calendar" },
  steps: [1],
  headline: [1],
  target: { transform: "difference", decimals: 2 },
  features: base,
  seasonal: null,
  candidates: [
    { candidate: "naive", space: emptySpace, trials: 1 },
    { candidate: "ridge", space: { alpha: { kind: "log-uniform", low: 1, high: 1_000 } }, trials: 2 },
  ],
  averageOf: [],
  validation: { testShare: lookRules.testShare, validationShare: 0.2, folds: 1, periodsMin: 20 },
  metric: "rmse",
  promotion: { periodsMin: lookRules.periodsMin },
  intervals: { levels: [0.8], scaledBy: null, holdLast: false },
  change: null,
  unit: "EUR",
  locale: "en",
  output: "predicted",
  aliases: {},
  dateFields: {},
  hypothesisNeeds: "all",
};
