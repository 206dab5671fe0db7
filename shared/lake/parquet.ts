/** Writes facts as a Parquet file and reads them back. The same facts always give the same bytes. */
import { parquetRead, type SchemaElement } from "hyparquet";
import { parquetWriteBuffer } from "hyparquet-writer";
import type { Feed } from "../feeds/feed.ts";
import { memoizeByObject } from "../lib/memoize-by-object.ts";
import { type Fact, seriesValues } from "./fact.ts";
import { periodColumn, periodStarts, periodText } from "./period-column.ts";

/** Returns the schema of a feed's files: its dimensions, then `period`, `variable` and `value`. */
export function parquetSchema(feed: Feed): SchemaElement[] {
  const text = (name: string): SchemaElement => ({
    name,
    type: "BYTE_ARRAY",
    converted_type: "UTF8",
    repetition_type: "REQUIRED",
  });
  const columns: SchemaElement[] = [
    ...feed.dimensions.map(text),
    periodColumn("period", feed.granularity),
    text("variable"),
    { name: "value", type: "DOUBLE", repetition_type: "REQUIRED" },
  ];
  return [{ name: "facts", num_children: columns.length }, ...columns];
}

/** Writes sorted facts as one Parquet file with Snappy compression. */
export function writeParquet(feed: Feed, facts: readonly Fact[]): Uint8Array {
  const values = facts.map((fact) => seriesValues(fact.series));
  const startOf = periodStarts();
  const columnData = [
    ...feed.dimensions.map((name, index) => ({ name, data: values.map((row) => row[index] ?? "") })),
    { name: "period", data: facts.map((fact) => startOf(fact.period)) },
    { name: "variable", data: facts.map((fact) => fact.variable) },
    { name: "value", data: facts.map((fact) => fact.value) },
  ];
  return new Uint8Array(parquetWriteBuffer({ schema: parquetSchema(feed), columnData, createdBy: "almanac" }));
}

/** Reads the facts of a file that `writeParquet` wrote for this feed. @throws on any other file. */
export async function readParquet(feed: Feed, bytes: Uint8Array): Promise<Fact[]> {
  const columns = await readColumns(bytes);
  const periods = columnOf(columns, "period", isDate);
  const variables = columnOf(columns, "variable", isText);
  const values = columnOf(columns, "value", isNumber);
  const dimensions = feed.dimensions.map((name) => columnOf(columns, name, isText));
  const textOf = memoizeByObject((start: Date) => periodText(feed.granularity, start));
  return periods.map((period, row) => ({
    period: textOf(period),
    series: JSON.stringify(dimensions.map((names) => names[row])),
    variable: variables[row] ?? "",
    value: values[row] ?? Number.NaN,
  }));
}

/** Reads a file by column: objects for every row take several times as long. */
async function readColumns(bytes: Uint8Array): Promise<ReadonlyMap<string, readonly unknown[]>> {
  const columns = new Map<string, unknown[]>();
  await parquetRead({
    file: bytes.slice().buffer,
    // The chunks of a column need not arrive in their order.
    onChunk: ({ columnName, columnData, rowStart }) => {
      const column = columns.get(columnName) ?? [];
      columns.set(columnName, column);
      for (let i = 0; i < columnData.length; i++) column[rowStart + i] = columnData[i];
    },
  });
  return columns;
}

const isText = (value: unknown): value is string => typeof value === "string";
const isNumber = (value: unknown): value is number => typeof value === "number";
const isDate = (value: unknown): value is Date => value instanceof Date;

/** Returns a column whose values all have a type. @throws TypeError if there is no such column. */
function columnOf<T>(
  columns: ReadonlyMap<string, readonly unknown[]>,
  name: string,
  isValue: (value: unknown) => value is T,
): readonly T[] {
  const column = columns.get(name);
  if (column?.every(isValue)) return column;
  throw new TypeError(`the file has no column ${name} of the expected type`);
}
