/** The learner of further steps in serving: computes the features for the target of each step, and runs `steps.onnx`. */
import { LazyFeature } from "../features/compute.ts";
import { boundFeature, type Feature, reachOf } from "../features/feature.ts";
import { type Panel, pastOf } from "../features/panel.ts";
import { toleranceOf } from "../forecasts/forecast.ts";
import type { LearnedStep, StepPredictor } from "../judging/next-steps.ts";
import { stepInput } from "../judging/step-rows.ts";
import { failure, type Result, success } from "../lib/result.ts";
import type { Program } from "../onnx/evaluate.ts";
import { downOutput, predictionOutput, upOutput } from "../onnx/outputs.ts";
import type { ServedLearner } from "../registry/further-steps.ts";
import { type InputColumn, type Outputs, runGolden } from "../registry/golden.ts";
import { compileModel, runProgram } from "../registry/onnx-engine.ts";
import type { ServingDeclaration } from "../registry/served.ts";

/** The compiled `steps.onnx` of a model. */
export interface LoadedLearner {
  readonly program: Program;
}

/** Compiles `steps.onnx` and checks its outputs for the golden rows. O(bytes + golden rows × model). */
export function loadStepProgram(bytes: Uint8Array, learner: ServedLearner): Result<Program> {
  const compiled = compileModel(bytes);
  if (!compiled.ok) return failure(compiled.error.reason);
  const golden = runGolden(bytes, learner, (_, columns) => runProgram(compiled.value, columns));
  return golden.ok ? success(compiled.value) : golden;
}

export interface LearnedParts {
  readonly forecast: Pick<ServingDeclaration, "features" | "target">;
  readonly panel: Panel;
  readonly learner: ServedLearner;
  readonly program: Program;
  /** Returns the period some steps after the last one. */
  targetOf(step: number): string;
}

/**
 * Returns the predictor of a panel's series after its last period. All steps of a series are predicted at once, on the first use of
 * one of them. Features of the past are the same at every step and are computed once.
 */
export function learnedSteps({ forecast, panel, learner, program, targetOf }: LearnedParts): StepPredictor {
  const { steps, candidate, shapes } = learner;
  const options = { reach: reachOf(forecast.features), tolerance: toleranceOf(forecast) };
  const past = pastOf(panel, panel.periods.length, targetOf(1), options);
  const columnsOf = (feature: Feature) => {
    const atStep = (step: number) => new LazyFeature(feature, { ...past, target: targetOf(step) });
    if (boundFeature(feature).source === "calendar") return steps.map(atStep);
    const same = atStep(1);
    return steps.map(() => same);
  };
  const read = new Set(learner.features.map(({ name }) => name));
  const columns = forecast.features
    .filter(({ name }) => read.has(name))
    .map((feature) => ({ name: feature.name, perStep: columnsOf(feature) }));
  const isText = new Set(learner.features.filter(({ dtype }) => dtype === "string").map(({ name }) => name));
  const predict = (member: number): readonly (LearnedStep | null)[] => {
    const inputs: Record<string, InputColumn> = { [stepInput]: Float32Array.from(steps) };
    for (const { name, perStep } of columns) {
      const values = perStep.map((feature) => feature.at(member));
      inputs[name] = isText.has(name) ? values.map(String) : Float32Array.from(values, Number);
    }
    const run = runProgram(program, inputs);
    return steps.map((step, row) => (run.ok ? learnedStep(run.value, row, shapeOf(step)) : null));
  };
  const shapeOf = (step: number) => shapes.find((one) => one.step === step)?.shape ?? null;
  const known = new Map<number, readonly (LearnedStep | null)[]>();
  return {
    candidate,
    at(member, step) {
      const row = steps.indexOf(step);
      if (row < 0) return null;
      const found = known.get(member) ?? predict(member);
      known.set(member, found);
      return found[row] ?? null;
    },
  };
}

/** Returns the outputs of one row; null if one of them is not finite, so that the baseline serves the step. */
function learnedStep(outputs: Outputs, row: number, shape: readonly number[] | null): LearnedStep | null {
  const of = (name: string) => outputs[name]?.[row] ?? Number.NaN;
  const [value, down, up] = [of(predictionOutput), of(downOutput), of(upOutput)];
  if (Number.isFinite(down) && Number.isFinite(up)) return { value: null, directions: { down, up }, shape: null };
  return Number.isFinite(value) ? { value, directions: null, shape } : null;
}
