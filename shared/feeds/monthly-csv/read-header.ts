/** Reads the header of a monthly table: the columns of the month and of the values. */
import { failure, type Result, success } from "../../lib/result.ts";
import type { Problem } from "../feed.ts";
import { problem } from "../problem.ts";
import { splitLine } from "../split-line.ts";
import type { TableFormat } from "./table-format.ts";

export interface ValueColumn {
  readonly name: string;
  readonly at: number;
}

export interface TableHeader {
  /** Number of lines up to and including the header. */
  readonly line: number;
  /** Positions of the columns of the month, in the declared order. */
  readonly monthAt: readonly number[];
  readonly fields: number;
  /** The known columns with values that occur once. */
  readonly values: readonly ValueColumn[];
  readonly problems: readonly Problem[];
}

/** A publisher may add some columns. */
const fieldsMax = 300;
/** A message lists at most this many columns. */
const listedMax = 5;

export function readHeader(lines: readonly string[], format: TableFormat): Result<TableHeader, Problem> {
  const first = lines.findIndex((line) => line.trim() !== "");
  const names = (splitLine(lines[first] ?? "", fieldsMax) ?? []).map(({ text }) => text);
  if (names.length > fieldsMax) {
    const found = `more than ${fieldsMax} columns`;
    return failure(problem("too-many-columns", { row: first + 1, found, expected: `at most ${fieldsMax}` }));
  }
  const times = (name: string) => names.filter((other) => other === name).length;
  const required = [...format.month, ...format.values.slice(0, 1)];
  if (required.some((name) => times(name) !== 1)) {
    const found = (lines[first] ?? "an empty file").slice(0, 100);
    const expected = `a first line with the columns ${required.join(", ")} once each`;
    return failure(problem("unexpected-header", { row: Math.max(first, 0) + 1, found, expected }));
  }
  const row = first + 1;
  const values = format.values
    .filter((name) => times(name) === 1)
    .map((name): ValueColumn => ({ name, at: names.indexOf(name) }));
  return success({
    line: row,
    monthAt: format.month.map((name) => names.indexOf(name)),
    fields: names.length,
    values,
    problems: remarks(names, format, { row, lines: lines.length - row }),
  });
}

function remarks(
  names: readonly string[],
  { month, values }: TableFormat,
  { row, lines }: { readonly row: number; readonly lines: number },
): Problem[] {
  const known = [...month, ...values];
  const times = (name: string) => names.filter((other) => other === name).length;
  const missing = values.filter((name) => times(name) === 0);
  // Every line loses one value for a column that occurs twice.
  const twice = values.filter((name) => times(name) > 1);
  const unknown = names.filter((name) => !known.includes(name));
  return [
    ...twice.map((name) =>
      problem("duplicate-column", {
        row,
        column: name,
        found: `${times(name)} columns ${name}`,
        expected: "one",
        values: lines,
      }),
    ),
    ...unknown.map((name) =>
      problem("unknown-column", { row, column: name, found: name, expected: "a column of the feed", values: 0 }),
    ),
    ...(missing.length === 0
      ? []
      : [problem("missing-column", { row, found: `no ${listed(missing)}`, expected: "all columns", values: 0 })]),
  ];
}

function listed(names: readonly string[]): string {
  const more = names.length - listedMax;
  return more > 0 ? `${names.slice(0, listedMax).join(", ")} and ${more} more` : names.join(", ");
}
