/** Judges the candidates of a forecast: searches on validation, selects one recipe, and scores all on the test window. */

import { changes } from "../candidates/changes.ts";
import type { Forecast } from "../forecasts/forecast.ts";
import { rowsOf, type Windows, windowsOf } from "../judging/windows.ts";
import { failure, type Result, success } from "../lib/result.ts";
import { type ChangeEvents, judgeChange } from "./change.ts";
import {
  predictsChanges,
  ranked,
  refitAt,
  searchOnValidation,
  type TrainingEffects,
  type ValidationResult,
  validated,
} from "./contest.ts";
import { type Workbench, workbenchOf } from "./job.ts";
import { judgementOf, ownChangeScores } from "./judge-window.ts";
import type { Judgement, JudgeTask } from "./judgement.ts";
import { recipeOf } from "./recipe.ts";
import { refusalOf, type TrainingRefusal } from "./refusal.ts";
import { predictOrigins } from "./rolling-origins.ts";
import { incumbentOnTest, scoreOnTest, servedOnTest } from "./score-on-test.ts";

export interface Judged {
  readonly judgement: Judgement;
  readonly bench: Workbench;
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
  const contenders = withIncumbent(forecast, ranking, serving);
  const origins = await predictOrigins(task, contenders, { windows, pool: effects.pool });
  effects.onStage("test");
  const results = await scoreOnTest(task, { ranking: contenders, origins, windows, effects });
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
