/** Finds prices of one series that are too far from their neighbours. Gold and milk use it with different limits. */
import { daysBetween } from "../lib/calendar.ts";

export interface Priced {
  /** `YYYY-MM-DD`. */
  readonly period: string;
  readonly value: number;
}

/** `moveMax` and `levelMax` are ratios ≥ 1, `coarseBelow` is a price, `gapDaysMax` is in days. */
export interface JumpLimits {
  /** A price further than this from the last accepted one is a typing error, unless the next price confirms it. */
  readonly moveMax: number;
  /** A price further than this is never accepted: it is in another unit. */
  readonly levelMax: number;
  /** Below this price, rounding can cause jumps, so only `levelMax` applies. */
  readonly coarseBelow: number;
  /** After a longer gap, any price is accepted if the next price confirms it. */
  readonly gapDaysMax: number;
}

export interface Jump<T extends Priced> {
  readonly price: T;
  /** The accepted price in the comparison. */
  readonly reference: T | undefined;
  /** The largest ratio to the reference that would have been accepted. */
  readonly ratioMax: number;
  /** True if the next price agrees with it, so that it is not an error of one day. */
  readonly persists: boolean;
}

/**
 * Separates the prices of one series, oldest first, into accepted prices and jumps.
 *
 * A price far from the last accepted one is a jump, unless the next price confirms it and both are within `levelMax`: then
 * the market has moved. The newest price has no next one, so a far one is a jump until a later publication confirms it. A
 * jump to another level is rejected for as long as it lasts. O(prices).
 */
export function separateJumps<T extends Priced>(
  prices: readonly T[],
  limits: JumpLimits,
): { readonly accepted: T[]; readonly jumps: Jump<T>[] } {
  const accepted: T[] = [];
  const jumps: Jump<T>[] = [];
  let last: T | undefined;
  for (const [index, price] of prices.entries()) {
    const [next, second] = [prices[index + 1], prices[index + 2]];
    const persists = isNear(price, next, limits);
    const isAccepted = last
      ? isNear(price, last, limits) || (persists && isPlausibleLevel(prices[index - 1], price, { last, limits }))
      : persists || !isNear(next, second, limits);
    if (isAccepted) {
      last = price;
      accepted.push(price);
      continue;
    }
    const reference = last ?? next;
    const ratioMax = persists ? limits.levelMax : largestRatio(price, reference ?? price, limits);
    jumps.push({ price, reference, ratioMax, persists });
  }
  return { accepted, jumps };
}

interface Level {
  /** The last accepted price. */
  readonly last: Priced;
  readonly limits: JumpLimits;
}

function isPlausibleLevel(before: Priced | undefined, price: Priced, { last, limits }: Level): boolean {
  const gapDays = daysBetween(before?.period ?? price.period, price.period);
  return gapDays > limits.gapDaysMax || isWithin(price, last, limits.levelMax);
}

function largestRatio(a: Priced, b: Priced, { moveMax, levelMax, coarseBelow }: JumpLimits): number {
  return Math.min(a.value, b.value) < coarseBelow ? levelMax : moveMax;
}

/** False if one of the prices is missing. */
function isNear(a: Priced | undefined, b: Priced | undefined, limits: JumpLimits): boolean {
  return a !== undefined && b !== undefined && isWithin(a, b, largestRatio(a, b, limits));
}

function isWithin(a: Priced, b: Priced, ratio: number): boolean {
  return a.value <= ratio * b.value && b.value <= ratio * a.value;
}
