/** Writes facts as a Parquet file and reads them back. The same facts always give the same bytes. */
import { parquetReadObjects, type SchemaElement } from "hyparquet";
import { parquetWriteBuffer } from "hyparquet-writer";
import { z } from "zod";
import type { Feed } from "../feeds/feed.ts";
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
  const file = bytes.slice().buffer;
  const rows = z.array(rowShape).parse(await parquetReadObjects({ file }));
  return rows.map((row) => ({
    period: periodText(feed.granularity, row.period),
    series: JSON.stringify(feed.dimensions.map((name) => z.string().parse(row[name]))),
    variable: row.variable,
    value: row.value,
  }));
}

const rowShape = z.looseObject({ period: z.date(), variable: z.string(), value: z.number() });
