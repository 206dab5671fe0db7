import type { Task } from "../candidates/candidate.ts";
import { type ChangeInputs, changeInputNames } from "../candidates/change-inputs.ts";
import type { Transform } from "../candidates/fitted.ts";
import { boundFeature, dimensionOf, type Feature, isLastValue, variableOf } from "../features/feature.ts";
import type { Space } from "../search/space.ts";
import type { DatePart } from "./date-part.ts";
import type { Schedule } from "./schedule.ts";
import type { EventRule, Source } from "./source.ts";

/** The declaration of one use case: target, sources, features, candidates, and the rules of selection and promotion. */
export interface Forecast {
  readonly id: string;
  readonly title: string;
  /** The title and other names in other languages, by BCP 47 language, for reports. */
  readonly translations?: Readonly<Record<string, Translation>>;
  /** The feeds that it reads. The target's source defines the periods and series; the other sources are joined to it. */
  readonly sources: readonly Source[];
  /** 0/1 variables that are computed from variables of the sources. */
  readonly events?: readonly EventRule[];
  /** The target: the variable whose next value is predicted. It is a variable of a source, a reduced variable, or an event. */
  readonly variable: string;
  /** The dimensions that identify a series, as in the target's feed. */
  readonly dimensions: readonly string[];
  /** A classification predicts the probability that the target, which is 0 or 1, is 1. */
  readonly task: Task;
  /** The names of 1 and 0 in the answers of a classification. Not set for a regression. */
  readonly labels?: Labels;
  /** Groups of series, whose mean is forecast as a series of its own. */
  readonly groups?: readonly GroupRule[];
  readonly schedule: Schedule;
  /** When the daily edition of its report is due, in local time. Default: at 8 in the time zone of the target's feed. */
  readonly edition?: {
    /** IANA name, such as `America/Mexico_City`. */
    readonly timezone?: string;
    /** From 0 to 23. */
    readonly hour?: number;
  };
  /** How far ahead it predicts: numbers of periods after the origin, ascending from 1. */
  readonly steps: readonly number[];
  /** The steps by which versions are compared, ascending from 1. */
  readonly headline: readonly number[];
  /**
   * True: only data after the newest break of the variables that it reads is used for training, as if it began there. A break is a
   * change of meaning (`breaks` of a feed). By default all data is used, and the card lists the breaks.
   */
  readonly trainAfterBreaks?: true;
  readonly target: {
    readonly transform: Transform;
    /** Decimals of a published value. Changes of less than half a unit of the last decimal are ignored. */
    readonly decimals: number;
  };
  /** The model's inputs, in order. One of them is the last value (`lag` of 1 period of the target variable). */
  readonly features: readonly Feature[];
  /** The feature with the value a season ago, which is the seasonal baseline; null without seasons. */
  readonly seasonal: string | null;
  readonly candidates: readonly CandidateEntry[];
  /** Sizes of averages to try: the mean of the n best candidates. The best average on validation becomes one more contender. */
  readonly averageOf: readonly number[];
  readonly validation: Validation;
  /** The metric that selects the model. Other metrics are only reported. */
  readonly metric: Metric;
  readonly promotion?: PromotionRule;
  /**
   * The first period of the backfill: predictions of past periods by the recipe of a version, each by a model that was fitted to
   * earlier periods only. For a forecast of one series. Without it cards contain no backfill.
   */
  readonly backfillFrom?: string;
  readonly intervals: {
    readonly levels: readonly number[];
    /** The feature to which the width of intervals is proportional, such as a rolling deviation; null for a constant width. */
    readonly scaledBy: string | null;
    /** Whether intervals always include the last value. For targets that mostly do not change. */
    readonly holdLast: boolean;
  };
  /** How predictions become distributions. Without it: `location-scale`, with values of any sign. */
  readonly distribution?: DistributionRule;
  /** Adds the probability of a change to the model file. `frequency`: the feature with each series' frequency of change. */
  readonly change: { readonly frequency: string; readonly space: Space; readonly trials: number } | null;
  readonly unit: string;
  /** The locale of numbers and dates (BCP 47). */
  readonly locale: string;
  /** The name of the prediction in an answer. */
  readonly output: string;
  /** The name of the difference from the last value in an answer. Without it answers do not contain the difference. */
  readonly differenceOutput?: string;
  /**
   * The fields in which a request supplies a day and its value, to predict the next period from it. `value` is the name of the
   * feature with the last value. Without it requests always use the history.
   */
  readonly given?: {
    readonly date: string;
    readonly value: string;
    /** Whether the date may also have the format M/D/YYYY. */
    readonly monthFirst: boolean;
  };
  /** The columns of its predictions as CSV. Without it the default columns are used. */
  readonly csv?: readonly CsvColumn[];
  /** Alternative names of request fields: alias → name. */
  readonly aliases: Readonly<Record<string, string>>;
  /** Request fields that name the period to predict. They may also be features. */
  readonly dateFields: Readonly<Partial<Record<DatePart, string>>>;
  /**
   * History features that a request for another period must supply. Other features that it does not supply are missing, as they
   * can be in training. `all`: no feature may be missing.
   */
  readonly hypothesisNeeds: readonly string[] | "all";
}

/**
 * `changes`: whether the value changes, and past sizes of changes; for targets that mostly stay. The baseline uses the last
 * `window` changes of each series, shrunk to the series with the same values of the `group` dimensions, and to all.
 * `location-scale`: the point prediction and its errors on validation, scaled as the intervals are.
 */
export type DistributionRule =
  | {
      readonly kind: "changes";
      readonly window: number;
      readonly group: readonly string[];
      readonly positive: boolean;
      /** Names of the features with the past changes of a series. Without them no model file has a distribution of changes. */
      readonly inputs?: Omit<ChangeInputs, "group">;
    }
  | {
      readonly kind: "location-scale";
      readonly positive: boolean;
      /** Features that may be the scale: the one with the lower CRPS on validation is. Default: `intervals.scaledBy`. */
      readonly scales?: readonly string[];
    };

/** The series with the same values of the dimensions `by` are one group; without dimensions, all series are. */
export interface GroupRule {
  readonly name: string;
  readonly by: readonly string[];
}

export interface Translation {
  readonly title: string;
  readonly labels?: Labels;
  /** The number behind the event. */
  readonly behind?: string;
}

export interface Labels {
  readonly event: string;
  readonly otherwise: string;
}

/**
 * Root mean squared error, mean absolute error, continuous ranked probability score (of the distribution), or Brier score (for
 * probabilities). Lower is better.
 */
export type Metric = "rmse" | "mae" | "crps" | "brier";

/** One column of the predictions as CSV, and the source of its values. */
export interface CsvColumn {
  readonly column: string;
  readonly is:
    | { readonly kind: "dimension"; readonly name: string }
    /** A part of the predicted period. */
    | { readonly kind: "target"; readonly part: DatePart | "period" }
    /** Parts of the predicted period, joined by hyphens without leading zeros: `2014-2`. */
    | { readonly kind: "target-parts"; readonly parts: readonly DatePart[] }
    /** The period or value of the last observation. */
    | { readonly kind: "last"; readonly of: "period" | "value" }
    | { readonly kind: "feature"; readonly name: string }
    /** A field of the answer. */
    | { readonly kind: "answer"; readonly field: string }
    /** The version of the model. */
    | { readonly kind: "version" };
}

/** A candidate of the catalogue with its search space. `trials` is the default number of trials. */
export interface CandidateEntry {
  readonly candidate: string;
  readonly space: Space;
  readonly trials: number;
}

/** Rolling-origin evaluation: validation, then the test window at the end. Each has folds; a model is refitted for each fold. */
export interface Validation {
  /** Share of all periods in the test window. */
  readonly testShare: number;
  /**
   * Share of all periods in validation. By default `validation-periods.ts` has the rule, and no forecast of the catalogue sets it.
   */
  readonly validationShare?: number;
  readonly folds: number;
  /** Minimum number of periods for a training. */
  readonly periodsMin: number;
}

export interface PromotionRule {
  /**
   * Minimum number of test periods, in periods of the forecast, that no earlier test has used, to test another recipe.
   * By default 168 hours, 30 days, 12 months or 8 quarters.
   */
  readonly periodsMin: number;
}

/** Returns half a unit of the last digit of a published value. */
export function toleranceOf({ target }: Pick<Forecast, "target">): number {
  return 0.5 * 10 ** -target.decimals;
}

/**
 * Returns the features of past changes, and the number of periods that they cover. Null if the forecast declares none, or does
 * not have all of them: a champion of an earlier version is refitted on the features of its training.
 */
export function changeFeaturesOf({
  distribution,
  features,
}: Pick<Forecast, "distribution" | "features">): { readonly inputs: ChangeInputs; readonly window: number } | null {
  if (distribution?.kind !== "changes" || distribution.inputs === undefined) return null;
  const { window } = distribution;
  const inputs = { ...distribution.inputs, group: groupFeaturesOf({ distribution, features }) };
  const known = new Set(features.map(({ name }) => name));
  return changeInputNames(inputs).every((name) => known.has(name)) ? { inputs, window } : null;
}

/** Returns the feature with the last value of the number behind the target, if the target is an event; else null. */
export function numberBehind({
  events = [],
  variable,
  features,
}: Pick<Forecast, "events" | "variable" | "features">): string | null {
  const event = events.find(({ name }) => name === variable);
  const isLast = (feature: Feature) => variableOf(feature) === event?.of && boundFeature(feature).pastValue?.back === 1;
  return (event && features.find(isLast)?.name) ?? null;
}

/** Returns the names of the features with the dimensions that group series. */
export function groupFeaturesOf({ distribution, features }: Pick<Forecast, "distribution" | "features">): string[] {
  const group = distribution?.kind === "changes" ? distribution.group : [];
  return group.map((dimension) => features.find((feature) => dimensionOf(feature) === dimension)?.name ?? dimension);
}

/** Returns the name of the feature with the last value. Throws if the forecast does not declare it. */
export function lastFeatureOf({ id, features }: Pick<Forecast, "id" | "features">): string {
  const last = features.find(isLastValue);
  if (last) return last.name;
  throw new RangeError(`forecast ${id} declares no last value: expected a feature of kind lag with periods 1`);
}
