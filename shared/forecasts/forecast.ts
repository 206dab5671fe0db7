import type { Task } from "../candidates/candidate.ts";
import type { Transform } from "../candidates/fitted.ts";
import { type Feature, isLastValue } from "../features/feature.ts";
import type { Space } from "../search/space.ts";
import type { DatePart } from "./date-part.ts";
import type { Schedule } from "./schedule.ts";
import type { EventRule, Source } from "./source.ts";

/** One use case: what is predicted, from which feeds, with which features, by which candidates, judged by which rules. */
export interface Forecast {
  readonly id: string;
  readonly title: string;
  /** The feeds that it is made of. The one with the target decides which periods and series there are; the others are joined to it. */
  readonly sources: readonly Source[];
  /** Variables of 0 and 1 that are made of the sources' own. */
  readonly events?: readonly EventRule[];
  /** The target: the variable whose next value is predicted. It is a source's own, a reduced one, or an event. */
  readonly variable: string;
  /** What names a series, as in the target's feed. */
  readonly dimensions: readonly string[];
  /** A classification says how likely the target variable, which is 0 or 1, is to be 1. */
  readonly task: Task;
  /** What 1 and 0 are called in the answers of a classification; left out elsewhere. */
  readonly labels?: Labels;
  /** Which period comes after which. */
  readonly schedule: Schedule;
  /** Periods ahead. */
  readonly horizon: number;
  readonly target: {
    readonly transform: Transform;
    /** Decimals of a published value: half a unit of the last one is the least that counts as a change. */
    readonly decimals: number;
  };
  /** The model's inputs, in order. One of them is the last value (`lag` of 1 period of the target variable). */
  readonly features: readonly Feature[];
  /** The feature that is the naive forecast of a season; null where there are no seasons. */
  readonly seasonal: string | null;
  readonly candidates: readonly CandidateEntry[];
  /** How many of the best are averaged into one more contender, by validation. */
  readonly averageOf: readonly number[];
  readonly validation: Validation;
  /** What the choice is made by; the other one stands beside it. */
  readonly metric: Metric;
  readonly promotion: PromotionRule;
  readonly intervals: {
    readonly levels: readonly number[];
    /** A feature that intervals grow with (its rolling deviation, say); null for one width everywhere. */
    readonly scaledBy: string | null;
    /** For targets that mostly stay: an interval also reaches to the last value, which is what comes most often. */
    readonly holdLast: boolean;
  };
  /** Whether the file also says how likely the value is to change; the feature holds each series' own frequency of change. */
  readonly change: { readonly frequency: string; readonly space: Space; readonly trials: number } | null;
  readonly unit: string;
  /** How people there write numbers and dates (BCP 47). */
  readonly locale: string;
  /** What the prediction is called in an answer. */
  readonly output: string;
  /** What the difference from the last value is called in an answer; left out where it is not told. */
  readonly differenceOutput?: string;
  /**
   * Fields by which a request gives the value of a day, to be told what comes after it: `value` is the name of the feature
   * with the last value. Left out where the history alone is asked.
   */
  readonly given?: {
    readonly date: string;
    readonly value: string;
    /** The date may also be written as M/D/YYYY. */
    readonly monthFirst: boolean;
  };
  /** Columns of its predictions as CSV; the usual ones where it is left out. */
  readonly csv?: readonly CsvColumn[];
  /** Other names under which a request may give a field: alias → name. */
  readonly aliases: Readonly<Record<string, string>>;
  /** Fields of a request that name the period to predict. They may, but need not, be features too. */
  readonly dateFields: Readonly<Partial<Record<DatePart, string>>>;
  /**
   * Features of the history that a question about another period has to give; what else is not given is missing, as it
   * may be in training. `all` where nothing may be missing.
   */
  readonly hypothesisNeeds: readonly string[] | "all";
}

export interface Labels {
  readonly event: string;
  readonly otherwise: string;
}

/** Root mean squared and mean absolute error of values, or the Brier score of probabilities. Lower is better. */
export type Metric = "rmse" | "mae" | "brier";

/** One column of predictions as CSV, and what stands in it. */
export interface CsvColumn {
  readonly column: string;
  readonly is:
    | { readonly kind: "dimension"; readonly name: string }
    /** Of the period that is predicted. */
    | { readonly kind: "target"; readonly part: DatePart | "period" }
    /** Of the last observation. */
    | { readonly kind: "last"; readonly of: "period" | "value" }
    | { readonly kind: "feature"; readonly name: string }
    /** A field of the answer, by its name there. */
    | { readonly kind: "answer"; readonly field: string }
    /** Of the model. */
    | { readonly kind: "version" };
}

/** A candidate of the catalogue, where to search its parameters, and how often; `trials` counts for the usual search. */
export interface CandidateEntry {
  readonly candidate: string;
  readonly space: Space;
  readonly trials: number;
}

/** Rolling origin: the last periods are the test window, those before it validation; each is cut in folds that are refitted for. */
export interface Validation {
  /** Share of all periods. */
  readonly testShare: number;
  readonly validationShare: number;
  readonly folds: number;
  /** Fewer periods than this cannot be judged. */
  readonly periodsMin: number;
}

export interface PromotionRule {
  readonly significance: number;
  /** Fewest periods that a replacement is judged by. */
  readonly periodsMin: number;
}

/** Half a unit of the last digit of a published value. */
export function toleranceOf({ target }: Pick<Forecast, "target">): number {
  return 0.5 * 10 ** -target.decimals;
}

/** The feature that is the last value. Throws where a declaration forgot it. */
export function lastFeatureOf({ id, features }: Pick<Forecast, "id" | "features">): string {
  const last = features.find(isLastValue);
  if (last) return last.name;
  throw new RangeError(`forecast ${id} declares no feature of kind lag with periods 1: the last value`);
}
