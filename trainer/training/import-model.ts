/** Imports a model file of another tool: verifies it, scores it on all periods after its training data and writes its card. */
import { dtypeOf } from "../../shared/features/feature.ts";
import { fingerprintOf } from "../../shared/forecasts/fingerprint.ts";
import { type Forecast, lastFeatureOf } from "../../shared/forecasts/forecast.ts";
import { calibrationOf, evenThreshold } from "../../shared/judging/classification.ts";
import { errorBy, missesOf, widthsOf } from "../../shared/judging/score.ts";
import { type Scored, scoredByOtherPeriods } from "../../shared/judging/scoring.ts";
import { foldsAfter, rowsOf, spanOf, type Windows, windowsOf } from "../../shared/judging/windows.ts";
import { withSuggestion } from "../../shared/lib/did-you-mean.ts";
import { sha256Hex } from "../../shared/lib/hash.ts";
import { type Graph, type GraphValue, node } from "../../shared/onnx/graph.ts";
import { describeShape } from "../../shared/onnx/operators/data.ts";
import { predictionOutput } from "../../shared/onnx/outputs.ts";
import { describeProblem } from "../../shared/onnx/problem.ts";
import { readModel } from "../../shared/onnx/read.ts";
import { checkStaticBounds } from "../../shared/onnx/static-bounds.ts";
import { readTreeNodes } from "../../shared/onnx/tree-nodes.ts";
import { writeModel } from "../../shared/onnx/write.ts";
import type { EngineName } from "../../shared/predict/engines.ts";
import type { Card } from "../../shared/registry/card.ts";
import { evidenceAfter } from "../../shared/registry/evidence.ts";
import { misfitsOf, sizeOfGraph } from "../../shared/registry/fit-limits.ts";
import { isNaive } from "../../shared/registry/gate.ts";
import { evaluateOnnx } from "../../shared/registry/onnx-engine.ts";
import { unequalRow } from "../../shared/training/agreement.ts";
import { cardBreaks, describeFile, identityOf, lineageOf } from "../../shared/training/card-parts.ts";
import { refitAt } from "../../shared/training/contest.ts";
import { decisionOf } from "../../shared/training/decision.ts";
import { evidenceOfWindow, intervalOptions, lineOf, narrowed, rowsAfter } from "../../shared/training/evidence.ts";
import { goldenOf } from "../../shared/training/golden-rows.ts";
import { type Inputs, inputsOf } from "../../shared/training/inputs.ts";
import type { Pool, RecipeChoice } from "../../shared/training/job.ts";
import { externalLine } from "../../shared/training/judge-window.ts";
import type { ServingModel } from "../../shared/training/judgement.ts";
import { naiveOnTest } from "../../shared/training/naive.ts";
import type { RunModel } from "../../shared/training/publish-task.ts";
import { publishedForm } from "../../shared/training/published-card.ts";
import { recipeOf } from "../../shared/training/recipe.ts";
import { stepBaselinesOf } from "../../shared/training/step-contest.ts";
import { Failure } from "../failure.ts";
import { codeVersion } from "./code-version.ts";
import { runInProcess } from "./reference-process.ts";
import type { Prepared } from "./run-contest.ts";

export interface ImportTask {
  readonly prepared: Prepared;
  readonly bytes: Uint8Array;
  /** The tool that made the file. */
  readonly producer: string;
  /** Last period of its training data. All later periods are scored, and no others. */
  readonly trainedTo: string;
  readonly seed: number;
  readonly incumbent: ServingModel | null;
}

export interface Imported {
  readonly model: Uint8Array<ArrayBuffer>;
  readonly card: Card;
  readonly engine: ServingEngine;
}

/** Relative tolerance between engines: they may add in a different order. */
const tolerance = 1e-5;

/**
 * Verifies and scores the file and makes its card. @throws Failure with what is wrong and what to change.
 * @param run runs the file once; by default in a child process with limits, because nothing is known about the file
 */
export async function judgeImported(task: ImportTask, pool: Pool, run: RunModel = runInProcess): Promise<Imported> {
  const { prepared, producer, trainedTo, incumbent } = task;
  const { forecast, data } = prepared;
  const graph = checkedGraph(task.bytes, forecast);
  // The folds of the test window, and those before it that contain periods after the file's training data.
  const folds = foldsAfter(data, trainedTo, forecast.validation);
  const windows = { ...windowsOf(data, forecast.validation), test: folds };
  const rows = rowsOf(folds);
  const unseen = rowsAfter(data, rows, trainedTo);
  if (unseen.from === unseen.to) throw new Failure(noUnseenPeriod(trainedTo, spanOf(data, rows).to));
  const recipe: RecipeChoice = { candidate: "imported", parameters: { producer, sha256: sha256Hex(task.bytes) } };
  const version = versionOf(task, recipeOf(forecast, recipe).id);
  const metadata = {
    ...graph.metadata,
    forecast: forecast.id,
    version,
    fingerprint: fingerprintOf(forecast),
    producer,
  };
  const model = writeModel({ ...graph, metadata });
  const trees = readTreeNodes(model);
  if (!trees.ok) throw new Failure(`The trees of the file cannot be counted: ${describeProblem(trees.error)}`);
  const size = sizeOfGraph(model.length, { nodes: trees.value });
  const misfits = misfitsOf(size);
  if (misfits.length > 0) throw new Failure(`The model is too large to be served. ${misfits.join(" ")}`);
  const inputs = inputsOf(data, rows);
  const wanted: Inputs = Object.fromEntries(graph.inputs.map(({ name }) => [name, inputs[name] ?? []]));
  const outputs = await run(model, wanted);
  checkReturned(outputs, rows.to - rows.from);
  const results = outputs[predictionOutput] ?? new Float32Array();
  const rowText = (at: number) => `row ${at} of the scored periods (${data.periods[data.period[rows.from + at] ?? 0]})`;
  const bad = results.findIndex((one) => !Number.isFinite(one));
  if (bad >= 0)
    throw new Failure(
      `The file returns ${results[bad]} for ${rowText(bad)}. Expected a number. A missing input is NaN: impute it inside the graph.`,
    );
  const isClasses = forecast.task === "classification";
  const outside = isClasses ? results.findIndex((one) => one < 0 || one > 1) : -1;
  if (outside >= 0)
    throw new Failure(
      `The file returns ${results[outside]} for ${rowText(outside)}. Expected the probability of the event, from 0 to 1: export a probability, not a score or a label. See docs/ONNX.md.`,
    );
  const engine = servingEngine(model, wanted, outputs);

  const naive = await naiveOnTest({ forecast, data, windows, seed: task.seed }, pool);
  const scoring = { forecast, data };
  const served = await incumbentScored(task, windows, pool);
  const fullWindow = {
    data,
    forecast,
    rows,
    naive: naive.test,
    naiveCandidate: naive.recipe.candidate,
    incumbent: served,
  };
  // All contenders are scored on the same rows: those after the file's training data.
  const window = narrowed(fullWindow, unseen);
  const predictions = Float64Array.from(results).subarray(unseen.from - rows.from);
  const own = scoredByOtherPeriods(scoring, { rows: unseen, predictions, changes: null });
  const contenders = [
    {
      ...lineOf(window, { name: version, recipe, test: own, seconds: 0, validation: null }),
      note: `made by ${producer}, trained to ${trainedTo}${engine.name === "tabular" ? "" : `, served by ${engine.name}`}`,
    },
    lineOf(window, {
      name: naive.recipe.candidate,
      recipe: naive.recipe,
      test: window.naive,
      seconds: 0,
      validation: null,
    }),
  ];
  if (incumbent?.isExternal) contenders.push(...externalLine(window, incumbent));
  else if (window.incumbent !== null && incumbent !== null && !isNaive(incumbent.recipe.candidate)) {
    contenders.push(
      lineOf(window, {
        name: `incumbent ${incumbent.version}`,
        recipe: incumbent.recipe,
        test: window.incumbent,
        seconds: 0,
        validation: null,
      }),
    );
  }
  const evidence = evidenceAfter(
    evidenceOfWindow(window, own),
    incumbent?.isExternal ? incumbent.file.trainedTo : null,
  );
  const { holdLast } = forecast.intervals;
  const misses = missesOf(data, unseen, { predictions, holdLast });
  const used = new Set(graph.inputs.map(({ name }) => name));
  const origin = { ...prepared, codeVersion: codeVersion(), seed: task.seed, trials: 0 };
  const published = spanOf(data, { from: 0, to: unseen.from });
  const card: Card = {
    ...identityOf(prepared, { version, producer, recipe }),
    ...describeFile(forecast, data, { model, size, inputs: used }),
    ...stepsOf(prepared),
    backfill: [],
    lineage: lineageOf(origin),
    judged: {
      validation: spanOf(data, rowsOf(windows.validation)),
      test: spanOf(data, unseen),
      contenders: contenders.sort((a, b) => errorBy(forecast.metric, a) - errorBy(forecast.metric, b)),
      evidence,
      field: [],
      look: null,
      metric: forecast.metric,
      naive: naive.recipe.candidate,
      change: null,
      calibration: isClasses ? calibrationOf(data, own) : null,
      groups: [],
      incumbent: incumbent?.version ?? null,
      reason: `Imported from ${producer}, trained to ${trainedTo}: scored on the ${evidence.periods.length} periods after that.`,
    },
    published: { ...published, to: trainedTo },
    breaks: cardBreaks(prepared.breaks, trainedTo),
    decision: isClasses
      ? await decisionOf(
          { forecast, threshold: evenThreshold, naive: naive.recipe, rows: data.rows, seed: task.seed },
          pool,
        )
      : null,
    intervals: widthsOf(unseen, misses, intervalOptions(forecast, data)),
    intervalsHoldLast: holdLast,
    distribution: publishedForm(own.form),
    unchangedShare: null,
    golden: goldenOf(wanted, outputs, { parts: [rows.to - rows.from], tolerance }),
  };
  return { model, card, engine };
}

function noUnseenPeriod(trainedTo: string, last: string): string {
  return `The file was trained to ${trainedTo} and the data ends at ${last}, so there is no period to score. Import it again after later periods were ingested.`;
}

/** Returns a version that depends on everything in the card: the file, the data, the seed, the code and the champion. */
/** Returns the steps and their baselines, which do not depend on the file. */
function stepsOf({ forecast, panel }: Prepared): Pick<Card, "steps" | "baselines" | "further"> {
  const baselines = stepBaselinesOf(forecast, panel);
  return { steps: baselines.length === 0 ? [1] : [...forecast.steps], baselines, further: null };
}

function versionOf({ prepared, trainedTo, seed, incumbent }: ImportTask, recipe: string): string {
  const identity = JSON.stringify([
    recipe,
    prepared.dataHash,
    trainedTo,
    seed,
    codeVersion(),
    incumbent?.version ?? null,
  ]);
  return `${trainedTo.replaceAll(/[^0-9]/g, "")}-${sha256Hex(identity).slice(0, 8)}`;
}

/** Returns the graph with a single output named `prediction`. @throws Failure if an input is not a feature or the output does not fit. */
export function checkedGraph(bytes: Uint8Array, forecast: Forecast): Graph {
  const read = readModel(bytes);
  if (!read.ok) {
    const what =
      read.error.kind === "unsupported" ? "The file cannot be imported" : "The file is not a readable ONNX model";
    throw new Failure(`${what}: ${describeProblem(read.error)}`);
  }
  const graph = read.value;
  const bounded = checkStaticBounds(graph);
  if (!bounded.ok) throw new Failure(`The file cannot be imported: ${describeProblem(bounded.error)}`);
  const names = forecast.features.map(({ name }) => name);
  for (const input of graph.inputs) {
    const feature = forecast.features.find(({ name }) => name === input.name);
    if (!feature) {
      const unknown = withSuggestion(`Input ${input.name} is not a feature of ${forecast.id}`, input.name, names);
      throw new Failure(
        `${unknown} Export the model with one input of shape [N, 1] for each feature. docs/ONNX.md shows how to split a matrix.`,
      );
    }
    const width = input.shape?.at(-1);
    if (input.type !== dtypeOf(feature) || (input.shape !== null && (input.shape.length !== 2 || width !== 1))) {
      const found = `${input.type} ${JSON.stringify(input.shape)}`;
      throw new Failure(`Input ${input.name} is ${found}. Expected ${dtypeOf(feature)} of shape [N, 1].`);
    }
  }
  if (!names.includes(lastFeatureOf(forecast)))
    throw new Failure(`${forecast.id} declares no feature for the last value.`);
  const numbers = graph.outputs.filter(({ type }) => type === "float");
  const output =
    graph.outputs.find(({ name }) => name === predictionOutput) ?? (numbers.length === 1 ? numbers[0] : undefined);
  if (!output) {
    const found = graph.outputs.map(({ name, type }) => `${name} (${type})`).join(", ");
    throw new Failure(`The outputs are ${found}. Expected ${predictionOutput} as float, or a single float output.`);
  }
  checkDeclared(output);
  if (output.name === predictionOutput) return { ...graph, outputs: [output] };
  const renamed = node("Identity", { inputs: [output.name], outputs: [predictionOutput] });
  return { ...graph, nodes: [...graph.nodes, renamed], outputs: [{ ...output, name: predictionOutput }] };
}

/** Checks that the declared output shape is one number per row. */
function checkDeclared({ name, shape }: GraphValue): void {
  const width = shape
    ?.slice(1)
    .reduce<number | null>((all, size) => (all === null || size === null ? null : all * size), 1);
  // An unknown width is checked on the returned values.
  if (shape === null || width === 1 || width === null) return;
  const found = `The output ${name} has the shape ${describeShape(shape)}. Expected [N, 1], one number per row.`;
  const fix = width === 2 ? " Two columns are the probabilities of both classes: export only column 1, the event." : "";
  throw new Failure(`${found}${fix} See docs/ONNX.md.`);
}

/** Checks that the file returns one number per row. Runtimes do not enforce the declared shape. */
function checkReturned(outputs: Readonly<Record<string, Float32Array>>, rows: number): void {
  const found = outputs[predictionOutput]?.length ?? 0;
  if (found === rows) return;
  throw new Failure(`The file returns ${found} numbers for ${rows} rows. Expected one number per row.`);
}

export interface ServingEngine {
  readonly name: EngineName;
  /** Why the built-in engine cannot run the file; null if it can. */
  readonly why: string | null;
}

/**
 * Chooses the built-in engine if it gives the reference runtime's results, or onnxruntime-web for operators that ours
 * does not support.
 */
function servingEngine(
  model: Uint8Array,
  inputs: Inputs,
  outputs: Readonly<Record<string, Float32Array>>,
): ServingEngine {
  const evaluated = evaluateOnnx(model, inputs);
  if (!evaluated.ok && evaluated.error.isOutside) return { name: "onnxruntime-web", why: evaluated.error.reason };
  if (!evaluated.ok) throw new Failure(`The file cannot be served: ${evaluated.error.reason}`);
  for (const [name, wanted] of Object.entries(outputs)) {
    const row = unequalRow(wanted, evaluated.value[name] ?? [], tolerance);
    if (row !== null) {
      throw new Failure(
        `The engines differ in ${name}, row ${row}: onnxruntime returns ${wanted[row]}, the built-in engine ${evaluated.value[name]?.[row]}.`,
      );
    }
  }
  return { name: "tabular", why: null };
}

async function incumbentScored(
  { prepared, incumbent, seed }: ImportTask,
  { test }: Windows,
  pool: Pool,
): Promise<Scored | null> {
  if (incumbent === null) return null;
  const { forecast, data } = prepared;
  const rows = rowsOf(test);
  if (incumbent.isExternal)
    return scoredByOtherPeriods({ forecast, data }, { ...(await incumbent.file.predict(rows)), rows });
  const refit = await refitAt(test, incumbent.recipe, { pool, seed });
  return refit.ok ? scoredByOtherPeriods({ forecast, data }, { ...refit.value, rows }) : null;
}
