/** Converts an answer to rows for the queue. Runs after the answer was sent. */

import type { FeatureValues, PathStep, PredictionWithFeatures } from "../api/predict.ts";
import type { InputSum, PredictionRow } from "../api/prediction-message.ts";
import { dimensionOf } from "../features/feature.ts";
import { changeOutput, predictionOutput } from "../onnx/outputs.ts";
import type { InputColumn } from "../registry/golden.ts";
import { shortestDecimal } from "./decimal.ts";
import { canCountInputs, countInputs } from "./input-sums.ts";
import type { ServedModel } from "./load-model.ts";
import type { Row } from "./row.ts";
import { intervalName, intervalNames } from "./row-summary.ts";
import type { Snapshot } from "./snapshot.ts";
import type { TableSummaries } from "./table-summaries.ts";

/** Longer texts are cut, so that a row fits a message. No category is as long. */
const textMax = 200;
/** Limit for a model whose inputs cannot be counted here: every second, third, … row is recorded. */
const recordedMax = 10_000;

/** What is recorded of an answer. */
export interface Recorded {
  readonly rows: readonly PredictionRow[];
  /** The inputs of all rows; null if `rows` has all rows, or if they cannot be counted here. */
  readonly sums: readonly InputSum[] | null;
}

/**
 * Returns the number of rows from one recorded row to the next.
 * @param rowsMax maximum number of recorded rows; 0 for none
 */
function stepOf(model: ServedModel, count: number, rowsMax: number): number {
  const most = rowsMax === 0 || canCountInputs(model) ? rowsMax : recordedMax;
  return most === 0 ? Number.POSITIVE_INFINITY : Math.max(1, Math.ceil(count / most));
}

export interface AnsweredRows {
  readonly rows: readonly Row[];
  readonly failures: readonly { readonly index: number }[];
  /** One prediction per row. */
  readonly predictions: readonly PredictionWithFeatures[];
  /** The steps of a request for one instance with `steps` or `until`; null, the default, without them. */
  readonly path?: readonly PathStep[] | null;
}

/** Returns what is recorded of an answer of `/predict`. Instances that failed have no row. O(rows × features). */
export function recordedAnswer(snapshot: Snapshot, answered: AnsweredRows, rowsMax: number): Recorded {
  const { model } = snapshot;
  const { rows, predictions } = answered;
  const step = stepOf(model, predictions.length, rowsMax);
  if (step === 1 || !canCountInputs(model)) return { rows: answerRows(snapshot, answered, step), sums: null };
  const sums = countInputs(model, {
    count: predictions.length,
    valueOf: (row, input) => cut(predictions[row]?.features[input] ?? null),
    isHypothetical: (row) => rows[row]?.hypothetical ?? false,
  });
  return { rows: answerRows(snapshot, answered, step), sums };
}

function answerRows(
  snapshot: Snapshot,
  { rows, failures, predictions, path = null }: AnsweredRows,
  step: number,
): PredictionRow[] {
  const { model, forecast, seriesCache } = snapshot;
  const failed = new Set(failures.map(({ index }) => index));
  if (step === Number.POSITIVE_INFINITY) return [];
  // With a distribution, the median and the intervals of all levels are its nine quantiles.
  const levels = model.card.distribution ? intervalNames : model.card.intervals.map(({ level }) => intervalName(level));
  let position = -1;
  return predictions.flatMap((prediction, at): PredictionRow[] => {
    do position++;
    while (failed.has(position));
    if (at % step !== 0) return [];
    const row = rows[at];
    const startsFrom = row?.start === undefined ? undefined : forecast.given?.value;
    const suppliedInputs: number[] = [];
    const cached = row === undefined ? null : seriesCache.find(row);
    const isCached = cached?.features === prediction.features;
    const values = (isCached && cached.recordedValues) || recordedValues(model, prediction.features);
    if (isCached) cached.recordedValues = values;
    for (let input = 0; !isCached && input < model.inputs.length; input++) {
      const name = model.inputs[input]?.name ?? "";
      if (row?.overrides.has(name) || name === startsFrom) suppliedInputs.push(input);
    }
    const intervals: PredictionRow["intervals"] = {};
    for (const level of levels) intervals[level] = pair(prediction[level]);
    const recorded: PredictionRow = {
      position,
      series: row ? [...row.is] : null,
      target: row?.target ?? null,
      prediction: finite(prediction[model.card.output]),
      intervals,
      change: prediction.change_probability ?? null,
      values,
      given: suppliedInputs,
      hypothetical: row?.hypothetical ?? false,
    };
    if (path !== null && path.length > 1) recorded.path = path.slice(1);
    return [recorded];
  });
}

function recordedValues({ inputs }: ServedModel, features: FeatureValues): PredictionRow["values"] {
  return inputs.map(({ name }) => cut(features[name] ?? null));
}

export interface EvaluatedTable {
  readonly inputs: Readonly<Record<string, InputColumn>>;
  readonly outputs: Readonly<Record<string, ArrayLike<number>>>;
  /** The positions of the answered rows; null if all rows were answered. */
  readonly answered: readonly number[] | null;
  /** Not set or null for a model without distributions. */
  readonly summaries?: TableSummaries | null;
}

/** Returns what is recorded of an answer to raw features. Refused rows are neither recorded nor counted. O(rows × features). */
export function recordedTable(snapshot: Snapshot, table: EvaluatedTable, rowsMax: number): Recorded {
  const { model } = snapshot;
  const { inputs, outputs, answered } = table;
  const count = answered?.length ?? outputs[predictionOutput]?.length ?? 0;
  const step = stepOf(model, count, rowsMax);
  const rows = tableRows(snapshot, table, step);
  if (step === 1 || !canCountInputs(model)) return { rows, sums: null };
  const sums = countInputs(model, {
    count,
    valueOf: (row, input) => cut(inputs[input]?.[answered?.[row] ?? row] ?? null),
    isHypothetical: () => false,
  });
  return { rows, sums };
}

function tableRows(
  { forecast, model }: Snapshot,
  { inputs, outputs, answered, summaries }: EvaluatedTable,
  step: number,
): PredictionRow[] {
  if (step === Number.POSITIVE_INFINITY) return [];
  const predictions = outputs[predictionOutput] ?? [];
  const changes = outputs[changeOutput];
  const dimensionNames = dimensionInputs(forecast.dimensions, model);
  const rows: PredictionRow[] = [];
  const count = answered?.length ?? predictions.length;
  for (let at = 0; at < count; at += step) {
    const position = answered?.[at] ?? at;
    const summary = summaries?.(position);
    rows.push({
      position,
      series: dimensionNames?.map((name) => String(recordedValue(inputs[name]?.[position] ?? ""))) ?? null,
      target: null,
      prediction: summary?.median ?? finite(predictions[position]),
      intervals: Object.fromEntries(summary?.intervals.map(({ name, ends }) => [name, [...ends]]) ?? []),
      change: finite(changes?.[position]),
      values: model.inputs.map(({ name }) => recordedValue(inputs[name]?.[position] ?? null)),
      given: null,
      hypothetical: false,
    });
  }
  return rows;
}

/** Returns the names of the inputs that contain the dimensions, in their order; null if the model does not read all of them. */
function dimensionInputs(dimensions: readonly string[], { inputs }: ServedModel): string[] | null {
  const names: string[] = [];
  for (const dimension of dimensions) {
    const input = inputs.find(({ declared }) => dimensionOf(declared) === dimension);
    if (input === undefined) return null;
    names.push(input.name);
  }
  return names;
}

/** Cuts a text so that it fits a message, and makes it well-formed. Returns any other value unchanged. */
function cut<Value>(value: Value): Value | string {
  return typeof value === "string" ? value.slice(0, textMax).toWellFormed() : value;
}

/** Returns a value that JSON can represent: NaN as null (missing), infinities as text. */
function recordedValue(value: number | string | null): number | string | null {
  if (value === null || typeof value === "string") return cut(value);
  if (Number.isNaN(value)) return null;
  return shortestDecimal(value) ?? String(value);
}

function finite(value: unknown): number | null {
  return typeof value === "number" ? shortestDecimal(value) : null;
}

function pair(value: unknown): [number, number] | null {
  if (!Array.isArray(value)) return null;
  const low: unknown = value[0];
  const high: unknown = value[1];
  return typeof low === "number" && typeof high === "number" ? [low, high] : null;
}
