import { failure, type Result, success } from "../../lib/result.ts";
import type { Problem } from "../feed.ts";
import { problem } from "../problem.ts";
import { splitLine } from "../split-line.ts";

export interface CustomersHeader {
  /** Number of lines up to and including the header. */
  readonly line: number;
  readonly fields: number;
  /** Positions of the columns that are read, by name. */
  readonly at: ReadonlyMap<string, number>;
  readonly remarks: readonly Problem[];
}

const fieldsMax = 100;
const id = "customer_id";
/** Columns that exist and are not read: they name a person. */
const unread = ["name", "email"];
const optional = ["as_of", "synthetic"];

/** Reads the first line that is not empty. Columns may be in any order. `names` are the columns of attributes. */
export function readHeader(lines: readonly string[], names: readonly string[]): Result<CustomersHeader, Problem> {
  const first = lines.findIndex((line) => line.trim() !== "");
  const columns = (splitLine(lines[first] ?? "", fieldsMax) ?? []).map(({ text }) => text.toLowerCase());
  const row = Math.max(first, 0) + 1;
  if (columns.length > fieldsMax) {
    const found = `more than ${fieldsMax} columns`;
    return failure(problem("too-many-columns", { row, found, expected: `at most ${fieldsMax}` }));
  }
  const read = [id, ...names, ...optional];
  const twice = read.filter((name) => columns.indexOf(name) !== columns.lastIndexOf(name));
  if (!columns.includes(id) || twice.length > 0) {
    const without = first === -1 ? "an empty file" : `a first line without ${id}`;
    const found = twice.length > 0 ? `${twice.join(", ")} more than once` : without;
    const expected = `a first line with the columns ${[id, ...names].join(", ")} once each`;
    return failure(problem("unexpected-header", { row, found, expected }));
  }
  return success({
    line: row,
    fields: columns.length,
    at: new Map(read.flatMap((name) => (columns.includes(name) ? [[name, columns.indexOf(name)]] : []))),
    remarks: remarksOf(columns, { read, names, row }),
  });
}

function remarksOf(
  columns: readonly string[],
  { read, names, row }: { readonly read: readonly string[]; readonly names: readonly string[]; readonly row: number },
): Problem[] {
  const missing = names.filter((name) => !columns.includes(name));
  const unknown = columns.filter((name) => !read.includes(name) && !unread.includes(name)).length;
  const remark = (reason: string, found: string, expected: string) =>
    problem(reason, { row, found, expected, values: 0 });
  return [
    ...(unknown > 0 ? [remark("unknown-column", `${unknown} unknown columns`, "columns of the feed")] : []),
    ...(missing.length > 0 ? [remark("missing-column", `no ${missing.join(", ")}`, "all columns")] : []),
  ];
}
