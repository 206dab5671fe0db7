/** The page and the other files of a report. */
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { type ReportModel, reportModelShape } from "../../shared/api/report-model.ts";
import { readCsv } from "../../shared/lib/csv.ts";
import { nextFinding } from "../../shared/reports/findings.ts";
import { reportPage } from "../../shared/reports/page/report-page.ts";
import { tableRowsMax } from "../../shared/reports/page/series-section.ts";
import { renderAll, renderFile } from "../../shared/reports/report-files.ts";
import { viewOf } from "../../shared/reports/view.ts";
import { languageCodes } from "../../shared/reports/words/index.ts";
import { eventModel, nextEventModel } from "../support/event-report-models.ts";
import { expectGolden } from "../support/golden-file.ts";
import { largeModel } from "../support/large-report-model.ts";
import { emptyModel, fixedModel, singleModel } from "../support/report-models.ts";

const models: readonly (readonly [string, ReportModel])[] = [
  ["panel", fixedModel()],
  ["single", singleModel()],
  ["event", eventModel()],
  ["next-event", nextEventModel()],
  ["empty", emptyModel()],
];

const downloads = [{ file: "report.csv", bytes: 1_234 }] as const;
const pageOf = (model: ReportModel, language = "en") => reportPage(viewOf(model, language), downloads);
/** The text that a reader sees, without tags. */
const textOf = (page: string) =>
  page
    .replaceAll(/<(style|script)>[\s\S]*?<\/\1>/g, "")
    .replaceAll(/<[^>]+>/g, " ")
    .replaceAll(/\s+/g, " ");

test.each(models)("the page of the model %s is its golden file", (name, model) => {
  // Style and script have their own files; their digests would change the golden file with them.
  const content = pageOf(model)
    .replaceAll(/<(style|script)>[\s\S]*?<\/\1>/g, "<$1></$1>")
    .replaceAll(/sha256-[\w+/]{43}=/g, "sha256-");
  expectGolden(`test/golden/reports/${name}.html`, content);
});

test.each(models)("the model %s passes its schema", (_, model) => {
  expect(reportModelShape.parse(model)).toEqual(model);
});

test.each(models)("the page of the model %s loads nothing and allows only its own style and script", (_, model) => {
  const page = pageOf(model);
  expect(page).not.toMatch(/\b(src|srcset)=|@import|url\(/);
  expect(page).not.toMatch(/ style=| on[a-z]+=/);
  expect(page.replaceAll("&#39;", "'")).toMatch(
    /default-src 'none'; style-src 'sha256-[\w+/]{43}='; script-src 'sha256-[\w+/]{43}='/,
  );
});

test.each(languageCodes)("no text of the page in %s is empty, undefined or not a number", (language) => {
  for (const [name, model] of models)
    expect(textOf(pageOf(model, language)), name).not.toMatch(/undefined|NaN|null|\[object|\{\w+\}/);
});

test("the series named as most likely to rise or fall has the highest probability of one direction", () => {
  const model = fixedModel();
  const chances = [
    { down: 0.35, same: 0.2, up: 0.45 },
    { down: 0.05, same: 0.35, up: 0.6 },
  ];
  const series = model.series.slice(0, 2).map((one, at) => ({
    ...one,
    steps: one.steps.map((step) => ({ ...step, chances: chances[at] ?? null })),
  }));
  const named = (shown: typeof series) => nextFinding(viewOf({ ...model, series: shown, movers: [0, 1] }, "en"));
  expect(named(series)).toContain(`Most likely to rise: ${series[1]?.is.join(", ")} (6 in 10).`);
  const mirrored = series.map((one) => ({
    ...one,
    steps: one.steps.map((step) => ({
      ...step,
      chances: step.chances && { ...step.chances, down: step.chances.up, up: step.chances.down },
    })),
  }));
  expect(named(mirrored)).toContain(`Most likely to fall: ${series[1]?.is.join(", ")} (6 in 10).`);
});

test("the page is in the language of the forecast, or in the requested one", () => {
  expect(reportPage(viewOf(fixedModel()), [])).toContain('<html lang="es">');
  const spanish = textOf(pageOf(fixedModel(), "es"));
  expect(spanish).toContain("Precios de la leche en México");
  expect(spanish).not.toMatch(/\b(Track record|Rejected values|more likely than not)\b/);
  expect(textOf(pageOf(fixedModel(), "en"))).toContain("Milk prices in Mexico");
  expect(() => viewOf(fixedModel(), "fr")).toThrow("expected one of en, es");
});

test("the sections are in the order of the reader's questions", () => {
  const ids = Array.from(pageOf(fixedModel()).matchAll(/<section id="(\w+)"/g), ([, id]) => id);
  expect(ids).toEqual(["level", "movers", "groups", "series", "record", "data", "model", "downloads"]);
});

test("a name of the data cannot add markup to the page or a formula to the CSV files", () => {
  const model = fixedModel();
  expect(pageOf(model)).not.toContain("<Autoservicios>");
  expect(pageOf(model)).toContain("&lt;Autoservicios&gt;");
  for (const file of ["report.csv", "forecast.csv"] as const) {
    const text = decode(renderFile(file, model, { rasterize: null }));
    expect(text.startsWith("\ufeff")).toBe(true);
    expect(text).toContain(",'=Pasteurizada,");
    expect(text).not.toContain(",=");
  }
});

const decode = (bytes: Uint8Array | null) =>
  new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes ?? new Uint8Array());

test("the files of the fixed model are their golden files", () => {
  for (const file of ["report.csv", "forecast.csv"] as const) {
    expectGolden(`test/golden/reports/${file}`, decode(renderFile(file, fixedModel(), { rasterize: null })));
  }
});

test("forecast.csv has one line for each series and step, with the numbers of the model", () => {
  const model = fixedModel();
  const read = readCsv(decode(renderFile("forecast.csv", model, { rasterize: null })).slice(1));
  if (!read.ok) throw new Error(read.error);
  const [header = [], ...rows] = read.value;
  expect(rows).toHaveLength(4 * 12);
  const cell = (row: readonly string[] | undefined, name: string) => Number(row?.[header.indexOf(name)]);
  model.series.forEach(({ steps }, at) => {
    steps.forEach((step, index) => {
      const row = rows[at * 12 + index];
      expect(cell(row, "median")).toBe(step.median);
      expect(cell(row, "quantile_0.05")).toBe(step.quantiles.find(({ level }) => level === 0.05)?.value);
      expect(cell(row, "up_probability")).toBe(step.chances?.up);
    });
  });
});

test("a page of 185 series and 12 steps is at most 150 KB compressed, and the same on a second run", () => {
  const [first, second] = [largeModel({ series: 185, steps: 12 }), largeModel({ series: 185, steps: 12 })].map(
    (model) => pageOf(model),
  );
  expect(first).toBe(second);
  expect(gzipSync(first ?? "").length).toBeLessThanOrEqual(150_000);
});

test("the table shows at most 500 series and links to the CSV file with all of them", () => {
  const page = pageOf(largeModel({ series: tableRowsMax + 20, steps: 1 }));
  const table = page.slice(page.indexOf("data-sortable"), page.indexOf('id="record"'));
  expect(Array.from(table.matchAll(/<th scope="row"/g))).toHaveLength(tableRowsMax);
  expect(page).toContain('500 of 520 series. All of them are in the CSV file. <a href="report.csv">');
});

test("a report of next events names the most likely series, and neither a day nor a level", () => {
  const text = textOf(pageOf(nextEventModel()));
  expect(text).toContain(
    "For 2 of 4 series large is more likely than ordinary. Most likely: customer_id 1291 (9 in 10, 91%).",
  );
  expect(text).toContain("How often It usually happens 2 in 10 times.");
  expect(text).toContain("customer_id 1291. Contribution of each input in percentage points");
  expect(text).toContain("customer_id Last Last date large Notes 1291 large Nov 20, 2026 91%");
  expect(text).toContain("Publisher The shop Licence not stated");
  expect(text).toContain("lower than assuming the usual frequency");
  expect(text).not.toMatch(/nothing changes|The next day|comparable days|Values in/);
  // An empty address would be a link to the page itself.
  expect(pageOf(nextEventModel())).not.toContain('href=""');
});

test("the next periods of an event are named by their number and length", () => {
  const [first, ...others] = eventModel().series;
  if (!first) throw new Error("the model has a series");
  const one = { ...eventModel(), series: [{ ...first, steps: first.steps.slice(0, 1) }, ...others] };
  expect(["en", "es"].map((language) => textOf(pageOf(one, language)))).toEqual([
    expect.stringContaining("The next day "),
    expect.stringContaining("El próximo día "),
  ]);
  expect(textOf(pageOf(eventModel(), "es"))).toContain("Los próximos días");
});

test("the level is compared with a month of days, or a year of months", () => {
  const since = (every: "day" | "month", periods: readonly string[]) => {
    const { forecast, headline, ...model } = singleModel();
    if ("missing" in headline) throw new Error("the model has a headline");
    const history = periods.map((period, at) => ({ period, value: 100 + at }));
    return textOf(pageOf({ ...model, forecast: { ...forecast, every }, headline: { ...headline, history } }));
  };
  const months = Array.from(
    { length: 30 },
    (_, at) => `${2024 + Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, "0")}`,
  );
  expect(since("month", months)).toContain("since Jun 2025");
  const days = Array.from({ length: 30 }, (_, at) => `2026-11-${String(at + 1).padStart(2, "0")}`);
  expect(since("day", days)).toContain("since Nov 10, 2026");
});

test("the record claims a difference only if its confidence sequence excludes zero", () => {
  const withRecord = (skill: number, low: number | null, high: number | null, publications = 120) => {
    const record = {
      from: "2026-01-02",
      to: "2026-11-20",
      publications,
      baseline: "naive",
      coverage: [],
      windows: [{ publications, isAll: true, skill, low, high }],
    };
    return textOf(pageOf({ ...fixedModel(), record }));
  };
  expect(withRecord(0.03, 0.01, 0.05)).toContain(
    "3.0% lower than assuming that nothing changes; this is more than chance",
  );
  expect(withRecord(-0.03, -0.05, -0.01)).toContain("The forecast was worse");
  expect(withRecord(0.03, -0.01, 0.07)).toContain("no difference has been shown yet");
  expect(withRecord(0.03, null, null, 29)).toContain("29 publications are too few for a statement");
  // The baseline was always exact, so that there is no difference to measure.
  expect(withRecord(0.03, null, null)).toContain("no difference has been shown yet");
});

test("a report without a model states what is missing and shows no prediction", () => {
  const text = textOf(pageOf(emptyModel()));
  expect(text).toContain("No model serves this forecast");
  expect(text).toContain("No publication since 2026-11-20");
  expect(text).toContain("No values have been published");
  expect(text).not.toContain("Prediction ");
  expect(text).toContain("23 % of the known series are missing");
});

test("every file is rendered once, the page last and with the sizes of the others", async () => {
  const stored = new Map<string, Uint8Array>();
  const png = Uint8Array.of(1, 2, 3);
  await renderAll(fixedModel(), { rasterize: () => png, languages: ["es", "en"] }, async (name, bytes) => {
    expect(stored.has(name)).toBe(false);
    stored.set(name, bytes);
  });
  const shared = ["report.csv", "forecast.csv", "report.json"];
  const first = ["chart.svg", "chart.png", "report.html"];
  const second = ["chart.en.svg", "chart.en.png", "report.en.html"];
  expect([...stored.keys()]).toEqual([...shared, ...first, ...second]);
  const linksOf = (name: string) =>
    Array.from(decode(stored.get(name) ?? null).matchAll(/<a href="([^"#]+)" download>/g), ([, href]) => href);
  expect(linksOf("report.html")).toEqual([...shared, "chart.svg", "chart.png"]);
  expect(linksOf("report.en.html")).toEqual([...shared, "chart.en.svg", "chart.en.png"]);
  expect(decode(stored.get("report.html") ?? null)).toContain("(PNG, 3 B)");
  expect(JSON.parse(decode(stored.get("report.json") ?? null))).toEqual(fixedModel());
});

test("the page of each language links to the others, and a page without others has no link", async () => {
  const pagesIn = async (languages: readonly string[]) => {
    const pages = new Map<string, string>();
    await renderAll(fixedModel(), { languages, rasterize: null }, async (name, bytes) => {
      if (name.endsWith(".html")) pages.set(name, decode(bytes));
    });
    return pages;
  };
  const both = await pagesIn(["es", "en"]);
  const [spanish, english] = [both.get("report.html"), both.get("report.en.html")];
  expect(spanish).toContain('<link rel="alternate" hreflang="en" href="report.en.html">');
  expect(spanish).toContain('<a rel="alternate" hreflang="en" lang="en" href="report.en.html">English</a>');
  expect(english).toContain('<html lang="en">');
  expect(english).toContain('<link rel="alternate" hreflang="es" href="report.html">');
  expect(english).toContain('<a rel="alternate" hreflang="es" lang="es" href="report.html">Español</a>');
  const alone = (await pagesIn(["en"])).get("report.html");
  expect(alone).toContain('<html lang="en">');
  expect(alone).not.toContain("hreflang");
});

test("the link to the series is the first element that a keyboard reaches, also with links to other languages", async () => {
  await renderAll(fixedModel(), { languages: ["es", "en"], rasterize: null }, async (name, bytes) => {
    if (!name.endsWith(".html")) return;
    const [first] = decode(bytes).matchAll(
      /<(?:a|button|input|select|textarea|summary)\b[^>]*>|<[^>]+\btabindex=[^>]+>/g,
    );
    expect(first?.[0]).toBe('<a class="skip" href="#series">');
  });
});

test("titles of simulated feeds that are declared in English only are marked", () => {
  const [feed] = fixedModel().feeds;
  if (!feed) throw new Error("the model has a feed");
  const { translations, ...untranslated } = feed;
  const simulated = { simulated: true } as const;
  const feeds = [feed, { ...feed, ...simulated }, { ...untranslated, ...simulated, title: "Shop" }];
  const page = (language: string) =>
    decode(renderFile("report.html", { ...fixedModel(), feeds }, { language, rasterize: null }));
  expect(page("es")).toContain(
    'Datos en parte simulados: Precios de la leche en México, <span lang="en">Shop</span>.</strong>',
  );
  expect(page("en")).toContain("Partly simulated data: Milk prices in Mexico, Shop.</strong>");
});

test("a report without a history has no chart, and one without predictions no report.csv", async () => {
  const stored: string[] = [];
  await renderAll(emptyModel(), { rasterize: () => new Uint8Array(), languages: ["en"] }, async (file) => {
    stored.push(file);
  });
  expect(stored).toEqual(["forecast.csv", "report.json", "report.html"]);
});
