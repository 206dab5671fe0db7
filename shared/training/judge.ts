/** The whole judgement of a forecast on its data: who stood where, who was chosen, and what speaks for it. */

import type { RowRange } from "../candidates/candidate.ts";
import { featureValues } from "../candidates/encoding.ts";
import { naive } from "../candidates/naive.ts";
import type { Dataset } from "../features/dataset.ts";
import { type Forecast, toleranceOf } from "../forecasts/forecast.ts";
import { lossesByPeriod } from "../judging/losses.ts";
import { coverageOf, errorsOf, type IntervalOptions, residualsOf, widthsOf } from "../judging/score.ts";
import { rowsOf, spanOf, type Windows, windowsOf } from "../judging/windows.ts";
import type { Contender, Evidence, Span } from "../registry/card.ts";
import { dieboldMariano } from "../stats/diebold-mariano.ts";
import { skill } from "../stats/skill.ts";
import { type ChangeJudgement, judgeChange } from "./change.ts";
import { refitAt, type Standing, standValidation, type TrainingEffects } from "./contest.ts";
import { type RecipeChoice, type Workbench, workbenchOf } from "./job.ts";
import { recipeOf } from "./recipe.ts";
import { refusalOf, type TrainingRefusal } from "./refusal.ts";
import { joined } from "./search.ts";

/** The model that serves: its recipe is refitted at the same origins as everyone's. */
export interface ServingModel {
  readonly version: string;
  readonly recipe: RecipeChoice;
  /**
   * For a file that was made elsewhere and cannot be refitted: its predictions for some rows, and the last period it
   * was trained on. Null for a recipe of ours.
   */
  readonly external: ExternalModel | null;
}

export interface ExternalModel {
  predict(rows: RowRange): Promise<Float64Array>;
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
  /** The one that validation picked. */
  readonly chosen: RecipeChoice;
  readonly incumbent: string | null;
  readonly evidence: Evidence;
  /** Of the naive forecast as the challenger, for when the chosen one is not let in. */
  readonly naiveEvidence: Evidence;
  readonly change: ChangeJudgement | null;
  /** Residuals of validation and test rows together, by recipe name: what published intervals are made of. */
  residualsOf(choice: RecipeChoice): { readonly rows: RowRange; readonly residuals: Float64Array } | null;
}

export type Judged =
  | { readonly ok: true; readonly judgement: Judgement; readonly bench: Workbench }
  | { readonly ok: false; readonly refusal: TrainingRefusal };

/** A contender with what it said on both windows. */
interface Shown {
  readonly standing: Standing;
  readonly test: Float64Array;
  readonly seconds: number;
}

export async function judge(task: JudgeTask, effects: TrainingEffects): Promise<Judged> {
  const { forecast, data, seed, trialsMax } = task;
  const refusal = refusalOf(forecast, data);
  if (refusal !== null) return { ok: false, refusal };
  const bench = workbenchOf(forecast, data);
  const windows = windowsOf(data, forecast.validation);
  const failures: string[] = [];
  const watched: TrainingEffects = {
    ...effects,
    onTrial: (trial) => {
      if (trial.problem !== null) failures.push(`${trial.candidate}: ${trial.problem}`);
      effects.onTrial(trial);
    },
  };
  effects.onStage("search");
  const [standings, change] = await Promise.all([
    standValidation({ forecast, data, windows, seed, trialsMax }, watched),
    judgeChange({ forecast, data, events: bench.events, windows, seed, trialsMax }, watched),
  ]);
  effects.onStage("test");
  const shown = await showAll(task, { standings, windows, effects });
  // The best on validation that can be fitted at the test origins too: whom nothing is known of cannot be chosen.
  const chosen = shown[0]?.standing;
  if (chosen === undefined) return { ok: false, refusal: { kind: "no-contender", problems: failures.sort() } };
  const judgement = judgementOf(task, { windows, shown, chosen, change });
  return {
    ok: true,
    bench,
    judgement: { ...judgement, ...(await againstIncumbent(task, { windows, judgement, effects })) },
  };
}

/** The one look at the test window: every contender, refitted at each of its origins. */
async function showAll(
  { seed }: JudgeTask,
  { standings, windows, effects }: { standings: readonly Standing[]; windows: Windows; effects: TrainingEffects },
): Promise<Shown[]> {
  const shown = await Promise.all(
    standings.map(async (standing): Promise<Shown | null> => {
      const refit = await refitAt(windows.test, standing.recipe, { pool: effects.pool, seed });
      if (!refit.ok) return null;
      return { standing, test: refit.predictions, seconds: standing.seconds + refit.seconds };
    }),
  );
  return shown.filter((one) => one !== null);
}

interface Scored {
  readonly windows: Windows;
  readonly shown: readonly Shown[];
  readonly chosen: Standing;
  readonly change: ChangeJudgement | null;
}

function judgementOf(task: JudgeTask, { windows, shown, chosen, change }: Scored): Judgement {
  const { data, forecast } = task;
  const rows = rowsOf(windows.test);
  const validationRows = rowsOf(windows.validation);
  const naiveShown = shown.find(({ standing }) => standing.name === naive.id);
  const naivePredictions = naiveShown?.test ?? data.last.slice(rows.from, rows.to);
  const naiveErrors = errorsOf(data, rows, naivePredictions);
  const naiveLosses = periodLosses(task, rows, naivePredictions).losses;
  const intervals = intervalOptions(forecast, data);
  const contenders = shown.map((one): Contender => {
    const errors = errorsOf(data, rows, one.test);
    const widths = widthsOf(validationRows, residualsOf(data, validationRows, one.standing.predictions), intervals);
    const held = { rows, residuals: residualsOf(data, rows, one.test) };
    const covered = (level: number) => {
      const width = widths.find((candidate) => candidate.level === level);
      return width === undefined ? null : coverageOf(width, held, intervals);
    };
    const advantage = periodLosses(task, rows, one.test).losses.map((loss, i) => (naiveLosses[i] ?? 0) - loss);
    return {
      name: one.standing.name,
      candidate: one.standing.recipe.candidate,
      recipe: recipeOf(forecast, one.standing.recipe).id,
      validationRmse: errorsOf(data, validationRows, one.standing.predictions).rmse,
      ...errors,
      skill: skill(errors[forecast.metric], naiveErrors[forecast.metric]),
      pValue: one === naiveShown ? null : dieboldMariano(advantage, forecast.horizon).pValue,
      coverage80: covered(0.8),
      coverage95: covered(0.95),
      seconds: one.seconds,
      note: null,
    };
  });
  const chosenShown = shown.find(({ standing }) => standing === chosen);
  const evidenceFor = (predictions: Float64Array): Evidence => {
    const { periods, rows: counts, losses } = periodLosses(task, rows, predictions);
    return {
      periods: [...periods],
      rows: [...counts],
      horizon: forecast.horizon,
      challenger: [...losses],
      naive: [...naiveLosses],
      incumbent: null,
    };
  };
  return {
    validation: spanOf(data, validationRows),
    test: spanOf(data, rows),
    contenders: [...contenders].sort((a, b) => a[forecast.metric] - b[forecast.metric]),
    chosen: chosen.recipe,
    incumbent: null,
    evidence: evidenceFor(chosenShown?.test ?? naivePredictions),
    naiveEvidence: evidenceFor(naivePredictions),
    change,
    residualsOf(choice) {
      const id = recipeOf(forecast, choice).id;
      const one = shown.find(({ standing }) => recipeOf(forecast, standing.recipe).id === id);
      if (one === undefined) return null;
      const both = { from: validationRows.from, to: rows.to };
      return { rows: both, residuals: residualsOf(data, both, joined([one.standing.predictions, one.test])) };
    },
  };
}

/** What the serving model says on the same rows: as its recipe, refitted at the same origins. */
async function againstIncumbent(
  task: JudgeTask,
  { windows, judgement, effects }: { windows: Windows; judgement: Judgement; effects: TrainingEffects },
): Promise<Pick<Judgement, "contenders" | "incumbent" | "evidence" | "naiveEvidence">> {
  const { contenders, evidence, naiveEvidence } = judgement;
  const { incumbent, data, forecast, seed } = task;
  if (incumbent === null) return { contenders, evidence, naiveEvidence, incumbent: null };
  const rows = rowsOf(windows.test);
  const predictions = await incumbentPredictions(incumbent, { windows, effects, seed });
  if (predictions === null) return { contenders, evidence, naiveEvidence, incumbent: incumbent.version };
  const { losses } = periodLosses(task, rows, predictions);
  const errors = errorsOf(data, rows, predictions);
  const naiveError = contenders.find(({ candidate }) => candidate === naive.id)?.[forecast.metric] ?? 0;
  const advantage = losses.map((loss, i) => (evidence.naive[i] ?? 0) - loss);
  const line: Contender = {
    name: `incumbent ${incumbent.version}`,
    candidate: incumbent.recipe.candidate,
    recipe: recipeOf(forecast, incumbent.recipe).id,
    validationRmse: null,
    ...errors,
    skill: skill(errors[forecast.metric], naiveError),
    pValue: dieboldMariano(advantage, forecast.horizon).pValue,
    coverage80: null,
    coverage95: null,
    seconds: 0,
    note: incumbent.external === null ? null : `made elsewhere; trained to ${incumbent.external.trainedTo}`,
  };
  const known = incumbent.external === null ? null : incumbent.external.trainedTo;
  return {
    contenders: [...contenders, line].sort((a, b) => a[forecast.metric] - b[forecast.metric]),
    incumbent: incumbent.version,
    evidence: onlyAfter(known, { ...evidence, incumbent: [...losses] }),
    naiveEvidence: onlyAfter(known, { ...naiveEvidence, incumbent: [...losses] }),
  };
}

async function incumbentPredictions(
  incumbent: ServingModel,
  { windows, effects, seed }: { windows: Windows; effects: TrainingEffects; seed: number },
): Promise<Float64Array | null> {
  if (incumbent.external !== null) return incumbent.external.predict(rowsOf(windows.test));
  const refit = await refitAt(windows.test, incumbent.recipe, { pool: effects.pool, seed });
  return refit.ok ? refit.predictions : null;
}

/** The evidence of the periods after `period`: what a file had not seen when it was trained. */
export function onlyAfter(period: string | null, evidence: Evidence): Evidence {
  if (period === null) return evidence;
  const kept = evidence.periods.map((one) => one > period);
  const pick = <T>(list: readonly T[]): T[] => list.filter((_, i) => kept[i]);
  return {
    ...evidence,
    periods: pick(evidence.periods),
    rows: pick(evidence.rows),
    challenger: pick(evidence.challenger),
    naive: pick(evidence.naive),
    incumbent: evidence.incumbent === null ? null : pick(evidence.incumbent),
  };
}

function periodLosses({ data, forecast }: JudgeTask, rows: RowRange, predictions: Float64Array) {
  const truth = data.target.subarray(rows.from, rows.to);
  return lossesByPeriod(data, rows, (row) => {
    const error = (truth[row] ?? Number.NaN) - (predictions[row] ?? Number.NaN);
    return forecast.metric === "rmse" ? error * error : Math.abs(error);
  });
}

/** How intervals are learned for a forecast. A row whose scale is missing or tiny counts with the tolerance. */
export function intervalOptions(forecast: Forecast, data: Dataset): IntervalOptions {
  const tolerance = toleranceOf(forecast);
  const { levels, scaledBy } = forecast.intervals;
  if (scaledBy === null) return { levels, tolerance, scales: null };
  const values = featureValues(data, scaledBy, { from: 0, to: data.rows });
  return {
    levels,
    tolerance,
    scales: Float64Array.from(values, (value) => Math.max(Number.isNaN(value) ? 0 : value, tolerance)),
  };
}
