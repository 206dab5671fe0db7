/** The pages Worker in its own runtime, over RPC. */
import { exports } from "cloudflare:workers";
import { expect, test } from "vitest";
import type { PagesRenderer, ReportFile } from "../../shared/api/pages.ts";
import type { ReportModel } from "../../shared/api/report-model.ts";
import { fixedModel, singleModel } from "../support/report-models.ts";

const deployed = (exports as unknown as { default: PagesRenderer & Fetcher }).default;

async function render(file: ReportFile, model: ReportModel = fixedModel(), language?: string): Promise<Uint8Array> {
  const answer = await deployed.render({ model, file, language });
  if (!answer.ok) throw new Error(answer.error);
  return answer.value ?? new Uint8Array();
}

const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

test("the page is rendered in workerd, twice with the same bytes, in both languages", async () => {
  const first = textOf(await render("report.html"));
  expect(first).toContain("Precios de la leche en México");
  expect(textOf(await render("report.html"))).toBe(first);
  expect(textOf(await render("report.html", fixedModel(), "en"))).toContain(
    "more likely than not to change by Nov 23, 2026",
  );
});

test("the chart is a PNG with text: the fonts are part of the bundle", async () => {
  const bytes = await render("chart.png", singleModel());
  expect([...bytes.subarray(0, 8)]).toEqual([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  expect(view.getUint32(16)).toBe(1_600);
  // The same chart without text has about half of these bytes.
  expect(bytes.length).toBeGreaterThan(60_000);
});

test("a model that does not fit the schema, and a language that reports do not have, are refused with the reason", async () => {
  const model = { ...fixedModel(), format: 2 } as unknown as ReportModel;
  expect(await deployed.render({ model, file: "report.html" })).toMatchObject({ ok: false });
  const answer = await deployed.render({ model: fixedModel(), file: "report.html", language: "fr" });
  expect(answer).toMatchObject({ ok: false, error: "Found language fr, expected one of en, es." });
});

test("it has no HTTP API", async () => {
  expect((await deployed.fetch("https://pages.invalid/report")).status).toBe(404);
  expect((await deployed.fetch("https://pages.invalid/health")).status).toBe(200);
});
