/** Builds a judgement from the scores of all contenders. */
import type { RowRange } from "../features/dataset.ts";
import type { Forecast } from "../forecasts/forecast.ts";
import { calibrationOf, thresholdOf } from "../judging/classification.ts";
import { type GroupCoverage, groupCoverage } from "../judging/group-coverage.ts";
import { joinPredicted } from "../judging/predicted.ts";
import { errorBy, missesOf } from "../judging/score.ts";
import { distributionsOf, formOf, type Scored, scoredByOwnErrors, withLosses } from "../judging/scoring.ts";
import { rowsOf, spanOf, type Windows } from "../judging/windows.ts";
import type { Contender } from "../registry/card.ts";
import { evidenceAfter } from "../registry/evidence.ts";
import { isNaive } from "../registry/gate.ts";
import { type ChangeEvents, type ChangeJudgement, changeScores } from "./change.ts";
import type { ValidationResult } from "./contest.ts";
import { evidenceOfWindow, hasDistributions, lineOf, narrowed, rowsAfter, type TestWindow } from "./evidence.ts";
import { fieldOf } from "./field.ts";
import type { RecipeChoice } from "./job.ts";
import type { Judgement, JudgeTask, ServingModel } from "./judgement.ts";
import { recipeOf } from "./recipe.ts";
import { type ContenderResult, resultOfRecipe } from "./score-on-test.ts";

export interface JudgedParts {
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

/** Returns the test window with the best baseline on validation. */
function windowOf({ data, forecast }: JudgeTask, { windows, results, incumbent }: JudgedParts) {
  const rows = rowsOf(windows.test);
  // Results are sorted by validation, so this is the best baseline.
  const naive = results.find(({ onValidation }) => isNaive(onValidation.recipe.candidate));
  const scoring = { forecast, data };
  const lastValues = (of: RowRange) => ({ rows: of, predictions: data.last.slice(of.from, of.to), changes: null });
  const baseline = naive?.onValidation ?? {
    name: lastValue.candidate,
    recipe: lastValue,
    validation: scoredByOwnErrors(scoring, lastValues(rowsOf(windows.validation))),
  };
  const window: TestWindow = {
    data,
    forecast,
    rows,
    naive: naive?.test ?? withLosses(scoring, lastValues(rows), baseline.validation.form),
    naiveCandidate: naive?.onValidation.recipe.candidate ?? lastValue.candidate,
    incumbent,
  };
  return { window, baseline, naive: naive?.onValidation.recipe ?? lastValue };
}

/** Returns the judgement. Its functions compute only what a card or a report asks for. */
export function judgementOf(task: JudgeTask, parts: JudgedParts): Judgement {
  const { windows, results, chosen, change, events, served } = parts;
  const { data, forecast } = task;
  const rows = rowsOf(windows.test);
  const validationRows = rowsOf(windows.validation);
  const scoring = { forecast, data };
  const { window, baseline, naive } = windowOf(task, parts);
  const known = task.incumbent?.isExternal ? task.incumbent.file.trainedTo : null;
  const serving = task.incumbent && servingRecipe(forecast, task.incumbent);
  const lines = results.map(({ onValidation, origins, test, seconds }): Contender => {
    const { name, recipe, validation } = onValidation;
    return lineOf(window, { name, recipe, test, seconds, validation, origins });
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
    naive,
    incumbent: task.incumbent?.version ?? null,
    change,
    field,
    evidence: evidenceAfter(evidenceOfWindow(window, window.naive), known),
    choiceOf(recipe) {
      const result = results.find(({ onValidation }) => recipeOf(forecast, onValidation.recipe).id === recipe);
      return result?.onValidation.recipe ?? null;
    },
    evidenceFor(choice) {
      const result = resultOf(choice);
      if (result === null) return null;
      const isRefresh = recipeOf(forecast, choice).id === serving?.id;
      return evidenceAfter(evidenceOfWindow(isRefresh ? { ...window, incumbent: served } : window, result.test), known);
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
      const origins = resultOf(choice)?.origins ?? null;
      if (origins === null) return null;
      return {
        threshold: thresholdOf(data, origins),
        calibration: calibrationOf(data, origins),
        origins: spanOf(data, origins.rows),
      };
    },
  };
}

/** Returns the scores of a contender's own probability of a change; null if its distribution has none. */
export function ownChangeScores(events: ChangeEvents, { onValidation, test }: ContenderResult): ChangeJudgement | null {
  const { recipe, validation } = onValidation;
  if (validation.changes === null || test.changes === null || events.forecast.change === null) return null;
  const { parameters } = recipe;
  return changeScores(events, { parameters, validation: validation.changes.either, test: test.changes.either });
}

/** Returns the champion's recipe. A model that is not refitted on this dataset has other features, so no contender has its id. */
function servingRecipe(forecast: Forecast, { recipe, isExternal }: ServingModel) {
  return { id: isExternal ? null : recipeOf(forecast, recipe).id, candidate: recipe.candidate };
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
