/**
 * Decodes the numbers of the central bank's file. Its writer lost decimal points: it wrote the significant digits without
 * trailing zeros, and a dot between groups of three of them, as if they were thousands. `976.113.405` is 97.6113405,
 * `101.540.937` is 101.540937, and `738` can be 0.738. Other numbers are plain decimals: `1593.6`.
 *
 * The digits are a mantissa, and the power of ten is found from neighbours: the number before, the median of the last five
 * decoded values, and the decoded value of the same month a year away. A neighbour decides if the number is clearly nearer
 * to it with one power than with any other. If none decides, or two decide differently, the number is ambiguous and is
 * rejected.
 *
 * A rejected number has no value, but it has a likely size: the one on which the number before it decides. The next number
 * is compared with this size. If there is no likely size, all neighbours of the next number must decide, and all on the
 * same value. So if the first number is near the anchor, and no number is more than 2.2 times the number before it or less
 * than 1/2.2 of it, every number is decoded correctly or rejected.
 */
import { daysBetween } from "../../lib/calendar.ts";
import { failure, type Result, success } from "../../lib/result.ts";
import { addPeriods, firstDayOf } from "../../period.ts";
import type { Valued } from "../monthly-csv/read-number.ts";
import type { MonthCell } from "../monthly-csv/read-table.ts";
import { problem } from "../problem.ts";
import type { ProblemList } from "../problem-list.ts";

/** A known value of a column: its size in one month. The digits around this month are decoded first. */
export interface Anchor {
  readonly period: string;
  readonly level: number;
}

/** Number of decoded values whose median estimates the next one. */
const medianOf = 5;
/** A neighbour decides on a value at most this many powers of ten away: 2.24 times. Then every other power is 4.5 times away. */
const nearMax = 0.35;
/** A plain decimal may be this far from a neighbour: 4.5 times. */
const plainMax = 1 - nearMax;

/** What was decoded before a number. */
interface Track {
  /** The last decoded values, at least one and at most `medianOf`; at first the level of the anchor. */
  readonly recent: readonly number[];
  /** The number before: its value, or its likely size if it was rejected. Null if its size is unknown. */
  readonly last: number | null;
}

/** A number as written. */
interface Written {
  /** All its digits as one whole number. */
  readonly mantissa: number;
  /** Whether decimal points may be lost, so that every power of ten of the mantissa is possible. */
  readonly isMangled: boolean;
  /** Its value as a plain decimal, if that is the likely meaning; else null. */
  readonly plain: number | null;
}

/**
 * Decodes the cells of one column, which are in order of time. Starts at the number nearest to the anchor's month and
 * continues to both ends. A cell that is no number or is ambiguous becomes a problem. O(cells).
 */
export function decodeNumbers(
  column: string,
  cells: readonly MonthCell[],
  { anchor, problems }: { readonly anchor: Anchor; readonly problems: ProblemList },
): Valued[] {
  const start = nearestTo(anchor.period, cells);
  const decoded = new Map<string, number>();
  const decodeAll = (ordered: readonly MonthCell[], from: Track): Valued[] => {
    let track = from;
    return ordered.flatMap((cell): Valued[] => {
      const { row, period, text: found } = cell;
      const years = [-12, 12].flatMap((months) => decoded.get(addPeriods(period, months)) ?? []);
      const { value, next } = decode(found, track, years);
      track = next;
      if (!value.ok) {
        problems.add(problem(value.error.reason, { row, column, period, found, expected: value.error.expected }));
        return [];
      }
      decoded.set(period, value.value);
      return [{ ...cell, value: value.value }];
    });
  };
  const atAnchor: Track = { recent: [anchor.level], last: anchor.level };
  const later = decodeAll(cells.slice(start), atAnchor);
  const [first] = later;
  // Backwards, the value next to the start is the last one of the list.
  const recent = later
    .slice(0, medianOf)
    .map(({ value }) => value)
    .reverse();
  const atStart: Track = { recent, last: first?.period === cells[start]?.period ? (first?.value ?? null) : null };
  const earlier = decodeAll(cells.slice(0, start).reverse(), first ? atStart : atAnchor);
  return [...earlier.reverse(), ...later];
}

/** Returns the place of the number nearest to a month, or 0 if there is no number. */
function nearestTo(period: string, cells: readonly MonthCell[]): number {
  const days = (cell: MonthCell) =>
    hasNumber(cell) ? Math.abs(daysBetween(firstDayOf(cell.period), firstDayOf(period))) : Number.POSITIVE_INFINITY;
  let nearest = 0;
  cells.forEach((cell, at) => {
    const best = cells[nearest];
    if (best && days(cell) < days(best)) nearest = at;
  });
  return nearest;
}

/** Groups of digits with dots between them, at most 18 digits. */
const grouped = /^\d{1,3}(?:\.\d{1,3}){2,5}$/;
const decimal = /^\d{1,15}(?:\.\d{1,15})?$/;
/** At most six digits, as one or two groups: `738`, `1.305`. */
const fewGroups = /^[1-9]\d{0,2}(?:\.\d{3})?$/;
/** A decimal that is also a group of three digits and a shorter one: `301.11`. */
const shortGroup = /^[1-9]\d{2}\.\d{1,2}$/;

interface Decoded {
  readonly value: Result<number, { readonly reason: string; readonly expected: string }>;
  /** What the number after it is compared with. */
  readonly next: Track;
}

function decode(text: string, track: Track, years: readonly number[]): Decoded {
  const expected = "a number above 0, or an empty cell";
  const reject = (reason: string): Decoded => ({ value: failure({ reason, expected }), next: track });
  const written = readWritten(text);
  if (written === null) return reject(/^[-+]?\d/.test(text) ? "malformed-number" : "no-number");
  if (!(written.mantissa > 0)) return reject("out-of-range");
  const { recent, last } = track;
  const neighbours = [median(recent), last ?? recent.at(-1) ?? Number.NaN, ...years];
  const value = valueNear(written, neighbours, { mustAgree: last === null });
  if (value !== null)
    return { value: success(value), next: { recent: [...recent, value].slice(-medianOf), last: value } };
  const near = [...new Set(neighbours.map((neighbour) => Number(neighbour.toPrecision(3))))].join(", ");
  return {
    value: failure({ reason: "ambiguous-number", expected: `digits of a number clearly near its neighbours: ${near}` }),
    next: { recent, last: last === null ? null : decidedBy(last, written) },
  };
}

function hasNumber({ text }: MonthCell): boolean {
  const written = readWritten(text);
  return written !== null && written.mantissa > 0;
}

function readWritten(text: string): Written | null {
  const isGrouped = grouped.test(text);
  if (!isGrouped && !decimal.test(text)) return null;
  const mantissa = Number(text.replaceAll(".", ""));
  if (isGrouped || fewGroups.test(text)) return { mantissa, isMangled: true, plain: null };
  return { mantissa, isMangled: shortGroup.test(text), plain: Number(text) };
}

/** Returns the value on which the neighbours decide, or null if it is ambiguous. With `mustAgree`, all of them must decide. */
function valueNear(
  written: Written,
  neighbours: readonly number[],
  { mustAgree }: { readonly mustAgree: boolean },
): number | null {
  const decided = neighbours.map((neighbour) => decidedBy(neighbour, written));
  const values = new Set(decided.filter((value) => value !== null));
  const [value] = values;
  if (value !== undefined) return values.size > 1 || (mustAgree && decided.includes(null)) ? null : value;
  const { plain } = written;
  if (plain === null) return null;
  return neighbours.some((neighbour) => distance(plain, neighbour) <= plainMax) ? plain : null;
}

/** Returns the value of the digits that is clearly near a neighbour, or null if there is none. */
function decidedBy(neighbour: number, { mantissa, isMangled }: Written): number | null {
  if (!isMangled) return null;
  const power = Math.round(Math.log10(neighbour / mantissa));
  // Division by a power of ten gives the double that is nearest to the decimal number. Multiplication by 1e-7 does not.
  const value = power < 0 ? mantissa / 10 ** -power : mantissa * 10 ** power;
  return distance(value, neighbour) <= nearMax ? value : null;
}

/** Returns how many powers of ten two numbers are apart. */
function distance(a: number, b: number): number {
  return Math.abs(Math.log10(a / b));
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}
