/** Runs a table of raw features through a model. Rows that cannot be answered are refused alone if the caller allows that. */
import { failure, type Result, success } from "../lib/result.ts";
import type { InputColumn } from "../registry/golden.ts";
import { type Engine, type ModelRun, runEngine } from "./engines.ts";
import type { TableInputs } from "./feature-table.ts";
import { type EvaluationFailure, findRejected, runsMaxOf } from "./find-rejected.ts";
import { type RefusedRows, refuseRow } from "./refused-rows.ts";

export interface TableRun {
  /** By output name, [rows, columns], row after row; NaN for a refused row. */
  readonly outputs: Readonly<Record<string, ArrayLike<number>>>;
  /** The positions of the answered rows; null if all rows were answered. */
  readonly answered: readonly number[] | null;
}

export interface TableTask {
  readonly engine: Engine;
  readonly inputs: TableInputs;
  readonly count: number;
  /** The rows that are refused already. Null if one such row fails the table. */
  readonly refused: RefusedRows | null;
}

/** Most rows that a model may reject in one table: each of them costs some runs of the model. */
export const rejectedRowsMax = 1_000;

/**
 * Runs all rows in one batch. Rows that the model rejects are added to `refused`, or the first of them fails the table.
 * Fails too if the engine is unavailable, or if the model rejects more than `rejectedRowsMax` rows.
 */
export async function runTable({
  engine,
  inputs,
  count,
  refused,
}: TableTask): Promise<Result<TableRun, EvaluationFailure>> {
  let answered = positionsWithout(refused, count);
  let run = await runRows(engine, inputs, answered);
  if (!run.ok && run.error.isRows) {
    const rejected = await rejectedRows(run.error.reason, {
      engine,
      inputs,
      positions: answered,
      stopsAtFirst: refused === null,
    });
    if (!rejected.ok) return rejected;
    const [first] = rejected.value;
    if (refused === null || rejected.value.length > rejectedRowsMax)
      return failure(whyRejected(first, rejected.value.length));
    for (const { at, reason } of rejected.value) refuseRow(refused, at, reason);
    answered = positionsWithout(refused, count);
    run = await runRows(engine, inputs, answered);
  }
  if (!run.ok) return run;
  return success({ outputs: answered === null ? run.value : spread(run.value, answered, count), answered });
}

type Positions = readonly number[] | null;

function positionsWithout(refused: RefusedRows | null, count: number): Positions {
  if (refused === null || refused.size === 0) return null;
  return Array.from({ length: count }, (_, at) => at).filter((at) => !refused.has(at));
}

function runRows(engine: Engine, inputs: TableInputs, positions: Positions): ModelRun | Promise<ModelRun> {
  if (positions === null) return runEngine(engine, inputs);
  return positions.length === 0 ? success({}) : runEngine(engine, rowsOf(inputs, positions));
}

/** Returns the values of some rows, in their order. */
function rowsOf(inputs: TableInputs, positions: Positions): TableInputs {
  if (positions === null) return inputs;
  const picked: Record<string, InputColumn> = Object.create(null);
  for (const [name, column] of Object.entries(inputs)) {
    picked[name] =
      column instanceof Float32Array
        ? Float32Array.from(positions, (at) => column[at] ?? Number.NaN)
        : positions.map((at) => String(column[at] ?? ""));
  }
  return picked;
}

interface RejectedTask {
  readonly engine: Engine;
  readonly inputs: TableInputs;
  readonly positions: Positions;
  readonly stopsAtFirst: boolean;
}

interface RefusedRow {
  readonly at: number;
  readonly reason: string;
}

async function rejectedRows(
  reason: string,
  { engine, inputs, positions, stopsAtFirst }: RejectedTask,
): Promise<Result<readonly RefusedRow[], EvaluationFailure>> {
  const all = rowsOf(inputs, positions);
  const count = Object.values(all)[0]?.length ?? 0;
  const found = await findRejected(reason, {
    count,
    runsMax: runsMaxOf(engine),
    rejectedMax: stopsAtFirst ? 1 : rejectedRowsMax + 1,
    async run(from, to) {
      const range = Array.from({ length: to - from }, (_, at) => from + at);
      const run = await runEngine(engine, rowsOf(all, range));
      return run.ok ? success(null) : run;
    },
  });
  if (!found.ok) return found;
  return success(
    found.value.map(({ at, reason }) => {
      const row = positions?.[at] ?? at;
      return { at: row, reason: `Row ${row}: the model rejects it: ${reason}.` };
    }),
  );
}

function whyRejected(first: RefusedRow | undefined, count: number): EvaluationFailure {
  const reason = first?.reason ?? "The model rejects the rows.";
  const more = ` The model rejects more than ${rejectedRowsMax} rows. Send them in several requests, or correct them.`;
  return { reason: count > rejectedRowsMax ? reason + more : reason, isRows: true };
}

/** Returns the values of all rows of the table from those of the answered rows; NaN for all other rows. */
function spread(outputs: TableRun["outputs"], answered: readonly number[], count: number) {
  const all: Record<string, Float32Array> = Object.create(null);
  for (const [name, values] of Object.entries(outputs)) {
    const columns = answered.length === 0 ? 1 : values.length / answered.length;
    const spread = new Float32Array(count * columns).fill(Number.NaN);
    for (const [index, at] of answered.entries()) {
      for (let column = 0; column < columns; column++) {
        spread[at * columns + column] = values[index * columns + column] ?? Number.NaN;
      }
    }
    all[name] = spread;
  }
  return all;
}
