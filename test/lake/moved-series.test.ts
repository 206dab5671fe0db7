/** A series that a publication states with other dimensions than the stored one is reported. */
import { expect, test } from "vitest";
import { transactionsJson } from "../../shared/feeds/transactions-json.ts";
import { movedSeries } from "../../shared/lake/moved-series.ts";

const factsOf = (...keys: readonly (readonly string[])[]) =>
  keys.map((key) => ({ series: JSON.stringify(key), period: "2025-10-12" }));
const known = ['["1","T1"]', '["2","T2"]'];

test("only an id that is stored for another customer has moved, and it is named once", () => {
  const facts = factsOf(["1", "T1"], ["1", "T2"], ["1", "T2"], ["1", "T3"]);
  expect(movedSeries(transactionsJson, facts, known)).toEqual([
    {
      reason: "moved-series",
      row: null,
      column: "transaction_id",
      period: "2025-10-12",
      found: "transaction_id T2 with another customer_id than the stored one",
      expected: "one customer_id; that of the newest publication counts. If it is wrong, withdraw its ingest",
      values: 0,
    },
  ]);
});

test("an id that is stored for two customers is reported for both", () => {
  const both = [...known, '["1","T2"]'];
  for (const customer of ["1", "2"])
    expect(movedSeries(transactionsJson, factsOf([customer, "T2"]), both)).toHaveLength(1);
});

test("a feed whose dimensions identify a series only together has none", () => {
  const { identity: _, ...feed } = transactionsJson;
  expect(movedSeries(feed, factsOf(["1", "T2"]), known)).toEqual([]);
});
