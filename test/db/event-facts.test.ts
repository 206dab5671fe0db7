/** The database returns fewer facts of events than it has; the history that is built from them has the features of all facts. */
import { drizzle } from "drizzle-orm/d1";
import fc from "fast-check";
import { expect, test } from "vitest";
import { buildHistory, panelOfHistory } from "../../shared/api/history.ts";
import { factsOfForecast } from "../../shared/db/history.ts";
import * as schema from "../../shared/db/schema.ts";
import { granularityOfFeed } from "../../shared/feeds/index.ts";
import { customers } from "../../shared/forecasts/customers.ts";
import type { FactsByFeed } from "../../shared/sources/facts.ts";
import { D1InNode } from "../support/d1-in-node.ts";
import { dayFrom, shopFacts } from "../support/shop-facts.ts";

const d1 = new D1InNode();
d1.exec("PRAGMA foreign_keys = OFF");
// Drizzle reads only these members of a D1 database.
const db = drizzle(d1 as unknown as Parameters<typeof drizzle>[0], { schema });

function store(all: FactsByFeed): void {
  d1.exec("DELETE FROM observations; DELETE FROM series");
  for (const [feed, facts] of all) {
    for (const { series, period, variable, value } of facts) {
      d1.prepare("INSERT INTO series (feed, key, dimensions) VALUES (?, ?, '{}') ON CONFLICT DO NOTHING")
        .bind(feed, series)
        .rows();
      d1.prepare(
        "INSERT OR REPLACE INTO observations SELECT ?1, ?2, id, ?4, ?5, 1 FROM series WHERE feed = ?1 AND key = ?3",
      )
        .bind(feed, period, series, variable, value)
        .rows();
    }
  }
}

const purchases = fc
  .array(
    fc.record({ customer: fc.constantFrom("1", "2"), index: fc.nat(200), amount: fc.integer({ min: 1, max: 900 }) }),
    {
      minLength: 1,
      maxLength: 12,
    },
  )
  .map((list) => list.map(({ index, ...one }, at) => ({ ...one, id: `T${at}`, day: dayFrom(index), second: at })));
const statements = fc
  .uniqueArray(fc.tuple(fc.constantFrom("1", "2"), fc.nat(200), fc.nat(2)), {
    maxLength: 12,
    selector: ([customer, index]) => `${customer} ${index}`,
  })
  .map((list) =>
    list.map(([customer, index, code]) => ({
      customer,
      day: dayFrom(index),
      values: { age: 30 + code, region: code, signup_date: 19_000 + code, loyalty_points: code * 10 },
    })),
  );

/** Returns the last value of each variable of each customer, of a statement without the day on which it was stated first. */
function lastValues(all: FactsByFeed) {
  return panelOfHistory(buildHistory(customers, all)).series.map(({ is, timeline }) => ({
    is,
    target: timeline?.target,
    amount: timeline?.of["amount"],
    ...Object.fromEntries(
      ["age", "region", "signup_date", "loyalty_points"].map((name) => [name, timeline?.of[name]?.values]),
    ),
  }));
}

test("of statements that repeat a value only the first is read, and every feature stays the same", async () => {
  await fc.assert(
    fc.asyncProperty(purchases, statements, async (events, attributes) => {
      const all = shopFacts(customers, events, attributes);
      store(all);
      const read = await factsOfForecast(db, customers, granularityOfFeed);
      expect(lastValues(read)).toEqual(lastValues(all));
    }),
    { numRuns: 60 },
  );
});

test("a value that is stated in every file is read once, and again after it was another one", async () => {
  const stated = (day: string, loyalty_points: number) => ({ customer: "1", day, values: { loyalty_points } });
  const purchase = { customer: "1", id: "T1", day: "2025-06-30", second: 1, amount: 10 };
  const files = [5, 5, 5, 9, 9, 5].map((points, at) => stated(dayFrom(at * 20), points));
  store(shopFacts(customers, [purchase], files));
  const read = await factsOfForecast(db, customers, granularityOfFeed);
  const [, attributes] = customers.sources;
  expect(read.get(attributes?.feed ?? "")?.map(({ period, value }) => [period, value])).toEqual([
    [dayFrom(0), 5],
    [dayFrom(60), 9],
    [dayFrom(100), 5],
  ]);
});
