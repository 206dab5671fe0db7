/** The path of an answer: one entry for each step, with the same members as the answer itself. */
import type { PathStep, PredictionWithFeatures } from "../api/predict.ts";
import type { ServingDeclaration } from "../registry/served.ts";
import { extraDecimals, roundTo } from "./decimal.ts";
import { quantilesByLevel } from "./described-row.ts";
import { intervalNames, probabilityAbove, probabilityDecimals } from "./row-summary.ts";
import type { ComputedStep } from "./step-forecasts.ts";

/** Returns the members of a step that come from its distribution. `above` is the value whose probability is asked for. */
export function stepMembers(
  { output, target, task }: Pick<ServingDeclaration, "output" | "target" | "task">,
  { mean, summary }: Pick<ComputedStep, "mean" | "summary">,
  above?: number,
): Record<string, unknown> {
  if (task === "classification") return { [output]: roundTo(mean, probabilityDecimals) };
  const members: Record<string, unknown> = {
    [output]: summary?.median ?? roundTo(mean, target.decimals),
    expected: roundTo(mean, target.decimals + extraDecimals),
  };
  if (summary === null) {
    const note = "no distribution: the feature that scales it is missing";
    return {
      ...members,
      interval_note: note,
      ...(above !== undefined && { above: { value: above, probability: null, note } }),
    };
  }
  for (const { name, ends } of summary.intervals) members[name] = ends;
  if (summary.note !== null) members.interval_note = summary.note;
  members.probabilities = summary.probabilities;
  members.quantiles = quantilesByLevel(summary);
  if (above !== undefined) {
    members.above = { value: above, probability: probabilityAbove(summary, above, target.decimals) };
  }
  return members;
}

/** Returns the entry of a step after the first. */
export function pathStep(forecast: ServingDeclaration, found: ComputedStep, above?: number): PathStep {
  const { step, target, servedBy } = found;
  return { step, target_period: target, ...stepMembers(forecast, found, above), served_by: servedBy };
}

/** Returns the entry of step 1, which the model serves: the same numbers as in the answer. */
export function firstStep(
  { output, target }: { readonly output: string; readonly target: string },
  prediction: PredictionWithFeatures,
  model: string,
): PathStep {
  const names = [output, "label", "expected", ...intervalNames, "interval_note", "probabilities", "quantiles", "above"];
  const members = names.flatMap((name) => (prediction[name] === undefined ? [] : [[name, prediction[name]]]));
  return { step: 1, target_period: target, ...Object.fromEntries(members), served_by: model };
}
