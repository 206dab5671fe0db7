/**
 * The declaration of a feature kind: name, version, options, reach, and the function that computes it.
 *
 * Four functions define kinds. They differ in their input: the past of one series, the past of all series, the calendar, or the
 * names of the series. To change the numbers of a kind, add a new version to the same file. The old version stays in the list,
 * because models that were trained with it still serve.
 */
import { type Result, success } from "../../lib/result.ts";
import { type Shape, validateJson } from "../../lib/validate-json.ts";
import { type Past, type PastSeries, type PastValues, valuesOf } from "../panel.ts";
import { type TimedValues, timedValuesOf } from "../timeline.ts";

export interface FeatureKind<Name extends string = string, Version extends number = number, Options = unknown> {
  readonly name: Name;
  /** 1, 2, … A change of the kind's numbers needs a new version. */
  readonly version: Version;
  readonly options: Shape<Options>;
  /** Validates a declaration's options and binds the kind to them. */
  bind(options: object): Result<BoundFeature>;
}

/** A kind together with the options of one declared feature. */
export type BoundFeature = Description &
  (
    | {
        readonly source: "history";
        readonly dtype: "float";
        /** Returns a function that computes the feature of one series, from the series and its index in the past. */
        ofPast(past: Past): (series: PastSeries, index: number) => number;
      }
    | {
        readonly source: "history";
        readonly dtype: "string";
        /** The text of a series without a value. */
        readonly missing: string;
        ofPast(past: Past): (series: PastSeries, index: number) => string;
      }
    | {
        /** Known in advance: computed from the target's date and the last known period (or null). */
        readonly source: "calendar";
        readonly dtype: "float";
        at(target: string, last: string | null): number;
      }
    | { readonly source: "names"; readonly dtype: "string"; readonly dimension: string }
  );

interface Description {
  /** Name and version: `lag@1`. */
  readonly kind: string;
  /** Number of past periods that it reads. */
  readonly reach: number;
  /** The variable it reads; undefined for the target variable. */
  readonly variable: string | undefined;
  /** The dimensions of a series that it reads. */
  readonly dimensions: readonly string[];
  /** For a feature of events: how many days before the last event it reads; null for a feature of periods. */
  readonly eventDays: number | null;
  /** Set if the feature is one unchanged past value. */
  readonly pastValue: PastValue | null;
}

/** The past value `back` observations, or `back` periods, before the target. */
export interface PastValue {
  readonly back: number;
  readonly counts: "observations" | "periods";
}

interface Named<Name, Version, Options> {
  readonly name: Name;
  readonly version: Version;
  readonly options: Shape<Options>;
}

/** What a kind may read of the past, beside the values of its series. */
type KnownPast = Pick<Past, "periods" | "target" | "tolerance">;

interface SeriesKind<Name, Version, Options> extends Named<Name, Version, Options> {
  reach(options: Options): number;
  pastValue?(options: Options): PastValue;
  compute(values: PastValues, options: Options, past: KnownPast): number;
}

/** Defines a kind that reads the past values of one variable of one series. */
export function seriesKind<
  const Name extends string,
  const Version extends number,
  Options extends { readonly periods: number; readonly variable?: string | undefined },
>(kind: SeriesKind<Name, Version, Options>): FeatureKind<Name, Version, Options> {
  return define(kind, (options) => {
    const { variable } = options;
    return {
      ...description(kind, kind.reach(options)),
      variable,
      pastValue: kind.pastValue?.(options) ?? null,
      source: "history",
      dtype: "float",
      ofPast: (past) => (series) => kind.compute(valuesOf(series, variable), options, past),
    };
  });
}

interface HistoryKind<Name, Version, Options> extends Named<Name, Version, Options> {
  reach(options: Options): number;
  /** Returns the function that computes the feature of one series. What all series have in common is computed once. */
  ofPast(past: Past, options: Options): (series: PastSeries) => number;
}

/** Defines a kind that reads the past values of the target variable together with the dates of the past. */
export function historyKind<const Name extends string, const Version extends number, Options>(
  kind: HistoryKind<Name, Version, Options>,
): FeatureKind<Name, Version, Options> {
  return define(kind, (options) => ({
    ...description(kind, kind.reach(options)),
    source: "history",
    dtype: "float",
    ofPast: (past) => kind.ofPast(past, options),
  }));
}

interface PanelKind<Name, Version, Options> extends Named<Name, Version, Options> {
  reach(options: Options): number;
  /** Returns one value per series. */
  compute(past: Past, options: Options): readonly number[];
}

/** Defines a kind that compares series with each other. It computes all series at once. */
export function panelKind<
  const Name extends string,
  const Version extends number,
  Options extends { readonly dimensions: readonly string[] },
>(kind: PanelKind<Name, Version, Options>): FeatureKind<Name, Version, Options> {
  return define(kind, (options) => ({
    ...description(kind, kind.reach(options)),
    dimensions: options.dimensions,
    source: "history",
    dtype: "float",
    ofPast: (past) => {
      const values = kind.compute(past, options);
      return (_, index) => values[index] ?? Number.NaN;
    },
  }));
}

interface CalendarKind<Name, Version, Options> extends Named<Name, Version, Options> {
  compute(dates: { readonly target: string; readonly last: string | null }, options: Options): number;
}

/** Defines a kind that is known in advance, from the target's date and the last known period. */
export function calendarKind<const Name extends string, const Version extends number, Options>(
  kind: CalendarKind<Name, Version, Options>,
): FeatureKind<Name, Version, Options> {
  return define(kind, (options) => ({
    ...description(kind, 1),
    source: "calendar",
    dtype: "float",
    at: (target, last) => kind.compute({ target, last }, options),
  }));
}

/** Defines a kind that is a dimension of the series, as text. */
export function dimensionKind<
  const Name extends string,
  const Version extends number,
  Options extends { readonly dimension: string },
>(kind: Named<Name, Version, Options>): FeatureKind<Name, Version, Options> {
  return define(kind, ({ dimension }) => ({
    ...description(kind, 1),
    dimensions: [dimension],
    source: "names",
    dtype: "string",
    dimension,
  }));
}

interface EventKind<Name, Version, Options> extends Named<Name, Version, Options> {
  pastValue?(options: Options): PastValue;
  /** How many days before the last event it reads. */
  days(options: Options): number;
  /** Computes the feature from the values of its variable up to the last event, which was at `asOf` (days since 1970-01-01). */
  compute(timed: TimedValues, options: Options, asOf: number): number;
}

/** Defines a kind that reads one variable of the events and statements of a series. NaN for a series without an event. */
export function eventKind<
  const Name extends string,
  const Version extends number,
  Options extends { readonly variable?: string | undefined },
>(kind: EventKind<Name, Version, Options>): FeatureKind<Name, Version, Options> {
  return define(kind, (options) => ({
    ...description(kind, 1),
    variable: options.variable,
    eventDays: kind.days(options),
    pastValue: kind.pastValue?.(options) ?? null,
    source: "history",
    dtype: "float",
    ofPast: () => (series) => {
      const { timeline } = series;
      if (!timeline) return Number.NaN;
      return kind.compute(timedValuesOf(timeline, options.variable), options, timeline.asOf);
    },
  }));
}

interface EventTextKind<Name, Version, Options> extends Named<Name, Version, Options> {
  /** The text of a series without a value. */
  readonly missing: string;
  /** Computes the text, or null if there is no value. */
  compute(timed: TimedValues, options: Options): string | null;
}

/** Defines a kind that is a text of the events and statements of a series. */
export function eventTextKind<
  const Name extends string,
  const Version extends number,
  Options extends { readonly variable: string },
>(kind: EventTextKind<Name, Version, Options>): FeatureKind<Name, Version, Options> {
  return define(kind, (options) => ({
    ...description(kind, 1),
    variable: options.variable,
    eventDays: 0,
    source: "history",
    dtype: "string",
    missing: kind.missing,
    ofPast: () => (series) => {
      const timed = series.timeline ? timedValuesOf(series.timeline, options.variable) : noValues;
      return kind.compute(timed, options) ?? kind.missing;
    },
  }));
}

const noValues: TimedValues = { times: new Float64Array(), values: new Float64Array() };

function define<Name extends string, Version extends number, Options>(
  { name, version, options: shape }: Named<Name, Version, Options>,
  bind: (options: Options) => BoundFeature,
): FeatureKind<Name, Version, Options> {
  return {
    name,
    version,
    options: shape,
    bind(options) {
      const read = validateJson(shape, options);
      return read.ok ? success(bind(read.value)) : read;
    },
  };
}

function description({ name, version }: Named<string, number, unknown>, reach: number): Description {
  return { kind: `${name}@${version}`, reach, variable: undefined, dimensions: [], eventDays: null, pastValue: null };
}
