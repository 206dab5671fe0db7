/** Computes the model's inputs of each row: supplied by the request, from the history, or from the date and the names. */
import type { FeatureValues, Prediction } from "../api/predict.ts";
import { boundFeature, type Feature, missingValueOf } from "../features/feature.ts";
import { previousPeriod } from "../forecasts/schedule.ts";
import type { InputColumn } from "../registry/golden.ts";
import type { ServingDeclaration } from "../registry/served.ts";
import { shortestDecimal } from "./decimal.ts";
import type { ModelInput } from "./read-served.ts";
import type { Row } from "./row.ts";
import type { Snapshot } from "./snapshot.ts";

/** Returns the inputs by name, one value per row. O(rows × inputs). */
export function inputsOfRows(snapshot: Snapshot, rows: readonly Row[]): Readonly<Record<string, InputColumn>> {
  const inputs: Record<string, InputColumn> = { ...snapshot.model.templates.inputs };
  for (const input of snapshot.model.inputs) inputs[input.name] = columnOf(snapshot, input, rows);
  return inputs;
}

/** Uses a loop: `Float32Array.from` with a callback takes several times as long, and this runs for every input of every request. */
function columnOf(snapshot: Snapshot, input: ModelInput, rows: readonly Row[]): InputColumn {
  const numbers = new Float32Array(input.categories === null ? rows.length : 0);
  const texts: string[] = [];
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at];
    if (row === undefined) continue;
    const value = row.overrides.get(input.name) ?? computedValue(snapshot, input, row);
    if (input.categories === null) numbers[at] = Number(value);
    else texts.push(String(value));
  }
  return input.categories === null ? numbers : texts;
}

/** Returns a feature of a row, even if the model does not read it. O(1). */
export function featureOf(snapshot: Snapshot, declared: Feature, row: Row): number | string {
  return row.overrides.get(declared.name) ?? computedValue(snapshot, { name: declared.name, declared }, row);
}

/** Returns a feature that the request did not supply: from the history for the next period, else from the date and the names. */
function computedValue(
  snapshot: Snapshot,
  { name, declared }: Pick<ModelInput, "name" | "declared">,
  row: Row,
): number | string {
  if (row.start) return row.start.features[name] ?? Number.NaN;
  if (!row.hypothetical && row.position !== null) return snapshot.columns[name]?.at(row.position) ?? Number.NaN;
  const { forecast, periods } = snapshot;
  const bound = boundFeature(declared);
  switch (bound.source) {
    case "names":
      return row.is[forecast.dimensions.indexOf(bound.dimension)] ?? "";
    case "calendar": {
      const before = periods.findLast((period) => period < row.target) ?? previousPeriod(forecast.schedule, row.target);
      return bound.at(row.target, before);
    }
    case "history":
      return missingValueOf(declared);
  }
}

/** Returns the features of one row for an answer: numbers as shortest decimals, null for a missing value. */
export function answeredFeatures(
  { model }: Snapshot,
  inputs: Readonly<Record<string, InputColumn>>,
  at: number,
): FeatureValues {
  const features: FeatureValues = { ...model.templates.features };
  for (const { name } of model.inputs) {
    const value = inputs[name]?.[at];
    features[name] = typeof value === "number" ? shortestDecimal(value) : (value ?? null);
  }
  return features;
}

/** Returns the dimension values of a row's series by name. */
export function seriesOf(
  { dimensions }: Pick<ServingDeclaration, "dimensions">,
  { is }: Pick<Row, "is">,
): Prediction["series"] {
  return Object.fromEntries(dimensions.map((name, at) => [name, is[at] ?? ""]));
}
