/** Text for people: tables, numbers and paragraphs that fit the width of the terminal. */
import Table from "cli-table3";
import { printable } from "../shared/lib/printable.ts";
import { isObject } from "../shared/lib/validate-json.ts";

export interface TableOptions {
  /** Indices of the right-aligned columns. */
  readonly right?: readonly number[];
  /** Indices of the columns that are dropped in a narrow terminal, in the order in which they are dropped. */
  readonly optional?: readonly number[];
}

type Rows = readonly (readonly (string | number)[])[];

const gap = "  ";
/** The last column is wrapped only if it gets at least this width; narrower text is hard to read. */
const lastColumnMin = 24;

/** Returns the columns of the terminal; infinity if stdout is not a terminal. */
function terminalWidth(): number {
  return process.stdout.isTTY ? process.stdout.columns || 80 : Number.POSITIVE_INFINITY;
}

/** Formats rows under a header without lines, at most `width` columns wide if possible. */
export function table(
  header: readonly string[],
  rows: Rows,
  { right = [], optional = [], width = terminalWidth() }: TableOptions & { readonly width?: number } = {},
): string {
  const cells = rows.map((row) => row.map((cell) => printable(String(cell))));
  const columns = columnsThatFit([header, ...cells], optional, width);
  const pick = <T>(list: readonly T[]) => list.filter((_, column) => columns.includes(column));
  const texts = cells.map(pick);
  const isColoured = process.stdout.isTTY && !process.env.NO_COLOR;
  const noLines = ["top", "top-mid", "top-left", "top-right", "bottom", "bottom-mid", "bottom-left", "bottom-right"];
  const noEdges = ["left", "left-mid", "right", "right-mid", "mid", "mid-mid"];
  const printed = new Table({
    head: header.every((title) => title === "") ? [] : pick(header),
    colAligns: columns.map((column) => (right.includes(column) ? "right" : "left")),
    style: { head: isColoured ? ["bold"] : [], border: [], compact: true, "padding-left": 0, "padding-right": 0 },
    chars: { ...Object.fromEntries([...noLines, ...noEdges].map((name) => [name, ""])), middle: gap },
  });
  printed.push(...wrapLastCells(texts, widthOf([pick(header), ...texts].map((row) => row.slice(0, -1))), width));
  return printed.toString().replaceAll(/ +$/gm, "");
}

/** Returns the width of a table of these rows, including the gaps between columns. */
function widthOf(rows: Rows): number {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, String(cell).length);
    });
  }
  return widths.reduce((sum, width) => sum + width + gap.length, 0) - gap.length;
}

/** Returns the indices of the columns that fit, after dropping optional columns one by one. */
function columnsThatFit(rows: Rows, optional: readonly number[], width: number): number[] {
  let columns = [...(rows[0] ?? []).keys()];
  for (const column of optional) {
    const fewer = rows.map((row) => row.filter((_, at) => columns.includes(at)));
    if (widthOf(fewer) <= width) break;
    columns = columns.filter((one) => one !== column);
  }
  return columns;
}

/** Wraps the last cell of each row between words to the width that the other columns leave. */
function wrapLastCells(rows: readonly string[][], others: number, width: number): string[][] {
  const room = width - others - gap.length;
  if (room < lastColumnMin) return [...rows];
  return rows.map((row) => [...row.slice(0, -1), wrap(row.at(-1) ?? "", { width: room })]);
}

/** Wraps text between words into lines of at most `width`. A longer word is not broken. Each line after the first starts with `indent`. */
export function wrap(text: string, { width = terminalWidth(), indent = "" } = {}): string {
  const lines: string[] = [];
  const [lead = ""] = /^ */.exec(text) ?? [];
  const [first = "", ...words] = text.slice(lead.length).split(" ");
  let line = lead + first;
  for (const word of words) {
    if (`${line} ${word}`.length <= width) line += ` ${word}`;
    else {
      lines.push(line);
      line = indent + word;
    }
  }
  return [...lines, line].join("\n");
}

/** Maximum width of a paragraph: longer lines are hard to read. */
const proseMax = 100;

/** Formats a paragraph to the width of the terminal. */
export function prose(text: string, indent = ""): string {
  const width = terminalWidth();
  return wrap(printable(text), { width: Number.isFinite(width) ? Math.min(width, proseMax) : width, indent });
}

/** What `table` writes around a header: bold, and the end of bold. */
const headerStyle = new RegExp(`(${String.fromCharCode(0x1b)}\\[(?:1|22)m)`);

/** Formats text for a terminal: without control characters, apart from line breaks and the style of a table's header. */
export function terminalText(text: string): string {
  return text
    .split(headerStyle)
    .map((part, at) => (at % 2 === 1 ? part : printable(part)))
    .join("");
}

/** Prints a text. All output of the commands goes through this function, `printError`, `printCsv` or `printJson`. */
export function print(text: string): void {
  console.log(terminalText(text));
}

/** Prints a text to the error output. */
export function printError(text: string): void {
  console.error(printable(text));
}

/** Prints CSV, whose lines end with CRLF. */
export function printCsv(csv: string): void {
  process.stdout.write(csv.split("\r\n").map(printable).join("\r\n"));
}

/** Prints a value as one line of JSON without control characters. */
export function printJson(value: unknown): void {
  // JSON.stringify escapes U+0000 to U+001F only.
  console.log(JSON.stringify(value).replaceAll(/\p{Cc}/gu, (char) => `\\u00${char.charCodeAt(0).toString(16)}`));
}

const numberFormat = new Intl.NumberFormat("en-US");

/** Formats a number with thousands separators: 27380 → 27,380. Returns – for a value that is not a number. */
export function thousands(value: unknown): string {
  return typeof value === "number" ? numberFormat.format(value) : "–";
}

/** Formats counts by reason: `4,000 no-number, 588 zero-price`. Returns "nothing" if there are no counts. */
export function reasons(counts: unknown): string {
  const parts = Object.entries(isObject(counts) ? counts : {}).map(
    ([reason, times]) => `${thousands(times)} ${reason}`,
  );
  return parts.length > 0 ? parts.join(", ") : "nothing";
}

/** Formats a share, 0 to 1, as a bar of 20 characters: `██████░░░░░░░░░░░░░░ 30 %`. */
export function bar(share: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * 20);
  return `${"█".repeat(filled)}${"░".repeat(20 - filled)} ${Math.round(share * 100)} %`;
}
