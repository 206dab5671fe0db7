/** Reports in a real browser: accessibility (axe), layout, print, and the table's filter and sorting. Leaves screenshots. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import type { ReportModel } from "../../shared/api/report-model.ts";
import { linksToOthers } from "../../shared/reports/languages.ts";
import { reportPage } from "../../shared/reports/page/report-page.ts";
import { viewOf } from "../../shared/reports/view.ts";
import { openBrowser } from "../support/browser.ts";
import { eventModel, nextEventModel } from "../support/event-report-models.ts";
import { largeModel } from "../support/large-report-model.ts";
import { emptyModel, fixedModel, singleModel } from "../support/report-models.ts";

const models: Readonly<Record<string, ReportModel>> = {
  panel: largeModel({ series: 185, steps: 12 }),
  small: fixedModel(),
  single: singleModel(),
  event: eventModel(),
  "next-event": nextEventModel(),
  empty: emptyModel(),
};
const downloads = [
  { file: "report.csv", bytes: 17_316 },
  { file: "chart.png", bytes: 97_591 },
] as const;

const languages = ["en", "es"] as const;

function pageOf(name: string, model: ReportModel, language: string): string {
  const links = linksToOthers(languages, language, (other) => `${name}-${other}.html`);
  return reportPage(viewOf(model, language), downloads, links);
}

const folder = mkdtempSync(join(tmpdir(), "almanac-reports-"));
/** Ignored by git. */
const screenshots = resolve(".wrangler/screenshots");
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const browser = await openBrowser();

beforeAll(() => {
  mkdirSync(screenshots, { recursive: true });
  for (const [name, model] of Object.entries(models))
    for (const language of languages)
      writeFileSync(join(folder, `${name}-${language}.html`), pageOf(name, model, language));
});
afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Visit {
  readonly width: number;
  readonly colorScheme?: "light" | "dark";
  readonly javaScriptEnabled?: boolean;
}

async function visit(name: string, { width, colorScheme = "light", javaScriptEnabled = true }: Visit) {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, javaScriptEnabled });
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => requests.push(request.url()));
  await page.goto(pathToFileURL(join(folder, `${name}.html`)).href);
  return { page, complaints, requests };
}

const violationsShape = z.array(z.object({ id: z.string(), nodes: z.array(z.object({ html: z.string() })) }));

async function violationsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const found = await page.evaluate(
    `axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }).then((run) => run.violations)`,
  );
  return violationsShape
    .parse(found)
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 120)}`));
}

const widths = [360, 768, 1440];

test.each(Object.keys(models))(
  "the report %s has no accessibility violations and no horizontal overflow, light and dark",
  async (name) => {
    for (const colorScheme of ["light", "dark"] as const) {
      for (const width of widths) {
        const { page, complaints, requests } = await visit(`${name}-es`, { width, colorScheme });
        expect(
          await page.evaluate("document.documentElement.scrollWidth"),
          `${width} ${colorScheme}`,
        ).toBeLessThanOrEqual(width);
        // The rules depend on colours and on the narrowest layout.
        if (width === 360) expect(await violationsOf(page), `${width} ${colorScheme}`).toEqual([]);
        expect(complaints).toEqual([]);
        expect(requests).toHaveLength(1);
        await page.screenshot({ path: join(screenshots, `${name}-${width}-${colorScheme}.png`), fullPage: true });
        await page.context().close();
      }
    }
  },
);

test.each(Object.keys(models))(
  "the English page of the report %s has no accessibility violations and no horizontal overflow on a phone",
  async (name) => {
    const { page, complaints, requests } = await visit(`${name}-en`, { width: 360 });
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(360);
    expect(await violationsOf(page)).toEqual([]);
    expect(complaints).toEqual([]);
    expect(requests).toHaveLength(1);
    await page.screenshot({ path: join(screenshots, `${name}-en-360.png`), fullPage: true });
    await page.context().close();
  },
);

test("the page of each language leads to the other", async () => {
  const { page } = await visit("small-es", { width: 360 });
  expect(await page.evaluate("document.documentElement.lang")).toBe("es");
  await page.getByRole("link", { name: "English" }).click();
  expect(await page.evaluate("document.documentElement.lang")).toBe("en");
  await page.getByRole("link", { name: "Español" }).click();
  expect(await page.evaluate("document.documentElement.lang")).toBe("es");
  await page.context().close();
});

test.each(Object.keys(models))(
  "the report %s prints on A4 without overflow, and no chart is split between pages",
  async (name) => {
    const { page } = await visit(`${name}-en`, { width: 794 });
    await page.emulateMedia({ media: "print" });
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(794);
    const splittable = await page.evaluate(
      `[...document.querySelectorAll("figure, .small li, tr")].filter((one) => getComputedStyle(one).breakInside !== "avoid").length`,
    );
    expect(splittable).toBe(0);
    writeFileSync(join(screenshots, `${name}.pdf`), await page.pdf({ format: "A4", printBackground: true }));
    await page.context().close();
  },
);

test("without script the report is complete: all rows, all sections, no filter", async () => {
  const { page } = await visit("panel-en", { width: 1440, javaScriptEnabled: false });
  expect(await page.locator("table[data-sortable] tbody tr").count()).toBe(185);
  expect(await page.locator(".filter").isVisible()).toBe(false);
  expect(await page.locator("th button").count()).toBe(0);
  expect(await page.locator("svg:visible").count()).toBeGreaterThan(30);
  await page.context().close();
});

test("the table is filtered and sorted by keyboard, and both are announced", async () => {
  const { page, complaints } = await visit("panel-en", { width: 1440 });
  const status = page.locator(".filter [role=status]");
  await page.focus("#filter");
  await page.keyboard.type("PRUEBA 04 autoservicios");
  const shown = await page.locator("table[data-sortable] tbody tr:visible").count();
  expect(shown).toBeGreaterThan(0);
  expect(shown).toBeLessThan(10);
  expect(await status.textContent()).toBe(`${shown} of 185 series are shown.`);
  await page.fill("#filter", "");
  const column = page.locator("table[data-sortable] thead th", { hasText: "Prediction" });
  await column.locator("button").focus();
  await page.keyboard.press("Enter");
  expect(await column.getAttribute("aria-sort")).toBe("ascending");
  expect(await status.textContent()).toBe("Sorted by Prediction, ascending.");
  await page.keyboard.press("Space");
  expect(await column.getAttribute("aria-sort")).toBe("descending");
  expect(await page.locator("[aria-sort]").count()).toBe(1);
  const values = await page.evaluate(
    `[...document.querySelectorAll("table[data-sortable] tbody tr")].map((row) => Number(row.cells[5].dataset.v))`,
  );
  const numbers = z.array(z.number()).parse(values);
  expect(numbers).toEqual([...numbers].sort((a, b) => b - a));
  expect(complaints).toEqual([]);
  await page.context().close();
});
