/**
 * Reads a table of raw features for a forecast with one series. The series is known, so missing features are computed from its
 * history, and columns may have any name or alias of a field.
 */
import { givenRowsMax, tableValuesMax } from "../api/predict-limits.ts";
import { nearest } from "../lib/text-distance.ts";
import { describeValue } from "./describe-value.ts";
import { impliedEvents } from "./event-features.ts";
import { inputsOfTable, type ReadInputs, readColumn, type Table } from "./feature-table.ts";
import { positionKey, type Snapshot } from "./snapshot.ts";
import { readSuppliedObservation } from "./supplied-observation.ts";

/** Returns the model's inputs of a table. For a forecast with several series, all features have to be in the table. O(rows × inputs). */
export function inputsOfRequest(snapshot: Snapshot, table: Table): ReadInputs {
  const { forecast, model } = snapshot;
  const most = Math.floor(tableValuesMax / model.inputs.length);
  if (table.rows.length > most) {
    return failed(`Found ${table.rows.length} rows, expected at most ${most} of ${model.inputs.length} inputs.`);
  }
  return forecast.dimensions.length > 0 ? inputsOfTable(table, model.inputs) : inputsOfSeries(snapshot, table);
}

/** Returns true if a column contains numbers, because CSV has no types. */
export function isNumberColumn({ forecast, model, fields }: Snapshot, name: string): boolean {
  if (forecast.dimensions.length > 0) return model.inputs.some((one) => one.name === name && one.categories === null);
  const field = fields.find(name);
  return field?.kind === "observation"
    ? field.what === "value"
    : field?.kind === "feature" && field.input.categories === null;
}

function inputsOfSeries(snapshot: Snapshot, table: Table): ReadInputs {
  const { model, columns, positions, forecast } = snapshot;
  const places = placesOf(snapshot, table);
  if (!places.ok) return places;
  const position = positions.get(positionKey([])) ?? 0;
  const read = startsOf(snapshot, table.rows, { position, places: places.of });
  if (!read.ok) return read;
  const { starts } = read;
  const inputs: Record<string, Float32Array | readonly string[]> = Object.create(null);
  for (const input of model.inputs) {
    const place = input.name === forecast.given?.date ? undefined : places.of.get(input.name);
    const own = columns[input.name]?.at(position);
    const cell = (row: number) => {
      const given = place === undefined ? undefined : table.rows[row]?.[place];
      // A row without the value of its day uses the one of the history.
      const isLeft = given === undefined || (given === null && input.name === forecast.given?.value);
      return isLeft ? (starts[row]?.[input.name] ?? own) : given;
    };
    const read = readColumn(input, { count: table.rows.length, cell });
    if (!read.ok) return read;
    inputs[input.name] = read.column;
  }
  return { ok: true, inputs, rows: table.rows.length };
}

type Places =
  | { readonly ok: true; readonly of: ReadonlyMap<string, number> }
  | { readonly ok: false; readonly problem: string };

/** Returns the position of each field in a row. */
function placesOf({ model, fields }: Snapshot, { columns, rows }: Table): Places {
  const names = columns ?? model.inputs.map(({ name }) => name);
  const uneven = rows.findIndex((row) => row.length !== names.length);
  if (uneven >= 0) return failed(`Row ${uneven} has ${rows[uneven]?.length} values, expected ${names.length}.`);
  const of = new Map<string, number>();
  const unknown: string[] = [];
  for (const [place, name] of names.entries()) {
    const field = fields.find(name);
    if (field === undefined) unknown.push(name);
    else if (of.has(field.name))
      return failed(
        `Column ${describeValue(name) || '""'} occurs twice, the first time as ${names[of.get(field.name) ?? 0]}.`,
      );
    else of.set(field.name, place);
  }
  const [first] = unknown;
  if (first === undefined || model.inputs.every(({ name }) => of.has(name))) return { ok: true, of };
  // A misspelt column is refused. Otherwise the history would silently replace it.
  const known = fields.all.map(({ name }) => name);
  const similar = nearest(first, fields.names);
  return failed(
    `There is no input ${describeValue(first) || '""'}. ${similar ? `Did you mean ${similar}?` : `Expected one of: ${known.join(", ")}.`}`,
  );
}

interface Placed {
  readonly position: number;
  readonly places: ReadonlyMap<string, number>;
}

interface TableRow extends Placed {
  readonly row: readonly unknown[];
  readonly at: number;
}

type ReadStarts =
  | { readonly ok: true; readonly starts: readonly (Readonly<Record<string, number | string>> | null)[] }
  | { readonly ok: false; readonly problem: string };

/** Returns the result of `startOf` for every row. */
function startsOf(snapshot: Snapshot, rows: Table["rows"], placed: Placed): ReadStarts {
  const { given } = snapshot.forecast;
  const places = given ? [given.date, given.value].flatMap((name) => placed.places.get(name) ?? []) : [];
  const giving = rows.filter((row) => places.some((place) => (row[place] ?? null) !== null)).length;
  if (giving > givenRowsMax) {
    const expected = `expected at most ${givenRowsMax}. Send them in several requests`;
    return failed(`Found ${giving} rows with a day or its value, ${expected}.`);
  }
  const starts: (Readonly<Record<string, number | string>> | null)[] = [];
  for (const [at, row] of rows.entries()) {
    const read = startOf(snapshot, { row, at, ...placed });
    if (!read.ok) return read;
    starts.push(read.features);
  }
  return { ok: true, starts };
}

type ReadStart =
  | { readonly ok: true; readonly features: Readonly<Record<string, number | string>> | null }
  | { readonly ok: false; readonly problem: string };

/** Returns the features of a row that supplies the value of a day; null for a row that uses the history. */
function startOf(snapshot: Snapshot, { row, at, position, places }: TableRow): ReadStart {
  const { given } = snapshot.forecast;
  if (given === undefined) return { ok: true, features: eventsOf(snapshot, { row, places }) };
  const [date, value] = [given.date, given.value].map((name) => {
    const found = row[places.get(name) ?? -1];
    return found === null || found === undefined ? undefined : { name, value: found };
  });
  if (!date && !value) return { ok: true, features: null };
  const observation = { ...(date && { date }), ...(value && { value }) };
  const read = readSuppliedObservation(snapshot, { observation, dates: [], position, textNumbers: false });
  if (read.ok) return { ok: true, features: read.asked.start?.features ?? null };
  const { detail, found, expected } = read.refusal;
  return failed(`Row ${at}: ${detail} Found: ${found}. Expected: ${expected}.`);
}

/** Returns the event features that a row's values imply; null if the forecast has no events. */
function eventsOf(
  { forecast }: Snapshot,
  { row, places }: Pick<TableRow, "row" | "places">,
): Record<string, number> | null {
  if (forecast.events === undefined) return null;
  const given = new Map([...places].map(([name, place]) => [name, row[place]]));
  return Object.fromEntries(impliedEvents(forecast, given));
}

const failed = (problem: string): { readonly ok: false; readonly problem: string } => ({ ok: false, problem });
