/** `?lang=` in the addresses of reports. */
import { expect, test } from "vitest";
import { filesIn } from "../../shared/reports/languages.ts";
import { hubInNode } from "../support/hub-in-node.ts";

const folder = "reports/milk-mx/2026-11-20/r1";
const files = filesIn(["es", "en"]);

function rowOf(forecast: string, stored: readonly object[]): string {
  return `INSERT INTO reports (forecast, origin, role, revision, history, change, reason, state, requested_at, published_at, files)
    VALUES ('${forecast}', '2026-11-20', 'champion', 1, 1, 1, 'publication', 'published', '2026-11-20T18:00:00Z', '2026-11-20T18:00:00Z',
      '${JSON.stringify(stored)}');`;
}

/** A published report whose files contain their own name, and no PNG. */
const hub = await hubInNode({
  rows:
    rowOf(
      "milk-mx",
      files.map(({ name, language }) => ({ file: name, bytes: 1, ...(language !== null && { language }) })),
    ) +
    // Of a version before languages.
    rowOf("milk-cl", [{ file: "report.html", bytes: 1 }]),
  files: files
    .filter(({ file }) => file !== "chart.png")
    .map(({ name }) => [`${folder}/${name}`, new TextEncoder().encode(name).slice()] as const),
});

test.each([
  ["", "report.html", "es"],
  ["?lang=es", "report.html", "es"],
  ["?lang=en", "report.en.html", "en"],
])("latest.html%s leads to the page in its language", async (query, name, language) => {
  for (const path of ["latest", "latest.html", "2026-11-20.html"]) {
    const answer = await hub(`/reports/milk-mx/${path}${query}`);
    expect([answer.status, answer.headers.get("Location")]).toEqual([302, `/${folder}/${name}`]);
  }
  const page = await hub(`/${folder}/${name}`);
  expect([page.headers.get("Content-Language"), await page.text()]).toEqual([language, name]);
});

test.each([
  ["/reports/milk-mx/latest.svg", "chart.svg", "es"],
  ["/reports/milk-mx/latest.svg?lang=en", "chart.en.svg", "en"],
  ["/reports/milk-mx/2026-11-20.svg?lang=en", "chart.en.svg", "en"],
  [`/${folder}/report.html?lang=en`, "report.en.html", "en"],
  [`/${folder}/report.en.html?lang=es`, "report.html", "es"],
  [`/${folder}/report.es.html`, "report.html", "es"],
  // The numbers have no language.
  ["/reports/milk-mx/latest.csv?lang=en", "report.csv", null],
  ["/reports/milk-mx/latest.json?lang=en", "report.json", null],
])("%s is the file %s", async (path, name, language) => {
  const answer = await hub(path);
  expect([answer.status, answer.headers.get("Content-Language"), await answer.text()]).toEqual([200, language, name]);
});

test.each([
  ["/reports/milk-mx/latest.html?lang=fr", 400, "Reports have no language fr. Use en or es", ["en", "es"]],
  ["/reports/milk-mx/latest.csv?lang=fr", 400, "Reports have no language fr", ["en", "es"]],
  [`/${folder}/report.html?lang=EN`, 400, "Reports have no language EN", ["en", "es"]],
  ["/reports/milk-mx/editions/2026-11-20.html?lang=fr", 400, "Reports have no language fr", ["en", "es"]],
  ["/reports/milk-cl/latest.html?lang=en", 404, "was not published in en, but in es", ["es"]],
  ["/reports/milk-cl/2026-11-20/r1/report.en.html", 404, "was not published in en, but in es", ["es"]],
  ["/reports/milk-mx/latest.png?lang=en", 404, "has no chart.en.png, because nothing", undefined],
] as const)("%s is refused with %i", async (path, status, detail, allowed) => {
  const answer = await hub(path);
  expect([answer.status, await answer.json()]).toMatchObject([
    status,
    { detail: expect.stringContaining(detail), ...(allowed && { allowed }) },
  ]);
});

test("a language is refused with the existing ones if it is given twice", async () => {
  expect((await hub("/reports/milk-mx/latest.svg?lang=en&lang=es")).status).toBe(422);
});
