/** The whole judgement of a forecast on its data: who stood where, who was chosen, and what speaks for it. */
import { membersOf } from "../candidates/average.ts";
import type { Dataset, RowRange } from "../features/dataset.ts";
import type { Forecast } from "../forecasts/forecast.ts";
import { calibrationOf, thresholdOf } from "../judging/classification.ts";
import { errorBy, errorsOf, missesOf } from "../judging/score.ts";
import { rowsOf, spanOf, type Windows, windowsOf } from "../judging/windows.ts";
import type { Card, Contender, Evidence, Span } from "../registry/card.ts";
import { evidenceAfter } from "../registry/evidence.ts";
import { isNaive } from "../registry/gate.ts";
import { type ChangeJudgement, judgeChange } from "./change.ts";
import {
  meanFit,
  type Refit,
  ranked,
  refitAt,
  type Standing,
  standValidation,
  type TrainingEffects,
} from "./contest.ts";
import { evidenceOf, lineOf, narrowed, rowsAfter, type TestWindow } from "./evidence.ts";
import { type RecipeChoice, type Workbench, workbenchOf } from "./job.ts";
import { recipeOf } from "./recipe.ts";
import { refusalOf, type TrainingRefusal } from "./refusal.ts";
import { joined } from "./search.ts";

/** The model that serves: its recipe is refitted at the same origins as everyone's. */
export interface ServingModel {
  readonly version: string;
  readonly recipe: RecipeChoice;
  /** The published file. */
  readonly file: ModelFile;
  /** Made elsewhere: it cannot be refitted, and stands by its file on the periods it has not seen. */
  readonly isExternal: boolean;
}

/** A published file: what it says of some rows, and the last period it was fitted to. */
export interface ModelFile {
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
  /** The naive forecast that everyone is held against: where there are several, the best on validation. */
  readonly naive: RecipeChoice;
  /** Version that serves; null where none does. */
  readonly incumbent: string | null;
  readonly change: ChangeJudgement | null;
  /** What a recipe that stood has to show to the gate; null for one that did not stand. */
  evidenceFor(choice: RecipeChoice): Evidence | null;
  /** Its misses on validation and test rows together: what published intervals are made of. */
  missesFor(choice: RecipeChoice): { readonly rows: RowRange; readonly misses: Float64Array } | null;
  /** Of a classification: from which probability on it names the event, and how its probabilities came true; else null. */
  classesFor(choice: RecipeChoice): Classes | null;
}

export interface Classes {
  readonly threshold: number;
  /** On the test window. */
  readonly calibration: NonNullable<Card["judged"]["calibration"]>;
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

/** Searches on validation, shows everyone on the test window once, and gathers what the gate will ask for. */
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
  const [standings, change, serving] = await Promise.all([
    standValidation({ forecast, data, windows, seed, trialsMax }, watched),
    judgeChange({ forecast, data, events: bench.events, windows, seed, trialsMax }, watched),
    standIncumbent(task, windows, effects),
  ]);
  effects.onStage("test");
  const shown = await showAll(task, { standings: withIncumbent(forecast, standings, serving), windows, effects });
  // The best on validation that can be fitted at the test origins too: whom nothing is known of cannot be chosen.
  const chosen = shown[0]?.standing;
  if (chosen === undefined) return { ok: false, refusal: { kind: "no-contender", problems: failures.sort() } };
  const incumbent = await incumbentOnTest(task, { windows, shown });
  const served = await servedOnTest(task, windows, incumbent);
  return { ok: true, bench, judgement: judgementOf(task, { windows, shown, chosen, change, incumbent, served }) };
}

/** The serving recipe stands like everyone: if it is the best again, refitting it is what will be asked for. */
async function standIncumbent(
  { incumbent, data, forecast, seed }: JudgeTask,
  { validation }: Windows,
  { pool }: TrainingEffects,
): Promise<Standing | null> {
  if (incumbent === null || incumbent.isExternal) return null;
  const { recipe, version } = incumbent;
  const refit = await refitAt(validation, recipe, { pool, seed });
  if (!refit.ok) return null;
  const { predictions, seconds } = refit;
  const error = errorBy(forecast.metric, errorsOf(data, rowsOf(validation), predictions));
  return { name: `incumbent ${version}`, recipe, predictions, error, seconds };
}

/** Without a second line for a recipe that stands already, as naive does. */
function withIncumbent(forecast: Forecast, standings: readonly Standing[], serving: Standing | null): Standing[] {
  if (serving === null) return [...standings];
  const id = recipeOf(forecast, serving.recipe).id;
  const stands = standings.some(({ recipe }) => recipeOf(forecast, recipe).id === id);
  return stands ? [...standings] : ranked([serving, ...standings]);
}

/**
 * The one look at the test window: every contender, refitted at each of its origins. An average is the mean of what its
 * members say, as it was on validation; they are not fitted twice.
 */
async function showAll(
  { seed, forecast, data }: JudgeTask,
  { standings, windows, effects }: { standings: readonly Standing[]; windows: Windows; effects: TrainingEffects },
): Promise<Shown[]> {
  const fits = new Map<string, Promise<Refit>>();
  const refit = (recipe: RecipeChoice): Promise<Refit> => {
    const { id } = recipeOf(forecast, recipe);
    const fit = fits.get(id) ?? refitAt(windows.test, recipe, { pool: effects.pool, seed });
    fits.set(id, fit);
    return fit;
  };
  const shown = await Promise.all(
    standings.map(async (standing): Promise<Shown | null> => {
      const members = membersOf(standing.recipe);
      const fit =
        members === null
          ? await refit(standing.recipe)
          : meanFit({ forecast, data }, rowsOf(windows.test), await Promise.all(members.map(refit)));
      return fit.ok ? { standing, test: fit.predictions, seconds: standing.seconds + fit.seconds } : null;
    }),
  );
  return shown.filter((one) => one !== null);
}

/** What the serving model says on the test rows; null where none serves or it can no longer be fitted. */
async function incumbentOnTest(
  { incumbent, forecast }: JudgeTask,
  { windows, shown }: { readonly windows: Windows; readonly shown: readonly Shown[] },
): Promise<Float64Array | null> {
  if (incumbent === null) return null;
  if (incumbent.isExternal) return incumbent.file.predict(rowsOf(windows.test));
  const id = recipeOf(forecast, incumbent.recipe).id;
  return shown.find(({ standing }) => recipeOf(forecast, standing.recipe).id === id)?.test ?? null;
}

/**
 * What a refresh is held against: up to the incumbent's own fit its recipe, refitted like everyone's; after it the very
 * file that serves, which newer data has to be no worse than.
 */
async function servedOnTest(
  { incumbent, data }: JudgeTask,
  windows: Windows,
  refitted: Float64Array | null,
): Promise<Float64Array | null> {
  if (incumbent === null || refitted === null || incumbent.isExternal) return refitted;
  const rows = rowsOf(windows.test);
  const unseen = rowsAfter(data, rows, incumbent.file.trainedTo);
  if (unseen.from === unseen.to) return refitted;
  const served = refitted.slice();
  served.set(await incumbent.file.predict(unseen), unseen.from - rows.from);
  return served;
}

interface Scored {
  readonly windows: Windows;
  readonly shown: readonly Shown[];
  readonly chosen: Standing;
  readonly change: ChangeJudgement | null;
  readonly incumbent: Float64Array | null;
  /** What a refresh of the incumbent's recipe is held against. */
  readonly served: Float64Array | null;
}

/** The naive forecast of whoever declares none. */
const lastValue: RecipeChoice = { candidate: "naive", parameters: {} };

function judgementOf(task: JudgeTask, { windows, shown, chosen, change, incumbent, served }: Scored): Judgement {
  const { data, forecast } = task;
  const rows = rowsOf(windows.test);
  const validationRows = rowsOf(windows.validation);
  // Best on validation first, so this is the best of several.
  const naive = shown.find(({ standing }) => isNaive(standing.recipe.candidate));
  const window = {
    data,
    forecast,
    rows,
    naive: naive?.test ?? data.last.slice(rows.from, rows.to),
    naiveCandidate: naive?.standing.recipe.candidate ?? lastValue.candidate,
    incumbent,
  };
  const known = task.incumbent?.isExternal ? task.incumbent.file.trainedTo : null;
  const serving = task.incumbent === null ? null : recipeOf(forecast, task.incumbent.recipe).id;
  const lines = shown.map(({ standing, test, seconds }): Contender => {
    const validation = { rows: validationRows, predictions: standing.predictions };
    return lineOf(window, { name: standing.name, recipe: standing.recipe, predictions: test, seconds, validation });
  });
  if (task.incumbent !== null) lines.push(...externalLine(window, task.incumbent));
  const standingOf = (choice: RecipeChoice): Shown | null => {
    const { id } = recipeOf(forecast, choice);
    return shown.find(({ standing }) => recipeOf(forecast, standing.recipe).id === id) ?? null;
  };
  return {
    validation: spanOf(data, validationRows),
    test: spanOf(data, rows),
    contenders: lines.sort((a, b) => errorBy(forecast.metric, a) - errorBy(forecast.metric, b)),
    chosen: chosen.recipe,
    naive: naive?.standing.recipe ?? lastValue,
    incumbent: task.incumbent?.version ?? null,
    change,
    evidenceFor(choice) {
      const one = standingOf(choice);
      if (one === null) return null;
      const isRefresh = recipeOf(forecast, choice).id === serving;
      return evidenceAfter(evidenceOf(isRefresh ? { ...window, incumbent: served } : window, one.test), known);
    },
    missesFor(choice) {
      const one = standingOf(choice);
      if (one === null) return null;
      const both = { from: validationRows.from, to: rows.to };
      const predictions = joined([one.standing.predictions, one.test]);
      return { rows: both, misses: missesOf(data, both, { predictions, holdLast: forecast.intervals.holdLast }) };
    },
    classesFor(choice) {
      const one = standingOf(choice);
      if (one === null || forecast.task !== "classification") return null;
      return {
        threshold: thresholdOf(data, { rows: validationRows, predictions: one.standing.predictions }),
        calibration: calibrationOf(data, { rows, predictions: one.test }),
      };
    },
  };
}

/** The line of a file that was made elsewhere, over the periods that it had not seen; none where it has seen them all. */
function externalLine(window: TestWindow, { version, recipe, file, isExternal }: ServingModel): Contender[] {
  if (!isExternal || window.incumbent === null) return [];
  const { data, rows } = window;
  const unseen = rowsAfter(data, rows, file.trainedTo);
  if (unseen.from === unseen.to) return [];
  const part = narrowed(window, unseen);
  const predictions = window.incumbent.subarray(unseen.from - rows.from);
  const line = lineOf(part, { name: `incumbent ${version}`, recipe, predictions, seconds: 0, validation: null });
  const { periods } = spanOf(data, unseen);
  return [{ ...line, note: `made elsewhere; scored on the ${periods} periods after ${file.trainedTo}` }];
}
