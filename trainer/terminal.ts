/** What people see: tables and numbers. */
import Table from "cli-table3";

/** Rows under a header, without heavy lines. Columns named in `right` are aligned to the right. */
export function table(
  header: readonly string[],
  rows: readonly (readonly (string | number)[])[],
  right: readonly number[] = [],
): string {
  const isColoured = process.stdout.isTTY && !process.env.NO_COLOR;
  const noLines = ["top", "top-mid", "top-left", "top-right", "bottom", "bottom-mid", "bottom-left", "bottom-right"];
  const noEdges = ["left", "left-mid", "right", "right-mid", "mid", "mid-mid"];
  const printed = new Table({
    head: header.every((title) => title === "") ? [] : [...header],
    colAligns: header.map((_, index) => (right.includes(index) ? "right" : "left")),
    style: { head: isColoured ? ["bold"] : [], border: [], compact: true, "padding-left": 0, "padding-right": 0 },
    chars: { ...Object.fromEntries([...noLines, ...noEdges].map((name) => [name, ""])), middle: "   " },
  });
  printed.push(...rows.map((row) => row.map(String)));
  return printed.toString().replaceAll(/ +$/gm, "");
}

const numbers = new Intl.NumberFormat("en-US");

/** 27380 → 27,380 */
export function thousands(value: unknown): string {
  return typeof value === "number" ? numbers.format(value) : "–";
}

/** `4,000 no-number, 588 zero-price` */
export function reasons(counts: Readonly<Record<string, number>> | undefined): string {
  const parts = Object.entries(counts ?? {}).map(([reason, times]) => `${thousands(times)} ${reason}`);
  return parts.length > 0 ? parts.join(", ") : "nothing";
}

/** A bar of 20 signs: `██████░░░░░░░░░░░░░░ 30 %` */
export function bar(share: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * 20);
  return `${"█".repeat(filled)}${"░".repeat(20 - filled)} ${Math.round(share * 100)} %`;
}
