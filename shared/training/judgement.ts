/** The task of a judgement and its result. */
import type { DistributionForm } from "../distributions/form.ts";
import type { Dataset, RowRange } from "../features/dataset.ts";
import type { Forecast } from "../forecasts/forecast.ts";
import type { GroupCoverage } from "../judging/group-coverage.ts";
import type { Predicted } from "../judging/predicted.ts";
import type { Card, Contender, Evidence, FieldEntry, Span } from "../registry/card.ts";
import type { ChangeJudgement } from "./change.ts";
import type { RecipeChoice } from "./job.ts";

/** The champion. Its recipe is refitted at the same origins as every contender's. */
export interface ServingModel {
  readonly version: string;
  readonly recipe: RecipeChoice;
  /** Its published file. */
  readonly file: ModelFile;
  /**
   * True for a model that is not refitted on the dataset of this training: its predictions come from `file`. An imported file is
   * scored on the periods after its training data.
   */
  readonly isExternal: boolean;
  /** The note of its row on the leaderboard, if it is external. */
  readonly note?: string;
}

/** A published file: predicts rows, and has the last period of its training data. */
export interface ModelFile {
  predict(rows: RowRange): Promise<Predicted>;
  readonly trainedTo: string;
}

export interface JudgeTask {
  readonly forecast: Forecast;
  readonly data: Dataset;
  readonly seed: number;
  readonly trialsMax: number | null;
  readonly incumbent: ServingModel | null;
}

export interface Judgement {
  readonly validation: Span;
  readonly test: Span;
  /** Best error on the test window first. */
  readonly contenders: readonly Contender[];
  /** The recipe with the lowest error on validation. */
  readonly chosen: RecipeChoice;
  /** The baseline of all comparisons: the best declared one on validation. */
  readonly naive: RecipeChoice;
  /** Version of the champion; null if there is none. */
  readonly incumbent: string | null;
  readonly change: ChangeJudgement | null;
  /** The contenders that the gate tests, the best on validation first, on the periods of `evidence`. */
  readonly field: readonly FieldEntry[];
  /** The losses of the baseline and the champion that the field is compared with. */
  readonly evidence: Evidence;
  /** Returns the contender with this recipe id; null if there is none. */
  choiceOf(recipe: string): RecipeChoice | null;
  /** Returns the evidence for the gate; null for a recipe that is not a contender. */
  evidenceFor(choice: RecipeChoice): Evidence | null;
  /** Returns how the published outputs become distributions, learned from validation and test rows; null for a classification. */
  formFor(choice: RecipeChoice): DistributionForm | null;
  /** Returns the coverage of a contender's distributions in groups of series; empty without distributions. */
  groupsFor(choice: RecipeChoice): GroupCoverage[];
  /** Returns the scores of a contender's own probability of a change; null if its distribution has none. */
  changeFor(choice: RecipeChoice): ChangeJudgement | null;
  /** Returns the misses on validation and test rows, from which published intervals are computed. */
  missesFor(choice: RecipeChoice): { readonly rows: RowRange; readonly misses: Float64Array } | null;
  /** Returns the threshold and calibration of a classification, from rolling origins before the test window; else null. */
  classesFor(choice: RecipeChoice): Classes | null;
}

export interface Classes {
  readonly threshold: number;
  readonly calibration: NonNullable<Card["judged"]["calibration"]>;
  /** The rolling origins that both are computed from. */
  readonly origins: Span;
}
