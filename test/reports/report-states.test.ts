/** What a reader sees when something is missing: the texts that differ from a report in which nothing is, in both languages. */
import { expect, test } from "vitest";
import { type ReportModel, reportModelShape } from "../../shared/api/report-model.ts";
import { milkMx } from "../../shared/forecasts/milk-mx.ts";
import { computeReport } from "../../shared/reports/compute-report.ts";
import { reportPage } from "../../shared/reports/page/report-page.ts";
import { viewOf } from "../../shared/reports/view.ts";
import { languageCodes } from "../../shared/reports/words/index.ts";
import { expectGolden } from "../support/golden-file.ts";
import { fixedModel } from "../support/report-models.ts";

const [feed] = fixedModel().feeds;
if (!feed) throw new Error("the fixed model has no feed");
const cleanFeed = { ...feed, refused: [], held: [], breaks: [] };

/** A report in which nothing is missing. */
const clean: ReportModel = {
  ...fixedModel(),
  feeds: [cleanFeed],
  series: fixedModel().series.map((one) => ({ ...one, outside: [] })),
};
const [first, ...others] = clean.series;
if (!first) throw new Error("the fixed model has no series");

const computed = computeReport({
  forecast: milkMx,
  panel: { dimensions: milkMx.dimensions, periods: [], series: [] },
  answer: null,
  card: null,
  feeds: [{ ...cleanFeed, lastPeriod: null, fetchedAt: null }],
  revision: 1,
  madeAt: clean.madeAt,
});

const overdue = { isTarget: false, last: "2026-11-18", since: "2026-11-21" };

const states: Readonly<Record<string, ReportModel>> = {
  "no champion": {
    ...clean,
    model: { missing: "no-champion" },
    movers: { missing: "no-prediction" },
    series: clean.series.map((one) => ({ ...one, steps: [] })),
    headline: "is" in clean.headline ? { ...clean.headline, steps: [] } : clean.headline,
    levels: { missing: "no-groups" },
    backtest: { missing: "no-backtest" },
    record: { missing: "no-record" },
    table: { columns: [], rows: [] },
  },
  "the baseline serves": { ...clean, model: { ...(clean.model as object), isBaseline: true } as ReportModel["model"] },
  "a fallback serves": { ...clean, model: { ...(clean.model as object), isFallback: true } as ReportModel["model"] },
  "no new publication": { ...clean, stale: "No publication since 2026-11-20; one was due on 2026-11-23." },
  "held data": {
    ...clean,
    feeds: [
      {
        ...cleanFeed,
        held: [{ since: "2026-11-18T18:05:00.000Z", reason: "23 % of the known series are missing" }],
        refused: [{ reason: "zero-price", count: 12 }],
      },
    ],
  },
  "a source is on time": { ...clean, feeds: [{ ...cleanFeed, overdue: null }] },
  "a source is late": { ...clean, feeds: [{ ...cleanFeed, overdue: { ...overdue, state: "late" } }] },
  "a source is silent": { ...clean, feeds: [{ ...cleanFeed, overdue: { ...overdue, state: "silent" } }] },
  "the target is silent": {
    ...clean,
    feeds: [{ ...cleanFeed, overdue: { ...overdue, state: "silent", isTarget: true } }],
  },
  "a source has no value": {
    ...clean,
    feeds: [{ ...cleanFeed, overdue: { state: "silent", isTarget: false, last: null, since: null } }],
  },
  "simulated data": { ...clean, feeds: [{ ...cleanFeed, simulated: true }] },
  "partly simulated data": { ...clean, feeds: [cleanFeed, { ...cleanFeed, title: "Rain", simulated: true }] },
  "held data that only the token shows": {
    ...clean,
    feeds: [{ ...cleanFeed, held: { missing: "no-access" }, refused: { missing: "no-access" } }],
  },
  "one series missing": {
    ...clean,
    series: [{ ...first, last: { period: "2026-11-18", value: 21 }, steps: [] }, ...others],
  },
  "all series missing": computed,
  "a series outside training": { ...clean, series: [{ ...first, outside: ["Precio_max12", "mes"] }, ...others] },
};

/** Returns the texts of a page, in their order. */
const textsOf = (model: ReportModel, language: string) =>
  reportPage(viewOf(model, language), [])
    .replaceAll(/<(style|script|svg)[\s\S]*?<\/\1>/g, "")
    .split(/<[^>]+>/)
    .map((text) => text.replaceAll(/\s+/g, " ").trim())
    .filter((text) => /\p{L}/u.test(text));

test("the texts of every state are those of the golden file", () => {
  const parts = languageCodes.flatMap((language) => {
    const usual = new Set(textsOf(clean, language));
    return Object.entries(states).map(([name, model]) => {
      const added = new Set(textsOf(model, language).filter((text) => !usual.has(text)));
      return [`# ${language}: ${name}`, ...added, ""].join("\n");
    });
  });
  expectGolden("test/golden/reports/states.txt", parts.join("\n"));
});

test("every state is a valid report and adds a text, which its page states in both languages", () => {
  for (const [name, model] of Object.entries(states)) {
    expect(reportModelShape.safeParse(model).success, name).toBe(true);
    for (const language of languageCodes) {
      const usual = textsOf(clean, language);
      expect(textsOf(model, language).filter((text) => !usual.includes(text)).length, name).toBeGreaterThan(0);
    }
  }
});
