/** Reads the values of hours. Past hours and future hours become different variables. */
import { hourMs } from "../../lib/durations.ts";
import type { Blank, Observation, Problem } from "../feed.ts";
import { problem } from "../problem.ts";
import type { ProblemList } from "../problem-list.ts";
import { forecastName, type Pollutant } from "./pollutants.ts";
import type { Document } from "./read-document.ts";
import type { Hour } from "./read-times.ts";

/** The air quality API forecasts at most five days ahead, other APIs of the publisher sixteen. */
const aheadMaxMs = 16 * 24 * hourMs;
const series = {};

export interface Hours {
  readonly observations: readonly Observation[];
  /** Nulls of past hours. */
  readonly blanks: readonly Blank[];
  /** Number of nulls in future hours. */
  readonly notYet: number;
}

/** An hour is past once it has ended. A value of an hour that has not ended is a forecast. */
export function readHours(
  { lists }: Document,
  hours: readonly Hour[],
  { arrivedAt, problems }: { readonly arrivedAt: number; readonly problems: ProblemList },
): Hours {
  const observations: Observation[] = [];
  const blanks: Blank[] = [];
  let notYet = 0;
  for (const { index, instant, period } of hours) {
    if (instant > arrivedAt + aheadMaxMs) {
      const expected = "an hour at most sixteen days after the file arrived";
      problems.add(problem("implausible-time", { period, found: period, expected, values: lists.length }));
      continue;
    }
    const isPast = instant + hourMs <= arrivedAt;
    for (const { pollutant, values } of lists) {
      const value = values[index];
      const variable = isPast ? pollutant.name : forecastName(pollutant.name);
      if (isPlausible(value, pollutant)) observations.push({ series, variable, period, value });
      else if (value === null && !isPast) notYet++;
      else {
        problems.add(refused(value, pollutant, period));
        if (value === null) blanks.push({ series, variable, period });
      }
    }
  }
  return { observations, blanks, notYet };
}

function isPlausible(value: unknown, { max }: Pollutant): value is number {
  return typeof value === "number" && value >= 0 && value <= max;
}

function refused(value: unknown, { name: column, max, unit }: Pollutant, period: string): Problem {
  if (value === null)
    return problem("no-value", { column, period, found: "null", expected: "a number: the hour is past" });
  if (typeof value !== "number")
    return problem("no-number", { column, period, found: String(JSON.stringify(value)), expected: "a number or null" });
  return problem("out-of-range", { column, period, found: String(value), expected: `0 to ${max} ${unit}` });
}
