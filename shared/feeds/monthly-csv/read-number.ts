/** Converts the cells of a monthly table to numbers. */
import { problem } from "../problem.ts";
import type { ProblemList } from "../problem-list.ts";
import type { MonthCell } from "./read-table.ts";

/** A cell with its number. */
export interface Valued extends MonthCell {
  readonly value: number;
}

export interface NumberRange {
  readonly from: number;
  readonly to: number;
  /** Whether a number may be written as `1.2e-9`. */
  readonly exponents: boolean;
}

const decimal = /^-?\d+(?:\.\d+)?$/;
const scientific = /^-?\d+(?:\.\d+)?[eE][-+]?\d{1,3}$/;
/** Digits with separators between them. The first class has no digit, so that no text takes quadratic time. */
const likeNumber = /^[-+]?[.,' ]*\d[\d.,' ]*(?:[eE][-+]?\d+)?$/;

/** Returns the numbers of one column. A cell without a plain number in the range becomes a problem. O(cells). */
export function readNumbers(
  column: string,
  cells: readonly MonthCell[],
  { range, problems }: { readonly range: NumberRange; readonly problems: ProblemList },
): Valued[] {
  return cells.flatMap((cell): Valued[] => {
    const refused = refusalOf(cell.text, range);
    if (refused === null) return [{ ...cell, value: Number(cell.text) }];
    const { row, period, text: found } = cell;
    problems.add(problem(refused.reason, { row, column, period, found, expected: refused.expected }));
    return [];
  });
}

function refusalOf(text: string, { from, to, exponents }: NumberRange) {
  if (!decimal.test(text) && !(exponents && scientific.test(text)))
    return likeNumber.test(text)
      ? { reason: "malformed-number", expected: "digits and a decimal point" }
      : { reason: "no-number", expected: "a number or an empty cell" };
  const value = Number(text);
  return value >= from && value <= to ? null : { reason: "out-of-range", expected: `a number from ${from} to ${to}` };
}
