/** The parts of a card that trained and imported models have in common. */

import { profileOf } from "../drift/profile.ts";
import type { Dataset } from "../features/dataset.ts";
import { dtypeOf, kindOf } from "../features/feature.ts";
import { fingerprintOf } from "../forecasts/fingerprint.ts";
import type { Forecast } from "../forecasts/forecast.ts";
import { targetSourceOf } from "../forecasts/source.ts";
import { sha256Hex } from "../lib/hash.ts";
import { memoizeByObject } from "../lib/memoize-by-object.ts";
import { comparePeriods } from "../period.ts";
import type { Card } from "../registry/card.ts";
import type { ModelSize } from "../registry/fit-limits.ts";
import type { SourceBreak } from "../sources/breaks.ts";
import type { RecipeChoice } from "./job.ts";
import { recipeOf } from "./recipe.ts";

export interface WrittenModel {
  readonly model: Uint8Array;
  readonly size: Pick<ModelSize, "nodes" | "trees">;
  /** Names of the file's inputs. By default all features. */
  readonly inputs?: ReadonlySet<string>;
}

export interface Identity {
  readonly version: string;
  readonly producer: string;
  readonly recipe: RecipeChoice;
}

type IdentityPart =
  | "format"
  | "forecast"
  | "version"
  | "title"
  | "task"
  | "unit"
  | "output"
  | "transform"
  | "recipe"
  | "producer";

/** Returns the identity and task of a model. */
export function identityOf(
  { forecast }: { readonly forecast: Forecast },
  { version, producer, recipe }: Identity,
): Pick<Card, IdentityPart> {
  return {
    format: 1,
    forecast: forecast.id,
    version,
    title: forecast.title,
    task: forecast.task,
    unit: forecast.unit,
    output: forecast.output,
    transform: forecast.target.transform,
    recipe: recipeOf(forecast, recipe),
    producer,
  };
}

/** The versions of one training have the same data. */
const profileOfData = memoizeByObject(profileOf);

/** Returns the description of the file, its features and their reference profile. */
export function describeFile(
  forecast: Forecast,
  data: Dataset,
  { model, size, inputs }: WrittenModel,
): Pick<Card, "model" | "features" | "fingerprint" | "profile"> {
  const isInput = ({ name }: { readonly name: string }) => inputs?.has(name) ?? true;
  return {
    model: { sha256: sha256Hex(model), bytes: model.length, nodes: size.nodes, trees: size.trees },
    features: featuresOf(forecast, data).filter(isInput),
    fingerprint: fingerprintOf(forecast),
    profile: profileOfData(data).filter(isInput),
  };
}

export interface Origin {
  readonly forecast: Forecast;
  readonly observations: number;
  /** SHA-256 of the sorted observations. */
  readonly dataHash: string;
  /** The break after which the data begins, if the forecast trains only after breaks. */
  readonly after?: Pick<SourceBreak, "from"> | null;
  readonly codeVersion: string;
  readonly seed: number;
  readonly trials: number;
}

/** Returns the breaks not after the last period of the training data, as a card lists them. */
export function cardBreaks(breaks: readonly SourceBreak[], trainedTo: string): Card["breaks"] {
  return breaks
    .filter(({ from }) => comparePeriods(from, trainedTo) <= 0)
    .map(({ feed, from, variables, note }) => ({ feed, from, variables: [...variables], note }));
}

/** Returns the data, code and seed of a training. */
export function lineageOf({ forecast, after = null, ...rest }: Origin): Card["lineage"] {
  const { observations, dataHash, codeVersion, seed, trials } = rest;
  const { variable } = forecast;
  const sources = forecast.sources.map(({ feed, variables, lag }) => ({ feed, variables: [...variables], lag }));
  const { feed } = targetSourceOf(forecast);
  const from = after === null ? {} : { from: after.from };
  return { feed, variable, sources, observations, ...from, dataHash, codeVersion, seed, trials };
}

function featuresOf(forecast: Forecast, data: Dataset): Card["features"] {
  return forecast.features.map((feature) => {
    const { name } = feature;
    // `kindOf` includes the version of the kind at the time of training.
    const { name: _, ...definition } = { ...feature, kind: kindOf(feature) };
    const column = data.columns.find((column) => column.name === name);
    return dtypeOf(feature) === "string"
      ? { name, dtype: "string", definition, categories: column?.dtype === "string" ? [...column.categories] : [] }
      : { name, dtype: "float", definition };
  });
}
