import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { candidates } from "../../shared/candidates/index.ts";
import { feeds } from "../../shared/feeds/index.ts";
import { mistakesIn } from "../../shared/forecasts/check.ts";
import { toleranceOf } from "../../shared/forecasts/forecast.ts";
import { forecasts } from "../../shared/forecasts/index.ts";
import { nextPeriod } from "../../shared/forecasts/schedule.ts";
import { addDays, daysBetween, isoWeekday } from "../../shared/lib/calendar.ts";

describe("schedule", () => {
  const days = fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 });
  const someDay = fc.integer({ min: 0, max: 4000 }).map((ahead) => addDays("2020-01-01", ahead));

  test("the next period is the first day of the schedule after the last one", () => {
    fc.assert(
      fc.property(days, someDay, (named, last) => {
        const next = nextPeriod({ every: "day", weekdays: named, periods: "calendar" }, last);
        expect(named).toContain(isoWeekday(next));
        expect(next > last).toBe(true);
        for (let ahead = 1; ahead < daysBetween(last, next); ahead++) {
          expect(named).not.toContain(isoWeekday(addDays(last, ahead)));
        }
      }),
    );
  });

  test("a schedule without weekdays is rejected", () => {
    expect(() => nextPeriod({ every: "day", weekdays: [], periods: "calendar" }, "2026-11-20")).toThrow(
      "the schedule has no weekday",
    );
  });
});

describe.each([...forecasts])("$id", (forecast) => {
  test("its declaration has no mistake", () => {
    expect(mistakesIn(forecast, feeds, candidates)).toEqual([]);
  });

  test("its tolerance is half a unit of the last published digit", () => {
    expect(toleranceOf(forecast) * 2 * 10 ** forecast.target.decimals).toBeCloseTo(1, 12);
  });
});
