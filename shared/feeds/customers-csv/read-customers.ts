/** Reads a customers file: one line per customer. */
import { failure, type Result, success } from "../../lib/result.ts";
import type { Blank, Dimensions, FeedLimits, FileOrigin, Observation, Parsed, Problem } from "../feed.ts";
import { describeHidden } from "../personal/describe-hidden.ts";
import { idForm, readId } from "../personal/read-id.ts";
import { problem } from "../problem.ts";
import { ProblemList } from "../problem-list.ts";
import { splitLine } from "../split-line.ts";
import { decodeText } from "../text.ts";
import type { CustomerAttribute } from "./attributes.ts";
import { fileDate } from "./file-date.ts";
import { type CustomersHeader, readHeader } from "./read-header.ts";

interface CustomersFile extends FileOrigin {
  readonly limits: FeedLimits;
  readonly attributes: readonly CustomerAttribute[];
}

interface Line {
  readonly row: number;
  /** Null if the line is malformed. */
  readonly fields: readonly string[] | null;
  readonly fieldCount: number;
}

/** One value of a customer. Null if the cell is empty, `"contradicted"` if two lines disagree. */
type Cell = number | null | "contradicted";

interface Reading {
  readonly header: CustomersHeader;
  readonly attributes: readonly CustomerAttribute[];
  readonly on: string;
  readonly problems: ProblemList;
  readonly customers: Map<string, { readonly series: Dimensions; readonly cells: Map<string, Cell> }>;
  repeated: number;
}

/** Parses a file, or returns the reason to reject it as a whole. O(cells). */
export function readCustomers(bytes: Uint8Array, file: CustomersFile): Result<Parsed, Problem> {
  const { limits, attributes } = file;
  const lines = linesOf(bytes, limits);
  if (!lines.ok) return lines;
  const names = attributes.map(({ name }) => name);
  const header = readHeader(lines.value, names);
  if (!header.ok) return header;
  const { line: first, fields } = header.value;
  if ((lines.value.length - first) * fields > limits.cellsMax) {
    const found = `${lines.value.length - first} lines of ${fields} cells`;
    return failure(problem("too-many-cells", { found, expected: `at most ${limits.cellsMax} cells` }));
  }
  const read = lines.value.slice(first).flatMap((text, at) => readLine(text, { row: first + at + 1, fields }));
  const on = fileDate(file, statedTexts(read, header.value, "as_of"));
  if (!on.ok) return on;
  const problems = new ProblemList(limits.problemsMax);
  problems.addAll(header.value.remarks);
  const reading: Reading = {
    header: header.value,
    attributes: attributes.filter(({ name }) => header.value.at.has(name)),
    on: on.value,
    problems,
    customers: new Map(),
    repeated: 0,
  };
  for (const line of read) addLine(reading, line);
  remarkUnended(reading, { row: lines.value.length, text: lines.value.at(-1) ?? "" });
  const isSynthetic = statedTexts(read, header.value, "synthetic").has("true");
  return success({ ...parsedOf(reading), ...(isSynthetic && { synthetic: true }) });
}

/**
 * Remarks that the file may end inside its last value: the last line has no line end, and a whole number that is cut off is a whole
 * number too. The value is used, because many programs write no line end there.
 */
function remarkUnended({ problems }: Reading, { row, text }: { readonly row: number; readonly text: string }): void {
  if (!/(^|,)\s*\d+\s*$/.test(text)) return;
  const expected = "a line end after the last value: compare that value with the source, because it may be cut off";
  problems.add(problem("unended-line", { row, found: "a last line without a line end", expected, values: 0 }));
}

function linesOf(bytes: Uint8Array, { bytesMax, cellsMax }: FeedLimits): Result<string[], Problem> {
  if (bytes.length > bytesMax)
    return failure(problem("too-large", { found: `${bytes.length} bytes`, expected: `at most ${bytesMax} bytes` }));
  const text = decodeText(bytes);
  if (text === null)
    return failure(problem("not-text", { found: "bytes that are not UTF-8 text", expected: "a CSV file in UTF-8" }));
  return success(text.split(/\r\n|\n|\r/, cellsMax + 1));
}

function readLine(text: string, { row, fields: expected }: { readonly row: number; readonly fields: number }): Line[] {
  if (/^[,\s]*$/.test(text)) return [];
  const fields = splitLine(text, expected);
  const isWhole = fields?.length === expected;
  return [{ row, fields: isWhole ? fields.map((field) => field.text) : null, fieldCount: fields?.length ?? 0 }];
}

/** Returns the texts of a column that describes the file. */
function statedTexts(lines: readonly Line[], { at }: CustomersHeader, name: "as_of" | "synthetic"): Set<string> {
  const column = at.get(name);
  if (column === undefined) return new Set();
  return new Set(lines.flatMap(({ fields }) => fields?.[column] || []));
}

function addLine(reading: Reading, { row, fields, fieldCount }: Line): void {
  const { problems, header, attributes, customers } = reading;
  const values = attributes.length;
  if (fields === null) {
    const found = fieldCount === 0 ? "a quote that does not close" : `${fieldCount} fields`;
    const expected = `${header.fields} fields, as the header has`;
    problems.add(problem("malformed-row", { row, found, expected, values }));
    return;
  }
  const text = fields[header.at.get("customer_id") ?? -1] ?? "";
  const id = readId(text);
  if (id === null) {
    const found = describeHidden(text);
    problems.add(problem("no-id", { row, column: "customer_id", found, expected: idForm, values }));
    return;
  }
  const customer = customers.get(id) ?? { series: { customer_id: id }, cells: new Map<string, Cell>() };
  if (customers.has(id)) reading.repeated++;
  customers.set(id, customer);
  for (const attribute of attributes)
    addCell(reading, customer.cells, { attribute, row, text: fields[header.at.get(attribute.name) ?? -1] ?? "" });
}

function addCell(
  { on, problems }: Reading,
  cells: Map<string, Cell>,
  { attribute, row, text }: { readonly attribute: CustomerAttribute; readonly row: number; readonly text: string },
): void {
  const { name: column } = attribute;
  const known = cells.get(column) ?? null;
  const report = (reason: string, expected: string, found = describeHidden(text)) =>
    problems.add(problem(reason, { row, column, period: on, found, expected }));
  if (text === "") {
    cells.set(column, known);
    return;
  }
  const read = attribute.read(text, on);
  if (!read.ok) report(read.error.reason, read.error.expected);
  else if (known === null) cells.set(column, read.value);
  else if (known !== read.value) {
    cells.set(column, "contradicted");
    report(
      "contradicting-rows",
      "one value for each customer",
      "another value than in an earlier line of the customer",
    );
  }
}

function parsedOf({ customers, on: period, problems, repeated }: Reading): Parsed {
  const observations: Observation[] = [];
  const blanks: Blank[] = [];
  for (const { series, cells } of customers.values()) {
    for (const [variable, value] of cells) {
      if (value === null) blanks.push({ series, variable, period });
      else if (value !== "contradicted") observations.push({ series, variable, period, value });
    }
  }
  const skipped = { ...(blanks.length > 0 && { empty: blanks.length }), ...(repeated > 0 && { repeated }) };
  return { observations, blanks, problems: problems.list(), skipped };
}
