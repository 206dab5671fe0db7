/** The report of a forecast of the next event names the series for which it is most likely. */
import { expect, test } from "vitest";
import { batchAnswerShape } from "../../shared/api/predict.ts";
import type { ReportFeed, ReportModel } from "../../shared/api/report-model.ts";
import { customers } from "../../shared/forecasts/customers.ts";
import { answerRows, prepareRows } from "../../shared/predict/predict.ts";
import { computeReport } from "../../shared/reports/compute-report.ts";
import { findingsOf } from "../../shared/reports/findings.ts";
import { renderFile } from "../../shared/reports/report-files.ts";
import { viewOf } from "../../shared/reports/view.ts";
import { forecastPanel } from "../../shared/sources/facts.ts";
import { eventSnapshot } from "../support/served-events.ts";
import { shopFacts, type TestPurchase } from "../support/shop-facts.ts";

const purchase = (customer: string, day: string, amount: number): TestPurchase => ({
  customer,
  id: `${customer} ${day}`,
  day,
  second: 600,
  amount,
});
const purchases = [
  purchase("7", "2025-05-01", 100),
  purchase("7", "2025-05-20", 100),
  purchase("8", "2025-05-29", 500),
  purchase("9", "2025-05-30", 400),
  purchase("9", "2025-05-31", 100),
];
const snapshot = eventSnapshot(purchases);
const prepared = prepareRows(snapshot, { kind: "all", from: 0 }, { textNumbers: false, partial: false, explain: null });
if (!prepared.ok) throw new Error(prepared.error.detail);
const answer = batchAnswerShape.parse(answerRows(snapshot, { ...prepared.value, kind: "all", stale: false }));
const feed: ReportFeed = {
  ...{ id: "transactions-json", title: "Completed purchases of customers", publisher: "The shop", homepage: "" },
  ...{ licence: null, lastPeriod: "2025-05-31", fetchedAt: null, refused: [], held: [], breaks: [], simulated: true },
};
const report = computeReport({
  forecast: customers,
  panel: forecastPanel(customers, shopFacts(customers, purchases)),
  answer,
  card: null,
  feeds: [feed],
  revision: 1,
  madeAt: "2025-06-01T08:00:00.000Z",
  open: { predictions: 1_234, since: "2025-05-20" },
});

test("the most likely series come first, and there are no levels by series", () => {
  expect(report.series.map(({ is }) => is)).toEqual([["8"], ["9"], ["7"]]);
  expect(report).toMatchObject({ origin: "2025-05-31", levels: { missing: "no-groups" }, event: { usual: 2 / 5 } });
});

test("the findings name the most likely series and how often the event usually happens", () => {
  const [next, level] = findingsOf(viewOf(report, "en"));
  expect(next).toBe(
    "For 2 of 3 series large is more likely than ordinary. Most likely: customer_id 8 (19 in 20, 95%).",
  );
  expect(level).toContain("It usually happens");
});

test.each([
  ["en", "1,234 published predictions wait for the next event of their series, the oldest since May 20, 2025."],
  ["es", "predicciones publicadas esperan el próximo evento de su serie, la más antigua desde el 20 may 2025."],
] as const)("the page states how many predictions are open, in %s", (language, sentence) => {
  const page = renderFile("report.html", report, { language, downloads: [], rasterize: null });
  expect(new TextDecoder().decode(page ?? new Uint8Array())).toContain(sentence);
});

test("a report of simulated data states it at the top of the page and in each line of its numbers", () => {
  const textOf = (file: "report.html" | "forecast.csv", model: ReportModel) =>
    new TextDecoder().decode(renderFile(file, model, { language: "en", downloads: [], rasterize: null }) ?? undefined);
  const real = { ...report, feeds: [] };
  expect(textOf("report.html", report)).toContain("Simulated data.");
  expect(textOf("report.html", real)).not.toContain("imulated");
  const [header = "", ...lines] = textOf("forecast.csv", report).trim().split("\r\n");
  expect(header).toMatch(/,model_version,data$/);
  expect(lines.filter((line) => !line.endsWith(",simulated"))).toEqual([]);
  expect(textOf("forecast.csv", real)).not.toContain("imulated");
});
