/** The path of an answer: one entry for each step, with the same members as the answer itself. */
import type { PathStep, PredictionWithFeatures } from "../api/predict.ts";
import type { ServingDeclaration } from "../registry/served.ts";
import { extraDecimals, roundTo } from "./decimal.ts";
import { quantilesByLevel } from "./described-row.ts";
import { intervalNames } from "./row-summary.ts";
import type { StepForecast } from "./step-forecasts.ts";

/** Returns the members of a step that come from its distribution. */
export function stepMembers(
  { output, target, task }: Pick<ServingDeclaration, "output" | "target" | "task">,
  { mean, summary }: Pick<StepForecast, "mean" | "summary">,
): Record<string, unknown> {
  if (task === "classification") return { [output]: roundTo(mean, probabilityDecimals) };
  const members: Record<string, unknown> = {
    [output]: summary?.median ?? roundTo(mean, target.decimals),
    expected: roundTo(mean, target.decimals + extraDecimals),
  };
  if (summary === null) return { ...members, interval_note: "no distribution: the feature that scales it is missing" };
  for (const { name, ends } of summary.intervals) members[name] = ends;
  if (summary.note !== null) members.interval_note = summary.note;
  members.probabilities = summary.probabilities;
  members.quantiles = quantilesByLevel(summary);
  return members;
}

const probabilityDecimals = 6;

/** Returns the entry of a step after the first. */
export function pathStep(forecast: ServingDeclaration, found: StepForecast): PathStep {
  const { step, target, servedBy } = found;
  return { step, target_period: target, ...stepMembers(forecast, found), served_by: servedBy };
}

/** Returns the entry of step 1, which the model serves: the same numbers as in the answer. */
export function firstStep(
  { output, target }: { readonly output: string; readonly target: string },
  prediction: PredictionWithFeatures,
  model: string,
): PathStep {
  const names = [output, "label", "expected", ...intervalNames, "interval_note", "probabilities", "quantiles"];
  const members = names.flatMap((name) => (prediction[name] === undefined ? [] : [[name, prediction[name]]]));
  return { step: 1, target_period: target, ...Object.fromEntries(members), served_by: model };
}
