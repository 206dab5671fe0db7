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

/** Parses RFC 4180 text into rows of fields. Accepts LF as a line end too, and skips empty lines. Never throws. O(text). */
export function readCsv(text: string): Result<string[][]> {
  const rows: string[][] = [];
  let row: string[] = [];
  const field = /(?:"([^"]*(?:""[^"]*)*)"|([^",\r\n]*))(,|\r\n|\n|\r|$)/y;
  while (field.lastIndex < text.length || row.length > 0) {
    const from = field.lastIndex;
    const match = field.exec(text);
    if (match === null)
      return failure(
        `line ${lineAt(text, from)}: found a quote that is not closed, or is not at the start of its field`,
      );
    const [, quoted, plain = "", end] = match;
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === ",") continue;
    if (row.length > 1 || row[0] !== "" || quoted !== undefined) rows.push(row);
    row = [];
    if (end === "") break;
  }
  return success(rows);
}

function lineAt(text: string, at: number): number {
  return text.slice(0, at).split(/\r\n|\n|\r/).length;
}
