/** Reads one instance into a row: its series, its period, and the features that it supplies. */
import type { Instance } from "../api/predict.ts";
import type { Refusal } from "../api/problem.ts";
import { boundFeature, dimensionOf, type Feature, missingValueOf } from "../features/feature.ts";
import { eventsRuleOf } from "../forecasts/source.ts";
import { didYouMean } from "../lib/did-you-mean.ts";
import { cleanName } from "../lib/fold-text.ts";
import { listText } from "../lib/list-text.ts";
import { failure, type Result, success } from "../lib/result.ts";
import { aboveField, readAbove } from "./above.ts";
import { readNumber } from "./decimal.ts";
import { describeNumber, describeValue } from "./describe-value.ts";
import { impliedEvents, isEventFeature } from "./event-features.ts";
import { cleanedUnlessKnown } from "./feature-table.ts";
import type { Fields } from "./fields.ts";
import type { ModelInput } from "./read-served.ts";
import type { Row } from "./row.ts";
import { positionKey, type Snapshot } from "./snapshot.ts";
import { readSuppliedObservation, type SuppliedObservation } from "./supplied-observation.ts";
import { type DateField, type NamedTarget, readTarget } from "./target.ts";

export type ReadRow = Result<Row, Refusal>;

export interface ReadOptions {
  /** True for a query, whose values are all text: numbers are then parsed from text. */
  readonly textNumbers: boolean;
  /** Names that are allowed beside the fields, such as query parameters. They are suggested for unknown names. */
  readonly otherNames?: readonly string[];
  /** The value of `above` for an instance without its own. */
  readonly above?: number | undefined;
  /** True for refusals without allowed names and suggestions: finding and writing them takes much longer than an answer. */
  readonly brief?: boolean | undefined;
}

/** The fields of an instance by their kind. */
interface SortedFields {
  readonly dimensions: (string | undefined)[];
  readonly dates: DateField[];
  readonly overrides: Map<string, number | string>;
  /** The features that the instance names without a value. */
  readonly empty: Set<string>;
  observation: SuppliedObservation;
  above: number | undefined;
}

/**
 * Reads an instance. Never throws. A field with the value null counts as missing; for a forecast of events also an empty feature of
 * a query. A missing feature of a known series is computed from the history. O(fields).
 */
export function readInstance(snapshot: Snapshot, instance: Instance, options: ReadOptions): ReadRow {
  const sorted = sortFields(snapshot, instance, options);
  if (!sorted.ok) return sorted;
  const { dimensions, dates, overrides, empty, observation } = sorted.value;
  const forAbove = sorted.value.above === undefined ? {} : { above: sorted.value.above };
  for (const [name, state] of impliedEvents(snapshot.forecast, overrides)) overrides.set(name, state);
  const missing = snapshot.model.inputs.filter(({ name, declared }) => isOfHistory(declared) && !overrides.has(name));
  const missingNames = missing
    .filter(({ name, mayBeLeftOut }) => !mayBeLeftOut && !empty.has(name))
    .map(({ name }) => name);
  const found = findSeries(snapshot, dimensions, { missing: missingNames, brief: options.brief });
  if (!found.ok) return found;
  const { is, position } = found.value;
  const inHistory = position ?? snapshot.series.findIndex((series) => positionKey(series.is) === positionKey(is));
  if (snapshot.forecast.given && inHistory >= 0) {
    const { textNumbers } = options;
    const read = readSuppliedObservation(snapshot, { observation, dates, position: inHistory, textNumbers });
    if (!read.ok) return read;
    const { target, start, hypothetical } = read.value;
    return success({ position: inHistory, is, target, hypothetical, overrides, ...(start && { start }), ...forAbove });
  }
  const read = readTarget(dates, snapshot.target);
  if (!read.ok) return read;
  const { target } = read.value;
  const isNext = target === snapshot.target;
  const { hypothesisNeeds } = snapshot.forecast;
  // A new series has no value in the history that could be used instead.
  const needed = missing
    .filter(({ name }) => position !== null || missingNames.includes(name))
    .filter(({ name }) => hypothesisNeeds === "all" || hypothesisNeeds.includes(name));
  if (!isNext && needed.length > 0) return failure(otherPeriod(snapshot, read.value, needed));
  return success({ position, is, target, hypothetical: !isNext || position === null, overrides, ...forAbove });
}

/** Returns whether a feature is computed from observations, not from the date or from the dimensions. */
export function isOfHistory(feature: Feature): boolean {
  return boundFeature(feature).source === "history";
}

function sortFields(snapshot: Snapshot, instance: Instance, options: ReadOptions): Result<SortedFields, Refusal> {
  const { fields, forecast } = snapshot;
  const dimensions = forecast.dimensions.map(() => undefined);
  const { above } = options;
  const [overrides, empty] = [new Map<string, number | string>(), new Set<string>()];
  const sorted: SortedFields = { dimensions, dates: [], overrides, empty, observation: {}, above };
  const namesUsed = new Map<string, string>();
  for (const [name, value] of Object.entries(instance)) {
    if (name === aboveField) {
      const read = readAbove(snapshot, value, options);
      if (!read.ok) return read;
      sorted.above = read.value ?? above;
      continue;
    }
    const field = fields.find(name);
    if (field === undefined) return failure(unknownField(fields, name, options));
    const earlier = namesUsed.get(field.name);
    if (earlier !== undefined) {
      const detail = `${earlier} and ${name} are the same field.`;
      return failure({ kind: "unprocessable", detail, field: name, found: "both", expected: `only ${field.name}` });
    }
    namesUsed.set(field.name, name);
    if (field.kind === "feature" && isEmpty(value, options) && eventsRuleOf(forecast) !== null) empty.add(field.name);
    if (value === null || value === undefined || empty.has(field.name)) continue;
    switch (field.kind) {
      case "date":
        sorted.dates.push({ name, part: field.part, value });
        break;
      case "observation":
        sorted.observation = { ...sorted.observation, [field.what]: { name, value } };
        break;
      case "dimension":
        // Ids are often sent as numbers.
        if (typeof value !== "string" && !Number.isSafeInteger(value)) return failure(wrongType(name, value, "text"));
        sorted.dimensions[field.at] = String(value);
        break;
      case "unused":
        break;
      case "feature": {
        const read = readFeatureValue(name, { value, input: field.input }, options);
        if (!read.ok) return read;
        if (isEventFeature(forecast, field.input.declared) && read.value !== 0 && read.value !== 1)
          return failure(wrongType(name, value, "0 or 1"));
        sorted.overrides.set(field.name, read.value);
      }
    }
  }
  return success(sorted);
}

function readFeatureValue(
  name: string,
  { value, input }: { readonly value: unknown; readonly input: ModelInput },
  { textNumbers, brief }: ReadOptions,
): Result<number | string, Refusal> {
  const { categories } = input;
  if (categories !== null) {
    if (typeof value !== "string") return failure(wrongType(name, value, "text"));
    const category = cleanedUnlessKnown(value, categories);
    // The text of a missing value is in the answer's features, also if no training row had it.
    const isMissing = category !== "" && category === missingValueOf(input.declared);
    return isMissing || categories.has(category)
      ? success(category)
      : failure(unknownValue(name, value, { allowed: categories, brief }));
  }
  const number = textNumbers && typeof value === "string" ? (readNumber(value) ?? value) : value;
  if (typeof number === "number" && Number.isFinite(Math.fround(number))) return success(number);
  const found = textNumbers ? describeValue(value) : describeNumber(value);
  if (typeof number === "number") {
    const detail = `${name} is out of range.`;
    return failure({ kind: "unprocessable", detail, field: name, found, expected: "a number from -3.4e38 to 3.4e38" });
  }
  const detail = isBlank(value) ? `${name} is empty.` : `${name} is not a number.`;
  const expected = `a number ${textNumbers ? "with a decimal point" : "without quotes"}, as in 23.5`;
  return failure({ kind: "unprocessable", detail, field: name, found, expected });
}

const isEmpty = (value: unknown, { textNumbers }: ReadOptions) => value === null || (textNumbers && isBlank(value));
const isBlank = (value: unknown): boolean => typeof value === "string" && value.trim() === "";

interface FoundSeries {
  readonly is: readonly string[];
  /** Null for a series that has no value in the history. */
  readonly position: number | null;
}

interface SearchOptions extends Pick<ReadOptions, "brief"> {
  /** The features of the history that the instance does not state. */
  readonly missing: readonly string[];
}

/**
 * Finds the series with these dimension values. If there is none, checks the dimensions one after the other, so that the
 * refusal lists the values that occur with the preceding ones.
 */
function findSeries(
  snapshot: Snapshot,
  values: readonly (string | undefined)[],
  options: SearchOptions,
): Result<FoundSeries, Refusal> {
  const { forecast, series, positions, model } = snapshot;
  const { missing, brief } = options;
  const isWithoutHistory = missing.length === 0;
  const position = values.includes(undefined) ? undefined : positions.get(positionKey(values));
  if (position !== undefined) return success({ is: series[position]?.is ?? [], position });
  const cleaned = values.map((value) => (value === undefined ? value : cleanName(value)));
  if (cleaned.some((value, at) => value !== values[at])) return findSeries(snapshot, cleaned, options);
  // A model of events reads no name of a series, so with every feature the series may be new, and needs no name.
  if (isWithoutHistory && eventsRuleOf(forecast) !== null)
    return success({ is: cleaned.map((value) => value ?? ""), position: null });
  const orAll =
    eventsRuleOf(forecast) === null ? "" : ` A new one needs every feature; missing: ${missing.join(", ")}.`;
  let candidates = series.filter(({ last }) => last !== null);
  for (const [at, name] of forecast.dimensions.entries()) {
    const value = values[at];
    const categories = model.inputs.find(({ declared }) => dimensionOf(declared) === name)?.categories ?? noNames;
    const allowedNames = () => {
      const observed = candidates.map(({ is }) => is[at] ?? "");
      return new Set([...observed, ...(isWithoutHistory ? categories : [])].sort());
    };
    if (value === undefined) {
      const refusal = unknownValue(name, undefined, { allowed: brief ? noNames : allowedNames(), brief });
      return failure({ ...refusal, detail: `${name} is required to name a series.${allDimensions(forecast)}${orAll}` });
    }
    const isAllowed = candidates.some(({ is }) => is[at] === value) || (isWithoutHistory && categories.has(value));
    if (!isAllowed) {
      const preceding = forecast.dimensions.slice(0, at).map((dimension, index) => `${dimension} ${values[index]}`);
      const scope = preceding.length > 0 && !isWithoutHistory ? ` of ${preceding.join(", ")}` : "";
      const refusal = unknownValue(name, value, { allowed: brief ? noNames : allowedNames(), brief }, scope);
      return failure({ ...refusal, detail: `${refusal.detail}${orAll}` });
    }
    if (!isWithoutHistory) candidates = candidates.filter(({ is }) => is[at] === value);
  }
  return success({ is: values.map((value) => value ?? ""), position: null });
}

/** Returns a sentence with the dimensions of a series; an empty text for a single one. */
function allDimensions({ id, dimensions }: Snapshot["forecast"]): string {
  return dimensions.length < 2 ? "" : ` A series of ${id} needs ${listText(dimensions)}.`;
}

function otherPeriod(
  { target, forecast }: Snapshot,
  { target: requested, field }: NamedTarget,
  missing: readonly ModelInput[],
): Refusal {
  const { hypothesisNeeds } = forecast;
  const required = hypothesisNeeds === "all" ? "every feature of the history" : hypothesisNeeds.join(", ");
  const names = missing.map(({ name }) => name).join(", ");
  return {
    kind: "unprocessable",
    detail: `Only the next period, ${target}, is forecast from the history. For ${requested}, supply ${required}; missing: ${names}.`,
    ...(field !== null && { field }),
    found: requested,
    expected: target,
    allowed: [target],
  };
}

function unknownField(
  { all, names }: Fields,
  name: string,
  { otherNames = [aboveField], brief }: ReadOptions,
): Refusal {
  const detail = name === "" ? "A field has no name." : `There is no field ${describeValue(name)}.`;
  const found = describeValue(name);
  const refusal = { kind: "unprocessable", detail, field: found, found } as const;
  if (brief) return { ...refusal, expected: asListedBefore };
  const allowed = [...all.map((field) => field.name), ...otherNames];
  return suggesting({ ...refusal, allowed }, [...names, ...otherNames]);
}

/** A refusal lists at most this many values. More are no help, and the ids of 10,000 series are 100 kB. */
const listedMax = 200;
/** The nearest of more values is not searched: names that are typed by hand are fewer, and ids are near to each other. */
const comparedMax = 2_000;
const asListedBefore = "what the first refusals of this request list";
const noNames: ReadonlySet<string> = new Set();

interface AllowedValues extends Pick<ReadOptions, "brief"> {
  readonly allowed: ReadonlySet<string>;
}

function unknownValue(name: string, value: string | undefined, { allowed, brief }: AllowedValues, scope = ""): Refusal {
  const found = value ?? "nothing";
  const detail = isBlank(value) ? `${name} is empty.` : `${name} has no value ${describeValue(found)}${scope}.`;
  const refusal = { kind: "unprocessable", detail, field: name, found: describeValue(found) } as const;
  if (brief) return { ...refusal, expected: asListedBefore };
  const listed =
    allowed.size <= listedMax ? { allowed: [...allowed] } : { expected: `one of ${allowed.size} existing values` };
  return suggesting({ ...refusal, ...listed }, allowed.size <= comparedMax ? [...allowed] : []);
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

/** Adds the known text that is nearest to `found`, if one is near enough. */
function suggesting(refusal: Refusal, known: readonly string[]): Refusal {
  const suggestion = refusal.found === undefined ? {} : didYouMean(refusal.found, known);
  if (suggestion.didYouMean === undefined) return refusal;
  return { ...refusal, ...suggestion, detail: `${refusal.detail} Did you mean ${suggestion.didYouMean}?` };
}
