import { expect, test } from "vitest";
import type { Prediction } from "../../../shared/api/predict.ts";
import { customers } from "../../../shared/forecasts/customers.ts";
import { gold } from "../../../shared/forecasts/gold.ts";
import { milkMx } from "../../../shared/forecasts/milk-mx.ts";
import { sickness } from "../../../shared/forecasts/sickness.ts";
import { failure, success } from "../../../shared/lib/result.ts";
import { type ServedForecast, summaryText } from "../../../trainer/local/summary.ts";

const url = "http://127.0.0.1:8787";
const place = { url, state: ".almanac" };
const answer = (values: object) => ({ series: {}, unit: "EUR/ozt", naive: 1, last: null, ...values }) as Prediction;

const serving = (forecast: string, decision: string, stale_reason?: string): ServedForecast["serving"] =>
  success({
    forecast,
    model: { version: "v1", name: "ridge", stage: "champion", decision },
    target_period: "2026-11-23",
    data_as_of: "2026-11-20",
    stale: stale_reason !== undefined,
    ...(stale_reason !== undefined && { stale_reason }),
    change: 1,
    history: 1,
  });

const served: readonly ServedForecast[] = [
  {
    forecast: gold,
    champion: { candidate: "ridge", skill: 0.0123 },
    next: { period: "2026-11-23", prediction: answer({ predicted_price: 1234.567, interval80: [1200, 1270.04] }) },
    serving: serving("gold", "The model ridge has served since 3 January 2026.", "The data ends with 2026-11-20."),
    hasReport: true,
    isSimulated: false,
  },
  {
    forecast: sickness,
    champion: { candidate: "base-rate", skill: 0 },
    next: { period: "2026-11-21", prediction: answer({ label: "sick", probability: 0.7512 }) },
    serving: serving("sickness", "The baseline (base-rate) serves."),
    hasReport: true,
    isSimulated: false,
  },
  { forecast: milkMx, champion: null, next: null, serving: null, hasReport: false, isSimulated: true },
];

test("the summary has one line per forecast with champion, skill and next value, and one request to try", () => {
  const lines = summaryText(served, place).split("\n");
  const lineOf = (id: string) => lines.find((line) => line.startsWith(id));
  expect(lineOf("gold")).toMatch(/ridge +1\.2 % +2026-11-23 +1234\.57 EUR\/ozt, 80 %: 1200 to 1270\.04$/);
  expect(lineOf("sickness")).toMatch(/base-rate +baseline +2026-11-21 +sick, probability of sick 0\.75$/);
  expect(lineOf("milk-mx")).toMatch(/none +– +– +not available$/);
  expect(lines.filter((line) => line.startsWith("$ curl"))).toEqual([`$ curl -s '${url}/predict/gold'`]);
});

test("the summary names the forecasts whose data is simulated", () => {
  expect(summaryText(served, place)).toContain("Simulated data: milk-mx.");
  expect(summaryText(served.slice(0, 2), place)).not.toContain("Simulated");
});

test("the summary ends with the address of each published report, the API reference and the request", () => {
  expect(summaryText(served, place).split("\n").slice(-4)).toEqual([
    `${url}/reports/gold/latest.html`,
    `${url}/reports/sickness/latest.html`,
    `${url}/docs`,
    `$ curl -s '${url}/predict/gold'`,
  ]);
});

test("a platform that stops names the command that runs it again instead of its addresses", () => {
  const text = summaryText(served, { ...place, isStopping: true });
  expect(text).toMatch(/\nThe platform stops\. Run it with: npm start.*$/);
  expect(text).not.toContain(url);
});

test("the command for a personal report names a state folder other than the default", () => {
  const personal: ServedForecast = {
    forecast: customers,
    champion: null,
    next: null,
    serving: null,
    hasReport: false,
    isSimulated: true,
  };
  const command = "npm run almanac -- report customers --out DIR";
  expect(summaryText([personal], place).split("\n")).toContain(command);
  expect(summaryText([personal], { url, state: "other" }).split("\n")).toContain(`${command} --state other`);
});

test("the summary states for a forecast that cannot be answered why", () => {
  const broken: ServedForecast = {
    forecast: milkMx,
    champion: { candidate: "ridge", skill: 0.1 },
    next: null,
    serving: failure("R2 has no model.onnx"),
    hasReport: false,
    isSimulated: false,
  };
  const lines = summaryText([...served.slice(0, 2), broken], place).split("\n");
  expect(lines.filter((line) => /^[✔✖]/.test(line))).toEqual(["✖ milk-mx: R2 has no model.onnx"]);
});

test("the summary leaves room for the task list and npm's own lines within 25 lines", () => {
  const all = Array.from({ length: 4 }, () => served[0] as ServedForecast);
  const taskLines = 3 + all.length;
  const npmLines = 4;
  const stopLine = 1;
  const blankLine = 1;
  const { length } = summaryText(all, place).split("\n");
  expect(npmLines + taskLines + blankLine + length + stopLine).toBeLessThanOrEqual(25);
});
