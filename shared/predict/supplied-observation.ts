/**
 * Reads an observation that a request supplies, to predict the period after it. The features of that period are computed from
 * the history up to the observation's day, with the supplied value, by the same function as all features.
 */
import type { Refusal } from "../api/problem.ts";
import { computeFeature } from "../features/compute.ts";
import { reachOf } from "../features/feature.ts";
import { type Panel, pastOf } from "../features/panel.ts";
import { toleranceOf } from "../forecasts/forecast.ts";
import { nextPeriod, previousPeriod } from "../forecasts/schedule.ts";
import { isoDay } from "../lib/calendar.ts";
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

/** The day and the value of an observation, with the names of their fields. */
export interface SuppliedObservation {
  readonly date?: ObservationField;
  readonly value?: ObservationField;
}

interface ObservationField {
  readonly name: string;
  readonly value: unknown;
}

export interface Asked {
  readonly target: string;
  /** Null for the newest observation of the history. */
  readonly start: StartingPoint | null;
  /** True if the answer is not for the next period of the history. */
  readonly hypothetical: boolean;
}

export type ReadObservation =
  | { readonly ok: true; readonly asked: Asked }
  | { readonly ok: false; readonly refusal: Refusal };

export interface ObservationTask {
  readonly observation: SuppliedObservation;
  readonly dates: readonly DateField[];
  /** Position of the series. */
  readonly position: number;
  readonly textNumbers: boolean;
}

/** Reads the target period and the observation that it starts from. Never throws. O(series × reach × features). */
export function readSuppliedObservation(
  snapshot: Snapshot,
  { observation, dates, position, textNumbers }: ObservationTask,
): ReadObservation {
  const { forecast, periods } = snapshot;
  const lastPeriod = periods.at(-1) ?? "";
  const day = readDay(snapshot, observation.date ?? null);
  if (!day.ok) return day;
  const named = readTarget(dates, day.period === null ? snapshot.target : nextPeriod(forecast.schedule, day.period));
  if (!named.ok) return named;
  const { target } = named;
  if (day.period !== null && target !== nextPeriod(forecast.schedule, day.period)) {
    return refused(notAfter(forecast, { target, field: named.field, day: day.period }));
  }
  const period = day.period ?? (target === snapshot.target ? lastPeriod : previousPeriod(forecast.schedule, target));
  const value = readValue(forecast, observation.value ?? null, textNumbers);
  if (!value.ok) return value;
  const known = snapshot.panel.series[position]?.values[periods.indexOf(period)] ?? Number.NaN;
  const from = value.number ?? known;
  if (Number.isNaN(from)) return refused(unknownValue(snapshot, period));
  const isKnown = from === known;
  if (isKnown && period === lastPeriod) return { ok: true, asked: { target, start: null, hypothetical: false } };
  const last = { period, value: from };
  const start = { last, features: featuresAfter(snapshot, { last, position, target }) };
  return { ok: true, asked: { target, start, hypothetical: period !== snapshot.target } };
}

/** Returns the features of `target` with `last` as the observation before it. Features beyond the history are missing. */
function featuresAfter(
  { forecast, panel, target: next }: Snapshot,
  {
    last,
    position,
    target,
  }: { readonly last: StartingPoint["last"]; readonly position: number; readonly target: string },
): StartingPoint["features"] {
  const reach = reachOf(forecast.features);
  const isBeyond = last.period > next || last.period < (panel.periods[0] ?? "");
  // A history that is shorter than the reach is complete.
  const isCut = isBeyond || panel.periods.length >= reach;
  const changed = withValue(isBeyond ? { ...panel, periods: [] } : panel, last, position);
  const end = changed.periods.length;
  const past = pastOf(changed, end, target, { reach, tolerance: toleranceOf(forecast) });
  const features: Record<string, number | string> = {};
  for (const feature of forecast.features) {
    const isLacking = isCut && reachOf([feature]) > end;
    features[feature.name] = isLacking ? Number.NaN : (computeFeature(feature, past).values[position] ?? Number.NaN);
  }
  return features;
}

/** Returns a copy of the panel up to a period, with the value of one series in that period replaced. */
function withValue(panel: Panel, last: StartingPoint["last"], position: number): Panel {
  const before = panel.periods.filter((period) => period < last.period).length;
  const cut = (values: Float64Array) => {
    const copy = new Float64Array(before + 1).fill(Number.NaN);
    const isThere = panel.periods[before] === last.period;
    copy.set(values.subarray(0, isThere ? before + 1 : before));
    return copy;
  };
  const series = panel.series.map(({ is, values, others = {} }, at) => {
    const own = cut(values);
    if (at === position) own[before] = last.value;
    return {
      is,
      values: own,
      others: Object.fromEntries(Object.entries(others).map(([name, other]) => [name, cut(other)])),
    };
  });
  return { ...panel, periods: [...panel.periods.slice(0, before), last.period], series };
}

type ReadDay =
  | { readonly ok: true; readonly period: string | null }
  | { readonly ok: false; readonly refusal: Refusal };

/** Returns the period of a day's value: the day itself, or the last period of the schedule before it. */
function readDay({ forecast, periods }: Snapshot, field: ObservationField | null): ReadDay {
  if (field === null) return { ok: true, period: null };
  const { every } = forecast.schedule;
  const day = typeof field.value === "string" ? givenPeriod(forecast, field.value.trim()) : null;
  if (day === null) {
    const [first, last] = givenRange(every);
    const [year, month, date] = (periods.at(-1) ?? "").split("-").map(Number);
    const sourceForm = forecast.given?.monthFirst ? `, or month first, as in ${month}/${date}/${year}` : "";
    return refused({
      kind: "unprocessable",
      detail: `${field.name} is not ${every === "hour" ? "an" : "a"} ${every} of the calendar.`,
      field: field.name,
      found: describeValue(field.value),
      expected: `${periodForms[every]} from ${first} to ${last}, as in ${periods.at(-1)}${sourceForm}`,
    });
  }
  return { ok: true, period: periods.includes(day) ? day : previousPeriod(forecast.schedule, followingPeriod(day)) };
}

/** Returns the range of accepted periods. Years have four digits, and schedules need a week of days on both sides of a period. */
function givenRange(every: Granularity): readonly [first: string, last: string] {
  const [first = "", last = ""] = ["1000-01-07", "9999-12-25"].map((day) =>
    every === "hour" ? firstPartOf(day, every) : enclosingPeriod(day, every),
  );
  return [followingPeriod(first), precedingPeriod(last)];
}

function givenPeriod({ given, schedule }: ServingDeclaration, text: string): string | null {
  const parts = given?.monthFirst ? /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text) : null;
  const period = parts ? isoDay(Number(parts[3]), Number(parts[1]), Number(parts[2])) : text;
  const [first, last] = givenRange(schedule.every);
  const isGiven = period !== null && isPeriod(period, schedule.every) && period >= first && period <= last;
  return isGiven ? period : null;
}

type ReadValue =
  | { readonly ok: true; readonly number: number | null }
  | { readonly ok: false; readonly refusal: Refusal };

function readValue(
  { target, unit }: ServingDeclaration,
  field: ObservationField | null,
  textNumbers: boolean,
): ReadValue {
  if (field === null) return { ok: true, number: null };
  const { name, value } = field;
  const number = textNumbers && typeof value === "string" ? (readNumber(value) ?? value) : value;
  const isNumber = typeof number === "number" && Number.isFinite(Math.fround(number));
  const needsLogarithm = target.transform === "log-difference";
  if (isNumber && (!needsLogarithm || Math.fround(number) > 0)) return { ok: true, number };
  return refused({
    kind: "unprocessable",
    detail: `${name} is not a valid value of the target.`,
    field: name,
    found: textNumbers ? describeValue(value) : describeNumber(value),
    expected: `a number${needsLogarithm ? " above 0" : ""} in ${unit}, as in 1200.5, without thousands separators`,
  });
}

function unknownValue({ forecast, periods }: Snapshot, period: string): Refusal {
  const name = forecast.given?.value ?? forecast.variable;
  return {
    kind: "unprocessable",
    detail: `The history has no value of ${period}. Send it as ${name}.`,
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
  const detail = `${given?.date ?? "The day"} is ${day}, so the target period has to be ${next}, not ${target}.`;
  return { kind: "unprocessable", detail, ...(field !== null && { field }), found: target, expected: next };
}

const refused = (refusal: Refusal): { readonly ok: false; readonly refusal: Refusal } => ({ ok: false, refusal });
