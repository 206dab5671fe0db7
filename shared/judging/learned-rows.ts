/** The losses and distributions of learners and baselines on the rows of one step whose origins are in one stretch. */
import type { StepOutputs } from "../candidates/step-model.ts";
import { crps } from "../distributions/crps.ts";
import type { Distribution } from "../distributions/distribution.ts";
import { centredShapeOf } from "../distributions/location-scale.ts";
import { fromUnits, toUnits } from "../distributions/units.ts";
import { withChances } from "../distributions/with-chances.ts";
import { type Dataset, firstRowAt, type RowRange } from "../features/dataset.ts";
import { evenlySpaced } from "../lib/evenly-spaced.ts";
import { at } from "../stats/numbers.ts";
import { distributionAfter } from "./own-changes.ts";
import { visitChanges } from "./row-changes.ts";
import {
  centredChanges,
  changeOptions,
  chooseBaseline,
  type StepBaseline,
  scaledErrors,
  scalesOf,
  spreadOf,
} from "./step-baselines.ts";
import { pointPredictions, type StepPoint } from "./step-points.ts";
import type { StepRows } from "./step-rows.ts";
import type { SteppedForecast, StepSet } from "./step-sets.ts";
import type { Stretch } from "./stretches.ts";

/** `reference`: the last value, or for a classification the base rate. `baseline`: the best point on earlier rows. */
export const opponents = ["reference", "baseline"] as const;

/** The predictions of a learner for some rows of `StepRows`. */
export interface LearnedRows {
  readonly rows: Int32Array;
  readonly outputs: StepOutputs;
}

/** One error of a learner, divided by the scale of its row, with the position of its target. */
export interface ScaledError {
  readonly period: number;
  readonly error: number;
}

export interface StretchTask {
  readonly forecast: SteppedForecast;
  readonly set: StepSet;
  readonly rows: StepRows;
  readonly step: number;
  readonly stretch: Stretch;
  /** By name. */
  readonly learners: ReadonlyMap<string, LearnedRows>;
  /** Errors of each learner at this step on earlier stretches. */
  readonly errors: ReadonlyMap<string, readonly ScaledError[]>;
}

/** What every contender is scored by, row by row. */
export interface StretchRows {
  readonly baseline: StepBaseline;
  /** Rows of `StepRows`, ascending. */
  readonly rows: readonly number[];
  /** By contender: one loss per row, the CRPS or for a classification the squared error of the probability. */
  readonly losses: ReadonlyMap<string, Float64Array>;
  /** By contender, in whole units; null for a classification. */
  readonly distributions: ReadonlyMap<string, readonly Distribution[]> | null;
  /** By learner: its predictions of the rows, in the target's unit or probabilities. */
  readonly errors: ReadonlyMap<string, readonly ScaledError[]>;
  readonly probabilities: ReadonlyMap<string, Float64Array> | null;
}

/** Maximum number of scored rows of a stretch, evenly spaced: more rows of a period hardly change its mean. */
const scoredRowsMax = 700;
/** The last share of the known periods on which the baseline of a stretch is chosen. */
const chosenShare = 0.2;
/** With fewer errors of its own, a learner has the shape of the baseline's errors. */
const errorsMin = 30;

/** Scores every contender; null without rows to choose the baseline on, or without rows in the stretch. */
export function scoreStretch(task: StretchTask): StretchRows | null {
  const { forecast, set, rows, step, stretch } = task;
  const data = set.rowsOf(step);
  const span = Math.ceil(data.periods.length * chosenShare);
  const known = { from: firstRowAt(data, stretch.from + 1 - span), to: firstRowAt(data, stretch.from + 1) };
  const range = { from: firstRowAt(data, stretch.from + step), to: firstRowAt(data, stretch.to + step) };
  const all = rowsIn(rows, step, range);
  const scored = evenlySpaced(all, scoredRowsMax);
  if (known.to === known.from || scored.length === 0) return null;
  const { baseline } = chooseBaseline(forecast, set, { step, rows: known, quick: true });
  const referencePoint: StepPoint = { kind: set.isClassification ? "base-rate" : "persistence" };
  const pointsOf = (point: StepPoint) => {
    const all = pointPredictions(set, data, range, point);
    return Float64Array.from(scored, (row) => at(all, at(rows.source, row) - range.from));
  };
  const points = { reference: pointsOf(referencePoint), baseline: pointsOf(baseline.point) };
  const parts: Parts = { ...task, data, known, range, scored, baseline, referencePoint, points };
  if (set.isClassification) return scoredEvents(parts);
  const distributions = baseline.spread.kind === "changes" ? changeDistributions(parts) : pointDistributions(parts);
  const { decimals } = forecast.target;
  const lossesOf = (all: readonly Distribution[]) =>
    Float64Array.from(all, (one, i) =>
      fromUnits(crps(one, toUnits(at(rows.data.target, scored[i] ?? -1), decimals)), decimals),
    );
  return {
    baseline,
    rows: scored,
    losses: new Map([...distributions].map(([name, all]) => [name, lossesOf(all)])),
    distributions,
    errors: baseline.spread.kind === "changes" ? new Map() : errorsOf(parts),
    probabilities: null,
  };
}

interface Parts extends StretchTask {
  /** All rows of the step, and of them those that are known at the first origin, and those of the stretch. */
  readonly data: Dataset;
  readonly known: RowRange;
  readonly range: RowRange;
  readonly scored: readonly number[];
  readonly baseline: StepBaseline;
  readonly referencePoint: StepPoint;
  readonly points: { readonly reference: Float64Array; readonly baseline: Float64Array };
}

/** Returns the rows of a step whose position among all rows of the step is in a range. */
function rowsIn({ data, step: steps, source }: StepRows, step: number, { from, to }: RowRange): number[] {
  const found: number[] = [];
  for (let row = 0; row < data.rows; row++)
    if (steps[row] === step && at(source, row) >= from && at(source, row) < to) found.push(row);
  return found;
}

/** Returns the position of each scored row in the predictions of a learner. */
function placesIn({ scored }: Parts, learner: LearnedRows): Int32Array {
  const positions = new Map(Array.from(learner.rows, (row, position) => [row, position]));
  return Int32Array.from(scored, (row) => positions.get(row) ?? -1);
}

function predictionsOf(parts: Parts, learner: LearnedRows): Float64Array {
  return Float64Array.from(placesIn(parts, learner), (place) => at(learner.outputs.predictions, place));
}

function scoredEvents(parts: Parts): StretchRows {
  const { scored, rows, points, learners, baseline } = parts;
  const probabilities = new Map<string, Float64Array>(Object.entries(points));
  for (const [name, learner] of learners) probabilities.set(name, predictionsOf(parts, learner));
  const lossesOf = (all: Float64Array) =>
    all.map((probability, i) => (probability - at(rows.data.target, scored[i] ?? -1)) ** 2);
  const losses = new Map([...probabilities].map(([name, all]) => [name, lossesOf(all)]));
  return { baseline, rows: scored, losses, distributions: null, errors: new Map(), probabilities };
}

/** The same past changes for all: with the mean of a point, or with the probabilities of a learner. */
function changeDistributions(parts: Parts): Map<string, Distribution[]> {
  const { forecast, set, data, range, scored, rows, baseline, points, learners, step } = parts;
  const { spread } = baseline;
  const { distribution, target } = forecast;
  if (spread.kind !== "changes" || distribution?.kind !== "changes") throw new RangeError("there are no past changes");
  const options = changeOptions(forecast, set, distribution);
  const power = 10 ** target.decimals;
  const centred = centredChanges(set, step, distribution);
  const found = new Map<string, Distribution[]>([...opponents, ...learners.keys()].map((name) => [name, []]));
  const places = new Map([...learners].map(([name, learner]) => [name, placesIn(parts, learner)]));
  const positions = new Map(scored.map((row, i) => [at(rows.source, row), i]));
  visitChanges(data, range, options, (row, counts) => {
    const i = positions.get(row);
    if (i === undefined) return;
    const last = at(data.last, row);
    const own = distributionAfter(last, { counts: counts(), weights: spread.weights, options });
    // The two points are often equal, and a distribution with a mean takes most of the time.
    const [reference, chosen] = [at(points.reference, i) * power, at(points.baseline, i) * power];
    const ofReference = centred(own, reference);
    found.get("reference")?.push(ofReference);
    found.get("baseline")?.push(chosen === reference ? ofReference : centred(own, chosen));
    for (const [name, { outputs }] of learners) {
      const place = places.get(name)?.[i] ?? -1;
      const [down, up] = [outputs.directions?.down[place] ?? 0, outputs.directions?.up[place] ?? 0];
      const chances = { down, same: Math.max(0, 1 - down - up), up };
      found.get(name)?.push(withChances(own, toUnits(last, target.decimals), chances));
    }
  });
  return found;
}

/** Every contender has its own errors around its point. */
function pointDistributions(parts: Parts): Map<string, Distribution[]> {
  const { forecast, set, data, known, referencePoint, baseline, points, learners } = parts;
  const shapeAround = (point: StepPoint) => {
    const spread = spreadOf(forecast, set, { data, rows: known, point });
    return spread.kind === "location-scale" ? spread.shape : [0];
  };
  const ownShape = baseline.spread.kind === "location-scale" ? baseline.spread.shape : [0];
  const found = new Map([
    ["reference", around(parts, points.reference, shapeAround(referencePoint))],
    ["baseline", around(parts, points.baseline, ownShape)],
  ]);
  for (const [name, learner] of learners)
    found.set(name, around(parts, predictionsOf(parts, learner), learnedShape(parts, name) ?? ownShape));
  return found;
}

function around(parts: Parts, predictions: Float64Array, shape: readonly number[]): Distribution[] {
  const power = 10 ** parts.forecast.target.decimals;
  const distribution = scaledErrors(parts.forecast, shape);
  const scaleAt = scaleOf(parts, predictions);
  return Array.from(predictions, (value, i) => distribution(value * power, scaleAt(i) * power));
}

/** Returns the scale of the errors of the i-th row: the same for all contenders, or the point itself where the baseline's is. */
function scaleOf(parts: Parts, predictions: Float64Array): (i: number) => number {
  const { spread } = parts.baseline;
  if (spread.kind === "location-scale" && spread.scale === "point") return (i) => at(predictions, i);
  const scaleAt = scalesOf(parts.forecast, parts.data);
  return (i) => scaleAt(sourceAt(parts, i));
}

function sourceAt({ rows, scored }: Parts, i: number): number {
  return at(rows.source, scored[i] ?? -1);
}

/** Returns the shape of a learner's errors whose targets are known at the first origin; null with too few. */
function learnedShape({ errors, stretch }: Parts, name: string): number[] | null {
  const known = (errors.get(name) ?? []).filter(({ period }) => period <= stretch.from);
  return known.length < errorsMin ? null : shapeOfErrors(known);
}

/** Returns the shape of scaled errors, around a median of 0. */
export function shapeOfErrors(errors: readonly ScaledError[]): number[] {
  return centredShapeOf(errors.map(({ error }) => error));
}

function errorsOf(parts: Parts): Map<string, ScaledError[]> {
  const { data, learners } = parts;
  const scaled = (predictions: Float64Array) => {
    const scaleAt = scaleOf(parts, predictions);
    return Array.from(predictions, (prediction, i): ScaledError => {
      const row = sourceAt(parts, i);
      return { period: at(data.period, row), error: (at(data.target, row) - prediction) / scaleAt(i) };
    });
  };
  return new Map([...learners].map(([name, learner]) => [name, scaled(predictionsOf(parts, learner))]));
}
