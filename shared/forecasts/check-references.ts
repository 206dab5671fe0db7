/** Checks of what a declaration names: features, dimensions and candidates. Each returns one sentence per mistake. */
import { boundFeature, dtypeOf, isLastValue } from "../features/feature.ts";
import { withSuggestion } from "../lib/did-you-mean.ts";
import { changeOutput, predictionOutput } from "../onnx/outputs.ts";
import type { Forecast } from "./forecast.ts";

export type Declared = Pick<
  Forecast,
  | "id"
  | "sources"
  | "events"
  | "variable"
  | "dimensions"
  | "task"
  | "schedule"
  | "steps"
  | "headline"
  | "features"
  | "seasonal"
  | "candidates"
  | "intervals"
  | "change"
  | "distribution"
  | "given"
  | "csv"
  | "dateFields"
  | "hypothesisNeeds"
>;

/** Rejects steps that are not whole numbers ascending from 1, and headline steps that are not among the steps. */
export function wrongSteps({ steps, headline }: Declared): string[] {
  const isAscending = (list: readonly number[]) =>
    list[0] === 1 && list.every((step, at) => Number.isInteger(step) && step > (list[at - 1] ?? 0));
  if (!isAscending(steps)) return [`The steps are ${textOf(steps)}; expected whole numbers that ascend from 1.`];
  const unknown = headline.find((step) => !steps.includes(step));
  if (unknown !== undefined) return [`Headline step ${unknown} is not a step; expected some of ${textOf(steps)}.`];
  return isAscending(headline)
    ? []
    : [`The headline steps are ${textOf(headline)}; expected whole numbers that ascend from 1.`];
}

function textOf(steps: readonly number[]): string {
  return steps.length === 0 ? "none" : steps.join(", ");
}

/** Finds features of dimensions that the forecast does not have. */
export function unknownDimensions({ dimensions, features }: Declared): string[] {
  return features.flatMap((feature) =>
    boundFeature(feature)
      .dimensions.filter((name) => !dimensions.includes(name))
      .map((name) =>
        withSuggestion(
          `Feature ${feature.name} reads dimension ${name}, which the forecast does not have`,
          name,
          dimensions,
        ),
      ),
  );
}

/** Rejects a declaration without the last value, which every prediction starts from. */
export function noLastValue({ features }: Declared): string[] {
  if (features.some(isLastValue)) return [];
  return [
    "No feature is the last value of the target; expected one of kind lag with periods: 1 and without a variable.",
  ];
}

/** Checks the features that other parts of a declaration name. */
export function unknownFeatures(forecast: Declared): string[] {
  const { features, seasonal, intervals, change, given, csv = [], hypothesisNeeds } = forecast;
  const names = features.map(({ name }) => name);
  const numbers = features.filter((feature) => dtypeOf(feature) === "float").map(({ name }) => name);
  const named: readonly (readonly [what: string, name: string | null | undefined, allowed: readonly string[]])[] = [
    ["The seasonal feature", seasonal, numbers],
    ["The feature that scales the intervals", intervals.scaledBy, numbers],
    ["The feature with the frequency of changes", change?.frequency, numbers],
    ["The field of a supplied value", given?.value, numbers],
    ...csv.flatMap(({ column, is }) =>
      is.kind === "feature" ? [[`CSV column ${column}`, is.name, names] as const] : [],
    ),
    ...(hypothesisNeeds === "all" ? [] : hypothesisNeeds.map((name) => ["hypothesisNeeds", name, names] as const)),
  ];
  return named.flatMap(([what, name, allowed]) =>
    typeof name !== "string" || allowed.includes(name)
      ? []
      : [
          withSuggestion(
            `${what} is ${name}, which is not a feature${allowed === numbers ? " with numbers" : ""}`,
            name,
            allowed,
          ),
        ],
  );
}

/** Finds names of features that occur twice or that the model file uses itself. */
export function wrongNames({ features }: Declared): string[] {
  const names = features.map(({ name }) => name);
  const repeated = names.filter((name, at) => names.indexOf(name) < at);
  return [
    ...repeated.map((name) => `Two features are named ${name}; expected a different name for each.`),
    ...names
      .filter((name) => name === predictionOutput || name === changeOutput)
      .map((name) => `Feature ${name} has the name of an output of the model; expected a different name.`),
  ];
}

/** Rejects candidates without a baseline, and a seasonal baseline without a season. */
export function noBaseline({ task, candidates, seasonal }: Declared): string[] {
  const baselines = task === "classification" ? ["base-rate", "state-frequency"] : ["naive"];
  const names = candidates.map(({ candidate }) => candidate);
  return [
    ...(baselines.some((name) => names.includes(name))
      ? []
      : [`No candidate is a baseline; expected ${baselines.join(" or ")}, for a ${task}.`]),
    ...(names.includes("seasonal-naive") && seasonal === null
      ? ["Candidate seasonal-naive needs a value of the season before; expected the name of a feature as `seasonal`."]
      : []),
  ];
}

/** Finds candidates that do not exist. */
export function unknownCandidates({ candidates }: Declared, known: readonly string[]): string[] {
  return candidates
    .filter(({ candidate }) => !known.includes(candidate))
    .map(({ candidate }) => withSuggestion(`There is no candidate ${candidate}`, candidate, known));
}
