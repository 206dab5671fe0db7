/** The learner of further steps that serves now, and the predictions of its file. */
import type { StepOutputs } from "../candidates/step-model.ts";
import type { LearnedRows } from "../judging/learned-rows.ts";
import type { StepRows } from "../judging/step-rows.ts";
import { downOutput, predictionOutput, upOutput } from "../onnx/outputs.ts";
import type { FurtherSteps, StepLearner } from "../registry/further-steps.ts";
import { at } from "../stats/numbers.ts";
import { inputsOf, pickInputs } from "./inputs.ts";
import type { RecipeChoice } from "./job.ts";
import type { RunModel } from "./publish-task.ts";

export interface ServingLearner {
  readonly learner: StepLearner;
  readonly recipe: RecipeChoice;
  /** What serves each step, from the card. */
  readonly steps: FurtherSteps["steps"];
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Last period of the targets that it was fitted to. */
  readonly trainedTo: string;
}

/** Returns the outputs of the file for the rows of some steps whose origin is at position `since` or later. */
export async function outputsOfFile(
  rows: StepRows,
  { bytes, learner }: ServingLearner,
  { steps, since, run }: { readonly steps: readonly number[]; readonly since: number; readonly run: RunModel },
): Promise<LearnedRows> {
  const { data } = rows;
  const found: number[] = [];
  for (let row = 0; row < data.rows; row++) {
    const step = at(rows.step, row);
    if (steps.includes(step) && at(data.period, row) - step >= since) found.push(row);
  }
  const read = new Set(learner.features.map(({ name }) => name));
  const columns = Object.entries(inputsOf(data, { from: 0, to: data.rows })).filter(([name]) => read.has(name));
  const outputs = await run(bytes, pickInputs(Object.fromEntries(columns), found));
  return { rows: Int32Array.from(found), outputs: stepOutputs(outputs, found, rows) };
}

function stepOutputs(
  outputs: Awaited<ReturnType<RunModel>>,
  found: readonly number[],
  { data }: StepRows,
): StepOutputs {
  const [down, up, predictions] = [outputs[downOutput], outputs[upOutput], outputs[predictionOutput]];
  if (down !== undefined && up !== undefined)
    return { predictions: Float64Array.from(found, (row) => at(data.last, row)), directions: { down, up } };
  return { predictions: Float64Array.from(predictions ?? []), directions: null };
}
