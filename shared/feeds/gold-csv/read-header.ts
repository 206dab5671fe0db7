/** Reads the header: which columns contain the date and the currencies. */
import { failure, type Result, success } from "../../lib/result.ts";
import type { Problem } from "../feed.ts";
import { problem } from "../problem.ts";
import { splitLine } from "../split-line.ts";
import { currencies } from "./currencies.ts";

export interface PriceColumn {
  readonly name: string;
  readonly at: number;
  readonly isKnown: boolean;
}

export interface Header {
  /** Number of lines up to and including the header. */
  readonly line: number;
  readonly dateAt: number;
  readonly fields: number;
  /** All columns except the date and the currencies that occur twice. */
  readonly columns: readonly PriceColumn[];
  readonly problems: readonly Problem[];
}

/** Nineteen currencies and the date are expected; a publisher may add some. */
export const fieldsMax = 100;
/** A file without these columns is another file. */
const required = ["Date", "EUR"];
const expected = `a first line as Date,${currencies.slice(0, 3).join(",")},… with ${required.join(" and ")} once each`;

export function readHeader(lines: readonly string[]): Result<Header, Problem> {
  const first = lines.findIndex((line) => line.trim() !== "");
  const fields = splitLine(lines[first] ?? "", fieldsMax);
  if (fields && fields.length > fieldsMax) {
    const found = `more than ${fieldsMax} columns`;
    return failure(problem("too-many-columns", { row: first + 1, found, expected: `at most ${fieldsMax}` }));
  }
  const names = fields?.map(({ text }) => text) ?? [];
  const times = (name: string) => names.filter((other) => other === name).length;
  if (required.some((name) => times(name) !== 1)) {
    const found = (lines[first] ?? "an empty file").slice(0, 100);
    return failure(problem("unexpected-header", { row: Math.max(first, 0) + 1, found, expected }));
  }
  const row = first + 1;
  const isKnown = (name: string) => currencies.includes(name);
  const columns = names
    .map((name, at) => ({ name, at, isKnown: isKnown(name) }))
    .filter(({ name }) => name !== "Date" && (!isKnown(name) || times(name) === 1));
  const missing = currencies.filter((name) => times(name) === 0);
  const twice = currencies.filter((name) => times(name) > 1);
  const problems = [
    // Every line loses one value for a column that occurs twice.
    ...twice.map((name) =>
      problem("duplicate-column", {
        row,
        column: name,
        found: `${times(name)} columns ${name}`,
        expected: "one",
        values: lines.length - row,
      }),
    ),
    ...columns
      .filter((column) => !column.isKnown)
      .map(({ name }) =>
        problem("unknown-column", { row, column: name, found: name, expected: `one of ${currencies}`, values: 0 }),
      ),
    ...(missing.length === 0
      ? []
      : [problem("missing-column", { row, found: `no ${missing.join(", ")}`, expected: "all currencies", values: 0 })]),
  ];
  return success({ line: row, dateAt: names.indexOf("Date"), fields: names.length, columns, problems });
}
