/** Follows the section "Two sources, months" of docs/ADD-A-FORECAST.md: its declaration, from the bytes of two feeds to an answer. */
import { readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { datasetOf } from "../../shared/features/dataset.ts";
import { mistakesIn } from "../../shared/forecasts/check.ts";
import { type Forecast, toleranceOf } from "../../shared/forecasts/forecast.ts";
import { addDays } from "../../shared/lib/calendar.ts";
import { addPeriods, enclosingPeriod } from "../../shared/period.ts";
import type { Snapshot } from "../../shared/predict/snapshot.ts";
import { type FactsByFeed, forecastPanel } from "../../shared/sources/facts.ts";
import { tableOf } from "../features/support.ts";
import { seededNormal, seededRandom } from "../support/chance.ts";
import { smallForecast } from "../training/support.ts";
import { answerOf, factsOf, listFeed, pathOf, servedToy } from "./toys.ts";

const page = readFileSync("docs/ADD-A-FORECAST.md", "utf8");
const [, members = ""] = /^### Two sources, months$.*?^```ts\n(.*?)^```$/ms.exec(page) ?? [];
const declared = (): Partial<Forecast> => new Function(`return {${members}};`)();

const flour = listFeed("flour-price", "flour", "month");
const wheat = listFeed("wheat-days", "wheat", "day");
const forecast: Forecast = {
  ...smallForecast,
  id: "flour",
  output: "predicted_flour",
  distribution: { kind: "location-scale", positive: true },
  ...declared(),
};
const [firstMonth, lastMonth] = ["2012-01", "2026-04"];

let facts: FactsByFeed;
let snapshot: Snapshot;

beforeAll(async () => {
  const random = seededRandom(21);
  const prices: [string, number][] = [];
  for (let month = firstMonth, level = 50; month <= lastMonth; month = addPeriods(month, 1)) {
    level *= 1.002 + 0.003 * seededNormal(random);
    const season = 1 + 0.2 * Math.sin((Number(month.slice(5)) * Math.PI) / 6);
    prices.push([month, Math.round(100 * level * season) / 100]);
  }
  const days: [string, number][] = [];
  for (let day = `${firstMonth}-01`; day <= "2026-05-31"; day = addDays(day, 1))
    days.push([day, 200 + Math.round(20 * random())]);
  facts = new Map([
    [flour.id, await factsOf(flour, prices)],
    [wheat.id, await factsOf(wheat, days)],
  ]);
  snapshot = await servedToy(forecast, facts);
});

/** Returns the mean of the days of a month. */
function meanOf(month: string, known: FactsByFeed = facts): number {
  const values = (known.get(wheat.id) ?? []).filter(({ period }) => enclosingPeriod(period, "month") === month);
  return values.reduce((sum, { value }) => sum + value, 0) / values.length;
}

/** Returns the wheat feature of the prediction of a month in training. */
function wheatOf(month: string, lag: number): number {
  const sources = forecast.sources.map((source) => (source.feed === wheat.id ? { ...source, lag } : source));
  const panel = forecastPanel({ ...forecast, sources }, facts);
  const rows = tableOf(datasetOf(panel, { features: forecast.features, tolerance: toleranceOf(forecast) }));
  return Number(rows.find(({ period }) => period === month)?.inputs.wheat);
}

test("the declaration is valid for both feeds", () => {
  expect(declared().sources).toHaveLength(2);
  expect(mistakesIn(forecast, [flour, wheat])).toEqual([]);
});

test("the price of a month is predicted from the wheat of that month, and with a lag of 2 from that of two months before", () => {
  expect(wheatOf("2025-05", 0)).toBeCloseTo(meanOf("2025-05"), 3);
  expect(wheatOf("2025-05", 1)).toBeCloseTo(meanOf("2025-04"), 3);
  expect(wheatOf("2025-05", 2)).toBeCloseTo(meanOf("2025-03"), 3);
});

test("the next month is answered, also if the request names it by text or by parts", () => {
  const answered = answerOf(snapshot, {});
  expect(answered).toMatchObject({
    target_period: "2026-05",
    last: { period: "2026-04" },
    features: { is_january: 0 },
  });
  expect(answered).toMatchObject({ features: { wheat: expect.closeTo(meanOf("2026-05"), 3) } });
  expect(answerOf(snapshot, { target_period: "2026-05" })).toEqual(answered);
  expect(answerOf(snapshot, { year: "2026", month: "5" })).toEqual(answered);
});

test("a month with fewer than 15 days of wheat has no wheat, and is predicted anyway", async () => {
  const few = new Map(facts).set(
    wheat.id,
    (facts.get(wheat.id) ?? []).filter(({ period }) => !(period > "2026-05-10" && period < "2026-05-31")),
  );
  const answered = answerOf(await servedToy(forecast, few), {});
  expect(answered).toMatchObject({ target_period: "2026-05", features: { wheat: null } });
  expect(answered).toMatchObject({ predicted_flour: expect.any(Number) });
});

test("the months after the next one are predicted by the growth of the season", () => {
  const path = pathOf(snapshot, { steps: "6", until: null });
  expect(path.map(({ target_period }) => target_period)).toEqual(
    Array.from({ length: 6 }, (_, at) => addPeriods("2026-05", at)),
  );
  expect(new Set(path.slice(1).map(({ served_by }) => served_by))).toEqual(new Set(["seasonal-growth"]));
});
