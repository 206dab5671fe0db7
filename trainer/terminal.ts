/** What people see: tables, numbers and sentences, as wide as their terminal is. */
import Table from "cli-table3";
import { isObject } from "../shared/lib/validate-json.ts";

export interface TableOptions {
  /** Columns that are aligned to the right. */
  readonly right?: readonly number[];
  /** Columns that a narrow terminal goes without, the first of them first. */
  readonly optional?: readonly number[];
}

type Rows = readonly (readonly (string | number)[])[];

const gap = "  ";
/** A last column narrower than this is not worth wrapping into. */
const lastColumnMin = 24;

/** Columns of the terminal; without end where output goes to a file or a program. */
export function terminalWidth(): number {
  return process.stdout.isTTY ? process.stdout.columns || 80 : Number.POSITIVE_INFINITY;
}

/** Rows under a header, without heavy lines, no wider than `width` where that can be. */
export function table(
  header: readonly string[],
  rows: Rows,
  { right = [], optional = [], width = terminalWidth() }: TableOptions & { readonly width?: number } = {},
): string {
  const kept = keptColumns([header, ...rows], optional, width);
  const pick = <T>(list: readonly T[]) => list.filter((_, column) => kept.includes(column));
  const texts = rows.map((row) => pick(row).map(String));
  const isColoured = process.stdout.isTTY && !process.env.NO_COLOR;
  const noLines = ["top", "top-mid", "top-left", "top-right", "bottom", "bottom-mid", "bottom-left", "bottom-right"];
  const noEdges = ["left", "left-mid", "right", "right-mid", "mid", "mid-mid"];
  const printed = new Table({
    head: header.every((title) => title === "") ? [] : pick(header),
    colAligns: kept.map((column) => (right.includes(column) ? "right" : "left")),
    style: { head: isColoured ? ["bold"] : [], border: [], compact: true, "padding-left": 0, "padding-right": 0 },
    chars: { ...Object.fromEntries([...noLines, ...noEdges].map((name) => [name, ""])), middle: gap },
  });
  printed.push(...wrappedInLast(texts, widthOf([pick(header), ...texts].map((row) => row.slice(0, -1))), width));
  return printed.toString().replaceAll(/ +$/gm, "");
}

/** What a table of these rows takes with a gap between columns. */
function widthOf(rows: Rows): number {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, String(cell).length);
    });
  }
  return widths.reduce((sum, width) => sum + width + gap.length, 0) - gap.length;
}

function keptColumns(rows: Rows, optional: readonly number[], width: number): number[] {
  let kept = [...(rows[0] ?? []).keys()];
  for (const column of optional) {
    const columns = rows.map((row) => row.filter((_, at) => kept.includes(at)));
    if (widthOf(columns) <= width) break;
    kept = kept.filter((one) => one !== column);
  }
  return kept;
}

/** The last cell of each row broken between words, where it is too long for what the others leave. */
function wrappedInLast(rows: readonly string[][], others: number, width: number): string[][] {
  const room = width - others - gap.length;
  if (room < lastColumnMin) return [...rows];
  return rows.map((row) => [...row.slice(0, -1), wrap(row.at(-1) ?? "", { width: room })]);
}

/** Text broken between words into lines of at most `width`; a longer word stays whole. `indent` is put before each but the first. */
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

/** Sentences are read in lines of at most this. */
const proseMax = 100;

/** A paragraph for people, broken where the terminal ends. */
export function prose(text: string, indent = ""): string {
  const width = terminalWidth();
  return wrap(text, { width: Number.isFinite(width) ? Math.min(width, proseMax) : width, indent });
}

const numbers = new Intl.NumberFormat("en-US");

/** 27380 → 27,380 */
export function thousands(value: unknown): string {
  return typeof value === "number" ? numbers.format(value) : "–";
}

/** Writes counts by reason, as in `4,000 no-number, 588 zero-price`; "nothing" for a value that is no object of counts. */
export function reasons(counts: unknown): string {
  const parts = Object.entries(isObject(counts) ? counts : {}).map(
    ([reason, times]) => `${thousands(times)} ${reason}`,
  );
  return parts.length > 0 ? parts.join(", ") : "nothing";
}

/** A bar of 20 signs: `██████░░░░░░░░░░░░░░ 30 %` */
export function bar(share: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * 20);
  return `${"█".repeat(filled)}${"░".repeat(20 - filled)} ${Math.round(share * 100)} %`;
}
