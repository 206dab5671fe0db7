/** Which histories a snapshot accepts. */
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

test("a history of an earlier version, without other variables, is accepted for a forecast of one variable", () => {
  const history = historyOf();
  expect(history.series.every((one) => !("others" in one))).toBe(true);
  expect(snapshotOf({}, history).positions.size).toBe(history.series.length);
  expect(forecast.features.every((feature) => !("variable" in feature))).toBe(true);
});

test("a history that lacks a variable of the features, or has lists of different lengths, is refused", () => {
  const history = goldHistory();
  expect(reasonOf(history)).toBeNull();
  const bare = history.series.map(({ is, values }) => ({ is, values }));
  expect(reasonOf({ ...history, series: bare })).toBe("the history lacks AUD, which the features read: ingest again");
  const uneven = history.series.map((one) => ({ ...one, others: { ...one.others, USD: [1, 2] } }));
  expect(reasonOf({ ...history, series: uneven })).toContain("does not have one value per period");
});
