/** Reads lines as prices: header, dates, cells, and lines of the same day that contradict each other. */
import { addDays, daysBetween, isoDay, isoWeekday } from "../../lib/calendar.ts";
import { failure, type Result, success } from "../../lib/result.ts";
import type { Blank, FeedLimits, Problem } from "../feed.ts";
import { problem } from "../problem.ts";
import { ProblemList } from "../problem-list.ts";
import { type LineField, splitLine } from "../split-line.ts";
import { NumberFormats } from "./number-format.ts";
import { fieldsMax, type PriceColumn, readHeader } from "./read-header.ts";
import { readPrice } from "./read-price.ts";

/** A price and its line. */
export interface PriceCell {
  readonly row: number;
  /** The day. */
  readonly period: string;
  readonly text: string;
  readonly value: number;
}

/** Prices of one currency by day. */
export type PricesByDay = Map<string, PriceCell>;

export interface Rows {
  readonly prices: ReadonlyMap<string, PricesByDay>;
  readonly problems: ProblemList;
  /** Cells with `#N/A`. */
  readonly blanks: readonly Blank[];
  readonly skipped: Readonly<Record<string, number>>;
}

/** Gold has one series without dimensions. */
export const series = {};

/** Gold has been traded at a free price since then. */
const firstDay = "1968-03-15";
/** An ambiguous date is accepted if the line before or after it is at most this far away. */
const besideDaysMax = 10;

/** A line with a valid date. */
interface DatedLine {
  readonly row: number;
  readonly day: string;
  /** The date as written in the file. */
  readonly date: string;
}

interface Reading {
  readonly columns: readonly PriceColumn[];
  readonly dateAt: number;
  readonly fields: number;
  readonly lastDay: string;
  readonly prices: ReadonlyMap<string, PricesByDay>;
  /** By column, the days for which two lines have different values. */
  readonly contradicted: Map<string, Set<string>>;
  readonly problems: ProblemList;
  readonly blanks: Blank[];
  readonly formats: NumberFormats;
  readonly skipped: Map<string, number>;
  /** In file order. */
  readonly dated: DatedLine[];
  /** The first line whose date is valid only if the day comes first, or null. */
  dayFirst: { readonly row: number; readonly date: string } | null;
}

/** Largest number of lines, empty ones included. */
const linesMax = 50_000;

export function readRows(
  text: string,
  { arrivedAt, limits: { cellsMax, problemsMax } }: { arrivedAt: string; limits: FeedLimits },
): Result<Rows, Problem> {
  const count = countLines(text);
  if (count > linesMax) {
    return failure(problem("too-many-lines", { found: `${count} lines`, expected: `at most ${linesMax}` }));
  }
  const lines = text.split(/\r\n|\n|\r/);
  const read = readHeader(lines);
  if (!read.ok) return read;
  const header = read.value;
  const cells = (lines.length - header.line) * header.fields;
  if (cells > cellsMax) {
    const found = `${lines.length - header.line} lines of ${header.fields} fields`;
    return failure(problem("too-many-cells", { found, expected: `at most ${cellsMax} cells` }));
  }
  const reading: Reading = {
    columns: header.columns,
    dateAt: header.dateAt,
    fields: header.fields,
    // One day after the arrival: in some time zones it is tomorrow already.
    lastDay: arrivedAt === "" ? "9999-12-31" : addDays(arrivedAt.slice(0, 10), 1),
    prices: new Map(header.columns.filter(({ isKnown }) => isKnown).map(({ name }) => [name, new Map()])),
    contradicted: new Map(),
    problems: new ProblemList(problemsMax),
    blanks: [],
    formats: new NumberFormats(),
    skipped: new Map(),
    dated: [],
    dayFirst: null,
  };
  reading.problems.addAll(header.problems);
  for (let index = header.line; index < lines.length; index++)
    readLine(reading, lines[index] ?? "", { row: index + 1, isUnended: index + 1 === lines.length });
  const wrongFormat = reading.formats.refusal();
  if (wrongFormat) return failure(wrongFormat);
  refuseAmbiguousDates(reading);
  const { prices, problems, blanks, skipped } = reading;
  return success({ prices, problems, blanks, skipped: Object.fromEntries(skipped) });
}

/** Counts lines without splitting the text: eight million line breaks would become as many strings. */
function countLines(text: string): number {
  let count = 1;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x0a || (code === 0x0d && text.charCodeAt(at + 1) !== 0x0a)) count++;
  }
  return count;
}

interface Line {
  readonly row: number;
  /** The last line of the file, without a line break: its last field may be cut off. */
  readonly isUnended: boolean;
}

function readLine(reading: Reading, line: string, { row, isUnended }: Line): void {
  if (/^[,\s]*$/.test(line)) return;
  const { columns, dateAt, fields: count, problems } = reading;
  const values = columns.filter(({ isKnown }) => isKnown).length;
  const fields = splitLine(line, fieldsMax);
  if (fields?.length !== count) {
    const found =
      fields === null
        ? `a quote that does not close in ${line}`
        : `${fields.length > fieldsMax ? `more than ${fieldsMax}` : fields.length} fields`;
    problems.add(problem("malformed-row", { row, found, expected: `${count} fields, as the header has`, values }));
    return;
  }
  const found = fields[dateAt]?.text ?? "";
  const date = readDate(found, reading.lastDay);
  if (!date.ok) {
    const { reason, expected } = date.error;
    problems.add(problem(reason, { row, column: "Date", found, expected, values }));
    if (reason === "impossible-date" && isDayFirst(found)) reading.dayFirst ??= { row, date: found };
    return;
  }
  const day = date.value;
  reading.dated.push({ row, day, date: found });
  for (const column of columns) {
    const field = fields[column.at];
    if (!field) continue;
    const isCut = isUnended && column.at === count - 1 && isMaybeCut(field, fields, reading.prices.get(column.name));
    if (column.isKnown) readCell(reading, { row, day, column: column.name, text: field.text, isCut });
    else if (field.text !== "") skip(reading, "unknown-column");
  }
}

/** True if the number has fewer decimals than the others of its line or column: then it was probably cut off. */
function isMaybeCut(
  { text, isQuoted }: LineField,
  line: readonly LineField[],
  others: PricesByDay | undefined,
): boolean {
  if (isQuoted || text === "#N/A") return false;
  const decimals = (number: string) => number.split(".")[1]?.length ?? 0;
  let most = 0;
  for (const other of [...line, ...(others?.values() ?? [])]) most = Math.max(most, decimals(other.text));
  return decimals(text) < most;
}

interface CellFound {
  readonly row: number;
  readonly day: string;
  readonly column: string;
  readonly text: string;
  readonly isCut: boolean;
}

function readCell(reading: Reading, { row, day, column, text, isCut }: CellFound): void {
  const { problems, prices, contradicted } = reading;
  const refuse = (reason: string, expected: string, found = text) =>
    problems.add(problem(reason, { row, column, period: day, found, expected }));
  reading.formats.add(text, row, column);
  const price = readPrice(text);
  const ofColumn = prices.get(column);
  const known = ofColumn?.get(day);
  if (price.kind === "not-available") {
    skip(reading, "not-available");
    reading.blanks.push({ series, variable: column, period: day });
  } else if (price.kind === "problem") {
    refuse(price.reason, price.expected);
  } else if (isCut) {
    refuse("cut-off", "a complete number: the file seems to end inside this one");
  } else if (contradicted.get(column)?.has(day)) {
    refuse("contradicting-rows", "one value a day");
  } else if (known && known.value !== price.value) {
    ofColumn?.delete(day);
    contradicted.set(column, (contradicted.get(column) ?? new Set()).add(day));
    refuse("contradicting-rows", "one value a day", `${known.text} in row ${known.row}, ${text} here`);
  } else if (!known) {
    ofColumn?.set(day, { row, period: day, text, value: price.value });
  }
}

function readDate(text: string, lastDay: string): Result<string, Pick<Problem, "reason" | "expected">> {
  const match = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text);
  if (!match) return failure({ reason: "unreadable-date", expected: "a date as M/D/YYYY" });
  const day = isoDay(Number(match[3]), Number(match[1]), Number(match[2]));
  if (day === null) return failure({ reason: "impossible-date", expected: "a day of the calendar, as M/D/YYYY" });
  if (day < firstDay || day > lastDay)
    return failure({ reason: "implausible-date", expected: `a day from ${firstDay} to ${lastDay}` });
  if (isoWeekday(day) > 5) return failure({ reason: "weekend-date", expected: "a day from Monday to Friday" });
  return success(day);
}

/** True if a date is valid as D/M/YYYY. */
function isDayFirst(text: string): boolean {
  const [day, month, year] = text.split("/").map(Number);
  return isoDay(year ?? 0, month ?? 0, day ?? 0) !== null;
}

/**
 * Rejects dates that may have the day first. If some lines have the day first, 9/12/2016 can mean two days, so such a date
 * is accepted only beside a line with a near date. The prices of a rejected line are removed again.
 */
function refuseAmbiguousDates({ dayFirst, dated, prices, problems }: Reading): void {
  if (dayFirst === null) return;
  for (const [index, { row, day, date }] of dated.entries()) {
    const [month, dayOfMonth] = [day.slice(5, 7), day.slice(8, 10)];
    const isAmbiguous = dayOfMonth <= "12" && dayOfMonth !== month;
    const beside = [dated[index - 1], dated[index + 1]];
    if (!isAmbiguous || beside.some((other) => other && Math.abs(daysBetween(other.day, day)) <= besideDaysMax))
      continue;
    let values = 0;
    for (const byDay of prices.values()) if (byDay.get(day)?.row === row && byDay.delete(day)) values++;
    const expected = `a date as M/D/YYYY; row ${dayFirst.row} has the day first (${dayFirst.date}), so this date is ambiguous`;
    problems.add(problem("ambiguous-date", { row, column: "Date", found: date, expected, values }));
  }
}

function skip({ skipped }: Reading, category: string): void {
  skipped.set(category, (skipped.get(category) ?? 0) + 1);
}
