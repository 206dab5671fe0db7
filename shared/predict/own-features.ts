/** What a series says by itself of the next period: made once a snapshot, for most requests ask for nothing else. */
import type { Prediction } from "../api/predict.ts";
import type { Column } from "../registry/golden.ts";
import { shortestDecimal } from "./decimal.ts";
import type { Row } from "./read-instance.ts";
import { inputsOfRows } from "./row-inputs.ts";
import type { Snapshot } from "./snapshot.ts";

type Inputs = Readonly<Record<string, Column>>;

export interface OwnFeatures {
  /** As the model takes them: one entry an input. */
  readonly inputs: Inputs;
  /** As an answer tells them. */
  readonly features: Prediction["features"];
}

/** By the position of a series. */
export type KeptFeatures = Map<number, OwnFeatures>;

/** A few KB each: those of more series than these are made anew for every request. */
const keptMax = 2_000;

/** JSON of features that are kept. */
const texts = new WeakMap<Prediction["features"], string>();

/** Of a row that nothing is given for but its series; null for any other. O(1) but for the first time. */
export function ownFeatures(snapshot: Snapshot, row: Row): OwnFeatures | null {
  const { position, overrides, hypothetical, start } = row;
  if (position === null || hypothetical || start !== undefined || overrides.size > 0) return null;
  const kept = snapshot.keptFeatures.get(position);
  if (kept) return kept;
  const inputs = inputsOfRows(snapshot, [row]);
  const own: OwnFeatures = { inputs, features: Object.freeze(toldFeatures(snapshot, inputs, 0)) };
  if (snapshot.keptFeatures.size < keptMax) {
    snapshot.keptFeatures.set(position, own);
    texts.set(own.features, JSON.stringify(own.features));
  }
  return own;
}

/** The features of one row as an answer tells them: numbers as their shortest decimals, null where one is missing. */
export function toldFeatures({ model }: Snapshot, inputs: Inputs, at: number): Prediction["features"] {
  const features: Prediction["features"] = { ...model.blank.features };
  for (const { name } of model.inputs) {
    const value = inputs[name]?.[at];
    features[name] = typeof value === "number" ? shortestDecimal(value) : (value ?? null);
  }
  return features;
}

/** Features as JSON. */
export function featuresText(features: Prediction["features"]): string {
  return texts.get(features) ?? JSON.stringify(features);
}
