import { at, type Numbers } from "./numbers.ts";

/** Draws of a test. The smallest p of a test with draws is 1 ÷ (draws + 1). */
export const signFlipDraws = 99_999;

export interface SignFlipOptions {
  /** Returns 32 random bits, as a number from 0 to 2^32 − 1. */
  readonly randomBits: () => number;
  readonly draws?: number;
}

/**
 * Returns one p-value per contender, one-sided and corrected for the number of contenders: the share of sign flips in which
 * the largest t of all contenders reaches the contender's own t.
 *
 * A flip multiplies whole periods by ±1, with the same signs for all contenders, because their losses in one period are
 * dependent. This is the single-step max-T method of Westfall and Young for paired differences. It assumes that differences
 * are symmetric around 0 if there is no advantage.
 *
 * `differences`: for each contender the opponent's loss − the contender's loss, one per period, in the same order for all;
 * a positive number favours the contender. If there are at most `draws` + 1 ways to flip the signs, all are counted and p is
 * exact. Else `draws` random flips are counted and the observed signs are added to them. Differences that are all 0, and an
 * empty window, give p = 1. Range of p: 1 ÷ 2^periods or 1 ÷ (draws + 1), to 1. Deterministic for the same bits.
 * O(draws · contenders · periods ÷ 8).
 * @see Westfall, Young (1993), "Resampling-Based Multiple Testing"; R `multtest::mt.maxT` with side "upper"
 * @example jointSignFlips([[3, 1, 2], [0, 0, 0]], { randomBits }) // [0.125, 1]
 */
export function jointSignFlips(
  differences: readonly Numbers[],
  { randomBits, draws = signFlipDraws }: SignFlipOptions,
): number[] {
  const periods = differences[0]?.length ?? 0;
  const uneven = differences.find(({ length }) => length !== periods);
  if (uneven) throw new RangeError(`expected ${periods} periods for every contender, found ${uneven.length}`);
  const scaled = differences.map(scaleToUnitSquares);
  const tables = flipTables(scaled.filter((values) => values !== null));
  const isExact = 2 ** periods <= draws + 1;
  const flips = isExact ? 2 ** periods : draws;
  const signs = isExact ? countedSigns() : drawnSigns(randomBits);
  const reached = countReached(tables, { flips, signs });
  const shares = isExact ? reached.map((count) => count / flips) : reached.map((count) => (count + 1) / (flips + 1));
  let next = 0;
  return scaled.map((values) => (values === null ? 1 : at(shares, next++)));
}

/**
 * Divides by the root of the sum of squares, which no flip changes. t then depends on the sum alone, and grows with it, so
 * that sums can be compared instead of t. Returns null if all differences are 0.
 */
function scaleToUnitSquares(differences: Numbers): Float64Array | null {
  const values = Float64Array.from(differences);
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  if (largest === 0) return null;
  let squares = 0;
  for (const value of values) squares += (value / largest) ** 2;
  const norm = Math.sqrt(squares);
  return values.map((value) => value / largest / norm);
}

/** Periods of a block. The signs of a block are one byte. */
const blockPeriods = 8;
const bytes = 256;

/** The sum of each block for each of its 256 sign patterns: `sums[(block · contenders + contender) · 256 + pattern]`. */
interface FlipTables {
  readonly contenders: number;
  readonly blocks: number;
  readonly sums: Float64Array;
}

function flipTables(scaled: readonly Float64Array[]): FlipTables {
  const contenders = scaled.length;
  const blocks = Math.ceil((scaled[0]?.length ?? 0) / blockPeriods);
  const sums = new Float64Array(blocks * contenders * bytes);
  for (let block = 0; block < blocks; block++) {
    for (let contender = 0; contender < contenders; contender++) {
      const from = (block * contenders + contender) * bytes;
      const values = scaled[contender]?.subarray(block * blockPeriods, (block + 1) * blockPeriods) ?? sums;
      for (let pattern = 0; pattern < bytes; pattern++) {
        let sum = 0;
        for (let period = 0; period < values.length; period++) {
          sum += (pattern >>> period) & 1 ? -at(values, period) : at(values, period);
        }
        sums[from + pattern] = sum;
      }
    }
  }
  return { contenders, blocks, sums };
}

/** Flips that are computed at once, so that the sums of one block stay in the fastest cache. */
const batchFlips = 1024;

/**
 * Writes the sum of each contender under each flip of a batch to `totals[contender · batch + flip]`.
 * `signs[block · batch + flip]` has one bit per period; 1 flips it.
 */
function addFlipped({ contenders, blocks, sums }: FlipTables, signs: Uint8Array, totals: Float64Array): void {
  totals.fill(0);
  for (let block = 0; block < blocks; block++) {
    const patterns = signs.subarray(block * batchFlips, (block + 1) * batchFlips);
    for (let contender = 0; contender < contenders; contender++) {
      const from = (block * contenders + contender) * bytes;
      const to = contender * batchFlips;
      for (let flip = 0; flip < batchFlips; flip++) {
        totals[to + flip] = (totals[to + flip] ?? 0) + (sums[from + (patterns[flip] ?? 0)] ?? 0);
      }
    }
  }
}

/** Writes the signs of the next flip to `signs[block · batch + flip]`. */
type Signs = (signs: Uint8Array, flip: number) => void;

/** Enumerates all flips. There are at most 32 periods. */
function countedSigns(): Signs {
  let number = 0;
  return (signs, flip) => {
    for (let shift = 0, place = flip; place < signs.length; shift += blockPeriods, place += batchFlips)
      signs[place] = number >>> shift;
    number++;
  };
}

/** Draws flips. One number of 32 bits is four blocks. */
function drawnSigns(randomBits: () => number): Signs {
  return (signs, flip) => {
    let bits = 0;
    for (let block = 0, place = flip; place < signs.length; block++, place += batchFlips) {
      bits = block % 4 === 0 ? randomBits() : bits >>> blockPeriods;
      signs[place] = bits;
    }
  };
}

interface Flips {
  readonly flips: number;
  readonly signs: Signs;
}

/** A flip that repeats the observed signs gives the observed sum up to rounding. */
const rounding = 1e-12;

/** Returns for each contender the number of flips in which the largest sum reaches its own. */
function countReached(tables: FlipTables, { flips, signs }: Flips): number[] {
  const { contenders, blocks } = tables;
  const totals = new Float64Array(contenders * batchFlips);
  const patterns = new Uint8Array(blocks * batchFlips);
  // Without a flip: the observed sums.
  addFlipped(tables, patterns, totals);
  const needed = Array.from({ length: contenders }, (_, contender) => at(totals, contender * batchFlips) - rounding);
  const reached = needed.map(() => 0);
  for (let done = 0; done < flips; done += batchFlips) {
    const count = Math.min(batchFlips, flips - done);
    for (let flip = 0; flip < count; flip++) signs(patterns, flip);
    addFlipped(tables, patterns, totals);
    for (let flip = 0; flip < count; flip++) {
      let largest = Number.NEGATIVE_INFINITY;
      for (let place = flip; place < totals.length; place += batchFlips)
        largest = Math.max(largest, totals[place] ?? 0);
      for (let contender = 0; contender < contenders; contender++) {
        if (largest >= (needed[contender] ?? 0)) reached[contender] = (reached[contender] ?? 0) + 1;
      }
    }
  }
  return reached;
}
