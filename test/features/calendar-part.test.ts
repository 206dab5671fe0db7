import { describe, expect, test } from "vitest";
import { calendarPart } from "../../shared/features/calendar-part.ts";
import { none } from "./compute-one.ts";

describe("calendar", () => {
  test("parts are those of a day, an hour's day, or the first day of a month or quarter", () => {
    const part = (name: Parameters<typeof calendarPart>[0], target: string) => calendarPart(name, target, null);
    expect(["year", "month", "day", "weekday"].map((name) => part(name as "year", "2026-11-21"))).toEqual([
      2026, 11, 21, 5,
    ]);
    expect([part("weekday", "2026-11-22T23"), part("month", "2026-11"), part("day", "2026-11")]).toEqual([6, 11, 1]);
    expect([part("month", "2026-Q4"), part("day", "2026-Q4"), part("year", "2026-Q4")]).toEqual([10, 1, 2026]);
  });

  test.each([
    ["month", 12, (step: number) => `2026-${String(step + 1).padStart(2, "0")}-01`],
    ["day", 31, (step: number) => `2026-01-${String(step + 1).padStart(2, "0")}`],
    ["weekday", 7, (step: number) => `2026-06-0${step + 1}`],
  ] as const)("sine and cosine of the %s go once round a circle", (cycle, steps, periodAt) => {
    for (let step = 0; step < steps; step++) {
      const turn = (2 * Math.PI * step) / steps;
      expect(calendarPart(`${cycle}-sine`, periodAt(step), null)).toBeCloseTo(Math.sin(turn), 12);
      expect(calendarPart(`${cycle}-cosine`, periodAt(step), null)).toBeCloseTo(Math.cos(turn), 12);
    }
  });

  test("days ahead and the start of a month depend on the last known period, and are missing without one", () => {
    expect(calendarPart("days-ahead", "2026-03-02", "2026-02-27")).toBe(3);
    expect(
      ["2026-02-27", "2026-03-02", "2025-03-31"].map((last) => calendarPart("starts-month", "2026-03-04", last)),
    ).toEqual([1, 0, 1]);
    expect(calendarPart("days-ahead", "2026-03", "2026-02")).toBe(28);
    expect(calendarPart("days-ahead", "2027-Q1", "2026-Q4")).toBe(92);
    expect(calendarPart("starts-month", "2026-03", "2026-02")).toBe(1);
    expect([calendarPart("days-ahead", "2026-03-02", null), calendarPart("starts-month", "2026-03-02", null)]).toEqual([
      none,
      none,
    ]);
  });
});
