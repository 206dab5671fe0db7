/**
 * Reads a table of raw features for a forecast of one series. Because the series is known, missing columns are filled from the
 * history, and columns may have any name of their field.
 */
import { givenRowsMax } from "../api/predict-limits.ts";
import { withSuggestion } from "../lib/did-you-mean.ts";
import { failure, type Result, success } from "../lib/result.ts";
import { readNumber } from "./decimal.ts";
import { describeValue } from "./describe-value.ts";
import { impliedEvents } from "./event-features.ts";
import { inputsOfTable, readColumn, type Table, type TableInputs, unwrapped } from "./feature-table.ts";
import { type RefusedRows, refuseRow } from "./refused-rows.ts";
import { positionKey, type Snapshot } from "./snapshot.ts";
import { readSuppliedObservation } from "./supplied-observation.ts";
import { refuseRows } from "./table-limits.ts";

/** Returns the model's inputs of a table. For a forecast of many series the table must contain all of them. O(rows × inputs). */
export function inputsOfRequest(
  snapshot: Snapshot,
  table: Table,
  refused: RefusedRows | null = null,
): Result<TableInputs> {
  const { forecast, model } = snapshot;
  const tooMany = refuseRows(table.rows.length, model.inputs.length);
  if (tooMany !== null) return failure(`The table is too large: ${tooMany}.`);
  if (forecast.dimensions.length === 0) return inputsOfSeries(snapshot, withColumnName(snapshot, table), refused);
  const inputs = inputsOfTable(table, model.inputs, refused);
  const misspelt = inputs.ok ? misspeltColumn(snapshot, table) : null;
  return misspelt === null ? inputs : failure(misspelt);
}

/**
 * Returns the refusal of a column without a field, or with another name of an input, if the table leaves out an input: that would be
 * missing without notice if its name is misspelt. Null for any other table.
 */
function misspeltColumn({ model, fields }: Snapshot, { columns }: Table): string | null {
  if (columns === null) return null;
  const given = new Set(columns);
  const leftOut = new Set(model.inputs.flatMap(({ name }) => (given.has(name) ? [] : [name])));
  if (leftOut.size === 0) return null;
  const misspelt = columns.find((name) => {
    const field = fields.find(name);
    return field === undefined || leftOut.has(field.name);
  });
  if (misspelt === undefined) return null;
  return withSuggestion(`There is no input ${describeValue(misspelt) || '""'}`, misspelt, [...leftOut]);
}

/** Returns whether a column of this name contains numbers, which CSV does not state. */
export function isNumberColumn({ forecast, model, fields }: Snapshot, name: string): boolean {
  if (forecast.dimensions.length > 0)
    return model.inputs.some((input) => input.name === name && input.categories === null);
  const field = fields.find(name);
  return field?.kind === "observation"
    ? field.what === "value"
    : field?.kind === "feature" && field.input.categories === null;
}

/** Names the column of a table that has a single column without a name: the value of the day, or the first input. */
function withColumnName({ forecast, model }: Snapshot, table: Table): Table {
  const isColumn = table.columns === null && table.rows.length > 0 && table.rows.every(({ length }) => length === 1);
  const name = forecast.given?.value ?? model.inputs[0]?.name;
  return isColumn && name !== undefined ? { ...table, columns: [name] } : table;
}

function inputsOfSeries(snapshot: Snapshot, table: Table, refused: RefusedRows | null): Result<TableInputs> {
  const { model, columns, positions, forecast } = snapshot;
  const indexes = columnIndexesOf(snapshot, table);
  if (!indexes.ok) return indexes;
  const columnIndexes = indexes.value;
  const position = positions.get(positionKey([])) ?? 0;
  const starts = startsOf(snapshot, table.rows, { position, columnIndexes, refused });
  if (!starts.ok) return starts;
  const inputs: Record<string, Float32Array | readonly string[]> = Object.create(null);
  for (const input of model.inputs) {
    const columnIndex = input.name === forecast.given?.date ? undefined : columnIndexes.get(input.name);
    const fromHistory = columns[input.name]?.at(position);
    const cell = (row: number) => {
      const received = columnIndex === undefined ? undefined : unwrapped(table.rows[row]?.[columnIndex]);
      // A row without the value of its day starts from the history's value.
      const isMissing = received === undefined || (received === null && input.name === forecast.given?.value);
      return isMissing ? (starts.value[row]?.[input.name] ?? fromHistory) : received;
    };
    const read = readColumn(input, { count: table.rows.length, cell, refused });
    if (!read.ok) return read;
    inputs[input.name] = read.value;
  }
  return success(inputs);
}

/** By field name, the index of its column. */
type ColumnIndexes = ReadonlyMap<string, number>;

function columnIndexesOf({ model, fields }: Snapshot, { columns, rows }: Table): Result<ColumnIndexes> {
  const names = columns ?? model.inputs.map(({ name }) => name);
  const uneven = rows.findIndex((row) => row.length !== names.length);
  if (uneven >= 0) return failure(`Row ${uneven} has ${rows[uneven]?.length} values, expected ${names.length}.`);
  const indexes = new Map<string, number>();
  const unknown: string[] = [];
  for (const [index, name] of names.entries()) {
    const field = fields.find(name);
    if (field === undefined) unknown.push(name);
    else if (indexes.has(field.name)) {
      const earlier = names[indexes.get(field.name) ?? 0];
      return failure(`Column ${describeValue(name) || '""'} is the same field as ${earlier}.`);
    } else indexes.set(field.name, index);
  }
  const [firstUnknown] = unknown;
  if (firstUnknown === undefined || model.inputs.every(({ name }) => indexes.has(name))) return success(indexes);
  // Refused, because the history would replace a misspelt column without notice.
  return failure(
    withSuggestion(`There is no input ${describeValue(firstUnknown) || '""'}`, firstUnknown, fields.names),
  );
}

interface TableContext {
  /** Position of the series. */
  readonly position: number;
  readonly columnIndexes: ColumnIndexes;
  readonly refused: RefusedRows | null;
}

interface TableRow extends Omit<TableContext, "refused"> {
  readonly row: readonly unknown[];
  readonly at: number;
}

/** Features that replace the history's; null if all come from the history. */
type StartFeatures = Readonly<Record<string, number | string>> | null;

/** Returns the features of `startOf` for every row. */
function startsOf(snapshot: Snapshot, rows: Table["rows"], context: TableContext): Result<readonly StartFeatures[]> {
  const { given } = snapshot.forecast;
  const indexes = given ? [given.date, given.value].flatMap((name) => context.columnIndexes.get(name) ?? []) : [];
  const supplying = rows.filter((row) => indexes.some((index) => (row[index] ?? null) !== null)).length;
  if (supplying > givenRowsMax) {
    return failure(
      `Found ${supplying} rows with a day or its value, expected at most ${givenRowsMax}. Send several requests.`,
    );
  }
  const starts: StartFeatures[] = [];
  for (const [at, row] of rows.entries()) {
    const read = startOf(snapshot, { row, at, ...context });
    if (!read.ok && context.refused === null) return read;
    if (!read.ok) refuseRow(context.refused ?? new Map(), at, read.error);
    starts.push(read.ok ? read.value : null);
  }
  return success(starts);
}

/** Returns the features after the observation that a row supplies. */
function startOf(snapshot: Snapshot, { row, at, position, columnIndexes }: TableRow): Result<StartFeatures> {
  const { given } = snapshot.forecast;
  if (given === undefined) return success(eventsOf(snapshot, { row, columnIndexes }));
  const [date, value] = [given.date, given.value].map((name) => {
    const found = unwrapped(row[columnIndexes.get(name) ?? -1]);
    return found === null || found === undefined ? undefined : { name, value: found };
  });
  if (!date && !value) return success(null);
  const observation = { ...(date && { date }), ...(value && { value }) };
  const read = readSuppliedObservation(snapshot, { observation, dates: [], position, textNumbers: true });
  if (read.ok) return success(read.value.start?.features ?? null);
  const { detail, found, expected } = read.error;
  return failure(`Row ${at}: ${detail} Found: ${found}. Expected: ${expected}.`);
}

/** Returns the event features that follow from a row's values; null if the forecast has no events. */
function eventsOf(
  { forecast }: Snapshot,
  { row, columnIndexes }: Pick<TableRow, "row" | "columnIndexes">,
): Record<string, number> | null {
  if (forecast.events === undefined) return null;
  const supplied = new Map([...columnIndexes].map(([name, index]) => [name, suppliedValue(row[index])]));
  return Object.fromEntries(impliedEvents(forecast, supplied));
}

/** Returns the number of a cell that contains a number as text, and the value of any other cell. */
function suppliedValue(cell: unknown): unknown {
  const value = unwrapped(cell);
  return typeof value === "string" ? (readNumber(value) ?? value) : value;
}
