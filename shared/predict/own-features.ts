/** What a series says by itself of the next period: made once a snapshot, for most requests ask for nothing else. */
import type { Prediction } from "../api/predict.ts";
import type { Forecast } from "../forecasts/forecast.ts";
import type { Column } from "../registry/golden.ts";
import { type Feeds, feedsOf } from "../registry/onnx-engine.ts";
import { shortestDecimal } from "./decimal.ts";
import type { Row } from "./read-instance.ts";
import { inputsOfRows } from "./row-inputs.ts";
import type { Snapshot } from "./snapshot.ts";

type Inputs = Readonly<Record<string, Column>>;

export interface OwnFeatures {
  /** As the model takes them: one entry an input. */
  readonly inputs: Inputs;
  /** The same, as our engine takes them; null where another one runs the model. */
  readonly feeds: Feeds | null;
  /** As an answer tells them. */
  readonly features: Prediction["features"];
  readonly series: Prediction["series"];
}

/** By the position of a series. */
export type KeptFeatures = Map<number, OwnFeatures>;

/** A few KB each: more series than these are computed for every request, as batches are. */
const keptMax = 2_000;

/** JSON of what is kept. */
const texts = new WeakMap<object, string>();

/** Of a row that nothing is given for but its series, made where it is not kept yet; null for any other row, or where no more are kept. */
export function ownFeatures(snapshot: Snapshot, row: Row): OwnFeatures | null {
  const kept = keptFeatures(snapshot, row);
  if (kept || !isOwn(row) || snapshot.keptFeatures.size >= keptMax) return kept;
  const inputs = inputsOfRows(snapshot, [row]);
  const features = keepText(toldFeatures(snapshot, inputs, 0));
  const { engine } = snapshot.model;
  const feeds = engine.name === "tabular" ? feedsOf(engine.program, inputs) : null;
  const own: OwnFeatures = { inputs, feeds, features, series: keepText(seriesOf(snapshot.forecast, row)) };
  snapshot.keptFeatures.set(row.position, own);
  return own;
}

/** Of a row that nothing is given for but its series, where they are kept; else null. O(1). */
export function keptFeatures(snapshot: Snapshot, row: Row): OwnFeatures | null {
  return (isOwn(row) && snapshot.keptFeatures.get(row.position)) || null;
}

function isOwn(row: Row): row is Row & { readonly position: number } {
  const { position, overrides, hypothetical, start } = row;
  return position !== null && !hypothetical && start === undefined && overrides.size === 0;
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

/** The dimensions of a row's series by name. */
export function seriesOf({ dimensions }: Pick<Forecast, "dimensions">, { is }: Pick<Row, "is">): Prediction["series"] {
  return Object.fromEntries(dimensions.map((name, at) => [name, is[at] ?? ""]));
}

/** The object, frozen, with its JSON remembered. */
export function keepText<Kept extends object>(object: Kept): Readonly<Kept> {
  texts.set(object, JSON.stringify(object));
  return Object.freeze(object);
}

/** Features, a series, or whatever stands beside them, as JSON. */
export function keptText(value: object): string {
  return texts.get(value) ?? JSON.stringify(value);
}
