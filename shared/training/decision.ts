/** Computes how a classification's probabilities become labels: labels, threshold and the probabilities of the baseline. */
import { predictValue } from "../candidates/fitted.ts";
import { type Forecast, lastFeatureOf } from "../forecasts/forecast.ts";
import type { Decision } from "../registry/card.ts";
import { datasetOfInputs } from "./inputs.ts";
import type { Pool, RecipeChoice } from "./job.ts";

export interface DecisionTask {
  readonly forecast: Forecast;
  readonly threshold: number;
  readonly naive: RecipeChoice;
  /** Number of rows. The baseline is fitted to all of them, like the published model. */
  readonly rows: number;
  readonly seed: number;
}

/** Returns the decision of a published model. @throws if the forecast has no labels or the baseline cannot be fitted. */
export async function decisionOf(task: DecisionTask, pool: Pool): Promise<Decision> {
  const { forecast, threshold, naive, rows, seed } = task;
  const { labels } = forecast;
  if (labels === undefined) throw new RangeError(`the classification ${forecast.id} declares no labels`);
  const train = { from: 0, to: rows };
  const fit = await pool.run({ learns: "value", recipe: naive, train, rows: null, seed, wantsModel: true });
  const fitted = fit.ok ? fit.value.value : null;
  if (fitted === null) throw new RangeError(`${naive.candidate} cannot be fitted to all data`);
  const last = lastFeatureOf(forecast);
  const states = datasetOfInputs({ [last]: Float32Array.of(0, 1) }, last);
  const probabilities = predictValue(fitted, states, { from: 0, to: states.rows }, forecast.target.transform);
  const [after0 = Number.NaN, after1 = Number.NaN] = probabilities;
  return { labels: { ...labels }, threshold, naive: { candidate: naive.candidate, after: [after0, after1] } };
}
