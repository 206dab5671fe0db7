/** A valid declaration and its feeds, from which the tests of the checks make wrong ones. */
import type { Feed } from "../../shared/feeds/feed.ts";
import { sniimMilk } from "../../shared/feeds/sniim-milk.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import type { Source } from "../../shared/forecasts/source.ts";
import { smallForecast } from "../training/support.ts";

const unit = { title: "", unit: "" };
export const feedOf = (id: string, names: readonly string[], more: Partial<Feed> = {}): Feed => ({
  ...sniimMilk,
  id,
  variables: Object.fromEntries(names.map((name) => [name, unit])),
  dimensions: [],
  granularity: "month",
  partitionBy: "year",
  ...more,
});
export const known: readonly Feed[] = [
  feedOf("prices", ["price", "volume"]),
  feedOf("weather", ["rain", "price"], { granularity: "day" }),
  feedOf("economy", ["growth"], { granularity: "quarter" }),
  feedOf("regions", ["income"], { dimensions: ["region"] }),
];

export const price: Source = { feed: "prices", variables: ["price"], lag: 0 };
export const rain: Source = {
  feed: "weather",
  variables: ["rain"],
  lag: 1,
  reduce: { partsMin: 20, statistics: ["sum"] },
};
export const forecast: Forecast = {
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

export const last: Forecast["features"][number] = { name: "last", kind: "lag", periods: 1 };
export const withSources = (...sources: readonly Source[]): Partial<Forecast> => ({ sources });

/** Changes that the types would reject. Node runs a declaration without checking types. */
export const untyped = (changes: object): Partial<Forecast> => JSON.parse(JSON.stringify(changes));

export const wet: Partial<Forecast> = {
  variable: "wet",
  task: "classification",
  labels: { event: "wet", otherwise: "dry" },
  metric: "brier",
  target: { transform: "level", decimals: 0 },
  intervals: { levels: [], scaledBy: null, holdLast: false },
  candidates: [
    { candidate: "base-rate", space: {}, trials: 1 },
    { candidate: "logistic", space: {}, trials: 1 },
  ],
  averageOf: [],
  sources: [{ ...price, variables: ["volume"] }, rain],
};

export const withCandidates = (...names: readonly string[]): Partial<Forecast> => ({
  averageOf: [],
  candidates: names.map((candidate) => ({ candidate, space: {}, trials: 1 })),
});
