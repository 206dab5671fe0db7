import { expect, test } from "vitest";
import { addDays, daysBetween, isIsoDay } from "../../shared/lib/calendar.ts";
import { publicationDays, spanishDay } from "../../trainer/simulate/publication-days.ts";
import { randomFrom } from "../../trainer/simulate/random.ts";

function published(seed: number, { from, until }: { from: string; until: string }): string[] {
  const isPublished = publicationDays(randomFrom(seed));
  const days: string[] = [];
  for (let day = from; day <= until; day = addDays(day, 1)) if (isPublished(day)) days.push(day);
  return days;
}

test("nothing is published on public holidays in Mexico and on Good Friday", () => {
  // The Mondays, Wednesdays and Fridays without a publication of SNIIM in 2024 except 31 May, and two Good Fridays.
  const holidays = ["2024-02-05", "2024-03-18", "2024-03-29", "2024-05-01", "2024-09-16", "2024-11-18", "2024-12-25"];
  const others = ["2025-01-01", "2027-03-26", "2038-04-23"];
  const isPublished = publicationDays(randomFrom(1));
  expect([...holidays, ...others].filter(isPublished)).toEqual([]);
});

test("days are Mondays, Wednesdays and Fridays, 2 to 5 days apart, for every seed", () => {
  for (const seed of [1, 2, 3, 4]) {
    const days = published(seed, { from: "2018-01-01", until: "2034-12-31" });
    const weekdays = new Set(days.map((day) => new Date(`${day}T00:00:00Z`).getUTCDay()));
    const gaps = new Set(days.slice(1).map((day, index) => daysBetween(days[index] ?? day, day)));
    expect([...weekdays].sort()).toEqual([1, 3, 5]);
    expect([...gaps].sort()).toEqual([2, 3, 4, 5]);
  }
});

test("some days are missing without a holiday, and they depend on the seed", () => {
  const year = { from: "2024-01-01", until: "2026-12-31" };
  expect(published(1, year)).not.toEqual(published(2, year));
});

test("days are formatted in Spanish as in the workbook", () => {
  expect(spanishDay("2024-01-03")).toBe("Miércoles, 3 de enero de 2024");
  expect(spanishDay("2026-11-20")).toBe("Viernes, 20 de noviembre de 2026");
});

test("days that do not exist are rejected", () => {
  expect(["2024-02-29", "2026-11-20"].every(isIsoDay)).toBe(true);
  expect(["2023-02-29", "2026-13-01", "2026-00-10", "20-11-2026", "2026-1-2", "0Leche"].some(isIsoDay)).toBe(false);
});
