/** A declaration of events with a mistake is rejected, with one sentence for each mistake. */
import { expect, test } from "vitest";
import { feeds } from "../../shared/feeds/index.ts";
import { mistakesIn } from "../../shared/forecasts/check.ts";
import { customers } from "../../shared/forecasts/customers.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { gold } from "../../shared/forecasts/gold.ts";
import type { Source } from "../../shared/forecasts/source.ts";

const [events, statements] = customers.sources as readonly [Source, Source];
const { timed: _, ...untimed } = statements;
const withSources = (...sources: Source[]): Partial<Forecast> => ({ sources });

test.each<[what: string, wrong: Partial<Forecast>, sentence: string]>([
  [
    "statements as the target",
    withSources({ ...events, timed: { kind: "statements" } }, statements),
    "The target's source transactions-json has statements; expected events.",
  ],
  [
    "a source without statements",
    withSources(events, untimed),
    "Source customers-csv is timed as nothing; expected statements.",
  ],
  [
    "another second of the day",
    withSources({ ...events, timed: { kind: "events", second: "second", activeDays: 10 } }, statements),
    "Source transactions-json has no variable second, its second of the day",
  ],
  ["two steps", { steps: [1, 2] }, "It has 2 steps; expected only the next event."],
  [
    "months",
    { schedule: { every: "month", periods: "calendar" } },
    "Its events are scheduled every month; expected every day of the calendar.",
  ],
  [
    "the dimension of an event",
    { dimensions: ["customer_id", "transaction_id"] },
    "The forecast declares dimensions: customer_id, transaction_id; expected the dimensions of transactions-json without the last one",
  ],
  [
    "a feature of periods",
    { features: [...customers.features, { name: "mean", kind: "rolling-mean", periods: 3 }] },
    "Feature mean is of kind rolling-mean; expected a kind of events.",
  ],
  [
    "no last value",
    { features: customers.features.filter(({ name }) => name !== "last_large") },
    "expected one of kind event-last without a variable.",
  ],
  [
    "no whole number of days",
    { features: [...customers.features, { name: "gap", kind: "event-gap", days: 0.5 }] },
    "Feature gap of kind event-gap: days: expected a whole number from 1.",
  ],
])("%s is rejected", (_what, wrong, sentence) => {
  expect(mistakesIn({ ...customers, ...wrong }, feeds).join("\n")).toContain(sentence);
});

test("a feature of events is rejected in a forecast of periods", () => {
  const features = [...gold.features, { name: "gap", kind: "event-gap", days: 5 } as const];
  expect(mistakesIn({ ...gold, features }, feeds)).toEqual([
    "Feature gap is of kind event-gap; expected a kind of periods.",
  ]);
});

test("the forecast of the catalogue has no mistake", () => {
  expect(mistakesIn(customers, feeds)).toEqual([]);
});
