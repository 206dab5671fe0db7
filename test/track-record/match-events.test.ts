/** A prediction of the next event is compared with the next event of its series, whenever it comes, and each event counts once. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Panel } from "../../shared/features/panel.ts";
import { customers } from "../../shared/forecasts/customers.ts";
import { forecastPanel } from "../../shared/sources/facts.ts";
import { type EventOrigin, matchEvents, waitingPredictions } from "../../shared/track-record/match-events.ts";
import { planEventScores } from "../../shared/track-record/plan-event-scores.ts";
import type { StoredPublication } from "../../shared/track-record/plan-scores.ts";
import type { PublishedPrediction } from "../../shared/track-record/published-prediction.ts";
import { scorePublication } from "../../shared/track-record/score-published.ts";
import { dayFrom, shopFacts, type TestPurchase } from "../support/shop-facts.ts";

const activeDays = 730;

function purchase(day: string, customer = "7", more: Partial<TestPurchase> = {}): TestPurchase {
  return { customer, id: `${customer} ${day} ${more.second ?? 600}`, day, second: 600, amount: 400, ...more };
}

const panelOf = (purchases: readonly TestPurchase[]): Panel =>
  forecastPanel(customers, shopFacts(customers, purchases));

const headlines = (...days: readonly string[]): EventOrigin[] => days.map((origin) => ({ origin, isHeadline: true }));

/** Returns `customer day origin` of every match on any day. */
function matchesOf(panel: Panel, origins: readonly EventOrigin[]): string[] {
  return panel.periods.flatMap((day) =>
    matchEvents(panel, day, { origins, activeDays }).map(({ is, origin }) => `${is} ${day} by ${origin}`),
  );
}

const openOf = (panel: Panel, origins: readonly EventOrigin[]): string[] =>
  waitingPredictions(panel, { origins, activeDays }).map(({ is, origin }) => `${is} by ${origin}`);

test("a prediction is compared with the next purchase, also months later, and until then it is open", () => {
  const origins = headlines("2025-01-31");
  const before = [purchase("2025-01-10"), purchase("2025-01-31", "8")];
  expect(openOf(panelOf(before), origins)).toEqual(["7 by 2025-01-31", "8 by 2025-01-31"]);
  const later = panelOf([...before, purchase("2025-05-20")]);
  expect(matchesOf(later, origins)).toEqual(["7 2025-05-20 by 2025-01-31"]);
  expect(openOf(later, origins)).toEqual(["8 by 2025-01-31"]);
});

test("a purchase that several batches predicted counts once: by the first batch after the purchase before it", () => {
  const origins = headlines("2025-01-31", "2025-02-28", "2025-03-31", "2025-04-30");
  const panel = panelOf([purchase("2025-02-10"), purchase("2025-04-05"), purchase("2025-05-05")]);
  expect(matchesOf(panel, origins)).toEqual(["7 2025-04-05 by 2025-02-28", "7 2025-05-05 by 2025-04-30"]);
});

test("only the first of several purchases between two batches was predicted, and none of a new customer", () => {
  const origins = headlines("2025-01-31", "2025-02-28");
  const panel = panelOf([
    purchase("2025-01-31"),
    purchase("2025-02-03"),
    purchase("2025-02-03", "7", { second: 80_000 }),
    purchase("2025-02-04"),
    purchase("2025-02-05", "new"),
    purchase("2025-02-06", "new"),
  ]);
  expect(matchesOf(panel, origins)).toEqual(["7 2025-02-03 by 2025-01-31"]);
  expect(openOf(panel, origins)).toEqual([]);
  expect(openOf(panel, headlines("2025-01-31", "2025-02-06"))).toEqual(["7 by 2025-02-06", "new by 2025-02-06"]);
});

test("a batch that was published too late is compared only if no batch in time predicted the purchase, and is not open", () => {
  const late = { origin: "2025-01-31", isHeadline: false };
  const panel = panelOf([purchase("2025-01-10"), purchase("2025-03-10")]);
  expect(matchesOf(panel, [late, ...headlines("2025-02-28")])).toEqual(["7 2025-03-10 by 2025-02-28"]);
  expect(matchesOf(panel, [late])).toEqual(["7 2025-03-10 by 2025-01-31"]);
  expect(openOf(panel, [{ origin: "2025-03-10", isHeadline: false }])).toEqual([]);
});

test("a series without an event for two years is not predicted any more: nothing is compared, nothing is open", () => {
  const origins = headlines("2025-01-31");
  const panel = panelOf([purchase("2025-01-10"), purchase("2027-01-12")]);
  expect(matchesOf(panel, origins)).toEqual([]);
  const other = panelOf([purchase("2025-01-10"), purchase("2027-01-12", "8")]);
  expect(openOf(other, origins)).toEqual([]);
});

const anyPurchases = fc
  .array(fc.record({ customer: fc.constantFrom("1", "2", "3"), day: fc.nat(120), second: fc.nat(86_399) }), {
    minLength: 1,
    maxLength: 40,
  })
  .map((list) => list.map((one, at) => purchase(dayFrom(one.day), one.customer, { second: one.second, id: `T${at}` })));
const anyOrigins = fc.uniqueArray(fc.nat(130), { maxLength: 15 }).map((days) => headlines(...days.map(dayFrom).sort()));

test("a replay day by day, which remembers the first prediction of each series, finds the same matches and open predictions", () => {
  fc.assert(
    fc.property(anyPurchases, anyOrigins, (purchases, origins) => {
      const panel = panelOf(purchases);
      const days = new Set(origins.map(({ origin }) => origin));
      const waiting = new Map<string, string>();
      const known = new Set<string>();
      const matched: string[] = [];
      for (const day of panel.periods) {
        const buyers = new Set(purchases.filter((one) => one.day === day).map(({ customer }) => customer));
        for (const customer of [...buyers].sort()) {
          const origin = waiting.get(customer);
          if (origin !== undefined) matched.push(`${customer} ${day} by ${origin}`);
          waiting.delete(customer);
          known.add(customer);
        }
        if (days.has(day)) for (const one of known) if (!waiting.has(one)) waiting.set(one, day);
      }
      expect(matchesOf(panel, origins)).toEqual(matched);
      expect(openOf(panel, origins)).toEqual([...waiting].map(([is, origin]) => `${is} by ${origin}`).sort());
    }),
    { numRuns: 200 },
  );
});

function publicationOf(origin: string, more: Partial<StoredPublication> = {}): StoredPublication {
  return { forecast: "customers", origin, role: "champion", revision: 1, counts: "headline", ...more };
}

const base = {
  panel: panelOf([
    purchase("2025-01-10"),
    purchase("2025-01-20", "8"),
    purchase("2025-03-10"),
    purchase("2025-03-10", "8"),
    purchase("2025-03-12"),
  ]),
  publications: [
    publicationOf("2025-01-15"),
    publicationOf("2025-01-31"),
    publicationOf("2025-01-31", { revision: 2, counts: "revision" }),
  ],
  from: "2025-01-01",
  madeFrom: (_target: string): string | null => null,
  activeDays,
};

test("the plan of a day has the publications of the origins that count, each with its series only", () => {
  const planned = planEventScores(base).map(({ target, publications }) => [
    target,
    ...publications.map(({ origin, revision, series }) => `${origin} r${revision}: ${[...(series ?? [])]}`),
  ]);
  expect(planned).toEqual([["2025-03-10", '2025-01-15 r1: ["7"]', '2025-01-31 r1: ["8"]', '2025-01-31 r2: ["8"]']]);
});

test("a day is scored again only if its events or publications change, also if no event of it is left", () => {
  const [first] = planEventScores(base);
  const state = { ...base, madeFrom: (day: string) => (day === "2025-03-10" ? (first?.madeFrom ?? "") : null) };
  const targetsOf = (more: Partial<typeof base>) => planEventScores({ ...state, ...more }).map(({ target }) => target);
  expect(targetsOf({})).toEqual([]);
  const withOneMore = panelOf([purchase("2025-01-10"), purchase("2025-02-01"), purchase("2025-03-10")]);
  expect(targetsOf({ panel: withOneMore })).toEqual(["2025-02-01", "2025-03-10"]);
  expect(targetsOf({ publications: [publicationOf("2025-01-31")] })).toEqual(["2025-03-10"]);
  expect(targetsOf({ from: "2025-03-11", panel: withOneMore })).toEqual([]);
});

function prediction(customer: string, event: number): PublishedPrediction {
  const point = { median: null, mean: null, event, distribution: null };
  return {
    ...{ set: "series", series: { customer_id: customer }, step: 1, target: "2025-01-16", last: 1, ...point },
    ...{ quantiles: null, chances: null, baseline: { ...point, event: 0.5 }, servedBy: "m", version: "v" },
    publishedAt: "2025-01-16T00:00:00.000Z",
  };
}

test("the score of a prediction has its Brier score and that of the baseline, on the day of the purchase", () => {
  const predictions = [prediction("7", 0.75), prediction("8", 0.1)];
  const task = { forecast: customers, panel: base.panel, target: "2025-03-10" };
  const publication = { ...publicationOf("2025-01-15"), predictions, series: new Set(['["7"]']) };
  expect(scorePublication(task, publication)).toMatchObject([
    {
      ...{ series: { customer_id: "7" }, origin: "2025-01-15", target: "2025-03-10", step: 1, counts: "headline" },
      ...{ actual: 1, loss: 0.0625, baselineLoss: 0.25 },
    },
  ]);
});
