/**
 * Reads a request of MLflow's scoring protocol, `/invocations`, in its five forms.
 * @see https://mlflow.org/docs/latest/ml/deployment/deploy-model-locally/#inference-server-specification
 */
import { bodyCsvLimits, bodyJsonLimits } from "../api/predict-limits.ts";
import { readCsv } from "../lib/csv.ts";
import { failure, type Result, success } from "../lib/result.ts";
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
import { refuseInParameters } from "./path-request.ts";
import { parsePythonJson } from "./python-json.ts";
import { refuseRows } from "./table-limits.ts";

const splitShape: Shape<{ columns: string[]; index?: unknown[] | undefined; data: unknown[][] }> = objectOf({
  columns: listOf(text),
  index: optional(list),
  data: listOf(list),
});
const recordsShape = listOf(object);
const forms = ["dataframe_split", "dataframe_records", "instances", "inputs"] as const;

/** Reads a JSON body. Never throws. O(body). */
export function readInvocation(text: string): Result<Table> {
  const parsed = parsePythonJson(text, bodyJsonLimits);
  if (!parsed.ok) return parsed;
  const expected = `expected a JSON object with exactly one of ${forms.join(", ")}, and optionally params`;
  if (!isObject(parsed.value)) return failure(`Found ${describeValue(parsed.value)}; ${expected}.`);
  const json = parsed.value;
  const { params } = json;
  // Some clients send null instead of no params.
  if ((params ?? null) !== null && !isObject(params)) return failure("params: expected an object.");
  const refusal = refuseInParameters(params);
  if (refusal !== null) return failure(refusal);
  // Ignores other members, as MLflow's own server does.
  const [form, second] = forms.filter((name) => Object.hasOwn(json, name));
  if (form === undefined || second !== undefined) {
    const found = second === undefined ? Object.keys(json) : [form, second];
    return failure(`Found ${describeValue(found.join(", ")) || "nothing"}; ${expected}.`);
  }
  const value = json[form];
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

function fromSplit(value: unknown): Result<Table> {
  const split = validateJson(splitShape, value);
  if (!split.ok) {
    return failure("dataframe_split: expected columns as a list of names and data as a list of rows.");
  }
  const { columns, index, data } = split.value;
  if (columns.length > columnsMax) return failure(tooManyColumns("dataframe_split"));
  if (index && index.length !== data.length)
    return failure(
      `dataframe_split: found ${index.length} index values for ${data.length} rows, expected one per row.`,
    );
  return success({ columns, rows: data });
}

function fromRecords(form: string, value: unknown): Result<Table> {
  const records = validateJson(recordsShape, value);
  if (!records.ok) return failure(`${form}: expected a list of objects.`);
  const columns = namesOf(records.value);
  if (columns === null) return failure(tooManyColumns(form));
  const tooMany = refuseRows(records.value.length, columns.length);
  if (tooMany !== null) return failure(`${form}: ${tooMany}.`);
  const valueAt = (record: Record<string, unknown>, name: string) =>
    Object.hasOwn(record, name) ? record[name] : undefined;
  return success({ columns, rows: records.value.map((record) => columns.map((name) => valueAt(record, name))) });
}

const columnsMax = bodyJsonLimits.membersMax;

function tooManyColumns(form: string): string {
  return `${form}: found more than ${columnsMax} columns, expected the inputs of the model.`;
}

/** Returns the different names of the members, in their order; null if they are more than `columnsMax`. O(members). */
function namesOf(records: readonly Readonly<Record<string, unknown>>[]): string[] | null {
  const names = new Set<string>();
  for (const record of records) {
    for (const name of Object.keys(record)) names.add(name);
    if (names.size > columnsMax) return null;
  }
  return [...names];
}

/** Reads objects, lists in the model's order, or plain values if the model has one input. */
function fromList(form: string, value: unknown): Result<Table> {
  if (!Array.isArray(value))
    return failure(`${form}: expected a list${form === "inputs" ? " or an object of columns" : ""}.`);
  if (isObject(value[0])) return fromRecords(form, value);
  const tooMany = refuseRows(value.length);
  if (tooMany !== null) return failure(`${form}: ${tooMany}.`);
  const rows = value.map((row: unknown) => (Array.isArray(row) ? row : [row]));
  return success({ columns: null, rows });
}

/** Reads one list per column, or one value per column for a single row. */
function fromColumns(value: Record<string, unknown>): Result<Table> {
  const entries = Object.entries(value);
  const lists = entries.map(([, column]): unknown[] => (Array.isArray(column) ? column : [column]));
  const count = lists[0]?.length ?? 0;
  const uneven = lists.findIndex((list) => list.length !== count);
  if (uneven >= 0) {
    const [first, other] = [entries[0]?.[0], entries[uneven]?.[0]].map(describeValue);
    return failure(`inputs: ${other} has ${lists[uneven]?.length} values, but ${first} has ${count}.`);
  }
  const tooMany = refuseRows(count, lists.length);
  if (tooMany !== null) return failure(`inputs: ${tooMany}.`);
  const rows = Array.from({ length: count }, (_, row) => lists.map((list) => list[row]));
  return success({ columns: entries.map(([name]) => name), rows });
}

/** Texts that pandas reads as missing in a numeric column. */
const missing = new Set(["", "NaN", "nan", "-nan", "-NaN", "NA", "N/A", "n/a", "<NA>", "#N/A", "null", "NULL", "None"]);

/** Reads a CSV body with a header. Parses numbers in the columns for which `isNumber` is true. O(body). */
export function readInvocationCsv(text: string, isNumber: (column: string) => boolean): Result<Table> {
  const read = readCsv(text, bodyCsvLimits);
  if (!read.ok) return failure(`The CSV cannot be read: ${read.error}.`);
  const [columns, ...rows] = read.value;
  if (columns === undefined) return failure("The CSV is empty: expected a header with the names of the inputs.");
  const numbers = columns.map(isNumber);
  const cell = (field: string, at: number) => {
    // An empty field is missing in every column.
    if (!numbers[at]) return field.trim() === "" ? null : field;
    return missing.has(field.trim()) ? null : (readNumber(field) ?? field);
  };
  const table: unknown[][] = rows;
  // In place: a copy of a million values would need 8 MB more.
  for (const [index, row] of rows.entries())
    for (const [at, field] of row.entries()) (table[index] ?? [])[at] = cell(field, at);
  return success({ columns, rows: table });
}
