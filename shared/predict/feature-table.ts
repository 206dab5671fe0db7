/** Converts a table of raw features, as in the scoring protocols, to the model's inputs. Without history and aliases. */
import { cleanName } from "../lib/fold-text.ts";
import { nearest } from "../lib/text-distance.ts";
import type { Column } from "../registry/golden.ts";
import { describeNumber, describeValue } from "./describe-value.ts";
import type { ModelInput } from "./read-served.ts";

/** One list per row; undefined is a missing value. Without names, columns are in the model's order. */
export interface Table {
  readonly columns: readonly string[] | null;
  readonly rows: readonly (readonly unknown[])[];
}

export type ReadInputs =
  | { readonly ok: true; readonly inputs: Readonly<Record<string, Column>>; readonly rows: number }
  | { readonly ok: false; readonly problem: string };

/** Returns the inputs of a table. Columns that the model does not read are ignored. O(rows × inputs). */
export function inputsOfTable({ columns, rows }: Table, wanted: readonly ModelInput[]): ReadInputs {
  const names = columns ?? wanted.map(({ name }) => name);
  const place = new Map<string, number>();
  for (const [at, name] of names.entries()) {
    if (place.has(name)) return failed(`Column ${describeValue(name) || '""'} occurs twice.`);
    place.set(name, at);
  }
  const uneven = rows.findIndex((row) => row.length !== names.length);
  if (uneven >= 0) return failed(`Row ${uneven} has ${rows[uneven]?.length} values, expected ${names.length}.`);
  const missing = wanted.filter(({ name }) => !place.has(name)).map(({ name }) => name);
  if (missing.length > 0) return failed(missingInputs(missing, names, wanted));
  const inputs: Record<string, Column> = Object.create(null);
  for (const input of wanted) {
    const at = place.get(input.name) ?? 0;
    const read = readColumn(input, { count: rows.length, cell: (row) => rows[row]?.[at] });
    if (!read.ok) return read;
    inputs[input.name] = read.column;
  }
  return { ok: true, inputs, rows: rows.length };
}

/** Maximum number of ignored columns in a message, which are also searched for a similar name. */
const ignoredMax = 20;

function missingInputs(missing: readonly string[], names: readonly string[], wanted: readonly ModelInput[]): string {
  const problem = `Model is missing inputs ${JSON.stringify(missing)}.`;
  const read = new Set(wanted.map(({ name }) => name));
  const ignored = names.filter((name) => !read.has(name)).slice(0, ignoredMax);
  if (ignored.length === 0) return problem;
  const similar = ignored.map((name) => nearest(name, missing)).find((name) => name !== undefined);
  const found = `Found unknown columns: ${describeValue(ignored)}.`;
  return [problem, found, ...(similar === undefined ? [] : [`Did you mean ${similar}?`])].join(" ");
}

type ReadColumn = { readonly ok: true; readonly column: Column } | { readonly ok: false; readonly problem: string };

export interface Cells {
  readonly count: number;
  cell(row: number): unknown;
}

/** Reads the values of an input. Null and NaN are missing values. A list with one value, as in the shape [N, 1], is that value. */
export function readColumn({ name, categories }: ModelInput, { count, cell }: Cells): ReadColumn {
  const numbers = new Float32Array(categories === null ? count : 0);
  const texts: string[] = [];
  for (let row = 0; row < count; row++) {
    const given = cell(row);
    const value = Array.isArray(given) && given.length === 1 ? given[0] : given;
    if (categories !== null) {
      const text = value === null || value === undefined ? "" : value;
      if (typeof text !== "string")
        return failed(`Input ${name}, row ${row}: found ${describeValue(value)}, expected text.`);
      texts.push(knownName(text, categories));
      continue;
    }
    const number = numberOf(value);
    if (number === null)
      return failed(`Input ${name}, row ${row}: found ${describeNumber(value)}, expected a number or null.`);
    numbers[row] = number;
  }
  return { ok: true, column: categories === null ? numbers : texts };
}

/** Returns a name unchanged if it is known, else in its normalized spelling. */
export function knownName(text: string, known: { has(name: string): boolean }): string {
  return known.has(text) ? text : cleanName(text);
}

/** Returns NaN for a missing value and null for a value that is not a number. */
function numberOf(value: unknown): number | null {
  if (typeof value === "number") return value;
  if (value === null || value === undefined || value === "NaN") return Number.NaN;
  return typeof value === "boolean" ? Number(value) : null;
}

const failed = (problem: string): { readonly ok: false; readonly problem: string } => ({ ok: false, problem });
