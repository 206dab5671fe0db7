import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { candidateNamed } from "../../shared/candidates/index.ts";
import { boundFeature, dtypeOf } from "../../shared/features/feature.ts";
import { feeds } from "../../shared/feeds/index.ts";
import { mistakesIn } from "../../shared/forecasts/check.ts";
import { lastFeatureOf, toleranceOf } from "../../shared/forecasts/forecast.ts";
import { forecasts } from "../../shared/forecasts/index.ts";
import { nextPeriod } from "../../shared/forecasts/schedule.ts";
import { addDays, daysBetween, isoWeekday } from "../../shared/lib/calendar.ts";
import { isNaive } from "../../shared/registry/gate.ts";
import { checkSpace } from "../../shared/search/space.ts";

describe("schedule", () => {
  const days = fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 });
  const someDay = fc.integer({ min: 0, max: 4000 }).map((ahead) => addDays("2020-01-01", ahead));

  test("the next period is the first day after the last one that the schedule names", () => {
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

  test("a schedule without weekdays is a mistake of the declaration", () => {
    expect(() => nextPeriod({ every: "day", weekdays: [], periods: "calendar" }, "2026-11-20")).toThrow(
      "names no weekday",
    );
  });
});

describe.each([...forecasts])("$id", (forecast) => {
  const floats = forecast.features.filter((one) => dtypeOf(one) === "float").map(({ name }) => name);

  test("its sources, schedule and what refers to them fit each other", () => {
    expect(mistakesIn(forecast, feeds)).toEqual([]);
  });

  test("what a request gives and what its CSV holds are things that it has", () => {
    if (forecast.given) expect(forecast.given.value).toBe(lastFeatureOf(forecast));
    const fields = [forecast.output, forecast.differenceOutput];
    const names = forecast.features.map(({ name }) => name);
    for (const { is } of forecast.csv ?? []) {
      if (is.kind === "dimension") expect(forecast.dimensions).toContain(is.name);
      if (is.kind === "feature") expect(names).toContain(is.name);
      if (is.kind === "answer") expect(fields).toContain(is.field);
    }
  });

  test("something is learned from, and what an interval grows with need not be", () => {
    expect(forecast.features.some(({ learned }) => learned !== false)).toBe(true);
  });

  test("what it says of its features, those features are there to say", () => {
    const named = [forecast.seasonal, forecast.intervals.scaledBy, forecast.change?.frequency, lastFeatureOf(forecast)];
    const needed = forecast.hypothesisNeeds === "all" ? [] : forecast.hypothesisNeeds;
    for (const name of [...named, ...needed].filter((one) => typeof one === "string")) expect(floats).toContain(name);
    for (const feature of forecast.features) {
      for (const dimension of boundFeature(feature).dimensions) expect(forecast.dimensions).toContain(dimension);
    }
  });

  test("naive is a candidate, and every candidate is known with a space that can be searched", () => {
    const named = forecast.candidates.map(({ candidate }) => candidate).filter(isNaive);
    // First, so that they win ties.
    expect(forecast.candidates.slice(0, named.length).map(({ candidate }) => candidate)).toEqual(named);
    expect(named).toEqual(forecast.task === "classification" ? ["base-rate", "state-frequency"] : ["naive"]);
    for (const { candidate, space, trials } of forecast.candidates) {
      expect(candidateNamed(candidate).id).toBe(candidate);
      expect(() => checkSpace(space)).not.toThrow();
      expect(trials).toBeGreaterThanOrEqual(1);
    }
  });

  test("a classification has labels, a Brier score and a probability, and neither intervals nor changes", () => {
    const { task, labels, metric, target, intervals, change, differenceOutput } = forecast;
    expect([labels !== undefined, metric === "brier"]).toEqual([task === "classification", task === "classification"]);
    if (task !== "classification") return;
    expect(labels?.event).not.toBe(labels?.otherwise);
    expect({ transform: target.transform, intervals, change, differenceOutput }).toMatchObject({
      transform: "level",
      intervals: { levels: [] },
      change: null,
      differenceOutput: undefined,
    });
  });

  test("its tolerance is half a unit of the last digit that is published", () => {
    expect(toleranceOf(forecast) * 2 * 10 ** forecast.target.decimals).toBeCloseTo(1, 12);
  });
});
