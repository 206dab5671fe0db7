import fc from "fast-check";
import { expect, test } from "vitest";
import { reasonToHold } from "../../shared/feeds/hold.ts";
import { problem } from "../../shared/feeds/problem.ts";
import { sniimMilk } from "../../shared/feeds/sniim-milk.ts";
import { readSpanishDate } from "../../shared/feeds/spanish-date.ts";
import { columnName } from "../../shared/feeds/text.ts";
import { addDays, daysBetween, isIsoDay, isoDay, isoWeekday } from "../../shared/lib/calendar.ts";
import { cleanName, foldText } from "../../shared/lib/fold-text.ts";
import { spanishDay } from "../../trainer/simulate/publication-days.ts";

const anyDay = fc.integer({ min: 0, max: 40_000 }).map((days) => addDays("1990-01-01", days));

test("every day written in Spanish is parsed, in any case and with or without accents", () => {
  fc.assert(
    fc.property(anyDay, fc.boolean(), (day, upper) => {
      const text = spanishDay(day);
      const shown = upper ? text.toUpperCase() : text.normalize("NFD");
      expect(readSpanishDate(shown)).toEqual({ day, weekdayAgrees: true });
    }),
  );
});

test("a date is parsed in the forms that people type; an impossible or differently written one is rejected", () => {
  for (const text of [
    "Viernes, 31 de febrero de 2025",
    "Viernes, 3 de enero",
    "3 de enero de 2025",
    "03/01/2025",
    "Viernes, 3 de brumario de 2025",
    "",
    "Noday, 3 de enero de 2025",
  ]) {
    expect(readSpanishDate(text)).toBeNull();
  }
  for (const text of ["Viernes, 3 de enero 2025", "Viernes ,3 de enero de 2025.", "VIERNES 3° DE ENERO, 2025"]) {
    expect(readSpanishDate(text)).toEqual({ day: "2025-01-03", weekdayAgrees: true });
  }
  expect(readSpanishDate("Lunes, 3 de setiembre de 2025")).toEqual({ day: "2025-09-03", weekdayAgrees: false });
});

test("adding days and counting days agree", () => {
  fc.assert(
    fc.property(anyDay, fc.integer({ min: -5_000, max: 5_000 }), (day, count) => {
      expect(daysBetween(day, addDays(day, count))).toBe(count);
      expect(isoWeekday(addDays(day, 7))).toBe(isoWeekday(day));
    }),
  );
  expect([isoDay(2024, 2, 29), isoDay(2025, 2, 29), isoDay(2025, 13, 1), isIsoDay("2025-1-3")]).toEqual([
    "2024-02-29",
    null,
    null,
    false,
  ]);
  expect(isoWeekday("2026-11-20")).toBe(5);
});

test("names are cleaned to one spelling and compared without accents", () => {
  expect(cleanName("  Veracruz \u00a0 Puerto ")).toBe("Veracruz Puerto");
  expect(cleanName("Michoaca\u0301n")).toBe("Michoacán");
  expect(foldText("MICHOACÁN ")).toBe("michoacan");
  expect([0, 25, 26, 701, 702].map(columnName)).toEqual(["A", "Z", "AA", "ZZ", "AAA"]);
});

test("a fetch requests every publication day since the last success, newest first, and the last success again", () => {
  const names = (cursor: string | null, today: string) =>
    sniimMilk.source.requests(cursor, today).map(({ name }) => name);
  expect(names("2025-01-03", "2025-01-09")).toEqual(["Leche08012025.xlsx", "Leche06012025.xlsx", "Leche03012025.xlsx"]);
  expect(names("2025-01-08", "2025-01-08")).toEqual(["Leche08012025.xlsx"]);
  expect(names(null, "2025-01-08").length).toBe(16);
  expect(names("2015-01-02", "2025-01-08").length).toBe(60);
  expect(sniimMilk.publishedOn("Leche31022025.xlsx")).toBeNull();
});

test("a publication is held above its limits, but not at them", () => {
  const lost = (values: number) => [problem("no-number", { found: "s/d", expected: "a price", values })];
  const counts = (observations: number, values: number) => ({
    observations,
    problems: lost(values),
    series: new Set(["a", "b", "c", "d"]),
  });
  expect(reasonToHold(counts(70, 30), [], sniimMilk.limits)).toBeNull();
  expect(reasonToHold(counts(69, 31), [], sniimMilk.limits)).toBe(
    "31 % of the values were rejected; the limit is 30 %. The most frequent reason is no-number (1×)",
  );
  expect(reasonToHold(counts(100, 0), ["a", "b", "c", "d", "e"], sniimMilk.limits)).toBeNull();
  expect(reasonToHold(counts(100, 0), ["a", "b", "c", "d", "e", "f"], sniimMilk.limits)).toContain(
    "2 of 6 known series are missing",
  );
});
