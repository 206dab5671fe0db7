/** A replay of events remembers at most one prediction of each series: the first one since its last event. */
import { expect, test } from "vitest";
import { customers } from "../../../shared/forecasts/customers.ts";
import { forecastPanel } from "../../../shared/sources/facts.ts";
import type { PublishedPrediction } from "../../../shared/track-record/published-prediction.ts";
import { matchedPublications, type PublishedOrigin, stillOpen } from "../../../trainer/replay/open-publications.ts";
import { shopFacts } from "../../support/shop-facts.ts";

const activeDays = 730;
const purchase = (customer: string, day: string) => {
  return { customer, id: `${customer} ${day}`, day, second: 600, amount: 400 };
};
const purchases = [purchase("7", "2025-01-10"), purchase("8", "2025-01-12"), purchase("7", "2025-01-20")];
const panelUntil = (day: string) =>
  forecastPanel(
    customers,
    shopFacts(
      customers,
      purchases.filter((one) => one.day <= day),
    ),
  );

function prediction(customer: string): PublishedPrediction {
  const point = { median: null, mean: null, event: 0.5, distribution: null };
  return {
    ...{ set: "series", series: { customer_id: customer }, step: 1, target: "2025-01-13", last: 1, ...point },
    ...{ quantiles: null, chances: null, baseline: null, servedBy: "m", version: "v" },
    publishedAt: "2025-01-13T00:00:00.000Z",
  };
}

const published = (origin: string, ...names: readonly string[]): PublishedOrigin => ({
  ...{ origin, publishedAt: `${origin}T23:00:00.000Z` },
  predictions: names.map(prediction),
});
const shown = (all: readonly PublishedOrigin[]) =>
  all.map(({ origin, predictions }) => `${origin}: ${predictions.map(({ series }) => series["customer_id"])}`);

test("the first prediction waits for the purchase, later ones of the same purchase are dropped", () => {
  const all = [published("2025-01-12", "7", "8"), published("2025-01-13", "7", "8")];
  const open = stillOpen(all, { panel: panelUntil("2025-01-13"), activeDays });
  expect(shown(open)).toEqual(["2025-01-12: 7,8"]);
  const panel = panelUntil("2025-01-20");
  const matched = matchedPublications(open, { panel, target: "2025-01-20", activeDays });
  expect(matched.map(({ origin, series }) => [origin, [...series]])).toEqual([["2025-01-12", ['["7"]']]]);
  const next = [...open, published("2025-01-20", "7", "8")];
  expect(shown(stillOpen(next, { panel, activeDays }))).toEqual(["2025-01-12: 8", "2025-01-20: 7"]);
});

test("a day without a purchase of a predicted customer has no publication to score", () => {
  const open = [published("2025-01-12", "7", "8")];
  const panel = panelUntil("2025-01-20");
  expect(matchedPublications(open, { panel, target: "2025-01-12", activeDays })).toEqual([]);
});
