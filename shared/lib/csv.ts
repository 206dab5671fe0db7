import { failure, type Result, success } from "./result.ts";

/**
 * Writes rows as RFC 4180 CSV. Quotes a field only if necessary; lines end with CRLF.
 *
 * Texts come from publications and callers, so a text that a spreadsheet would run as a formula gets a leading apostrophe, and
 * a control character is written as in JSON: `\n`, `\u001b`. Numbers, also as text, are not changed.
 */
export function writeCsv(header: readonly string[], rows: readonly (readonly (string | number | null)[])[]): string {
  return [header, ...rows].map(csvLine).join("");
}

/** Writes one row as `writeCsv` does, with its line end. For files that are too long for one text. */
export function csvLine(row: readonly (string | number | null)[]): string {
  return `${row.map(csvField).join(",")}\r\n`;
}

function csvField(value: string | number | null): string {
  if (typeof value === "number") return String(value);
  const text = escapeText(value ?? "");
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The characters with which a formula starts. East Asian versions of spreadsheets accept the wide forms too. */
const formulaStart = /^[=+\-@\uff1d\uff0b\uff0d\uff20]/;
const plainNumber = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;
const named: Readonly<Record<string, string>> = { "\t": "\\t", "\n": "\\n", "\r": "\\r" };

/** Escapes a text for a spreadsheet and a terminal. */
function escapeText(text: string): string {
  const printed = text.replaceAll(
    /\p{Cc}/gu,
    (char) => named[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return formulaStart.test(printed) && !plainNumber.test(printed) ? `'${printed}` : printed;
}

/** Limits a CSV text, so that the memory of its rows is bounded. */
export interface CsvLimits {
  /** Maximum number of fields of one row. */
  readonly fieldsMax: number;
  readonly rowsMax: number;
  /** Maximum number of fields of all rows. */
  readonly valuesMax: number;
}

const unlimited: CsvLimits = { fieldsMax: Infinity, rowsMax: Infinity, valuesMax: Infinity };

/**
 * Parses RFC 4180 text into rows of fields. Accepts LF as a line end too, and skips empty lines. Stops at the first row above a
 * limit. Never throws. O(text).
 */
export function readCsv(text: string, limits: CsvLimits = unlimited): Result<string[][]> {
  const { fieldsMax, rowsMax, valuesMax } = limits;
  const rows: string[][] = [];
  let values = 0;
  for (let at = 0; at < text.length; ) {
    if (isLineEnd(text.charCodeAt(at))) {
      at++;
      continue;
    }
    const row = readRow(text, at, fieldsMax);
    if (!row.ok) return failure(`line ${lineAt(text, at)}: ${row.error}`);
    rows.push(row.value.fields);
    values += row.value.fields.length;
    if (rows.length > rowsMax) return failure(`found more than ${rowsMax} lines, expected at most ${rowsMax}`);
    if (values > valuesMax) return failure(`found more than ${valuesMax} values, expected at most ${valuesMax}`);
    at = row.value.end;
  }
  return success(rows);
}

interface CsvRow {
  readonly fields: string[];
  /** The index of its line end, or of the end of the text. */
  readonly end: number;
}

/** Reads the row that starts at an index. */
function readRow(text: string, start: number, fieldsMax: number): Result<CsvRow> {
  const fields: string[] = [];
  for (let at = start; ; at++) {
    const isQuoted = text.charCodeAt(at) === quote;
    const end = isQuoted ? endOfQuoted(text, at) : endOfPlain(text, at);
    if (!isFieldEnd(text, end)) return failure("found a quote that is not closed, or is not at the start of its field");
    fields.push(isQuoted ? text.slice(at + 1, end - 1).replaceAll('""', '"') : text.slice(at, end));
    if (fields.length > fieldsMax) return failure(`found more than ${fieldsMax} fields, expected at most ${fieldsMax}`);
    at = end;
    // A copy has no spare capacity, which would be most of the memory of many short rows.
    if (text.charCodeAt(at) !== comma) return success({ fields: fields.slice(), end: at });
  }
}

const [quote, comma, lineFeed, carriageReturn] = [0x22, 0x2c, 0x0a, 0x0d];

function isLineEnd(code: number): boolean {
  return code === lineFeed || code === carriageReturn;
}

function isFieldEnd(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return at >= text.length || code === comma || isLineEnd(code);
}

/** Returns the index after the closing quote, or that of the opening one if there is none. */
function endOfQuoted(text: string, start: number): number {
  let at = text.indexOf('"', start + 1);
  while (at !== -1 && text.charCodeAt(at + 1) === quote) at = text.indexOf('"', at + 2);
  return at === -1 ? start : at + 1;
}

/** Returns the index of the next comma, line end or quote. */
function endOfPlain(text: string, start: number): number {
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === comma || code === quote || isLineEnd(code)) return at;
  }
  return text.length;
}

function lineAt(text: string, at: number): number {
  return text.slice(0, at).split(/\r\n|\n|\r/).length;
}
