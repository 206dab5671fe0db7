/** Writes rows as a Parquet file. The same rows always give the same bytes. */
import { parquetMetadata, parquetReadObjects, type SchemaElement } from "hyparquet";
import { ByteWriter, ParquetWriter } from "hyparquet-writer";

type Cell = string | number | boolean | Date | readonly number[] | null;

/** A column and its value in a row. */
export interface TableColumn<Row> {
  readonly name: string;
  /** The column, and for a list the elements inside it. */
  readonly elements: readonly SchemaElement[];
  valueIn(row: Row): Cell;
}

type Scalar = "text" | "double" | "int" | "boolean" | "instant";

const types: Record<Scalar, Omit<SchemaElement, "name">> = {
  text: { type: "BYTE_ARRAY", converted_type: "UTF8" },
  double: { type: "DOUBLE" },
  int: { type: "INT32" },
  boolean: { type: "BOOLEAN" },
  instant: { type: "INT64", logical_type: { type: "TIMESTAMP", isAdjustedToUTC: true, unit: "MILLIS" } },
};

/** Returns a column without missing values. */
export function required<Row>(name: string, type: Scalar, valueIn: (row: Row) => Cell): TableColumn<Row> {
  return { name, elements: [{ name, ...types[type], repetition_type: "REQUIRED" }], valueIn };
}

/** Returns a column whose values may be null. */
export function optionalColumn<Row>(name: string, type: Scalar, valueIn: (row: Row) => Cell): TableColumn<Row> {
  return { name, elements: [{ name, ...types[type], repetition_type: "OPTIONAL" }], valueIn };
}

/** Returns a column of lists of numbers. A list may be null. */
export function listColumn<Row>(
  name: string,
  type: "DOUBLE" | "FLOAT",
  valueIn: (row: Row) => readonly number[] | null,
): TableColumn<Row> {
  const elements: SchemaElement[] = [
    { name, converted_type: "LIST", logical_type: { type: "LIST" }, repetition_type: "OPTIONAL", num_children: 1 },
    { name: "list", repetition_type: "REPEATED", num_children: 1 },
    { name: "element", type, repetition_type: "REQUIRED" },
  ];
  return { name, elements, valueIn };
}

export interface TableColumns<Row> {
  readonly name: string;
  readonly columns: readonly TableColumn<Row>[];
}

export interface TableRows<Row> extends TableColumns<Row> {
  readonly rows: readonly Row[];
}

/**
 * Writes rows sorted by step, with Snappy compression; the rows of a step keep their order. Each step can be read alone.
 * @throws RangeError if there is no row
 */
export function writeTable<Row extends { readonly step: number }>({
  rows,
  ...table
}: TableRows<Row>): Uint8Array<ArrayBuffer> {
  return writeParts(table, byStep(rows));
}

/** Returns the rows of each step, ascending; those of a step keep their order. */
export function byStep<Row extends { readonly step: number }>(rows: readonly Row[]): Row[][] {
  return [...Map.groupBy(rows, ({ step }) => step)].sort(([a], [b]) => a - b).map(([, ofStep]) => ofStep);
}

/**
 * Writes the rows of one step after the other, as `writeTable` does. Only one step is in memory at a time, if its rows are
 * made when they are read. @throws RangeError if there is no row
 */
export function writeParts<Row>(
  { name, columns }: TableColumns<Row>,
  parts: Iterable<readonly Row[]>,
): Uint8Array<ArrayBuffer> {
  const schema = [{ name, num_children: columns.length }, ...columns.flatMap(({ elements }) => elements)];
  const writer = new ByteWriter();
  const parquet = new ParquetWriter({ writer, schema, createdBy: "almanac" });
  for (const rows of parts) {
    if (rows.length === 0) continue;
    const columnData = columns.map((column) => ({ name: column.name, data: rows.map((row) => column.valueIn(row)) }));
    parquet.write({ columnData, rowGroupSize: rows.length });
  }
  if (parquet.num_rows === 0n) throw new RangeError(`${name} has no rows: expected at least one`);
  parquet.finish();
  return new Uint8Array(writer.getBuffer());
}

/**
 * Returns the rows of a file as objects by column name: all, or those of one step.
 * @throws for a file that is not Parquet
 */
export async function readTableRows(bytes: Uint8Array, step?: number): Promise<Record<string, unknown>[]> {
  const file = bytes.slice().buffer;
  if (step === undefined) return parquetReadObjects({ file });
  const metadata = parquetMetadata(file);
  const rows: Record<string, unknown>[] = [];
  let rowStart = 0;
  for (const { columns, num_rows } of metadata.row_groups) {
    const rowEnd = rowStart + Number(num_rows);
    const steps = columns.find(({ meta_data }) => meta_data?.path_in_schema.join() === "step")?.meta_data?.statistics;
    if (steps?.min_value === step && steps.max_value === step)
      rows.push(...(await parquetReadObjects({ file, metadata, rowStart, rowEnd })));
    rowStart = rowEnd;
  }
  return rows;
}

/**
 * Returns the columns of a forecast's dimensions. A group has only some dimensions; the others are null. A dimension with the
 * name of another column gets the prefix `dimension_`.
 */
export function dimensionColumns<Row extends { readonly series: Readonly<Record<string, string>> }>(
  dimensions: readonly string[],
  others: readonly string[],
): TableColumn<Row>[] {
  return dimensions.map((dimension) =>
    optionalColumn(dimensionColumn(dimension, others), "text", ({ series }) => series[dimension] ?? null),
  );
}

/** Returns the values of a row's dimensions by their name. */
export function readDimensions(
  row: Readonly<Record<string, unknown>>,
  dimensions: readonly string[],
  others: readonly string[],
): Record<string, string> {
  return Object.fromEntries(
    dimensions.flatMap((dimension) => {
      const value = row[dimensionColumn(dimension, others)];
      return typeof value === "string" ? [[dimension, value]] : [];
    }),
  );
}

function dimensionColumn(dimension: string, others: readonly string[]): string {
  return others.includes(dimension) ? `dimension_${dimension}` : dimension;
}
