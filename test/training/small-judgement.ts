/** Judges a small forecast with a change model on simulated prices. */
import type { Dataset } from "../../shared/features/dataset.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { memoizeByObject } from "../../shared/lib/memoize-by-object.ts";
import type { Evidence } from "../../shared/registry/card.ts";
import type { Pool, RecipeChoice } from "../../shared/training/job.ts";
import { judge } from "../../shared/training/judge.ts";
import type { Judgement, JudgeTask } from "../../shared/training/judgement.ts";
import {
  instantPool,
  keepingEffects,
  momentum,
  type Process,
  simulatedPanel,
  smallDataset,
  smallForecast,
} from "./support.ts";

export const forecast: Forecast = {
  ...smallForecast,
  change: { frequency: "frequency", space: { learningRate: { kind: "log-uniform", low: 0.03, high: 0.2 } }, trials: 2 },
};
/** Momentum with pauses. */
const pausing: Process = (state, draw) => (Math.abs(draw) < 0.5 ? 0 : momentum(state, draw));
export const data = smallDataset(simulatedPanel(3, pausing, { periods: 90, series: 5 }));
/** Momentum without pauses: a learned model is the best on validation. */
export const steady = smallDataset(simulatedPanel(3, momentum, { periods: 90, series: 5 }));

const task: JudgeTask = { forecast, data, seed: 5, trialsMax: null, incumbent: null };

/** Returns the judgement and its trials in the order in which they ended. @throws if the data cannot be judged. */
export async function judged(pool: Pool, changes: Partial<JudgeTask> = {}) {
  const { effects, trials } = keepingEffects(pool);
  const outcome = await judge({ ...task, ...changes }, effects);
  if (!outcome.ok) throw new Error(outcome.error.kind);
  return { judgement: outcome.value.judgement, trials };
}

/** Returns the judgement of a dataset, which is computed once, for tests that only read it. */
export const judgementOf = memoizeByObject((own: Dataset) => judged(instantPool(forecast, own), { data: own }));

/** Returns the evidence of a contender. @throws if it is not one. */
export function evidenceOf(judgement: Judgement, choice: RecipeChoice = judgement.chosen): Evidence {
  const evidence = judgement.evidenceFor(choice);
  if (evidence === null) throw new Error(`${choice.candidate} is not a contender`);
  return evidence;
}
