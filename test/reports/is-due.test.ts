/** When a report is due, and the daily editions. */
import { describe, expect, test } from "vitest";
import { editionDayAt, editionOf } from "../../shared/forecasts/edition.ts";
import { milkCl } from "../../shared/forecasts/milk-cl.ts";
import { milkMx } from "../../shared/forecasts/milk-mx.ts";
import { sickness } from "../../shared/forecasts/sickness.ts";
import { computeEdition, type EditionInput, editionPage } from "../../shared/reports/edition.ts";
import { atomFeed } from "../../shared/reports/feed-xml.ts";
import { reasonToReport } from "../../shared/reports/is-due.ts";
import { feedsBehind } from "../../shared/sources/overdue-sources.ts";

describe("the sources of a period", () => {
  // The price and the rain of a month are known one month later, the statistics of the central bank two.
  const ends = (rain: string | null, bank: string | null) =>
    new Map([
      ["cl-milk-price", "2026-09"],
      ["cl-rain", rain],
      ["cl-central-bank", bank],
    ]);

  test.each([
    ["2026-09", "2026-08", []],
    ["2026-10", "2026-09", []],
    ["2026-08", "2026-08", ["cl-rain"]],
    ["2026-09", "2026-07", ["cl-central-bank"]],
    [null, null, ["cl-rain", "cl-central-bank"]],
  ] as const)("rain up to %s and statistics up to %s: behind are %j", (rain, bank, behind) => {
    expect(feedsBehind(milkCl, "2026-09", ends(rain, bank))).toEqual(behind);
  });

  test("hours are complete with the last hour of the day", () => {
    const [source] = sickness.sources;
    const [target] = milkMx.sources;
    if (!source || !target) throw new Error("both have a source");
    const joined = { ...milkMx, sources: [target, { ...source, dimensions: [] }], schedule: sickness.schedule };
    const behindWith = (hour: string) => feedsBehind(joined, "2026-11-20", new Map([[source.feed, hour]]));
    expect(behindWith("2026-11-20T22")).toEqual([source.feed]);
    expect(behindWith("2026-11-20T23")).toEqual([]);
    expect(behindWith("2026-11-21T03")).toEqual([]);
  });
});

test("a value of a longer period is there for every period in it", () => {
  const [target] = milkMx.sources;
  const [, rain] = milkCl.sources;
  if (!target || !rain) throw new Error("both have a source");
  const daily = { ...milkMx, sources: [target, { ...rain, lag: 0, dimensions: [] }] };
  const behindWith = (month: string) => feedsBehind(daily, "2026-11-20", new Map([[rain.feed, month]]));
  expect(behindWith("2026-10")).toEqual([rain.feed]);
  expect(behindWith("2026-11")).toEqual([]);
  expect(behindWith("2026-Q3")).toEqual([rain.feed]);
  expect(behindWith("2026-Q4")).toEqual([]);
});

describe("a report", () => {
  const state = { history: 7, change: 2, newest: null, behind: [] };

  test("of a new period is due once every source has its part, and with the next edition at the latest", () => {
    expect(reasonToReport(state, "data")).toBe("publication");
    const late = { ...state, behind: ["cl-rain"] };
    expect(reasonToReport(late, "data")).toBeNull();
    expect(reasonToReport(late, "edition")).toBe("edition");
    expect(reasonToReport(late, "request")).toBe("request");
  });

  test("without a champion is made by an edition or a request only", () => {
    const untrained = { ...state, change: 0 };
    expect(reasonToReport(untrained, "data")).toBeNull();
    expect(reasonToReport(untrained, "edition")).toBe("edition");
    expect(reasonToReport(untrained, "request")).toBe("request");
  });

  test("gets a new revision for later data or another champion, and none for the same", () => {
    const newest = { history: 7, change: 2 };
    for (const trigger of ["data", "edition", "request"] as const) {
      expect(reasonToReport({ ...state, newest }, trigger)).toBeNull();
      expect(reasonToReport({ ...state, newest: { ...newest, history: 6 } }, trigger)).toBe("correction");
      expect(reasonToReport({ ...state, newest: { ...newest, change: 1 } }, trigger)).toBe("champion");
    }
  });
});

test("an edition is due from the declared hour of the local day, also when clocks change", () => {
  const dayAt = (edition: Parameters<typeof editionDayAt>[0], time: string) => editionDayAt(edition, new Date(time));
  expect(editionOf(milkMx)).toEqual({ timezone: "America/Mexico_City", hour: 8 });
  expect(editionOf({ ...milkMx, edition: { hour: 20 } })).toEqual({ timezone: "America/Mexico_City", hour: 20 });
  expect(dayAt(editionOf(milkMx), "2026-11-20T13:45:00Z")).toBeNull();
  expect(dayAt(editionOf(milkMx), "2026-11-20T14:00:00Z")).toBe("2026-11-20");
  expect(dayAt(editionOf(milkMx), "2026-11-21T05:45:00Z")).toBe("2026-11-20");
  const madrid = { timezone: "Europe/Madrid", hour: 8 };
  expect(dayAt(madrid, "2026-10-25T06:45:00Z")).toBeNull();
  expect(dayAt(madrid, "2026-10-25T07:00:00Z")).toBe("2026-10-25");
});

const report = {
  origin: "2026-11-20",
  revision: 2,
  version: "v2",
  publishedAt: "2026-11-20T18:30:00.000Z",
  path: "/reports/milk-mx/2026-11-20/r2/report.html",
  summary: ["Sube <poco>."],
};
const base: Omit<EditionInput, "report" | "previous"> = {
  forecast: milkMx,
  language: "es",
  date: "2026-11-21",
  publishedAt: "2026-11-21T14:00:00.000Z",
  held: [],
  feeds: [],
};
const held = [
  {
    feed: { text: "Leche", language: null },
    since: "2026-11-20T18:05:00.000Z",
    reason: "23 % of the series are missing",
  },
];

test("an edition states a new report, another version, held publications, or that there is nothing new", () => {
  const fresh = computeEdition({ ...base, report, previous: { ...report, revision: 1, version: "v1" }, held });
  expect(fresh).toMatchObject({ isNew: true, title: "Precios de la leche en México", report: { revision: 2 } });
  expect(fresh.changes).toEqual([
    "Hay un informe nuevo con datos hasta el 20 nov 2026.",
    "Ahora predice la versión v2.",
    expect.stringContaining("Una publicación de Leche está retenida"),
  ]);
  const unchanged = computeEdition({ ...base, report, previous: report });
  expect(unchanged).toMatchObject({ isNew: false, changes: [expect.stringContaining("desde el 20 nov 2026")] });
  expect(computeEdition({ ...base, report: null, previous: null })).toMatchObject({ isNew: false, report: null });
});

test("an edition after a withdrawal names the lost publication, and does not call an older report new", () => {
  const previous = { ...report, origin: "2026-11-23", revision: 1 };
  expect(computeEdition({ ...base, report, previous })).toMatchObject({
    isNew: false,
    changes: [
      expect.stringContaining("La publicación del 23 nov 2026 se retiró"),
      expect.stringContaining("No hay publicaciones nuevas desde el 20 nov 2026"),
    ],
  });
  expect(computeEdition({ ...base, report: null, previous })).toMatchObject({
    isNew: false,
    changes: [expect.stringContaining("se retiró"), "Todavía no hay ningún informe."],
  });
});

test("the page of an edition escapes texts, links to the report and loads nothing", () => {
  const page = editionPage({ ...base, report, previous: null });
  expect(page).toContain("Sube &lt;poco&gt;.");
  expect(page).toContain('<a href="/reports/milk-mx/2026-11-20/r2/report.html">');
  expect(page).not.toMatch(/src=|<script|url\(/);
});

test("an edition in another language has its words, and each links to the other and marks texts that are in English only", () => {
  const input: EditionInput = { ...base, report, previous: null, held };
  const spanish = editionPage(input);
  expect(spanish).toContain('<html lang="es">');
  expect(spanish).toContain(
    'hreflang="en" lang="en" href="/reports/milk-mx/editions/2026-11-21.html?lang=en">English</a>',
  );
  expect(spanish).toContain('<span lang="en">23 % of the series are missing</span>');
  const english = editionPage({ ...input, language: "en" });
  expect(english).toContain('<html lang="en">');
  expect(english).toContain("<h1>Milk prices in Mexico</h1>");
  expect(english).toContain("There is a new report with data up to Nov 20, 2026.");
  expect(english).toContain('hreflang="es" lang="es" href="/reports/milk-mx/editions/2026-11-21.html">Español</a>');
  expect(computeEdition({ ...input, language: "en" }).changes).toContain(
    "A publication of Leche has been held since Nov 20, 2026, 18:05: 23 % of the series are missing",
  );
});

test("an edition marks the title of a feed that is declared in English only", () => {
  const feed = { text: "Milk <prices>", language: "en" };
  const input: EditionInput = { ...base, report, previous: null, held: held.map((one) => ({ ...one, feed })) };
  expect(editionPage(input)).toContain('Una publicación de <span lang="en">Milk &lt;prices&gt;</span> está retenida');
  expect(computeEdition(input).changes.at(-1)).toContain("Una publicación de Milk <prices> está retenida");
});

test("an edition of simulated data states it, as the report does", () => {
  const feeds = [{ title: "Milk prices", simulated: true as const }];
  const input: EditionInput = { ...base, report, previous: null, language: "en", feeds };
  expect(editionPage(input)).toContain("<strong>Simulated data.</strong>");
  expect(computeEdition(input).simulated).toBe(true);
  const real: EditionInput = { ...input, feeds: [{ title: "Milk prices" }] };
  expect(editionPage(real)).not.toContain("Simulated");
  expect(computeEdition(real)).not.toHaveProperty("simulated");
});

test("the Atom feed has one entry for each revision, with escaped findings", () => {
  const { version, ...shown } = report;
  const entry = {
    forecast: "milk-mx",
    version,
    target: null,
    counts: null,
    reason: "champion" as const,
    files: [],
    ...shown,
    language: "es",
  };
  const options = {
    forecast: "milk-mx",
    title: "A & B",
    language: "es",
    base: "https://host",
    now: "2026-11-21T00:00:00Z",
  };
  const feed = atomFeed([entry], options);
  expect(feed).toContain("<title>A &amp; B, 2026-11-20 (2)</title>");
  expect(feed).toContain("<summary>Sube &lt;poco&gt;.</summary>");
  expect(feed).toContain("<updated>2026-11-20T18:30:00.000Z</updated>");
  expect(atomFeed([{ ...entry, language: "en" }], options)).toContain('<summary xml:lang="en">Sube');
  expect(atomFeed([], options)).toContain("<updated>2026-11-21T00:00:00Z</updated>");
});
