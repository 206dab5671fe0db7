/** Publishes a judged recipe: fits it to all data, writes the file and its card, and compares it with the reference runtime. */

import { featureValues } from "../candidates/encoding.ts";
import { columnNames, type Fitted, featuresRead, nextChangeOf, predictValue } from "../candidates/fitted.ts";
import { type ChangeSource, graphOf } from "../candidates/graph.ts";
import { type ChangeOutputs, predictChanges } from "../candidates/next-change.ts";
import { predictChance } from "../candidates/odds.ts";
import type { DistributionForm } from "../distributions/form.ts";
import type { Dataset } from "../features/dataset.ts";
import { fingerprintOf } from "../forecasts/fingerprint.ts";
import { type Forecast, lastFeatureOf } from "../forecasts/forecast.ts";
import { isPersonalForecast } from "../forecasts/personal.ts";
import { widthsOf } from "../judging/score.ts";
import { spanOf } from "../judging/windows.ts";
import { sha256Hex } from "../lib/hash.ts";
import { failure, type Result, success } from "../lib/result.ts";
import { changeOutput, changesOutput, downOutput, massesOutput, predictionOutput, upOutput } from "../onnx/outputs.ts";
import { writeModel } from "../onnx/write.ts";
import type { Backfill } from "../registry/backfill.ts";
import type { Card, Decision } from "../registry/card.ts";
import { misfitsOf, sizeOfGraph } from "../registry/fit-limits.ts";
import type { FurtherSteps } from "../registry/further-steps.ts";
import { isNaive } from "../registry/gate.ts";
import type { Golden } from "../registry/golden-shape.ts";
import type { StepBaselines } from "../registry/step-baselines.ts";
import type { SourceBreak } from "../sources/breaks.ts";
import { disagreements, roundingTolerance, toleranceBetweenEngines } from "./agreement.ts";
import { backfillOf } from "./backfill.ts";
import { cardBreaks, describeFile, identityOf, lineageOf, type ModelFile } from "./card-parts.ts";
import { changeCandidate, shareOf } from "./change.ts";
import { decisionOf } from "./decision.ts";
import { intervalOptions } from "./evidence.ts";
import {
  datasetOfInputs,
  edgeInputs,
  type Inputs,
  inputsOf,
  joinInputs,
  mixedInputs,
  pickInputs,
  spread,
} from "./inputs.ts";
import type { Pool, RecipeChoice, Workbench } from "./job.ts";
import type { Judgement } from "./judge.ts";
import { recipeOf } from "./recipe.ts";
import type { Outcome } from "./verdict.ts";

/** The reference runtime: maps a file and its inputs to one list of numbers per output. */
export type Run = (model: Uint8Array, inputs: Inputs) => Promise<Readonly<Record<string, Float32Array>>>;

export interface PublishTask {
  readonly forecast: Forecast;
  readonly bench: Workbench;
  readonly judgement: Judgement;
  /** The recipe to publish. It has to be a contender of the judgement. */
  readonly recipe: RecipeChoice;
  readonly reason: string;
  /** The look of the training and the leaderboard with its p-values. */
  readonly outcome?: Pick<Outcome, "look" | "contenders">;
  readonly seed: number;
  readonly codeVersion: string;
  readonly trials: number;
  /** True for a baseline that serves if the champion cannot run: it reads as few features as possible. */
  readonly isFallback?: boolean;
  /** SHA-256 and number of the training observations. */
  readonly dataHash: string;
  readonly observations: number;
  /**
   * A champion whose card was lost, else null. Its version would be computed again from the same recipe and data, but its card
   * cannot be, so the new version has another name.
   */
  readonly unreadable?: string | null;
  /** Changes of meaning inside the training data. */
  readonly breaks: readonly SourceBreak[];
  /** The break after which the training data begins, if the forecast trains only after breaks. */
  readonly after?: SourceBreak | null;
  /** The baselines of the steps. By default the model predicts only the next period. */
  readonly baselines?: StepBaselines;
  /** What serves each step after the first. By default the baselines serve them all. */
  readonly further?: FurtherSteps | null;
}

export interface PublishEffects {
  readonly pool: Pool;
  readonly run: Run;
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

/** Producer of Almanac's models, as recorded in their cards. */
export const producer = "almanac";
const goldenRowsMax = 24;
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
  const picked = pickInputs(inputs, spread([...Array(rows).keys()], ordinaryRowsMax));
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

type FitAll = Result<{ readonly value: Fitted; readonly change: ChangeSource | null }>;

async function fitAll(
  { forecast, bench, recipe, judgement, seed, isFallback = false }: PublishTask,
  pool: Pool,
): Promise<FitAll> {
  const train = { from: 0, to: bench.data.rows };
  const fit = await pool.run({ learns: "value", recipe, train, rows: null, seed, wantsModel: true });
  if (!fit.ok) return failure(JSON.stringify(fit.error));
  const { value } = fit.value;
  if (value === null) return failure("the pool returned no model");
  // A distribution of changes contains the probability of a change.
  if (forecast.change === null || nextChangeOf(value) !== null) return success({ value, change: null });
  const frequency: ChangeSource = {
    kind: "frequency",
    feature: forecast.change.frequency,
    baseRate: shareOf(bench.events, train),
  };
  if (judgement.change === null || changeSourceOf({ judgement, isFallback }) !== "model")
    return success({ value, change: frequency });
  const changeRecipe = { candidate: changeCandidate, parameters: judgement.change.parameters };
  const change = await pool.run({ learns: "change", recipe: changeRecipe, train, rows: null, seed, wantsModel: true });
  const source: ChangeSource =
    change.ok && change.value.chance !== null ? { kind: "model", chance: change.value.chance } : frequency;
  return success({ value, change: source });
}

/** Returns the source of the change probability. A fallback uses the frequencies, which need one feature. */
function changeSourceOf({ judgement, isFallback }: Pick<PublishTask, "judgement" | "isFallback">) {
  return isFallback && judgement.change ? "frequency" : (judgement.change?.source ?? null);
}

/** Returns the names of the features that the file reads: all of them, but for a baseline only those that its answers need. */
function inputsNeeded(
  { forecast, recipe, judgement }: PublishTask,
  { value, change }: { readonly value: Fitted; readonly change: ChangeSource | null },
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

/** Returns the outputs that training expects for the same rows. */
function expectedOutputs(
  { forecast }: PublishTask,
  { value, change }: { readonly value: Fitted; readonly change: ChangeSource | null },
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

/**
 * Selects golden rows evenly from each part. `parts` are the lengths of the consecutive parts of `inputs`, of which the first
 * `hidden` ones give no row. An output may have several numbers per row.
 */
export function goldenOf(
  inputs: Inputs,
  outputs: Readonly<Record<string, Float32Array>>,
  {
    parts,
    hidden = 0,
    tolerance,
  }: { readonly parts: readonly number[]; readonly hidden?: number; readonly tolerance: number },
): Golden {
  const present = parts.slice(hidden).filter((length) => length > 0);
  const each = Math.floor(goldenRowsMax / present.length);
  const count = parts.reduce((sum, length) => sum + length, 0);
  let from = parts.slice(0, hidden).reduce((sum, length) => sum + length, 0);
  const positions = present.flatMap((length) => {
    const part = Array.from({ length }, (_, row) => from + row);
    from += length;
    return spread(part, each);
  });
  return {
    inputs: Object.fromEntries(
      Object.entries(pickInputs(inputs, positions)).map(([name, values]) => [name, withNulls(values)]),
    ),
    outputs: Object.fromEntries(
      Object.entries(outputs).map(([name, values]) => {
        const width = values.length / count;
        return [
          name,
          positions.flatMap((at) => Array.from(values.subarray(at * width, (at + 1) * width), positiveZero)),
        ];
      }),
    ),
    tolerance,
  };
}

/** Returns 0 for −0, which JSON does not have. */
const positiveZero = (value: number) => value + 0;

/** Replaces NaN by null, because JSON has no NaN. */
function withNulls(values: Inputs[string]): (number | string | null)[] {
  return values instanceof Float32Array
    ? Array.from(values, (value) => (Number.isNaN(value) ? null : value))
    : [...values];
}

interface CardParts extends ModelFile {
  readonly version: string;
  readonly golden: Golden;
  readonly decision: Decision | null;
  readonly backfill: Backfill;
  readonly sourceOfChange: ChangeSource["kind"] | null;
}

function cardOf(task: PublishTask, { version, golden, decision, backfill, sourceOfChange, ...file }: CardParts): Card {
  const { forecast, bench, judgement, recipe } = task;
  const { data, events } = bench;
  const all = { from: 0, to: data.rows };
  const known = judgement.missesFor(recipe);
  const evidence = judgement.evidenceFor(recipe);
  if (evidence === null || known === null) {
    throw new RangeError(`${recipe.candidate} is not a contender of the judgement`);
  }
  const { validation, test, change, naive, incumbent, field } = judgement;
  const { look = null, contenders = judgement.contenders } = task.outcome ?? {};
  const isTested = look !== null && field.some((entry) => entry.recipe === recipeOf(forecast, recipe).id);
  const own = judgement.changeFor(recipe);
  const metrics = own === null ? changeMetrics(change, sourceOfChange) : metricsOf(own, ownSourceOf(recipe));
  return {
    ...identityOf(task, { version, producer, recipe }),
    ...describeFile(forecast, data, file),
    ...stepsOf(task),
    backfill,
    lineage: lineageOf(task),
    judged: {
      validation,
      test,
      contenders: [...contenders],
      evidence,
      field: isTested ? [...field] : [],
      look: look && { from: look.from, to: look.to, halvings: look.halvings },
      metric: forecast.metric,
      naive: naive.candidate,
      change: metrics,
      calibration: judgement.classesFor(recipe)?.calibration ?? null,
      groups: judgement.groupsFor(recipe),
      incumbent,
      reason: task.reason,
    },
    published: spanOf(data, all),
    breaks: cardBreaks(task.breaks, spanOf(data, all).to),
    decision,
    intervals: widthsOf(known.rows, known.misses, intervalOptions(forecast, data)),
    intervalsHoldLast: forecast.intervals.holdLast,
    distribution: publishedForm(judgement.formFor(recipe)),
    unchangedShare: forecast.change === null ? null : 1 - shareOf(events, known.rows),
    golden,
  };
}

/** Returns the form as a card contains it. */
export function publishedForm(form: DistributionForm | null): Card["distribution"] {
  return form === null || form.kind === "changes" ? form : { ...form, shape: [...form.shape] };
}

function changeMetrics(change: Judgement["change"], source: ChangeSource["kind"] | null) {
  return change === null || source === null ? null : metricsOf(change, source);
}

/** The baseline's distribution has the series' own frequencies of changes. */
function ownSourceOf({ candidate }: RecipeChoice): ChangeSource["kind"] {
  return isNaive(candidate) ? "frequency" : "model";
}

function stepsOf({
  forecast,
  baselines = [],
  further = null,
}: PublishTask): Pick<Card, "steps" | "baselines" | "further"> {
  return { steps: baselines.length === 0 ? [1] : [...forecast.steps], baselines, further };
}

function metricsOf(change: NonNullable<Judgement["change"]>, source: ChangeSource["kind"]): Card["judged"]["change"] {
  const { parameters: _, ...metrics } = change;
  return { ...metrics, source };
}
