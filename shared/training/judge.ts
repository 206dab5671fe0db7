/** Judges the candidates of a forecast: searches on validation, selects one recipe, and scores all on the test window. */

import { membersOf } from "../candidates/average.ts";
import { changes } from "../candidates/changes.ts";
import type { DistributionForm } from "../distributions/form.ts";
import type { Dataset, RowRange } from "../features/dataset.ts";
import type { Forecast } from "../forecasts/forecast.ts";
import { calibrationOf, thresholdOf } from "../judging/classification.ts";
import { type GroupCoverage, groupCoverage } from "../judging/group-coverage.ts";
import { joinPredicted, type Predicted, slicePredicted } from "../judging/predicted.ts";
import { errorBy, missesOf } from "../judging/score.ts";
import {
  distributionsOf,
  formOf,
  type Scored,
  scored,
  scoredByOtherPeriods,
  scoredByOwnErrors,
} from "../judging/scoring.ts";
import { rowsOf, spanOf, type Windows, windowsOf } from "../judging/windows.ts";
import { failure, type Result, success } from "../lib/result.ts";
import type { Card, Contender, Evidence, FieldEntry, Span } from "../registry/card.ts";
import { evidenceAfter } from "../registry/evidence.ts";
import { isNaive } from "../registry/gate.ts";
import { type ChangeEvents, type ChangeJudgement, changeScores, judgeChange } from "./change.ts";
import {
  meanFit,
  predictsChanges,
  type Refit,
  ranked,
  refitAt,
  searchOnValidation,
  type TrainingEffects,
  type ValidationResult,
  validated,
} from "./contest.ts";
import { evidenceOf, hasDistributions, lineOf, narrowed, rowsAfter, type TestWindow } from "./evidence.ts";
import { fieldOf } from "./field.ts";
import { type RecipeChoice, type Workbench, workbenchOf } from "./job.ts";
import { recipeOf } from "./recipe.ts";
import { refusalOf, type TrainingRefusal } from "./refusal.ts";

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
  /** Returns the threshold and calibration of a classification; else null. */
  classesFor(choice: RecipeChoice): Classes | null;
}

export interface Classes {
  readonly threshold: number;
  /** Calibration on the test window. */
  readonly calibration: NonNullable<Card["judged"]["calibration"]>;
}

export interface Judged {
  readonly judgement: Judgement;
  readonly bench: Workbench;
}

/** A contender with its predictions for validation and for the test window. */
interface ContenderResult {
  readonly onValidation: ValidationResult;
  readonly test: Scored;
  readonly seconds: number;
}

/** Searches on validation, scores all contenders on the test window once, and collects the evidence for the gate. */
export async function judge(task: JudgeTask, effects: TrainingEffects): Promise<Result<Judged, TrainingRefusal>> {
  const { forecast, data, seed, trialsMax } = task;
  const refusal = refusalOf(forecast, data);
  if (refusal !== null) return failure(refusal);
  const bench = workbenchOf(forecast, data);
  const windows = windowsOf(data, forecast.validation);
  const events: ChangeEvents = { forecast, data, events: bench.events, windows };
  const failures: string[] = [];
  const watched: TrainingEffects = {
    ...effects,
    onTrial: (trial) => {
      if (trial.problem !== null) failures.push(`${trial.candidate}: ${trial.problem}`);
      effects.onTrial(trial);
    },
  };
  effects.onStage("search");
  const [ranking, changeModel, serving] = await Promise.all([
    searchOnValidation({ forecast, data, windows, seed, trialsMax }, watched),
    predictsChanges(forecast) ? null : judgeChange({ ...events, seed, trialsMax }, watched),
    refitIncumbent(task, windows, effects),
  ]);
  effects.onStage("test");
  const results = await scoreOnTest(task, { ranking: withIncumbent(forecast, ranking, serving), windows, effects });
  // The best on validation that could also be fitted at the test origins.
  const chosen = results[0]?.onValidation;
  if (chosen === undefined) return failure({ kind: "no-contender", problems: failures.sort() });
  const incumbent = await incumbentOnTest(task, { windows, results });
  const served = await servedOnTest(task, windows, { incumbent, results });
  const own = results.find(({ onValidation }) => onValidation.recipe.candidate === changes.id);
  const change = own === undefined ? changeModel : ownChangeScores(events, own);
  const scored = { windows, results, chosen, change, events, incumbent, served };
  return success({ bench, judgement: judgementOf(task, scored) });
}

/** Refits the champion's recipe on validation. If it is the best there, the judged version is a refresh. */
async function refitIncumbent(
  { incumbent, data, forecast, seed }: JudgeTask,
  { validation }: Windows,
  { pool }: TrainingEffects,
): Promise<ValidationResult | null> {
  if (incumbent === null || incumbent.isExternal) return null;
  const { recipe, version } = incumbent;
  const refit = await refitAt(validation, recipe, { pool, seed });
  if (!refit.ok) return null;
  const { predictions, changes, seconds } = refit.value;
  const rows = rowsOf(validation);
  return validated(
    { forecast, data },
    { predictions, changes, rows },
    { name: `incumbent ${version}`, recipe, seconds },
  );
}

/** Returns the scores of a contender's own probability of a change; null if its distribution has none. */
function ownChangeScores(events: ChangeEvents, { onValidation, test }: ContenderResult): ChangeJudgement | null {
  const { recipe, validation } = onValidation;
  if (validation.changes === null || test.changes === null || events.forecast.change === null) return null;
  const { parameters } = recipe;
  return changeScores(events, { parameters, validation: validation.changes.either, test: test.changes.either });
}

/** Returns the champion's recipe. A model that is not refitted on this dataset has other features, so no contender has its id. */
function servingRecipe(forecast: Forecast, { recipe, isExternal }: ServingModel) {
  return { id: isExternal ? null : recipeOf(forecast, recipe).id, candidate: recipe.candidate };
}

/** Adds the champion's recipe, unless it is a contender already. */
function withIncumbent(
  forecast: Forecast,
  ranking: readonly ValidationResult[],
  serving: ValidationResult | null,
): ValidationResult[] {
  if (serving === null) return [...ranking];
  const id = recipeOf(forecast, serving.recipe).id;
  const isContender = ranking.some(({ recipe }) => recipeOf(forecast, recipe).id === id);
  return isContender ? [...ranking] : ranked([serving, ...ranking]);
}

/**
 * Scores all contenders on the test window, refitted at each of its origins. This happens once. An average is the mean of
 * its members' predictions, as on validation, so members are not fitted twice.
 */
async function scoreOnTest(
  { seed, forecast, data }: JudgeTask,
  { ranking, windows, effects }: { ranking: readonly ValidationResult[]; windows: Windows; effects: TrainingEffects },
): Promise<ContenderResult[]> {
  const fits = new Map<string, Promise<Refit>>();
  const refit = (recipe: RecipeChoice): Promise<Refit> => {
    const { id } = recipeOf(forecast, recipe);
    const fit = fits.get(id) ?? refitAt(windows.test, recipe, { pool: effects.pool, seed });
    fits.set(id, fit);
    return fit;
  };
  const results = await Promise.all(
    ranking.map(async (onValidation): Promise<ContenderResult | null> => {
      const members = membersOf(onValidation.recipe);
      const fit =
        members === null
          ? await refit(onValidation.recipe)
          : meanFit({ forecast, data }, rowsOf(windows.test), await Promise.all(members.map(refit)));
      if (!fit.ok) return null;
      const { predictions, changes, seconds } = fit.value;
      const test = scored(
        { forecast, data },
        { predictions, changes, rows: rowsOf(windows.test) },
        onValidation.validation.form,
      );
      return { onValidation, test, seconds: onValidation.seconds + seconds };
    }),
  );
  return results.filter((result) => result !== null);
}

/** Returns the champion's scores on the test rows; null if there is no champion or it can no longer be fitted. */
async function incumbentOnTest(
  { incumbent, forecast, data }: JudgeTask,
  { windows, results }: { readonly windows: Windows; readonly results: readonly ContenderResult[] },
): Promise<Scored | null> {
  if (incumbent === null) return null;
  if (!incumbent.isExternal) return resultOfRecipe(forecast, results, incumbent.recipe)?.test ?? null;
  const rows = rowsOf(windows.test);
  return scoredByOtherPeriods({ forecast, data }, { ...(await incumbent.file.predict(rows)), rows });
}

function resultOfRecipe(
  forecast: Forecast,
  results: readonly ContenderResult[],
  recipe: RecipeChoice,
): ContenderResult | null {
  const { id } = recipeOf(forecast, recipe);
  return results.find(({ onValidation }) => recipeOf(forecast, onValidation.recipe).id === id) ?? null;
}

/**
 * Returns the champion's predictions for the comparison with a refresh. Periods in the training data of the serving
 * file have the predictions of the refitted recipe. Later periods have those of the file.
 */
async function servedOnTest(
  { incumbent, forecast, data }: JudgeTask,
  windows: Windows,
  { incumbent: refitted, results }: { readonly incumbent: Scored | null; readonly results: readonly ContenderResult[] },
): Promise<Scored | null> {
  if (incumbent === null || refitted === null || incumbent.isExternal) return refitted;
  const rows = rowsOf(windows.test);
  const unseen = rowsAfter(data, rows, incumbent.file.trainedTo);
  if (unseen.from === unseen.to) return refitted;
  const later = await incumbent.file.predict(unseen);
  // A file of an earlier version has no distribution, and its recipe has one now.
  if ((later.changes === null) !== (refitted.changes === null)) return refitted;
  const served = joinPredicted([slicePredicted(refitted, 0, unseen.from - rows.from), later]);
  const form = resultOfRecipe(forecast, results, incumbent.recipe)?.onValidation.validation.form ?? refitted.form;
  return scored({ forecast, data }, { ...served, rows }, form);
}

interface JudgedParts {
  readonly windows: Windows;
  readonly results: readonly ContenderResult[];
  readonly chosen: ValidationResult;
  readonly change: ChangeJudgement | null;
  readonly events: ChangeEvents;
  readonly incumbent: Scored | null;
  /** The champion's scores in the comparison with a refresh. */
  readonly served: Scored | null;
}

/** The baseline of a forecast that declares none. */
const lastValue: RecipeChoice = { candidate: "naive", parameters: {} };

function judgementOf(
  task: JudgeTask,
  { windows, results, chosen, change, events, incumbent, served }: JudgedParts,
): Judgement {
  const { data, forecast } = task;
  const rows = rowsOf(windows.test);
  const validationRows = rowsOf(windows.validation);
  // Results are sorted by validation, so this is the best baseline.
  const naive = results.find(({ onValidation }) => isNaive(onValidation.recipe.candidate));
  const scoring = { forecast, data };
  const lastValues = (of: RowRange) => ({ rows: of, predictions: data.last.slice(of.from, of.to), changes: null });
  const baseline = naive?.onValidation ?? {
    name: lastValue.candidate,
    recipe: lastValue,
    validation: scoredByOwnErrors(scoring, lastValues(validationRows)),
  };
  const window = {
    data,
    forecast,
    rows,
    naive: naive?.test ?? scored(scoring, lastValues(rows), baseline.validation.form),
    naiveCandidate: naive?.onValidation.recipe.candidate ?? lastValue.candidate,
    incumbent,
  };
  const known = task.incumbent?.isExternal ? task.incumbent.file.trainedTo : null;
  const serving = task.incumbent && servingRecipe(forecast, task.incumbent);
  const lines = results.map(({ onValidation, test, seconds }): Contender => {
    const { name, recipe, validation } = onValidation;
    return lineOf(window, { name, recipe, test, seconds, validation });
  });
  if (task.incumbent !== null) lines.push(...externalLine(window, task.incumbent));
  const resultOf = (choice: RecipeChoice) => resultOfRecipe(forecast, results, choice);
  const both = { from: validationRows.from, to: rows.to };
  const onBoth = ({ onValidation, test }: ContenderResult) => joinPredicted([onValidation.validation, test]);
  const coverageOf = (test: Scored): GroupCoverage[] => {
    if (test.form === null || !hasDistributions(forecast)) return [];
    const train = windows.test[0]?.train ?? { from: 0, to: 0 };
    const distributionAt = distributionsOf(scoring, test, test.form);
    return groupCoverage(data, { train, rows, distributionAt, decimals: forecast.target.decimals });
  };
  const field = fieldOf({ window, baseline, results, serving, known });
  return {
    validation: spanOf(data, validationRows),
    test: spanOf(data, rows),
    contenders: lines.sort((a, b) => errorBy(forecast.metric, a) - errorBy(forecast.metric, b)),
    chosen: chosen.recipe,
    naive: naive?.onValidation.recipe ?? lastValue,
    incumbent: task.incumbent?.version ?? null,
    change,
    field,
    evidence: evidenceAfter(evidenceOf(window, window.naive), known),
    choiceOf(recipe) {
      const result = results.find(({ onValidation }) => recipeOf(forecast, onValidation.recipe).id === recipe);
      return result?.onValidation.recipe ?? null;
    },
    evidenceFor(choice) {
      const result = resultOf(choice);
      if (result === null) return null;
      const isRefresh = recipeOf(forecast, choice).id === serving?.id;
      return evidenceAfter(evidenceOf(isRefresh ? { ...window, incumbent: served } : window, result.test), known);
    },
    formFor(choice) {
      const result = resultOf(choice);
      return result && formOf(scoring, { ...onBoth(result), rows: both });
    },
    groupsFor(choice) {
      const test = resultOf(choice)?.test ?? null;
      return test === null ? [] : coverageOf(test);
    },
    changeFor(choice) {
      const result = resultOf(choice);
      return result && ownChangeScores(events, result);
    },
    missesFor(choice) {
      const result = resultOf(choice);
      if (result === null) return null;
      const { predictions } = onBoth(result);
      return { rows: both, misses: missesOf(data, both, { predictions, holdLast: forecast.intervals.holdLast }) };
    },
    classesFor(choice) {
      const result = resultOf(choice);
      if (result === null || forecast.task !== "classification") return null;
      return {
        threshold: thresholdOf(data, result.onValidation.validation),
        calibration: calibrationOf(data, result.test),
      };
    },
  };
}

/** Returns the leaderboard row of an imported champion, over the periods after its training data; empty if there are none. */
export function externalLine(
  window: TestWindow,
  { version, recipe, file, isExternal, note }: ServingModel,
): Contender[] {
  if (!isExternal || window.incumbent === null) return [];
  const { data, rows } = window;
  const unseen = rowsAfter(data, rows, file.trainedTo);
  if (unseen.from === unseen.to) return [];
  const part = narrowed(window, unseen);
  if (part.incumbent === null) return [];
  const line = lineOf(part, {
    name: `incumbent ${version}`,
    recipe,
    test: part.incumbent,
    seconds: 0,
    validation: null,
  });
  const { periods } = spanOf(data, unseen);
  return [{ ...line, note: note ?? `imported model; scored on the ${periods} periods after ${file.trainedTo}` }];
}
