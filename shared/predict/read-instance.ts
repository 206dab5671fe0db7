/** Reads an instance of a request into a row: its series, its period and the features that the caller sets. */
import type { Instance } from "../api/predict.ts";
import type { Refusal } from "../api/problem.ts";
import { boundFeature, dimensionOf, type Feature } from "../features/feature.ts";
import { cleanName } from "../lib/fold-text.ts";
import { nearest } from "../lib/text-distance.ts";
import { readNumber } from "./decimal.ts";
import { describeNumber, describeValue } from "./describe-value.ts";
import { impliedEvents, isEventFeature } from "./event-features.ts";
import { knownName } from "./feature-table.ts";
import type { Fields } from "./fields.ts";
import type { ModelInput } from "./read-served.ts";
import type { Row } from "./row.ts";
import { positionKey, type Snapshot } from "./snapshot.ts";
import { readSuppliedObservation, type SuppliedObservation } from "./supplied-observation.ts";
import { type DateField, readTarget } from "./target.ts";

export type ReadRow = { readonly ok: true; readonly row: Row } | { readonly ok: false; readonly refusal: Refusal };

export interface ReadOptions {
  /** True for a query, where numbers are text. */
  readonly textNumbers: boolean;
  /** Other allowed names beside the fields, for suggestions. */
  readonly others?: readonly string[];
}

/** The fields of an instance by kind. */
interface SortedFields {
  readonly dimensions: (string | undefined)[];
  readonly dates: DateField[];
  readonly overrides: Map<string, number | string>;
  observation: SuppliedObservation;
}

type Step<Done> = ({ readonly ok: true } & Done) | { readonly ok: false; readonly refusal: Refusal };

/** Reads an instance. Never throws. A field that is null counts as omitted. O(fields). */
export function readInstance(snapshot: Snapshot, instance: Instance, options: ReadOptions): ReadRow {
  const sorted = sortFields(snapshot, instance, options);
  if (!sorted.ok) return sorted;
  const { dimensions, dates, overrides, observation } = sorted.fields;
  for (const [name, state] of impliedEvents(snapshot.forecast, overrides)) overrides.set(name, state);
  const missing = snapshot.model.inputs.filter(({ name, declared }) => isOfHistory(declared) && !overrides.has(name));
  const named = readSeries(snapshot, dimensions, missing.length === 0);
  if (!named.ok) return named;
  const { is, position } = named;
  const known = position ?? snapshot.series.findIndex((series) => positionKey(series.is) === positionKey(is));
  if (snapshot.forecast.given && known >= 0) {
    const { textNumbers } = options;
    const asked = readSuppliedObservation(snapshot, { observation, dates, position: known, textNumbers });
    if (!asked.ok) return asked;
    const { target, start, hypothetical } = asked.asked;
    return { ok: true, row: { position: known, is, target, hypothetical, overrides, ...(start && { start }) } };
  }
  const read = readTarget(dates, snapshot.target);
  if (!read.ok) return read;
  const isNext = read.target === snapshot.target;
  const { hypothesisNeeds } = snapshot.forecast;
  const needed = missing.filter(({ name }) => hypothesisNeeds === "all" || hypothesisNeeds.includes(name));
  if (!isNext && needed.length > 0) return refused(otherPeriod(snapshot, read, needed));
  return {
    ok: true,
    row: { position, is, target: read.target, hypothetical: !isNext || position === null, overrides },
  };
}

/** Returns true if a feature is computed from observations, false if from the date or the dimensions. */
export function isOfHistory(feature: Feature): boolean {
  return boundFeature(feature).source === "history";
}

function sortFields(
  { fields, forecast }: Snapshot,
  instance: Instance,
  options: ReadOptions,
): Step<{ readonly fields: SortedFields }> {
  const dimensions = forecast.dimensions.map(() => undefined);
  const sorted: SortedFields = { dimensions, dates: [], overrides: new Map(), observation: {} };
  const seen = new Map<string, string>();
  for (const [name, value] of Object.entries(instance)) {
    const field = fields.find(name);
    if (field === undefined) return refused(unknownField(fields, name, options.others));
    const earlier = seen.get(field.name);
    if (earlier !== undefined) {
      const detail = `${earlier} and ${name} are names of the same field.`;
      return refused({ kind: "unprocessable", detail, field: name, found: "both", expected: `only ${field.name}` });
    }
    seen.set(field.name, name);
    if (value === null || value === undefined) continue;
    switch (field.kind) {
      case "date":
        sorted.dates.push({ name, part: field.part, value });
        break;
      case "observation":
        sorted.observation = { ...sorted.observation, [field.what]: { name, value } };
        break;
      case "dimension":
        if (typeof value !== "string") return refused(wrongType(name, value, "text"));
        sorted.dimensions[field.at] = value;
        break;
      case "feature": {
        const read = featureValue(name, { value, input: field.input }, options);
        if (!read.ok) return read;
        if (isEventFeature(forecast, field.input.declared) && read.value !== 0 && read.value !== 1)
          return refused(wrongType(name, value, "0 or 1"));
        sorted.overrides.set(field.name, read.value);
      }
    }
  }
  return { ok: true, fields: sorted };
}

function featureValue(
  name: string,
  { value, input }: { readonly value: unknown; readonly input: ModelInput },
  { textNumbers }: ReadOptions,
): Step<{ readonly value: number | string }> {
  const { categories } = input;
  if (categories !== null) {
    if (typeof value !== "string") return refused(wrongType(name, value, "text"));
    const known = knownName(value, categories);
    return categories.has(known) ? { ok: true, value: known } : refused(unknownValue(name, value, [...categories]));
  }
  const number = textNumbers && typeof value === "string" ? (readNumber(value) ?? value) : value;
  if (typeof number === "number" && Number.isFinite(Math.fround(number))) return { ok: true, value: number };
  const found = textNumbers ? describeValue(value) : describeNumber(value);
  if (typeof number === "number") {
    const detail = `${name} is too large.`;
    return refused({ kind: "unprocessable", detail, field: name, found, expected: "a number from -3.4e38 to 3.4e38" });
  }
  const detail = isBlank(value) ? `${name} is empty.` : `${name} is not a number.`;
  const expected = `a number ${textNumbers ? "with a point" : "without quotes"}, as in 23.5`;
  return refused({ kind: "unprocessable", detail, field: name, found, expected });
}

const isBlank = (value: unknown): boolean => typeof value === "string" && value.trim() === "";

/** Finds a series by its dimensions, one after the other, so that a refusal lists the values that fit the previous ones. */
function readSeries(
  snapshot: Snapshot,
  given: readonly (string | undefined)[],
  isWithoutHistory: boolean,
): Step<{ readonly is: readonly string[]; readonly position: number | null }> {
  const { forecast, series, positions, model } = snapshot;
  const is: string[] = [];
  for (const value of given) is.push(value ?? "");
  const position = given.includes(undefined) ? undefined : positions.get(positionKey(is));
  if (position !== undefined) return { ok: true, is, position };
  const cleaned = given.map((value) => (value === undefined ? value : cleanName(value)));
  if (cleaned.some((value, at) => value !== given[at])) return readSeries(snapshot, cleaned, isWithoutHistory);
  let known = series.filter(({ last }) => last !== null);
  for (const [at, name] of forecast.dimensions.entries()) {
    const value = given[at];
    const trained = model.inputs.find(({ declared }) => dimensionOf(declared) === name);
    const allowed = new Set(known.map((series) => series.is[at] ?? ""));
    if (isWithoutHistory) for (const category of trained?.categories ?? []) allowed.add(category);
    if (value === undefined) {
      const list = [...allowed].sort();
      return refused({ ...unknownValue(name, undefined, list), detail: `${name} is required to identify a series.` });
    }
    if (!allowed.has(value)) {
      const before = forecast.dimensions.slice(0, at).map((dimension, index) => `${dimension} ${is[index]}`);
      const among = before.length > 0 && !isWithoutHistory ? ` of ${before.join(", ")}` : "";
      return refused(unknownValue(name, value, [...allowed].sort(), among));
    }
    if (!isWithoutHistory) known = known.filter((series) => series.is[at] === value);
  }
  return { ok: true, is, position: null };
}

function otherPeriod(
  { target, forecast }: Snapshot,
  read: { readonly target: string; readonly field: string | null },
  missing: readonly ModelInput[],
): Refusal {
  const { hypothesisNeeds } = forecast;
  const needs = hypothesisNeeds === "all" ? "all features of the history" : hypothesisNeeds.join(", ");
  const names = missing.map(({ name }) => name).join(", ");
  return {
    kind: "unprocessable",
    detail: `Only ${target}, the next period, can be predicted from the history. For ${read.target} set ${needs}. Missing: ${names}.`,
    ...(read.field !== null && { field: read.field }),
    found: read.target,
    expected: target,
    allowed: [target],
  };
}

function unknownField({ all, names }: Fields, name: string, others: readonly string[] = []): Refusal {
  const detail = name === "" ? "The request has a field without a name." : `There is no field ${describeValue(name)}.`;
  const allowed = [...all.map((field) => field.name), ...others];
  const found = describeValue(name);
  return withNearest({ kind: "unprocessable", detail, field: found, found, allowed }, [...names, ...others]);
}

function unknownValue(name: string, value: string | undefined, allowed: readonly string[], among = ""): Refusal {
  const found = value ?? "nothing";
  const detail = isBlank(value) ? `${name} is empty.` : `${name} has no value ${describeValue(found)}${among}.`;
  return withNearest({ kind: "unprocessable", detail, field: name, found: describeValue(found), allowed });
}

function wrongType(name: string, value: unknown, expected: string): Refusal {
  return {
    kind: "unprocessable",
    detail: `${name} is not ${expected}.`,
    field: name,
    found: describeValue(value),
    expected,
  };
}

function withNearest(refusal: Refusal, known = refusal.allowed ?? []): Refusal {
  const similar = refusal.found === undefined ? undefined : nearest(refusal.found, known);
  if (similar === undefined) return refusal;
  return { ...refusal, detail: `${refusal.detail} Did you mean ${similar}?`, didYouMean: similar };
}

const refused = (refusal: Refusal): { readonly ok: false; readonly refusal: Refusal } => ({ ok: false, refusal });
