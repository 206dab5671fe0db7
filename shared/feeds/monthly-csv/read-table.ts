/** Reads a CSV file with one line per month: header, months, and the text of every cell. Values are not converted. */
import { failure, type Result, success } from "../../lib/result.ts";
import type { Blank, Problem } from "../feed.ts";
import { problem } from "../problem.ts";
import { ProblemList } from "../problem-list.ts";
import { type LineField, splitLine } from "../split-line.ts";
import { decodeText } from "../text.ts";
import { readHeader, type TableHeader } from "./read-header.ts";
import type { TableFormat } from "./table-format.ts";

/** The text of one value, with its line. */
export interface MonthCell {
  readonly row: number;
  /** The month, `YYYY-MM`. */
  readonly period: string;
  readonly text: string;
}

export interface MonthlyTable {
  /** By column, its cells in order of time. Without empty cells and cells that contradict each other. */
  readonly columns: ReadonlyMap<string, readonly MonthCell[]>;
  readonly problems: ProblemList;
  /** Empty cells, if no other line of the month has a value. */
  readonly blanks: readonly Blank[];
  readonly skipped: Readonly<Record<string, number>>;
}

/** The file has one series without dimensions. */
export const series = {};

/** Earlier months are typing errors. */
const firstMonth = "1900-01";

interface Reading {
  readonly format: TableFormat;
  readonly header: TableHeader;
  readonly byColumn: ReadonlyMap<string, Map<string, MonthCell>>;
  /** By column, the months for which two lines have different values. */
  readonly contradicted: ReadonlyMap<string, Set<string>>;
  readonly empty: ReadonlyMap<string, Set<string>>;
  readonly problems: ProblemList;
  readonly skipped: Map<string, number>;
}

/**
 * Reads the table, or returns the reason to reject the whole file. Lines may be in any order. Two lines of one month
 * complete each other; where they have different values, both are rejected. O(cells).
 */
export function readTable(bytes: Uint8Array, format: TableFormat): Result<MonthlyTable, Problem> {
  const { bytesMax, cellsMax, problemsMax } = format.limits;
  if (bytes.length > bytesMax)
    return failure(problem("too-large", { found: `${bytes.length} bytes`, expected: `at most ${bytesMax} bytes` }));
  const text = decodeText(bytes);
  if (text === null)
    return failure(problem("not-text", { found: "bytes that are not UTF-8 text", expected: "a CSV file in UTF-8" }));
  const lines = text.split(/\r\n|\n|\r/, cellsMax + 1);
  const header = readHeader(lines, format);
  if (!header.ok) return header;
  const { line: first, fields, values } = header.value;
  if ((lines.length - first) * fields > cellsMax) {
    const found = `${lines.length - first} lines of ${fields} cells`;
    return failure(problem("too-many-cells", { found, expected: `at most ${cellsMax} cells` }));
  }
  const perColumn = <T>(make: () => T) => new Map(values.map(({ name }) => [name, make()]));
  const reading: Reading = {
    format,
    header: header.value,
    byColumn: perColumn(() => new Map<string, MonthCell>()),
    contradicted: perColumn(() => new Set<string>()),
    empty: perColumn(() => new Set<string>()),
    problems: new ProblemList(problemsMax),
    skipped: new Map(),
  };
  reading.problems.addAll(header.value.problems);
  for (let at = first; at < lines.length; at++)
    readLine(reading, lines[at] ?? "", { row: at + 1, isUnended: at + 1 === lines.length });
  return success(tableOf(reading));
}

function tableOf({ byColumn, empty, problems, skipped }: Reading): MonthlyTable {
  const blanks: Blank[] = [];
  for (const [variable, months] of empty)
    for (const period of months) if (!byColumn.get(variable)?.has(period)) blanks.push({ series, variable, period });
  const columns = new Map(
    [...byColumn].map(([name, cells]) => [name, [...cells.values()].sort((a, b) => (a.period < b.period ? -1 : 1))]),
  );
  return { columns, problems, blanks, skipped: Object.fromEntries(skipped) };
}

interface Line {
  readonly row: number;
  /** The last line of the file, without a line break: its last field may be cut off. */
  readonly isUnended: boolean;
}

function readLine(reading: Reading, line: string, { row, isUnended }: Line): void {
  if (/^[,\s]*$/.test(line)) return;
  const { header, format, problems, byColumn } = reading;
  const fields = splitLine(line, header.fields);
  if (fields?.length !== header.fields) {
    const found = fields === null ? `a quote that does not close in ${line}` : `${fields.length} fields: ${line}`;
    const expected = `${header.fields} fields, as the header has`;
    problems.add(problem("malformed-row", { row, found, expected, values: header.values.length }));
    return;
  }
  const texts = header.monthAt.map((at) => fields[at]?.text ?? "");
  const month = format.readMonth(texts);
  const values = header.values.filter(({ at }) => fields[at]?.text !== "").length;
  const column = format.month.join(",");
  if (!month.ok) {
    problems.add(problem(month.error.reason, { row, column, found: texts.join(","), ...month.error, values }));
    return;
  }
  const period = month.value;
  if (period < firstMonth) {
    const expected = `a month from ${firstMonth}`;
    problems.add(problem("implausible-month", { row, column, period, found: period, expected, values }));
    return;
  }
  for (const { name, at } of header.values) {
    const field = fields[at];
    if (!field) continue;
    const isLast = isUnended && at === header.fields - 1;
    if (isLast && isMaybeCut(field, byColumn.get(name))) {
      const expected = "a complete number: the file seems to end inside this one";
      problems.add(problem("cut-off", { row, column: name, period, found: field.text, expected }));
    } else addCell(reading, name, { row, period, text: field.text });
  }
}

/** Returns whether the number has fewer dots, or fewer digits at its end, than another of its column. It was probably cut off. */
function isMaybeCut({ text, isQuoted }: LineField, others: ReadonlyMap<string, MonthCell> | undefined): boolean {
  if (isQuoted || text === "") return false;
  const { dots, digits } = formOf(text);
  for (const other of others?.values() ?? []) {
    const form = formOf(other.text);
    if (dots < form.dots || digits < form.digits) return true;
  }
  return false;
}

function formOf(number: string): { readonly dots: number; readonly digits: number } {
  const parts = number.split(".");
  return { dots: parts.length - 1, digits: parts.length > 1 ? (parts.at(-1)?.length ?? 0) : 0 };
}

function addCell(reading: Reading, column: string, cell: MonthCell): void {
  const { byColumn, contradicted, empty, problems } = reading;
  const { row, period, text } = cell;
  const cells = byColumn.get(column);
  const known = cells?.get(period);
  const contradict = (found: string) =>
    problems.add(problem("contradicting-rows", { row, column, period, found, expected: "one value a month" }));
  if (text === "") {
    empty.get(column)?.add(period);
    skip(reading, "empty");
  } else if (contradicted.get(column)?.has(period)) {
    contradict(text);
  } else if (known === undefined) {
    cells?.set(period, cell);
  } else if (isSameNumber(known.text, text)) {
    skip(reading, "repeated");
  } else {
    cells?.delete(period);
    contradicted.get(column)?.add(period);
    contradict(`${known.text} in row ${known.row}, ${text} here`);
  }
}

function isSameNumber(a: string, b: string): boolean {
  return a === b || Number(a) === Number(b);
}

function skip({ skipped }: Reading, category: string): void {
  skipped.set(category, (skipped.get(category) ?? 0) + 1);
}
