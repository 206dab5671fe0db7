/** Determines the day of every block, or why the block is rejected. */
import { daysBetween } from "../../lib/calendar.ts";
import { classifyOrder, type OrderStatus } from "../day-order.ts";
import type { Problem } from "../feed.ts";
import { problem } from "../problem.ts";
import type { SpanishDate } from "../spanish-date.ts";
import { isSameCell, type Sheet, shown } from "../workbook/cell.ts";
import { type Block, badLayout, dateBelow } from "./blocks.ts";

/** Largest gap between two blocks; a larger one means a mistyped year. Real gaps are 2 to 5 days. */
const gapDaysMax = 400;
/** A date with a wrong weekday is accepted if the block before is at most this far away. */
const neighbourDaysMax = 31;
/** How far a block may lie after the day in the file's name. */
const afterNameDaysMax = 7;

/** A checked block: its day if that could be read, and a problem that rejects the block or is only a remark. */
export interface CheckedBlock {
  readonly block: Block;
  readonly day: string | null;
  readonly refusal: Problem | null;
  readonly remark: Problem | null;
}

interface Dated {
  readonly block: Block;
  readonly date: SpanishDate;
}

/** Checks the date of every block alone, then the order of all remaining blocks. The result has the order of the sheet. */
export function checkBlockDates(sheet: Sheet, blocks: readonly Block[], published: string | null): CheckedBlock[] {
  const checkedAlone = blocks.map((block) => {
    const date = dateBelow(sheet, block);
    return { block, date, refusal: badLayout(sheet, block) ?? badDate(sheet, { block, date }, published) };
  });
  const dated = checkedAlone.flatMap(({ block, date, refusal }) => (date && !refusal ? [{ block, date }] : []));
  const outOfOrder = refuseByOrder(sheet, dated, published);
  const left = dated.filter(({ block }) => !outOfOrder.has(block));
  const place = new Map(left.map(({ block }, index) => [block, index]));
  return checkedAlone.map(({ block, date, refusal: own }) => {
    const index = place.get(block);
    const doubtful = index === undefined ? null : badWeekday(sheet, left, index);
    const refusal = own ?? outOfOrder.get(block) ?? (doubtful?.values === 0 ? null : doubtful);
    return { block, day: date?.day ?? null, refusal, remark: doubtful?.values === 0 ? doubtful : null };
  });
}

function refuse(reason: string, { block, date }: Dated, expected: string): Problem {
  return problem(reason, { row: block.title + 2, column: "A", found: date.day, expected });
}

function badDate(sheet: Sheet, { block, date }: { block: Block; date: SpanishDate | null }, published: string | null) {
  if (!date) {
    const found = shown(sheet.rows[block.title + 1]?.[0]) || "an empty cell";
    const expected = "a date like Viernes, 3 de enero de 2025";
    return problem("unreadable-date", { row: block.title + 2, column: "A", found, expected });
  }
  if (published === null || daysBetween(published, date.day) <= afterNameDaysMax) return null;
  const expected = `at most ${afterNameDaysMax} days after ${published}, the day in the file's name`;
  return refuse("implausible-date", { block, date }, expected);
}

/** Returns the blocks that the order of the other blocks contradicts, each with its problem. */
function refuseByOrder(sheet: Sheet, dated: readonly Dated[], published: string | null): Map<Block, Problem> {
  const listed = dated.map(({ date }) => ({
    day: daysBetween("2000-01-01", date.day),
    doubts: Number(!date.weekdayAgrees) + Number(published !== null && date.day > published),
  }));
  const statuses = classifyOrder(listed, gapDaysMax);
  const rowOfDay = new Map(
    dated.flatMap(({ block, date }, index) =>
      statuses[index]?.kind === "in-order" ? [[date.day, block.title + 2]] : [],
    ),
  );
  const copies = findCopies(sheet, dated, statuses);
  const refused = new Map<Block, Problem>();
  for (const [index, each] of dated.entries()) {
    const status = statuses[index];
    const { day } = each.date;
    const known = rowOfDay.get(day) ?? copies.get(day);
    if (!status || status.kind === "in-order" || known === each.block.title + 2) continue;
    if (known !== undefined)
      refused.set(each.block, refuse("duplicate-date", each, `one block per day; the one in row ${known} is used`));
    else if (status.kind === "contradicted") refused.set(each.block, contradicted(dated, each, status.among));
    else refused.set(each.block, outOfOrder(dated, each, status));
  }
  return refused;
}

/** Returns the days whose blocks are all equal, with the row of the first block, which is used. */
function findCopies(sheet: Sheet, dated: readonly Dated[], statuses: readonly OrderStatus[]): Map<string, number> {
  const copies = new Map<string, number>();
  const groups = new Set(statuses.flatMap((status) => (status.kind === "contradicted" ? [status.among] : [])));
  for (const among of groups) {
    const blocks = among.flatMap((index) => dated[index] ?? []);
    const [first] = blocks;
    if (!first || blocks.some(({ date }) => date.day !== first.date.day)) continue;
    if (blocks.every(({ block }) => isSameBlock(sheet, first.block, block)))
      copies.set(first.date.day, first.block.title + 2);
  }
  return copies;
}

/** True if the cells of two blocks are equal, row by row. O(cells of the second). */
function isSameBlock({ rows }: Sheet, first: Block, other: Block): boolean {
  if (first.to - first.title !== other.to - other.title) return false;
  for (let offset = 0; offset < other.to - other.title; offset++) {
    const [one, two] = [rows[first.title + offset] ?? [], rows[other.title + offset] ?? []];
    if (one.length !== two.length || !two.every((cell, column) => isSameCell(one[column], cell))) return false;
    if (!one.every((cell, column) => isSameCell(cell, two[column]))) return false;
  }
  return true;
}

function contradicted(dated: readonly Dated[], each: Dated, among: readonly number[]): Problem {
  const others = among
    .slice(0, 4)
    .flatMap((index) => dated[index] ?? [])
    .filter(({ block }) => block !== each.block);
  const named = others.slice(0, 3).map(({ block, date }) => `${date.day} in row ${block.title + 2}`);
  const isOneDay = others.every(({ date }) => date.day === each.date.day);
  const rule = isOneDay ? "one block per day" : "blocks in the order of their days";
  const expected = `${rule}; it is unclear whether this one is right or ${named.join(", ")}`;
  return refuse(isOneDay ? "duplicate-date" : "contradicting-dates", each, expected);
}

function outOfOrder(
  dated: readonly Dated[],
  each: Dated,
  status: Extract<OrderStatus, { kind: "out-of-order" }>,
): Problem {
  const around = [status.before, status.after].flatMap((index) =>
    index === null ? [] : (dated[index]?.date.day ?? []),
  );
  return refuse("implausible-date", each, `a day in line with the blocks around it, ${around.join(" and ")}`);
}

/** Returns a problem for a wrong weekday: a remark if the date lies between its neighbours, else a rejection. */
function badWeekday(sheet: Sheet, left: readonly Dated[], index: number): Problem | null {
  const each = left[index];
  if (!each || each.date.weekdayAgrees) return null;
  const [before, { day }] = [left[index - 1]?.date.day, each.date];
  if (before !== undefined && Math.abs(daysBetween(before, day)) > neighbourDaysMax) {
    return refuse(
      "implausible-date",
      each,
      "a date with the right weekday, or one between the dates of its neighbours",
    );
  }
  const row = each.block.title + 2;
  const expected = `the weekday of ${day}; the date lies between its neighbours and is used`;
  const found = shown(sheet.rows[each.block.title + 1]?.[0]);
  return problem("weekday-disagrees", { row, column: "A", period: day, found, expected, values: 0 });
}
