/** Publishes a judged recipe: fits it to all data, writes the file and its card, and compares it with the reference runtime. */

import { nextChangeOf } from "../candidates/fitted.ts";
import { graphOf } from "../candidates/graph.ts";
import type { Dataset } from "../features/dataset.ts";
import { fingerprintOf } from "../forecasts/fingerprint.ts";
import { lastFeatureOf } from "../forecasts/forecast.ts";
import { isPersonalForecast } from "../forecasts/personal.ts";
import { spanOf } from "../judging/windows.ts";
import { evenlySpaced } from "../lib/evenly-spaced.ts";
import { sha256Hex } from "../lib/hash.ts";
import { failure, type Result, success } from "../lib/result.ts";
import { writeModel } from "../onnx/write.ts";
import type { Card, Decision } from "../registry/card.ts";
import { misfitsOf, sizeOfGraph } from "../registry/fit-limits.ts";
import { disagreements, roundingTolerance, toleranceBetweenEngines } from "./agreement.ts";
import { backfillOf } from "./backfill.ts";
import { decisionOf } from "./decision.ts";
import { changeSourceOf, fitAll } from "./fit-published.ts";
import { goldenOf } from "./golden-rows.ts";
import { edgeInputs, type Inputs, inputsOf, joinInputs, mixedInputs, pickInputs } from "./inputs.ts";
import type { Pool } from "./job.ts";
import type { Judgement } from "./judgement.ts";
import { type PublishTask, producer, type RunModel } from "./publish-task.ts";
import { cardOf } from "./published-card.ts";
import { expectedOutputs, inputsNeeded } from "./published-inputs.ts";
import { recipeOf } from "./recipe.ts";

export interface PublishEffects {
  readonly pool: Pool;
  readonly run: RunModel;
}

export interface Published {
  readonly model: Uint8Array<ArrayBuffer>;
  readonly card: Card;
  /** The rows of the test window as inputs, with the outputs of the file, to check it in another runtime. */
  readonly rows: { readonly inputs: Inputs; readonly outputs: Readonly<Record<string, Float32Array>> };
}

export interface PublishRefusal {
  readonly reason: "no-fit" | "too-large" | "disagreement";
  readonly problems: readonly string[];
}

/** Number of test rows from which edge cases are derived. */
const ordinaryRowsMax = 16;

export async function publish(task: PublishTask, effects: PublishEffects): Promise<Result<Published, PublishRefusal>> {
  const fitted = await fitAll(task, effects.pool);
  if (!fitted.ok) return failure({ reason: "no-fit", problems: [fitted.error] });
  const { forecast, bench } = task;
  const { value, change } = fitted.value;
  const version = versionOf(task);
  const fingerprint = fingerprintOf(forecast);
  const last = lastFeatureOf(forecast);
  const read = inputsNeeded(task, fitted.value);
  const graph = graphOf({
    features: forecast.features.filter(({ name }) => read.has(name)),
    last,
    transform: forecast.target.transform,
    value,
    change,
    name: forecast.id,
    producer,
    metadata: { forecast: forecast.id, version, fingerprint, producer },
  });
  const model = writeModel(graph);
  const chance = change?.kind === "model" ? change.chance : null;
  const size = sizeOfGraph(model.length, graph);
  const misfits = misfitsOf(size);
  if (misfits.length > 0) return failure({ reason: "too-large", problems: misfits });

  const test = testRows(bench.data, task.judgement);
  const inputs = pickNames(inputsOf(bench.data, test), read);
  const rows = test.to - test.from;
  const picked = pickInputs(inputs, evenlySpaced([...Array(rows).keys()], ordinaryRowsMax));
  // A card shows no row of a person: the columns of its golden rows come from different rows.
  const isPersonal = isPersonalForecast(forecast);
  const ordinary = isPersonal ? mixedInputs(picked) : picked;
  const { gaps, thresholds } = edgeInputs(ordinary, { value, chance }, last);
  const parts = isPersonal ? [inputs, ordinary, gaps, thresholds] : [inputs, gaps, thresholds];
  const all = joinInputs(parts);
  const outputs = await effects.run(model, all);
  const expected = expectedOutputs(task, { value, change }, all);
  const tolerance = toleranceBetweenEngines(value, forecast.target.transform);
  const problems = disagreements({ expected, outputs, tolerance });
  if (problems.length > 0) return failure({ reason: "disagreement", problems });

  const hasProbabilities = chance !== null || nextChangeOf(value) !== null;
  const golden = goldenOf(all, outputs, {
    parts: parts.map((part) => part[last]?.length ?? 0),
    hidden: isPersonal ? 1 : 0,
    tolerance: hasProbabilities ? Math.max(tolerance, roundingTolerance) : tolerance,
  });
  const decision = await decide(task, effects.pool);
  const backfill = await backfillOf(task, effects.pool);
  const card = cardOf(task, {
    version,
    model,
    size,
    inputs: read,
    golden,
    decision,
    backfill,
    sourceOfChange: change?.kind ?? null,
  });
  const count = all[last]?.length ?? 0;
  const cut = Object.fromEntries(
    Object.entries(outputs).map(([name, values]) => [name, values.slice(0, (rows * values.length) / count)]),
  );
  return success({ model, card, rows: { inputs, outputs: cut } });
}

/** Returns the version: the same recipe, validation rule, data, seed and code give the same version and the same bytes. */
function versionOf(task: PublishTask): string {
  const { forecast, bench, recipe, judgement, dataHash, seed, codeVersion, isFallback = false } = task;
  const identity = JSON.stringify([
    recipeOf(forecast, recipe).id,
    judgement.change?.parameters ?? null,
    changeSourceOf({ judgement, isFallback }),
    forecast.validation,
    dataHash,
    seed,
    codeVersion,
    judgement.incumbent,
    ...(task.unreadable ? [task.unreadable] : []),
    ...(task.further?.learner ? [task.further.learner.model.sha256] : []),
  ]);
  const to = spanOf(bench.data, { from: 0, to: bench.data.rows }).to.replaceAll(/[^0-9]/g, "");
  return `${to}-${sha256Hex(identity).slice(0, 8)}`;
}

function pickNames(inputs: Inputs, names: ReadonlySet<string>): Inputs {
  return Object.fromEntries(Object.entries(inputs).filter(([name]) => names.has(name)));
}

function decide({ forecast, bench, recipe, judgement, seed }: PublishTask, pool: Pool): Promise<Decision> | null {
  const classes = judgement.classesFor(recipe);
  if (classes === null) return null;
  const { naive } = judgement;
  return decisionOf({ forecast, threshold: classes.threshold, naive, rows: bench.data.rows, seed }, pool);
}

function testRows(data: Dataset, { test }: Judgement) {
  return { from: data.rows - test.rows, to: data.rows };
}
