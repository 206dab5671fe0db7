/**
 * For an event that is declared as a number above a bound: learns the logarithm of the number, which has more information than
 * the event alone. Classification only.
 */

import { failure, success } from "../lib/result.ts";
import { fitRidge } from "../models/ridge.ts";
import { calibrated } from "./calibrated.ts";
import { type Candidate, type FitTask, numberOf } from "./candidate.ts";
import { designOf, featureValues, oneHotEncoding } from "./encoding.ts";
import { subset } from "./subset.ts";

/**
 * Ridge regression of the logarithm of the number. Its predictions for rolling origins are calibrated, so the probability of the
 * event is that of the number being above the bound, with residuals of a logistic distribution.
 */
export const eventNumber: Candidate = {
  id: "event-number",
  tasks: ["classification"],
  fit: calibrated((task) => {
    if (task.behind === null) {
      const expected = "an event of a number, and a feature with the number's last value";
      return failure({ kind: "invalid-data", found: "no number behind the event", expected });
    }
    const { rows, values } = knownNumbers(task, task.behind);
    if (rows.length === 0) return failure({ kind: "too-few-rows", found: 0, required: 1 });
    const part = subset(task.data, rows);
    const all = { from: 0, to: part.rows };
    const encoding = oneHotEncoding(part, all);
    const training = { features: designOf(encoding, part, all), target: Float64Array.from(values, Math.log) };
    const fit = fitRidge({ alpha: numberOf(task.parameters, "alpha", 100) }, training);
    return fit.ok ? success({ kind: "linear", encoding, model: fit.value }) : fit;
  }),
};

/**
 * Returns the training rows whose number is known and above 0. A row's number is the last value in the row of the next period of
 * its series, so the last training period has none: later rows must not be read. O(rows).
 */
function knownNumbers({ data, rows }: FitTask, feature: string): { rows: number[]; values: number[] } {
  const lasts = featureValues(data, feature, { from: 0, to: rows.to });
  const found: { rows: number[]; values: number[] } = { rows: [], values: [] };
  const next = new Map<number, { readonly period: number; readonly value: number }>();
  for (let row = rows.to - 1; row >= rows.from; row--) {
    const series = data.series[row] ?? -1;
    const period = data.period[row] ?? -1;
    const after = next.get(series);
    if (after !== undefined && after.period === period + 1 && after.value > 0) {
      found.rows.push(row);
      found.values.push(after.value);
    }
    next.set(series, { period, value: lasts[row] ?? Number.NaN });
  }
  return { rows: found.rows.reverse(), values: found.values.reverse() };
}
