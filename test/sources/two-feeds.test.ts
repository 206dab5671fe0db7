/** Tests a monthly forecast of two feeds that is not in the catalogue, from the bytes of both publications to an answer. */
import { beforeAll, expect, test } from "vitest";
import { buildHistory, historyShape } from "../../shared/api/history.ts";
import { type Dataset, datasetOf } from "../../shared/features/dataset.ts";
import { mistakesIn } from "../../shared/forecasts/check.ts";
import { type Forecast, toleranceOf } from "../../shared/forecasts/forecast.ts";
import { validateJson } from "../../shared/lib/validate-json.ts";
import { addPeriods, enclosingPeriod } from "../../shared/period.ts";
import { buildOutlook, type Snapshot } from "../../shared/predict/snapshot.ts";
import { type FactsByFeed, forecastPanel } from "../../shared/sources/facts.ts";
import { tableOf } from "../features/support.ts";
import { seededNormal, seededRandom } from "../support/chance.ts";
import { loadSnapshot } from "../support/snapshot.ts";
import { published } from "../training/publishing.ts";
import { smallForecast } from "../training/support.ts";
import { answerOf, factsOf, listFeed } from "./toys.ts";

const prices = listFeed("toy-prices", "price", "month");
const weather = listFeed("toy-weather", "rain", "day");
const feeds = [prices, weather];

const toy: Forecast = {
  ...smallForecast,
  id: "toy",
  sources: [
    { feed: prices.id, variables: ["price"], lag: 0 },
    { feed: weather.id, variables: ["rain"], lag: 1, reduce: { partsMin: 25, statistics: ["sum", "mean"] } },
  ],
  variable: "price",
  dimensions: [],
  schedule: { every: "month", periods: "calendar" },
  features: [
    { name: "last", kind: "lag", periods: 1 },
    { name: "season", kind: "seasonal-lag", periods: 12 },
    { name: "month", kind: "calendar", part: "month" },
    { name: "rain", kind: "seasonal-lag", periods: 1, variable: "rain_sum" },
    { name: "rain_mean3", kind: "rolling-mean", periods: 3, variable: "rain_mean" },
  ],
  dateFields: { year: "year", month: "month_number" },
  hypothesisNeeds: ["last"],
};

const [firstMonth, missingMonth, lastMonth] = ["2018-01", "2021-05", "2026-10"];

/** Makes prices of all months except one, and rain of every day until the month after the last price. */
async function publications(): Promise<FactsByFeed> {
  const random = seededRandom(5);
  const priced: [string, number][] = [];
  for (let month = firstMonth, price = 100; month <= lastMonth; month = addPeriods(month, 1)) {
    price += seededNormal(random);
    if (month !== missingMonth) priced.push([month, Math.round(price * 100) / 100]);
  }
  const rained: [string, number][] = [];
  for (let day = `${firstMonth}-01`; day < "2026-11-15"; day = addPeriods(day, 1))
    rained.push([day, Math.round(random() * 9)]);
  return new Map([
    [prices.id, await factsOf(prices, priced)],
    [weather.id, await factsOf(weather, rained)],
  ]);
}

let facts: FactsByFeed;
let data: Dataset;
let snapshot: Snapshot;

beforeAll(async () => {
  facts = await publications();
  data = datasetOf(forecastPanel(toy, facts), { features: toy.features, tolerance: toleranceOf(toy) });
  const ridge = { candidate: "ridge", parameters: { alpha: 10 } };
  const { model, card } = await published({ forecast: toy, data, recipe: ridge });
  expect(card.lineage).toMatchObject({ feed: prices.id, sources: [{ feed: prices.id }, { feed: weather.id, lag: 1 }] });
  const text = JSON.stringify(buildHistory(toy, facts));
  const history = validateJson(historyShape, JSON.parse(text));
  if (!history.ok) throw new Error("the history has another shape");
  snapshot = loadSnapshot({ forecast: toy, card, model, history: history.value });
});

const answer = (instance: Record<string, unknown>) => answerOf(snapshot, instance);

test("its declaration is valid for its feeds", () => {
  expect(mistakesIn(toy, feeds)).toEqual([]);
});

test("the next month is predicted from monthly features, and can be requested as text or by parts", () => {
  const answered = answer({});
  expect(answered).toMatchObject({
    target_period: "2026-11",
    data_as_of: lastMonth,
    last: { period: lastMonth },
    features: { month: 11 },
  });
  expect(answer({ target_period: "2026-11" })).toEqual(answered);
  expect(answer({ year: "2026", month_number: "11" })).toEqual(answered);
});

test("rain is the value of the month before the last one, in training and in the answer", () => {
  const rained = new Map<string, number>();
  for (const { period, value } of facts.get(weather.id) ?? []) {
    const month = enclosingPeriod(period, "month");
    rained.set(month, (rained.get(month) ?? 0) + value);
  }
  const rows = tableOf(data).slice(1);
  expect(rows.length).toBeGreaterThan(90);
  for (const { period, inputs } of rows) expect(inputs.rain).toBe(rained.get(addPeriods(period, -2)));
  expect(answer({})).toMatchObject({ features: { rain: rained.get("2026-09") } });
});

test("a month without a price is a period with a missing value", () => {
  const rows = tableOf(data);
  expect(data.periods).toContain(missingMonth);
  expect(rows.map(({ period }) => period)).not.toContain(missingMonth);
  const yearLater = rows.find(({ period }) => period === addPeriods(missingMonth, 12));
  expect(yearLater?.inputs.season).toBe(Number.NaN);
});

test("the history gives the same features as training, for every month of both", () => {
  const earlier = new Map([
    [prices.id, (facts.get(prices.id) ?? []).filter(({ period }) => period < lastMonth)],
    [weather.id, facts.get(weather.id) ?? []],
  ]);
  const built = buildOutlook(toy, buildHistory(toy, earlier));
  if (!built.ok) throw new Error(built.error);
  const { target, columns } = built.value;
  expect(target).toBe(lastMonth);
  const trained = tableOf(data).at(-1);
  const served = Object.entries(columns).map(([name, column]) => [name, column.at(0)]);
  expect(Object.fromEntries(served)).toEqual(trained?.inputs);
});

test("another month is a hypothesis, and an invalid month is rejected with the expected format", () => {
  expect(answer({ target_period: "2027-02" })).toMatchObject({ found: "2027-02", allowed: ["2026-11"] });
  expect(answer({ target_period: "2027-02", last: "101" })).toMatchObject({
    hypothetical: true,
    target_period: "2027-02",
  });
  for (const wrong of ["2026-11-20", "2026-Q4", "2026-13", "soon"])
    expect(answer({ target_period: wrong })).toMatchObject({
      detail: "target_period is not a month.",
      expected: "YYYY-MM, as in 2026-11",
    });
  expect(answer({ year: "2027" })).toMatchObject({
    detail: "year does not agree with the next period, 2026-11. To name another period, state year and month.",
  });
});
