/** Which prices of one series are too far from those around them to be believed, whichever publication they stand in. */
import { daysBetween } from "../lib/calendar.ts";

export interface Priced {
  /** `YYYY-MM-DD`. */
  readonly period: string;
  readonly value: number;
}

/** All are ratios, ≥ 1, but the gap in days and the price in its own unit. */
export interface JumpLimits {
  /** Further from the last believed price than this, before the next day agrees, is a slip. */
  readonly moveMax: number;
  /** Further than this is never believed: another unit. */
  readonly levelMax: number;
  /** Below this price, rounding makes leaps of its own, and only `levelMax` holds. */
  readonly coarseBelow: number;
  /** After a longer gap a price that the next day agrees with may be anywhere. */
  readonly gapDaysMax: number;
}

export interface Leap<T extends Priced> {
  readonly of: T;
  /** What it was held against. */
  readonly near: T | undefined;
  /** How many times as much or as little it might have been. */
  readonly times: number;
  /** The next one says the same: it is no slip of one day. */
  readonly lasts: boolean;
}

/**
 * Judges the prices of one series, oldest first. A price far from the last believed one is refused, unless the next says
 * the same and both are within `levelMax`: then the market has moved. The newest has none after it, so that it waits
 * until another agrees. A leap to another level is refused for as long as it lasts. O(prices).
 */
export function judgeJumps<T extends Priced>(
  prices: readonly T[],
  limits: JumpLimits,
): { readonly kept: T[]; readonly leaps: Leap<T>[] } {
  const kept: T[] = [];
  const leaps: Leap<T>[] = [];
  let believed: T | undefined;
  for (const [index, price] of prices.entries()) {
    const [next, second] = [prices[index + 1], prices[index + 2]];
    const lasts = isNear(price, next, limits);
    const isBelieved = believed
      ? isNear(price, believed, limits) || (lasts && isLevel(prices[index - 1], price, { believed, limits }))
      : lasts || !isNear(next, second, limits);
    if (isBelieved) {
      believed = price;
      kept.push(price);
      continue;
    }
    const near = believed ?? next;
    leaps.push({ of: price, near, times: lasts ? limits.levelMax : timesOf(price, near ?? price, limits), lasts });
  }
  return { kept, leaps };
}

interface Level {
  readonly believed: Priced;
  readonly limits: JumpLimits;
}

function isLevel(before: Priced | undefined, price: Priced, { believed, limits }: Level): boolean {
  const gapDays = daysBetween(before?.period ?? price.period, price.period);
  return gapDays > limits.gapDaysMax || isWithin(price, believed, limits.levelMax);
}

function timesOf(a: Priced, b: Priced, { moveMax, levelMax, coarseBelow }: JumpLimits): number {
  return Math.min(a.value, b.value) < coarseBelow ? levelMax : moveMax;
}

/** False where one of them is not there. */
function isNear(a: Priced | undefined, b: Priced | undefined, limits: JumpLimits): boolean {
  return a !== undefined && b !== undefined && isWithin(a, b, timesOf(a, b, limits));
}

function isWithin(a: Priced, b: Priced, times: number): boolean {
  return a.value <= times * b.value && b.value <= times * a.value;
}
