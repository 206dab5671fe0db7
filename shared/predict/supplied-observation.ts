/**
 * Reads an observation that a request supplies, and forecasts the period after it. The features of that period are computed
 * from the history up to the observation's day, with the supplied value in it, by the same functions as all other features.
 */
import type { Refusal } from "../api/problem.ts";
import { computeFeature } from "../features/compute.ts";
import { reachOf } from "../features/feature.ts";
import { type Panel, pastOf } from "../features/panel.ts";
import { toleranceOf } from "../forecasts/forecast.ts";
import { nextPeriod, previousPeriod } from "../forecasts/schedule.ts";
import { isoDay, withoutMidnight } from "../lib/calendar.ts";
import { failure, type Result, success } from "../lib/result.ts";
import {
  enclosingPeriod,
  firstPartOf,
  followingPeriod,
  type Granularity,
  isPeriod,
  periodForms,
  precedingPeriod,
} from "../period.ts";
import type { ServingDeclaration } from "../registry/served.ts";
import { readNumber } from "./decimal.ts";
import { describeNumber, describeValue } from "./describe-value.ts";
import type { StartingPoint } from "./row.ts";
import type { Snapshot } from "./snapshot.ts";
import { type DateField, readTarget } from "./target.ts";

/** The fields with the day and with the value of an observation. */
export interface SuppliedObservation {
  readonly date?: ObservationField;
  readonly value?: ObservationField;
}

interface ObservationField {
  readonly name: string;
  readonly value: unknown;
}

export interface ObservationQuery {
  readonly target: string;
  /** Null for the newest observation of the history. */
  readonly start: StartingPoint | null;
  /** True unless the observation is the newest one of the history or one of the next period. */
  readonly hypothetical: boolean;
}

export interface ObservationFields {
  readonly observation: SuppliedObservation;
  readonly dates: readonly DateField[];
  /** Position of the series. */
  readonly position: number;
  readonly textNumbers: boolean;
}

/** Reads the target period and the supplied observation. Never throws. O(series × reach × features). */
export function readSuppliedObservation(
  snapshot: Snapshot,
  { observation, dates, position, textNumbers }: ObservationFields,
): Result<ObservationQuery, Refusal> {
  const { forecast, periods } = snapshot;
  const lastPeriod = periods.at(-1) ?? "";
  const day = readDay(snapshot, observation.date ?? null);
  if (!day.ok) return day;
  const named = readTarget(dates, day.value === null ? snapshot.target : nextPeriod(forecast.schedule, day.value));
  if (!named.ok) return named;
  const { target, field } = named.value;
  if (day.value !== null && target !== nextPeriod(forecast.schedule, day.value)) {
    return failure(notAfter(forecast, { target, field, day: day.value }));
  }
  const period = day.value ?? (target === snapshot.target ? lastPeriod : previousPeriod(forecast.schedule, target));
  const value = readValue(forecast, observation.value ?? null, textNumbers);
  if (!value.ok) return value;
  const observed = snapshot.panel.series[position]?.values[periods.indexOf(period)] ?? Number.NaN;
  const used = value.value ?? observed;
  if (Number.isNaN(used)) return failure(missingValue(snapshot, period));
  if (used === observed && period === lastPeriod) return success({ target, start: null, hypothetical: false });
  const last = { period, value: used };
  const start = { last, features: featuresAfter(snapshot, { last, position, target }) };
  return success({ target, start, hypothetical: period !== snapshot.target });
}

/** Computes the features of `target` if `last` was the observation before it. Features that read beyond the stored history are missing. */
function featuresAfter(
  { forecast, panel, target: next }: Snapshot,
  {
    last,
    position,
    target,
  }: { readonly last: StartingPoint["last"]; readonly position: number; readonly target: string },
): StartingPoint["features"] {
  const reach = reachOf(forecast.features);
  const isOutside = last.period > next || last.period < (panel.periods[0] ?? "");
  // A history shorter than the reach is complete: it is not cut at its beginning.
  const isCut = isOutside || panel.periods.length >= reach;
  const changed = withValue(isOutside ? { ...panel, periods: [] } : panel, last, position);
  const end = changed.periods.length;
  const past = pastOf(changed, end, target, { reach, tolerance: toleranceOf(forecast) });
  const features: Record<string, number | string> = {};
  for (const feature of forecast.features) {
    const isLacking = isCut && reachOf([feature]) > end;
    features[feature.name] = isLacking ? Number.NaN : (computeFeature(feature, past).values[position] ?? Number.NaN);
  }
  return features;
}

/** Returns a copy of the panel up to and including a period, with one series' value of that period replaced. */
function withValue(panel: Panel, last: StartingPoint["last"], position: number): Panel {
  const before = panel.periods.filter((period) => period < last.period).length;
  const cut = (values: Float64Array) => {
    const copy = new Float64Array(before + 1).fill(Number.NaN);
    const hasPeriod = panel.periods[before] === last.period;
    copy.set(values.subarray(0, hasPeriod ? before + 1 : before));
    return copy;
  };
  const series = panel.series.map(({ is, values, others = {} }, at) => {
    const copy = cut(values);
    if (at === position) copy[before] = last.value;
    return {
      is,
      values: copy,
      others: Object.fromEntries(Object.entries(others).map(([name, other]) => [name, cut(other)])),
    };
  });
  return { ...panel, periods: [...panel.periods.slice(0, before), last.period], series };
}

/** Returns the period of the observation: the day itself, or the last period of the schedule before it. Null without a day. */
function readDay({ forecast, periods }: Snapshot, field: ObservationField | null): Result<string | null, Refusal> {
  if (field === null) return success(null);
  const { every } = forecast.schedule;
  const day = typeof field.value === "string" ? parsePeriod(forecast, field.value.trim()) : null;
  if (day === null) {
    const [first, last] = allowedRange(every);
    const [year, month, date] = (periods.at(-1) ?? "").split("-").map(Number);
    const sourceForm = forecast.given?.monthFirst ? `, or month first, as in ${month}/${date}/${year}` : "";
    return failure({
      kind: "unprocessable",
      detail: `${field.name} is not ${every === "hour" ? "an" : "a"} ${every} of the calendar.`,
      field: field.name,
      found: describeValue(field.value),
      expected: `${periodForms[every]} from ${first} to ${last}, as in ${periods.at(-1)}${sourceForm}`,
    });
  }
  return success(periods.includes(day) ? day : previousPeriod(forecast.schedule, followingPeriod(day)));
}

/** Returns the first and the last period that are accepted: years have four digits, and a schedule reads a week on both sides. */
function allowedRange(every: Granularity): readonly [first: string, last: string] {
  const [first = "", last = ""] = ["1000-01-07", "9999-12-25"].map((day) =>
    every === "hour" ? firstPartOf(day, every) : enclosingPeriod(day, every),
  );
  return [followingPeriod(first), precedingPeriod(last)];
}

/** Parses a period, or a day in the source's form if that is month first. Null if it is not a period of the accepted range. */
function parsePeriod({ given, schedule }: ServingDeclaration, text: string): string | null {
  const parts = given?.monthFirst ? /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text) : null;
  const stated = schedule.every === "hour" ? text : withoutMidnight(text);
  const period = parts ? isoDay(Number(parts[3]), Number(parts[1]), Number(parts[2])) : stated;
  const [first, last] = allowedRange(schedule.every);
  const isAllowed = period !== null && isPeriod(period, schedule.every) && period >= first && period <= last;
  return isAllowed ? period : null;
}

/** Returns the value of the observation; null without one. */
function readValue(
  { target, unit }: ServingDeclaration,
  field: ObservationField | null,
  textNumbers: boolean,
): Result<number | null, Refusal> {
  if (field === null) return success(null);
  const { name, value } = field;
  const number = textNumbers && typeof value === "string" ? (readNumber(value) ?? value) : value;
  const isNumber = typeof number === "number" && Number.isFinite(Math.fround(number));
  const needsLogarithm = target.transform === "log-difference";
  if (isNumber && (!needsLogarithm || Math.fround(number) > 0)) return success(number);
  return failure({
    kind: "unprocessable",
    detail: `${name} is not a valid observation.`,
    field: name,
    found: textNumbers ? describeValue(value) : describeNumber(value),
    expected: `a number${needsLogarithm ? " above 0" : ""} in ${unit}, as in 1200.5, without thousands separators`,
  });
}

function missingValue({ forecast, periods }: Snapshot, period: string): Refusal {
  const name = forecast.given?.value ?? forecast.variable;
  return {
    kind: "unprocessable",
    detail: `The history has no value of ${period}. Supply it as ${name}.`,
    field: name,
    found: "nothing",
    expected: `${name} of ${period}, or a day of the history, from ${periods[0]} to ${periods.at(-1)}`,
  };
}

function notAfter(
  { given, schedule }: ServingDeclaration,
  { target, field, day }: { readonly target: string; readonly field: string | null; readonly day: string },
): Refusal {
  const next = nextPeriod(schedule, day);
  const detail = `${given?.date ?? "The day"} names ${day}; the period after it is ${next}, not ${target}.`;
  return { kind: "unprocessable", detail, ...(field !== null && { field }), found: target, expected: next };
}
