/** Checks of what a declaration names: features and dimensions. Each returns one sentence per mistake. */
import { changeInputNames } from "../candidates/change-inputs.ts";
import { boundFeature, dimensionOf, dtypeOf, type Feature, isLastValue } from "../features/feature.ts";
import { withSuggestion } from "../lib/did-you-mean.ts";
import { listText } from "../lib/list-text.ts";
import { outputNames } from "../onnx/outputs.ts";
import type { Forecast } from "./forecast.ts";
import { predictOptionNames } from "./request-options.ts";
import { sourceOf } from "./source.ts";

/** Rejects steps that are not whole numbers ascending from 1, and headline steps that are not among the steps. */
export function wrongSteps({ steps, headline }: Forecast): string[] {
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
  return listText(steps.map(String));
}

/** Finds groups by dimensions that the forecast does not have, groups of single series, and names that occur twice. */
export function wrongGroups({ groups = [], dimensions, distribution }: Forecast): string[] {
  const names = groups.map(({ name }) => name);
  const repeated = names.filter((name, at) => names.indexOf(name) < at);
  if (groups.length > 0 && distribution?.kind !== "changes")
    return ["It declares groups, which need a distribution of changes; expected no groups."];
  return [
    ...repeated.map((name) => `Two groups are named ${name}; expected a different name for each.`),
    ...groups.flatMap(({ name, by }) => {
      const unknown = by.filter((dimension) => !dimensions.includes(dimension));
      if (unknown.length === 0 && new Set(by).size >= dimensions.length)
        return [`Group ${name} has all dimensions, so each series is a group; expected fewer.`];
      return unknown.map((dimension) =>
        withSuggestion(
          `Group ${name} has dimension ${dimension}, which the forecast does not have`,
          dimension,
          dimensions,
        ),
      );
    }),
  ];
}

/** Finds features of dimensions that the forecast does not have. */
export function unknownDimensions({ dimensions, features }: Forecast): string[] {
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
export function noLastValue(forecast: Forecast): string[] {
  if (forecast.features.some(isLastValue)) return [];
  const hasEvents = sourceOf(forecast, forecast.variable)?.timed !== undefined;
  const kind = hasEvents ? "event-last" : "lag with periods: 1 and";
  return [`No feature is the last value of the target; expected one of kind ${kind} without a variable.`];
}

/** Checks the features that other parts of a declaration name. */
export function unknownFeatures(forecast: Forecast): string[] {
  const { features, seasonal, intervals, change, distribution, given, hypothesisNeeds } = forecast;
  const all = { names: features.map(({ name }) => name), is: "a feature" };
  const numbers = { names: namesOf(features, (feature) => dtypeOf(feature) === "float"), is: "a feature with numbers" };
  const lasts = { names: namesOf(features, isLastValue), is: "the last value of the target" };
  const past = { names: namesOf(features, isPastTarget), is: "a past value of the target" };
  const named = [
    { what: "The seasonal feature", name: seasonal, allowed: past },
    { what: "The feature that scales the intervals", name: intervals.scaledBy, allowed: numbers },
    { what: "The feature with the frequency of changes", name: change?.frequency, allowed: numbers },
    ...scaleNames(distribution).map((name) => ({ what: "A scale of the distribution", name, allowed: numbers })),
    ...changeNames(distribution).map((name) => ({ what: "An input of the distribution", name, allowed: numbers })),
    { what: "The field of a supplied value", name: given?.value, allowed: lasts },
    ...(hypothesisNeeds === "all"
      ? []
      : hypothesisNeeds.map((name) => ({ what: "hypothesisNeeds", name, allowed: all }))),
  ];
  return named.flatMap(({ what, name, allowed }) =>
    typeof name !== "string" || allowed.names.includes(name)
      ? []
      : [withSuggestion(`${what} is ${name}, which is not ${allowed.is}`, name, allowed.names)],
  );
}

function scaleNames(distribution: Forecast["distribution"]): readonly string[] {
  return distribution?.kind === "location-scale" ? (distribution.scales ?? []) : [];
}

function changeNames(distribution: Forecast["distribution"]): string[] {
  if (distribution?.kind !== "changes" || distribution.inputs === undefined) return [];
  return changeInputNames({ ...distribution.inputs, group: [] });
}

function namesOf(features: readonly Feature[], isWanted: (feature: Feature) => boolean): string[] {
  return features.filter(isWanted).map(({ name }) => name);
}

function isPastTarget(feature: Feature): boolean {
  const { pastValue, variable } = boundFeature(feature);
  return pastValue !== null && variable === undefined;
}

/** Finds names of features that occur twice, and names that the model file or a request uses itself. */
export function wrongNames({ features, dimensions }: Forecast): string[] {
  const names = features.map(({ name }) => name);
  const repeated = names.filter((name, at) => names.indexOf(name) < at);
  return [
    ...repeated.map((name) => `Two features are named ${name}; expected a different name for each.`),
    ...names
      .filter((name) => outputNames.includes(name))
      .map((name) => `Feature ${name} has the name of an output of the model; expected a different name.`),
    ...[...new Set([...names, ...dimensions])]
      .filter((name) => predictOptionNames.some((option) => option === name))
      .map((name) => `${name} is the name of a query parameter of /predict; expected a different name.`),
  ];
}

/** Checks the window and the groups of a distribution. */
export function wrongDistribution({ distribution, features }: Forecast): string[] {
  if (distribution?.kind !== "changes") return [];
  const { window, group } = distribution;
  const known = features.flatMap((feature) => dimensionOf(feature) ?? []);
  const unknown = group.filter((dimension) => !known.includes(dimension));
  return [
    ...(Number.isInteger(window) && window >= 1
      ? []
      : [`The distribution uses the last ${window} changes; expected a whole number from 1.`]),
    ...unknown.map((name) =>
      withSuggestion(`No category feature has ${name}, a group of the distribution`, name, known),
    ),
  ];
}
