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
  const floats = forecast.features.filter((feature) => dtypeOf(feature) === "float").map(({ name }) => name);

  test("its sources and schedule, and all references to them, are valid", () => {
    expect(mistakesIn(forecast, feeds)).toEqual([]);
  });

  test("request fields and CSV columns refer to existing features, dimensions and outputs", () => {
    if (forecast.given) expect(forecast.given.value).toBe(lastFeatureOf(forecast));
    const fields = [forecast.output, forecast.differenceOutput];
    const names = forecast.features.map(({ name }) => name);
    for (const { is } of forecast.csv ?? []) {
      if (is.kind === "dimension") expect(forecast.dimensions).toContain(is.name);
      if (is.kind === "feature") expect(names).toContain(is.name);
      if (is.kind === "answer") expect(fields).toContain(is.field);
    }
  });

  test("at least one feature is learned from", () => {
    expect(forecast.features.some(({ learned }) => learned !== false)).toBe(true);
  });

  test("the features that it refers to exist and have the right type", () => {
    const named = [forecast.seasonal, forecast.intervals.scaledBy, forecast.change?.frequency, lastFeatureOf(forecast)];
    const needed = forecast.hypothesisNeeds === "all" ? [] : forecast.hypothesisNeeds;
    for (const name of [...named, ...needed].filter((name) => typeof name === "string")) expect(floats).toContain(name);
    for (const feature of forecast.features) {
      for (const dimension of boundFeature(feature).dimensions) expect(forecast.dimensions).toContain(dimension);
    }
  });

  test("the baselines are candidates, and every candidate exists and has a valid space", () => {
    const named = forecast.candidates.map(({ candidate }) => candidate).filter(isNaive);
    // The baselines come first, so that they win ties.
    expect(forecast.candidates.slice(0, named.length).map(({ candidate }) => candidate)).toEqual(named);
    expect(named).toEqual(forecast.task === "classification" ? ["base-rate", "state-frequency"] : ["naive"]);
    for (const { candidate, space, trials } of forecast.candidates) {
      expect(candidateNamed(candidate).id).toBe(candidate);
      expect(() => checkSpace(space)).not.toThrow();
      expect(trials).toBeGreaterThanOrEqual(1);
    }
  });

  test("a classification has labels, the Brier score and a level target, but no intervals and no change probability", () => {
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

  test("its tolerance is half a unit of the last published digit", () => {
    expect(toleranceOf(forecast) * 2 * 10 ** forecast.target.decimals).toBeCloseTo(1, 12);
  });
});
