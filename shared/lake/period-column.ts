/** The type of a period in a Parquet file: DATE for days, months and quarters (their first day), a local timestamp for hours. */

import type { SchemaElement } from "hyparquet";
import { hourMs } from "../lib/durations.ts";
import { enclosingPeriod, firstPartOf, type Granularity } from "../period.ts";

const date: Omit<SchemaElement, "name"> = { type: "INT32", converted_type: "DATE", repetition_type: "REQUIRED" };

const types: Record<Granularity, Omit<SchemaElement, "name">> = {
  day: date,
  month: date,
  quarter: date,
  hour: {
    type: "INT64",
    logical_type: { type: "TIMESTAMP", isAdjustedToUTC: false, unit: "MILLIS" },
    repetition_type: "REQUIRED",
  },
};

/** Returns the schema element of a column of periods. */
export function periodColumn(name: string, granularity: Granularity): SchemaElement {
  return { name, ...types[granularity] };
}

/** Returns a function that converts periods to the values of a column. It computes each period once. */
export function periodStarts(): (period: string) => Date {
  const starts = new Map<string, Date>();
  return (period) => {
    const start = starts.get(period) ?? new Date(`${firstPartOf(period, "hour")}:00:00Z`);
    starts.set(period, start);
    return start;
  };
}

/** Returns the period of a value of a column. */
export function periodText(granularity: Granularity, start: Date): string {
  const hour = new Date(Math.round(start.getTime() / hourMs) * hourMs).toISOString().slice(0, "YYYY-MM-DDTHH".length);
  return enclosingPeriod(hour, granularity);
}
