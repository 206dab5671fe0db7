/** Rows through the model, in one batch. */
import { calendarPart } from "../features/calendar-part.ts";
import type { Feature } from "../features/feature.ts";
import { previousPeriod } from "../forecasts/schedule.ts";
import { type ModelRun, runEngine } from "../registry/engines.ts";
import type { Column } from "../registry/golden.ts";
import { changeOutput, predictionOutput } from "../registry/outputs.ts";
import type { ModelInput } from "./load-model.ts";
import type { Row } from "./read-instance.ts";
import type { Snapshot } from "./snapshot.ts";

export interface Evaluation {
  /** By input name, one entry a row. */
  readonly inputs: Readonly<Record<string, Column>>;
  /** In the forecast's unit, float32. */
  readonly predictions: ArrayLike<number>;
  /** Null where the model does not say. */
  readonly changes: ArrayLike<number> | null;
}

export type Evaluating =
  | { readonly ok: true; readonly evaluation: Evaluation }
  /** The model's engine cannot be asked now. */
  | { readonly ok: false; readonly reason: string };

/** At once where our engine runs the model. Throws where the model refuses its own inputs, which its golden rows rule out. O(rows × model). */
export function evaluateRows(snapshot: Snapshot, rows: readonly Row[]): Evaluating | Promise<Evaluating> {
  const inputs = inputsOfRows(snapshot, rows);
  // An instance may have been refused alone, and all of them: there is nothing to ask another Worker for.
  if (rows.length === 0) return { ok: true, evaluation: { inputs, predictions: [], changes: null } };
  const run = runEngine(snapshot.model.engine, inputs);
  return run instanceof Promise ? run.then((one) => evaluatingOf(inputs, one)) : evaluatingOf(inputs, run);
}

/** For models of our engine, which needs no waiting. */
export function evaluateHere(snapshot: Snapshot, rows: readonly Row[]): Evaluation {
  const evaluating = evaluateRows(snapshot, rows);
  if (evaluating instanceof Promise) throw new Error("the model runs elsewhere");
  if (!evaluating.ok) throw new Error(evaluating.reason);
  return evaluating.evaluation;
}

function evaluatingOf(inputs: Evaluation["inputs"], run: ModelRun): Evaluating {
  if (!run.ok && !run.isRows) return { ok: false, reason: run.reason };
  if (!run.ok) throw new Error(run.reason);
  const predictions = run.outputs[predictionOutput];
  if (predictions === undefined) throw new Error(`the model gave no ${predictionOutput}`);
  return { ok: true, evaluation: { inputs, predictions, changes: run.outputs[changeOutput] ?? null } };
}

function inputsOfRows(snapshot: Snapshot, rows: readonly Row[]): Evaluation["inputs"] {
  const inputs: Record<string, Column> = { ...snapshot.model.blank.inputs };
  for (const input of snapshot.model.inputs) inputs[input.name] = columnOf(snapshot, input, rows);
  return inputs;
}

/** Loops, for `from` with a callback takes several times as long, and there is one column an input of every request. */
function columnOf(snapshot: Snapshot, input: ModelInput, rows: readonly Row[]): Column {
  const numbers = new Float32Array(input.categories === null ? rows.length : 0);
  const texts: string[] = [];
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at];
    if (row === undefined) continue;
    const value = row.overrides.get(input.name) ?? ownValue(snapshot, input, row);
    if (input.categories === null) numbers[at] = Number(value);
    else texts.push(String(value));
  }
  return input.categories === null ? numbers : texts;
}

/** A feature of a row, whether the model reads it or not. O(1). */
export function featureOf(snapshot: Snapshot, declared: Feature, row: Row): number | string {
  return row.overrides.get(declared.name) ?? ownValue(snapshot, { name: declared.name, declared }, row);
}

/** What a row has by itself: computed beforehand for the next period, from the date and the names for any other. */
function ownValue(
  snapshot: Snapshot,
  { name, declared }: Pick<ModelInput, "name" | "declared">,
  row: Row,
): number | string {
  if (row.start) return row.start.features[name] ?? Number.NaN;
  if (!row.hypothetical && row.position !== null) return snapshot.columns[name]?.at(row.position) ?? Number.NaN;
  const { forecast, periods } = snapshot;
  switch (declared.kind) {
    case "category":
      return row.is[forecast.dimensions.indexOf(declared.dimension)] ?? "";
    case "calendar": {
      const before = periods.findLast((period) => period < row.target) ?? previousPeriod(forecast.schedule, row.target);
      return calendarPart(declared.part, row.target, before);
    }
    default:
      return Number.NaN;
  }
}
