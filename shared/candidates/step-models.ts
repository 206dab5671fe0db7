/** The models of a learner of further steps, one for all steps or one for each, and their predictions. */
import type { Dataset } from "../features/dataset.ts";
import type { Transform } from "./fitted.ts";
import { predictStepModel, type StepModel, type StepOutputs } from "./step-model.ts";

/** The model of each step. That of the step `null` predicts all steps without a model of their own. */
export type StepModels = readonly { readonly step: number | null; readonly model: StepModel }[];

/** Predicts rows with the model of their step. `steps` is the step of each row of the dataset. O(rows × models). */
export function predictSteps(
  models: StepModels,
  data: Dataset,
  steps: ArrayLike<number>,
  options: { readonly transform: Transform; readonly input: string },
): StepOutputs {
  const outputs = models.map(({ step, model }) => ({
    step,
    ...predictStepModel(model, data, { from: 0, to: data.rows }, options),
  }));
  const outputOf = (row: number) =>
    outputs.find(({ step }) => step === steps[row]) ?? outputs.find(({ step }) => step === null);
  const hasDirections = outputs.every(({ directions }) => directions !== null);
  const chance = (side: "down" | "up") =>
    Float32Array.from({ length: data.rows }, (_, row) => outputOf(row)?.directions?.[side][row] ?? Number.NaN);
  return {
    predictions: Float64Array.from({ length: data.rows }, (_, row) => outputOf(row)?.predictions[row] ?? Number.NaN),
    directions: hasDirections ? { down: chance("down"), up: chance("up") } : null,
  };
}
