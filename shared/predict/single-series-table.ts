/**
 * A table of raw features for a forecast of one series: there is no doubt which one is meant, so that what a table does not
 * hold comes from the history, and columns go by any of their names.
 */
import { givenRowsMax, tableValuesMax } from "../api/predict-limits.ts";
import { nearest } from "../lib/text-distance.ts";
import { describeValue } from "./describe-value.ts";
import { impliedEvents } from "./event-features.ts";
import { inputsOfTable, type ReadInputs, readColumn, type Table } from "./feature-table.ts";
import { positionKey, type Snapshot } from "./snapshot.ts";
import { readSuppliedObservation } from "./supplied-observation.ts";

/** The model's inputs of a table, by the rule of the forecast: raw features alone where it has many series. O(rows × inputs). */
export function inputsOfRequest(snapshot: Snapshot, table: Table): ReadInputs {
  const { forecast, model } = snapshot;
  const most = Math.floor(tableValuesMax / model.inputs.length);
  if (table.rows.length > most) {
    return failed(`Found ${table.rows.length} rows, expected at most ${most} of ${model.inputs.length} inputs.`);
  }
  return forecast.dimensions.length > 0 ? inputsOfTable(table, model.inputs) : inputsOfSeries(snapshot, table);
}

/** Whether a column of this name holds numbers: what CSV does not say. */
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
      // Without the value of its day a row starts from the history's.
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

/** Where each field stands in a row. */
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
      return failed(`Column ${describeValue(name) || '""'} is given twice, as ${names[of.get(field.name) ?? 0]}.`);
    else of.set(field.name, place);
  }
  const [stranger] = unknown;
  if (stranger === undefined || model.inputs.every(({ name }) => of.has(name))) return { ok: true, of };
  // A misspelt column must not let the history answer instead.
  const known = fields.all.map(({ name }) => name);
  const meant = nearest(stranger, fields.names);
  return failed(
    `There is no input ${describeValue(stranger) || '""'}${meant ? `; did you mean ${meant}?` : `. There are: ${known.join(", ")}.`}`,
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

/** Of every row, what `startOf` says. */
function startsOf(snapshot: Snapshot, rows: Table["rows"], placed: Placed): ReadStarts {
  const { given } = snapshot.forecast;
  const places = given ? [given.date, given.value].flatMap((name) => placed.places.get(name) ?? []) : [];
  const giving = rows.filter((row) => places.some((place) => (row[place] ?? null) !== null)).length;
  if (giving > givenRowsMax) {
    const expected = `expected at most ${givenRowsMax}: send them in several requests`;
    return failed(`Found ${giving} rows that give a day or its value, ${expected}.`);
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

/** The features of a row that gives the value of a day; null for the history as it stands. */
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

/** Returns the event features that a row's values imply; null where the forecast has no events. */
function eventsOf(
  { forecast }: Snapshot,
  { row, places }: Pick<TableRow, "row" | "places">,
): Record<string, number> | null {
  if (forecast.events === undefined) return null;
  const given = new Map([...places].map(([name, place]) => [name, row[place]]));
  return Object.fromEntries(impliedEvents(forecast, given));
}

const failed = (problem: string): { readonly ok: false; readonly problem: string } => ({ ok: false, problem });
