/** What a snapshot reads of the online history, and what it refuses. */
import { expect, test } from "vitest";
import type { History } from "../../shared/api/history.ts";
import { gold } from "../../shared/forecasts/gold.ts";
import { buildOutlook } from "../../shared/predict/snapshot.ts";
import { forecast, historyOf, snapshotOf } from "../support/served.ts";
import { goldHistory } from "../support/served-gold.ts";

function reasonOf(history: History): string | null {
  const built = buildOutlook(gold, history);
  return built.ok ? null : built.error;
}

test("a history without other variables, as it was written before there were any, answers a forecast of one variable", () => {
  const history = historyOf();
  expect(history.series.every((one) => !("others" in one))).toBe(true);
  expect(snapshotOf({}, history).positions.size).toBe(history.series.length);
  expect(forecast.features.every((feature) => !("variable" in feature))).toBe(true);
});

test("one that lacks a variable that features look at is refused by its name, and so is one of uneven length", () => {
  const history = goldHistory();
  expect(reasonOf(history)).toBeNull();
  const bare = history.series.map(({ is, values }) => ({ is, values }));
  expect(reasonOf({ ...history, series: bare })).toBe("the history has no AUD, which the features read. Ingest again");
  const uneven = history.series.map((one) => ({ ...one, others: { ...one.others, USD: [1, 2] } }));
  expect(reasonOf({ ...history, series: uneven })).toContain("does not have one value per period");
});
