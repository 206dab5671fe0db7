/** Publishes the learner of further steps: fits it to all rows, writes `steps.onnx`, and compares it with the reference runtime. */
import { stepGraphOf } from "../candidates/step-graph.ts";
import { predictSteps, type StepModels } from "../candidates/step-models.ts";
import type { RowRange } from "../features/dataset.ts";
import { dtypeOf } from "../features/feature.ts";
import { type Forecast, lastFeatureOf } from "../forecasts/forecast.ts";
import { shapeOfErrors } from "../judging/learned-rows.ts";
import { type StepRows, stepInput } from "../judging/step-rows.ts";
import { evenlySpaced } from "../lib/evenly-spaced.ts";
import { sha256Hex } from "../lib/hash.ts";
import { failure, type Result, success } from "../lib/result.ts";
import { downOutput, predictionOutput, upOutput } from "../onnx/outputs.ts";
import { writeModel } from "../onnx/write.ts";
import { misfitsOf, sizeOfGraph } from "../registry/fit-limits.ts";
import type { FurtherSteps, StepLearner } from "../registry/further-steps.ts";
import { at } from "../stats/numbers.ts";
import { disagreements, roundingTolerance } from "./agreement.ts";
import { learnedKinds, type StepDecision } from "./decide-steps.ts";
import { fitServedSteps } from "./fit-served-steps.ts";
import { goldenOf } from "./golden-rows.ts";
import { datasetOfInputs, edgeInputs, type Inputs, inputsOf, joinInputs, pickInputs } from "./inputs.ts";
import { producer, type RunModel } from "./publish-task.ts";
import { recipeOf } from "./recipe.ts";
import type { StepPool } from "./step-job.ts";
import type { ContestedStep, LearnerKind, StepContest } from "./step-learners.ts";

export interface StepPublishTask {
  readonly forecast: Forecast;
  readonly rows: StepRows;
  readonly contest: StepContest;
  readonly decision: StepDecision;
  readonly seed: number;
}

export interface PublishedSteps {
  readonly further: FurtherSteps;
  /** The bytes of `steps.onnx`; null if the baselines serve all steps. */
  readonly model: Uint8Array<ArrayBuffer> | null;
}

/** Number of rows per step with which the file is checked, and of each kind of edge case. */
const rowsPerStep = 40;
const edgeRowsMax = 600;
/** Other exponential functions, and sums in another order, at small probabilities. */
const tolerance = 10 * roundingTolerance;

/** Fits, writes and checks the file. Without a step that a learner serves there is no file. */
export async function publishSteps(
  task: StepPublishTask,
  { pool, run }: { readonly pool: StepPool; readonly run: RunModel },
): Promise<Result<PublishedSteps, readonly string[]>> {
  const { forecast, decision, contest } = task;
  const kinds = learnedKinds(decision);
  const further = {
    gate: decision.gate && { ...decision.gate, steps: [...decision.gate.steps] },
    steps: decision.steps,
  };
  if (kinds.size === 0) return success({ further: { ...further, learner: null }, model: null });
  const models = await fitServedSteps({ ...task, recipe: contest.recipe }, kinds, pool);
  if (models === null) return failure(["A learner of further steps could not be fitted to all rows."]);
  const last = lastFeatureOf(forecast);
  const graph = stepGraphOf({
    features: forecast.features,
    last,
    step: stepInput,
    transform: forecast.target.transform,
    models,
    name: `${forecast.id} steps`,
    producer,
    metadata: { forecast: forecast.id, producer },
  });
  const model = writeModel(graph);
  const size = sizeOfGraph(model.length, graph);
  const misfits = misfitsOf(size);
  if (misfits.length > 0) return failure(misfits);
  const parts = checkedRows(task, models, [...kinds.keys()]);
  const inputs = joinInputs(parts);
  const outputs = await run(model, inputs);
  const problems = disagreements({ expected: expectedOutputs(task, models, inputs), outputs, tolerance });
  if (problems.length > 0) return failure(problems);
  const learner: StepLearner = {
    recipe: recipeOf(forecast, contest.recipe),
    model: { sha256: sha256Hex(model), bytes: model.length, nodes: size.nodes, trees: size.trees },
    features: [
      ...forecast.features.map((feature) => ({ name: feature.name, dtype: dtypeOf(feature) })),
      { name: stepInput, dtype: "float" },
    ],
    shapes: shapesOf(contest, kinds),
    golden: goldenOf(inputs, outputs, { parts: parts.map((part) => part[last]?.length ?? 0), tolerance }),
    trainedTo: contest.periods.at(-1) ?? "",
  };
  return success({ further: { ...further, learner }, model });
}

/** Returns newest rows of every served step, then edge cases with the same steps. */
function checkedRows({ forecast, rows }: StepPublishTask, models: StepModels, steps: readonly number[]): Inputs[] {
  const from = Math.max(0, rows.data.rows - 20 * rowsPerStep);
  const newest: RowRange = { from, to: rows.data.rows };
  const inputs = inputsOf(rows.data, newest);
  const ordinary = steps.map((step) => {
    const picked = pickInputs(inputs, evenlySpaced([...Array(newest.to - from).keys()], rowsPerStep));
    return { ...picked, [stepInput]: new Float32Array(picked[stepInput]?.length ?? 0).fill(step) };
  });
  const all = joinInputs(ordinary);
  const fits = models.flatMap(({ model }): Parameters<typeof edgeInputs>[1][] =>
    model.kind === "directions"
      ? [model.change, model.rise].map((chance) => ({ value: { kind: "last" }, chance }))
      : [{ value: model.value, chance: null }],
  );
  const edges = fits.flatMap((fitted) => Object.values(edgeInputs(all, fitted, lastFeatureOf(forecast))));
  const known = new Set<number>(steps);
  const withStep = edges.map((part) => {
    const ofStep = Array.from(part[stepInput] ?? [], Number);
    const kept = [...ofStep.keys()].filter((row) => known.has(at(ofStep, row)));
    return pickInputs(part, evenlySpaced(kept, edgeRowsMax));
  });
  return [...ordinary, ...withStep.filter((part) => (part[stepInput]?.length ?? 0) > 0)];
}

function expectedOutputs({ forecast }: StepPublishTask, models: StepModels, inputs: Inputs) {
  const data = datasetOfInputs(inputs, lastFeatureOf(forecast));
  const steps = Array.from(inputs[stepInput] ?? [], Number);
  const { transform } = forecast.target;
  const { predictions, directions } = predictSteps(models, data, steps, { transform, input: stepInput });
  return directions === null
    ? { [predictionOutput]: predictions }
    : { [downOutput]: directions.down, [upOutput]: directions.up };
}

/** Returns the shape of each served step whose learner predicts a value. */
function shapesOf({ steps }: StepContest, kinds: ReadonlyMap<number, LearnerKind>): StepLearner["shapes"] {
  return [...kinds].flatMap(([step, kind]) => {
    const errors = aroundStep(steps, step).flatMap((contested) =>
      // Errors of another step are as much larger as those of a random walk.
      (contested.errors.get(kind) ?? []).map(({ period, error }) => ({
        period,
        error: error * Math.sqrt(step / contested.step),
      })),
    );
    return errors.length === 0 ? [] : [{ step, shape: shapeOfErrors(errors).map(rounded) }];
  });
}

/** Returns the contested step itself, or the two around it. */
function aroundStep(steps: readonly ContestedStep[], step: number): ContestedStep[] {
  const own = steps.filter((one) => one.step === step);
  if (own.length > 0) return own;
  return [...steps.filter((one) => one.step < step).slice(-1), ...steps.filter((one) => one.step > step).slice(0, 1)];
}

const errorDigits = 6;

function rounded(error: number): number {
  return Number(error.toPrecision(errorDigits));
}
