/** Writes facts as a Parquet file and reads them back. The same facts always give the same bytes. */
import { parquetReadObjects, type SchemaElement } from "hyparquet";
import { parquetWriteBuffer } from "hyparquet-writer";
import { z } from "zod";
import type { Feed } from "../feeds/feed.ts";
import { enclosingPeriod, firstPartOf, type Granularity } from "../period.ts";
import { type Fact, seriesValues } from "./fact.ts";

const hourMs = 3_600_000;

const date: Omit<SchemaElement, "name"> = { type: "INT32", converted_type: "DATE", repetition_type: "REQUIRED" };

/** Types of the column `period`: DATE for days, months and quarters (their first day), a local timestamp for hours. */
const periodColumn: Record<Granularity, Omit<SchemaElement, "name">> = {
  day: date,
  month: date,
  quarter: date,
  hour: {
    type: "INT64",
    logical_type: { type: "TIMESTAMP", isAdjustedToUTC: false, unit: "MILLIS" },
    repetition_type: "REQUIRED",
  },
};

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
    { name: "period", ...periodColumn[feed.granularity] },
    text("variable"),
    { name: "value", type: "DOUBLE", repetition_type: "REQUIRED" },
  ];
  return [{ name: "facts", num_children: columns.length }, ...columns];
}

/** Writes sorted facts as one Parquet file with Snappy compression. */
export function writeParquet(feed: Feed, facts: readonly Fact[]): Uint8Array {
  const values = facts.map((fact) => seriesValues(fact.series));
  const starts = new Map<string, Date>();
  const startOf = (period: string): Date => {
    const start = starts.get(period) ?? periodStart(period);
    starts.set(period, start);
    return start;
  };
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

function periodStart(period: string): Date {
  return new Date(`${firstPartOf(period, "hour")}:00:00Z`);
}

function periodText(granularity: Granularity, start: Date): string {
  const hour = new Date(Math.round(start.getTime() / hourMs) * hourMs).toISOString().slice(0, "YYYY-MM-DDTHH".length);
  return enclosingPeriod(hour, granularity);
}
