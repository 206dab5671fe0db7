/** Which languages a report has, and which file answers a request for one. */
import { expect, test } from "vitest";
import { readFileName, reportFileNames } from "../../shared/api/report-languages.ts";
import { findFeed } from "../../shared/feeds/index.ts";
import { milkCl } from "../../shared/forecasts/milk-cl.ts";
import { milkMx } from "../../shared/forecasts/milk-mx.ts";
import { sickness } from "../../shared/forecasts/sickness.ts";
import { feedIdsOf } from "../../shared/forecasts/source.ts";
import { chooseFile } from "../../shared/reports/choose-file.ts";
import { feedTitle } from "../../shared/reports/feed-title.ts";
import { filesIn, languagesOf } from "../../shared/reports/languages.ts";
import { languageCodes } from "../../shared/reports/words/index.ts";

const inBoth = filesIn(["es", "en"]).map(({ name, language }) => ({
  file: name,
  bytes: 1,
  ...(language !== null && { language }),
}));
/** As a version before languages stored it. */
const older = filesIn(["es"]).map(({ name }) => ({ file: name, bytes: 1 }));

test("a report is published in the language of its forecast and in English", () => {
  expect(languagesOf({ locale: "es-MX" })).toEqual(["es", "en"]);
  expect(languagesOf({ locale: "en-US" })).toEqual(["en"]);
  expect(languagesOf({ locale: "fr-FR" })).toEqual(["en"]);
});

test("every name of a file is read back, and no two files have one name", () => {
  for (const language of languageCodes)
    for (const { file, name } of filesIn(["other", language])) expect(readFileName(name).file).toBe(file);
  expect(new Set(reportFileNames).size).toBe(reportFileNames.length);
  expect(() => readFileName("report.fr.html")).toThrow("expected one of report.csv");
});

test("without a language the file is the plain one, also of a report of an earlier version", () => {
  for (const files of [inBoth, older])
    for (const { file, name } of filesIn(["es"]))
      expect(chooseFile(files, { file, language: null }, "es")).toMatchObject({ ok: true, value: { name } });
});

test("a requested language chooses the file in it, and does not matter for files without texts", () => {
  const chosen = (file: "report.html" | "report.csv", language: string) => chooseFile(inBoth, { file, language }, "es");
  expect(chosen("report.html", "en")).toMatchObject({ value: { name: "report.en.html", language: "en" } });
  expect(chosen("report.html", "es")).toMatchObject({ value: { name: "report.html", language: "es" } });
  expect(chosen("report.csv", "en")).toMatchObject({ value: { name: "report.csv", language: null } });
});

test("a language that the report does not have is refused with those that it has", () => {
  expect(chooseFile(older, { file: "chart.svg", language: "en" }, "es")).toEqual({ ok: false, error: ["es"] });
  expect(chooseFile(inBoth, { file: "chart.svg", language: "fr" }, "es")).toEqual({ ok: false, error: ["es", "en"] });
});

test("the plain file keeps its language if the forecast changes its own later", () => {
  const chosen = chooseFile(inBoth, { file: "report.html", language: null }, "en");
  expect(chosen).toMatchObject({ value: { name: "report.html", language: "es" } });
});

test("the Spanish forecasts and their feeds have Spanish titles", () => {
  for (const forecast of [milkMx, milkCl, sickness]) {
    const used = feedIdsOf(forecast).flatMap((id) => findFeed(id) ?? []);
    for (const { id, translations = {} } of [forecast, ...used])
      expect(translations["es"]?.title ?? "", id).not.toBe("");
  }
});

test("a title that is not declared in a language is the English one, with its language", () => {
  const feed = { title: "Prices", translations: { es: { title: "Precios" } } };
  expect(feedTitle(feed, "es")).toEqual({ text: "Precios", language: null });
  expect(feedTitle(feed, "en")).toEqual({ text: "Prices", language: null });
  expect(feedTitle({ title: "Prices" }, "es")).toEqual({ text: "Prices", language: "en" });
});
