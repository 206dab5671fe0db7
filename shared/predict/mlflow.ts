/**
 * Reads MLflow's scoring protocol: the five forms of a request for `/invocations`.
 * @see https://mlflow.org/docs/latest/ml/deployment/deploy-model-locally/#inference-server-specification
 */
import { tableValuesMax } from "../api/predict-limits.ts";
import { readCsv } from "../lib/csv.ts";
import {
  isObject,
  list,
  listOf,
  object,
  objectOf,
  optional,
  type Shape,
  text,
  validateJson,
} from "../lib/validate-json.ts";
import { readNumber } from "./decimal.ts";
import { describeValue } from "./describe-value.ts";
import type { Table } from "./feature-table.ts";

export type ReadTable = { readonly ok: true; readonly table: Table } | { readonly ok: false; readonly problem: string };

const splitShape: Shape<{ columns: string[]; index?: unknown[] | undefined; data: unknown[][] }> = objectOf({
  columns: listOf(text),
  index: optional(list),
  data: listOf(list),
});
const recordsShape = listOf(object);
const forms = ["dataframe_split", "dataframe_records", "instances", "inputs"] as const;

/** Reads a JSON body. Never throws. O(body). */
export function readInvocation(text: string): ReadTable {
  const parsed = parseWithNaN(text);
  if (!parsed.ok) return parsed;
  const expected = `expected a JSON object with exactly one of ${forms.join(", ")}, and optionally params`;
  if (!isObject(parsed.value)) return failed(`Found ${describeValue(parsed.value)}; ${expected}.`);
  const { params, ...rest } = parsed.value;
  // Clients without parameters omit `params` or send null.
  if ((params ?? null) !== null && !isObject(params)) return failed("params: expected an object.");
  const keys = Object.keys(rest);
  const form = forms.find((name) => name === keys[0]);
  if (form === undefined || keys.length !== 1)
    return failed(`Found ${describeValue(keys.join(", ")) || "nothing"}; ${expected}.`);
  const value = rest[form];
  switch (form) {
    case "dataframe_split":
      return fromSplit(value);
    case "dataframe_records":
      return fromRecords(form, value);
    case "instances":
      return fromList(form, value);
    case "inputs":
      return isObject(value) ? fromColumns(value) : fromList(form, value);
  }
}

function fromSplit(value: unknown): ReadTable {
  const split = validateJson(splitShape, value);
  if (!split.ok) {
    return failed("dataframe_split: expected columns as a list of names and data as a list of rows.");
  }
  const { columns, index, data } = split.value;
  if (index && index.length !== data.length)
    return failed(`dataframe_split: found an index of ${index.length} for ${data.length} rows, expected one each.`);
  return { ok: true, table: { columns, rows: data } };
}

function fromRecords(form: string, value: unknown): ReadTable {
  const records = validateJson(recordsShape, value);
  if (!records.ok) return failed(`${form}: expected a list of objects.`);
  const columns = [...new Set(records.value.flatMap((record) => Object.keys(record)))];
  if (columns.length * records.value.length > tableValuesMax) {
    const found = `${records.value.length} objects with ${columns.length} different names`;
    return failed(`${form}: found ${found}, expected at most ${tableValuesMax} values in all.`);
  }
  const valueAt = (record: Record<string, unknown>, name: string) =>
    Object.hasOwn(record, name) ? record[name] : undefined;
  return {
    ok: true,
    table: { columns, rows: records.value.map((record) => columns.map((name) => valueAt(record, name))) },
  };
}

/** Reads a list of objects, of lists in the model's order, or of plain values for a model with one input. */
function fromList(form: string, value: unknown): ReadTable {
  if (!Array.isArray(value))
    return failed(`${form}: expected a list${form === "inputs" ? " or an object of columns" : ""}.`);
  if (isObject(value[0])) return fromRecords(form, value);
  const rows = value.map((row: unknown) => (Array.isArray(row) ? row : [row]));
  return { ok: true, table: { columns: null, rows } };
}

/** Reads one list per column, or one value per column for a single row. */
function fromColumns(value: Record<string, unknown>): ReadTable {
  const entries = Object.entries(value);
  const lists = entries.map(([, column]): unknown[] => (Array.isArray(column) ? column : [column]));
  const count = lists[0]?.length ?? 0;
  const uneven = lists.findIndex((list) => list.length !== count);
  if (uneven >= 0) {
    const [first, other] = [entries[0]?.[0], entries[uneven]?.[0]].map(describeValue);
    return failed(`inputs: ${other} has ${lists[uneven]?.length} values, but ${first} has ${count}.`);
  }
  const rows = Array.from({ length: count }, (_, row) => lists.map((list) => list[row]));
  return { ok: true, table: { columns: entries.map(([name]) => name), rows } };
}

/** Texts that pandas reads as a missing number. */
const missing = new Set(["", "NaN", "nan", "-nan", "-NaN", "NA", "N/A", "n/a", "<NA>", "#N/A", "null", "NULL", "None"]);

/** Reads a CSV body with a header. `isNumber` returns whether a column contains numbers. O(body). */
export function readInvocationCsv(text: string, isNumber: (column: string) => boolean): ReadTable {
  const read = readCsv(text);
  if (!read.ok) return failed(`The CSV cannot be read: ${read.problem}.`);
  const [columns, ...rows] = read.rows;
  if (columns === undefined) return failed("The CSV is empty: expected a header with the names of the inputs.");
  const numbers = columns.map(isNumber);
  const cell = (field: string, at: number) => {
    // An empty field is missing in every column.
    if (!numbers[at]) return field.trim() === "" ? null : field;
    return missing.has(field.trim()) ? null : (readNumber(field) ?? field);
  };
  return { ok: true, table: { columns, rows: rows.map((row) => row.map(cell)) } };
}

type Parsed = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problem: string };

/** Parses JSON with Python's NaN and Infinity. Outside strings they become null and a number that is infinite in float32. */
function parseWithNaN(text: string): Parsed {
  for (const candidate of [() => text, () => inPlainJson(text)]) {
    try {
      return { ok: true, value: JSON.parse(candidate()) };
    } catch {
      // Tries the next candidate.
    }
  }
  return failed("The body is not JSON.");
}

const plainJson: Readonly<Record<string, string>> = { NaN: "null", Infinity: "1e999", "-Infinity": "-1e999" };

/** Replaces NaN and Infinity outside strings. Tracks quotes instead of matching whole strings, so it is O(text) for any text. */
function inPlainJson(text: string): string {
  let isString = false;
  return text.replaceAll(/\\[\s\S]|"|\bNaN\b|-?\bInfinity\b/g, (found) => {
    if (found === '"') isString = !isString;
    return isString ? found : (plainJson[found] ?? found);
  });
}

const failed = (problem: string): { readonly ok: false; readonly problem: string } => ({ ok: false, problem });
