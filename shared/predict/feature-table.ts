/** Reads a table of raw features, as the scoring protocols send it, into the model's inputs. Without history or aliases. */

import { missingValueOf } from "../features/feature.ts";
import { didYouMean } from "../lib/did-you-mean.ts";
import { cleanName } from "../lib/fold-text.ts";
import { failure, type Result, success } from "../lib/result.ts";
import type { InputColumn } from "../registry/golden.ts";
import { readNumber } from "./decimal.ts";
import { describeNumber, describeValue } from "./describe-value.ts";
import type { ModelInput } from "./read-served.ts";
import { type RefusedRows, refuseRow } from "./refused-rows.ts";

/** One list of values per row; undefined for a value that the row lacks. Without names, columns are in the model's order. */
export interface Table {
  readonly columns: readonly string[] | null;
  readonly rows: readonly (readonly unknown[])[];
}

/** By input name, one value per row. */
export type TableInputs = Readonly<Record<string, InputColumn>>;

/** Returns the model's inputs of a table. Ignores columns that the model does not read. O(rows × inputs). */
export function inputsOfTable(
  { columns, rows }: Table,
  modelInputs: readonly ModelInput[],
  refused: RefusedRows | null = null,
): Result<TableInputs> {
  const names = columns ?? modelInputs.map(({ name }) => name);
  const columnIndexes = new Map<string, number>();
  for (const [at, name] of names.entries()) {
    if (columnIndexes.has(name)) return failure(`Column ${describeValue(name) || '""'} occurs twice.`);
    columnIndexes.set(name, at);
  }
  const uneven = rows.findIndex((row) => row.length !== names.length);
  if (uneven >= 0) return failure(`Row ${uneven} has ${rows[uneven]?.length} values, expected ${names.length}.`);
  const missing = modelInputs
    .filter(({ name, mayBeLeftOut }) => !columnIndexes.has(name) && !mayBeLeftOut)
    .map(({ name }) => name);
  if (missing.length > 0) return failure(missingInputs(missing, names, modelInputs));
  const inputs: Record<string, InputColumn> = Object.create(null);
  for (const input of modelInputs) {
    const at = columnIndexes.get(input.name);
    const cell = (row: number) => (at === undefined ? null : rows[row]?.[at]);
    const read = readColumn(input, { count: rows.length, cell, refused });
    if (!read.ok) return read;
    inputs[input.name] = read.value;
  }
  return success(inputs);
}

/** Maximum number of unknown columns in a message. Only these are compared with the missing names. */
const unknownColumnsMax = 20;

function missingInputs(
  missing: readonly string[],
  names: readonly string[],
  modelInputs: readonly ModelInput[],
): string {
  const problem = `Model is missing inputs ${JSON.stringify(missing)}.`;
  const known = new Set(modelInputs.map(({ name }) => name));
  const unknown = names.filter((name) => !known.has(name)).slice(0, unknownColumnsMax);
  if (unknown.length === 0) return problem;
  const meant = unknown.map((name) => didYouMean(name, missing).didYouMean).find((name) => name !== undefined);
  const found = `Found unknown columns ${describeValue(unknown)}.`;
  return [problem, found, ...(meant === undefined ? [] : [`Did you mean ${meant}?`])].join(" ");
}

export interface Cells {
  readonly count: number;
  cell(row: number): unknown;
  /** Collects the rows with an invalid value. Null if one such row fails the table. */
  readonly refused: RefusedRows | null;
}

/**
 * Reads the values of one input. Null, NaN and an empty text are missing. A list of one value, as in a shape of [N, 1], is that
 * value.
 */
export function readColumn({ name, declared, categories }: ModelInput, cells: Cells): Result<InputColumn> {
  const { count, cell, refused } = cells;
  const numbers = new Float32Array(categories === null ? count : 0);
  const texts: string[] = [];
  const missing = String(missingValueOf(declared));
  for (let row = 0; row < count; row++) {
    const value = unwrapped(cell(row));
    if (categories !== null) {
      const text = value === null || value === undefined || value === "" ? missing : value;
      if (typeof text !== "string") {
        const reason = `Input ${name}, row ${row}: found ${describeValue(value)}, expected text.`;
        if (refused === null) return failure(reason);
        refuseRow(refused, row, reason);
      }
      texts.push(typeof text === "string" ? cleanedUnlessKnown(text, categories) : "");
      continue;
    }
    const number = numberOf(value);
    if (number === null) {
      const reason = `Input ${name}, row ${row}: found ${describeNumber(value)}, expected a number or null.`;
      if (refused === null) return failure(reason);
      refuseRow(refused, row, reason);
    }
    numbers[row] = number ?? Number.NaN;
  }
  return success(categories === null ? numbers : texts);
}

/** Returns a known name unchanged, and any other name cleaned as the feeds clean names. */
export function cleanedUnlessKnown(text: string, known: { has(name: string): boolean }): string {
  return known.has(text) ? text : cleanName(text);
}

/** Returns the value of a list of one value, and any other value unchanged. */
export function unwrapped(value: unknown): unknown {
  return Array.isArray(value) && value.length === 1 ? value[0] : value;
}

/** Returns a number, also if it is written as text; NaN for a missing value, null for a value that is not a number. */
function numberOf(value: unknown): number | null {
  if (typeof value === "number") return value;
  if (value === null || value === undefined || value === "NaN") return Number.NaN;
  if (typeof value === "string") return readNumber(value);
  return typeof value === "boolean" ? Number(value) : null;
}
