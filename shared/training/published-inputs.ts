/** The inputs that a published file reads, and the outputs that training expects for them. */
import { featureValues } from "../candidates/encoding.ts";
import { columnNames, featuresRead, nextChangeOf, predictValue } from "../candidates/fitted.ts";
import { type ChangeOutputs, predictChanges } from "../candidates/next-change.ts";
import { predictChance } from "../candidates/odds.ts";
import { lastFeatureOf } from "../forecasts/forecast.ts";
import { changeOutput, changesOutput, downOutput, massesOutput, predictionOutput, upOutput } from "../onnx/outputs.ts";
import { isNaive } from "../registry/gate.ts";
import type { FittedToAll } from "./fit-published.ts";
import { datasetOfInputs, type Inputs } from "./inputs.ts";
import type { PublishTask } from "./publish-task.ts";

/** Returns the names of the features that the file reads: all of them, but for a baseline only those that its answers need. */
export function inputsNeeded(
  { forecast, recipe, judgement }: PublishTask,
  { value, change }: FittedToAll,
): Set<string> {
  const { features, csv = [], intervals } = forecast;
  if (!isNaive(recipe.candidate)) return new Set(features.map(({ name }) => name));
  const names = [lastFeatureOf(forecast), ...featuresRead(value)];
  const form = judgement.formFor(recipe);
  const scale = form === null || form.kind === "changes" ? null : form.scaledBy;
  names.push(...[intervals.scaledBy, scale].filter((name) => name !== null));
  if (change !== null)
    names.push(...(change.kind === "model" ? columnNames(change.chance.encoding) : [change.feature]));
  for (const { is } of csv) if (is.kind === "feature") names.push(is.name);
  return new Set(names);
}

/** Returns the outputs that training expects for the same rows. */
export function expectedOutputs(
  { forecast }: PublishTask,
  { value, change }: FittedToAll,
  inputs: Inputs,
): Record<string, ArrayLike<number>> {
  const data = datasetOfInputs(inputs, lastFeatureOf(forecast));
  const rows = { from: 0, to: data.rows };
  const prediction = predictValue(value, data, rows, forecast.target.transform);
  const next = nextChangeOf(value);
  if (next !== null) return { [predictionOutput]: prediction, ...changeOutputsOf(predictChanges(next, data, rows)) };
  if (change === null) return { [predictionOutput]: prediction };
  const chances =
    change.kind === "model"
      ? predictChance(change.chance, data, rows)
      : featureValues(data, change.feature, rows).map((share) => (Number.isNaN(share) ? change.baseRate : share));
  return { [predictionOutput]: prediction, [changeOutput]: chances };
}

function changeOutputsOf({ down, up, either, changes, masses }: ChangeOutputs): Record<string, Float32Array> {
  return {
    [changeOutput]: either,
    [downOutput]: down,
    [upOutput]: up,
    [changesOutput]: changes,
    [massesOutput]: masses,
  };
}
