/** A bound parameter of a statement stays below the limit of D1, 2 MB. The simulator does not enforce it. */
import { expect, test } from "vitest";
import { saveFacts } from "../../shared/db/observations.ts";
import { saveRetractions } from "../../shared/db/retractions.ts";
import { saveSeries } from "../../shared/db/series.ts";
import { transactionsJson } from "../../shared/feeds/transactions-json.ts";

const bytesMax = 2_000_000;
/** The most transactions of a file. */
const transactions = 40_000;

test("the series, values and retractions of the largest file of transactions fit into statements", () => {
  const id = (at: number) => String(at).padStart(40, "0");
  const keys = Array.from({ length: transactions }, (_, at) => JSON.stringify([id(at), id(at)]));
  const source = { ingest: 1_000_000, rank: "1" };
  const of = { variable: "second_of_day", period: "2026-11-20", source };
  const ids = new Map(keys.map((key, at) => [key, 1_000_000 + at]));
  const statements = [
    saveSeries(transactionsJson, keys),
    saveFacts(
      transactionsJson.id,
      keys.map((series) => ({ ...of, series, value: 86_399.999 })),
      ids,
    ),
    saveRetractions(
      transactionsJson.id,
      keys.map((series) => ({ ...of, series, value: null })),
      ids,
    ),
  ];
  for (const of of statements) {
    expect(of.length).toBeGreaterThan(1);
    const sizes = of.flatMap(({ params }) => params.map((parameter) => String(parameter).length));
    expect(Math.max(...sizes)).toBeLessThan(bytesMax);
  }
});
