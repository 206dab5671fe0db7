/**
 * Histograms of gradients over bins: the inner loop of tree growing.
 *
 * Source: Ke et al., LightGBM (2017). The scratch arrays are module-level constants, so that V8 compiles in their address and
 * length. This saves a third of the time. Every function leaves them zeroed. No code here is asynchronous, so sharing them
 * is safe.
 */
import type { BinnedMatrix } from "./binning.ts";

/** Slots of one column in a histogram: 255 bins and the bin of missing values. */
export const SLOTS = 256;
/** Rows per block. The gradients and words of a block stay in the L2 cache while four columns are counted. */
const BLOCK_ROWS = 8192;

const blockGradient = new Float64Array(BLOCK_ROWS);
const blockHessian = new Float64Array(BLOCK_ROWS);
const blockWord = new Int32Array(BLOCK_ROWS);
const quadGradient = new Float64Array(4 * SLOTS);
const quadHessian = new Float64Array(4 * SLOTS);
const quadCount = new Float64Array(4 * SLOTS);

/** One sum per slot; slot = column × 256 + bin. If every hessian is 1, `hessian` and `count` are the same array. */
export interface Histogram {
  readonly gradient: Float64Array;
  readonly hessian: Float64Array;
  readonly count: Float64Array;
}

/** Gradients and hessians of the training rows. `hessians` is null if every hessian is 1. */
export interface Gradients {
  readonly gradients: Float64Array;
  readonly hessians: Float64Array | null;
}

/** A part of an array of row numbers: `rows[start…end)`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Packs the bins of four columns into one 32-bit word, so that one read serves four updates. ⌈columns ÷ 4⌉ × rows words. */
export function packBins(binned: BinnedMatrix): Int32Array {
  const { rows, columns, bins } = binned;
  const quads = Math.ceil(columns / 4);
  const words = new Int32Array(quads * rows);
  for (let column = 0; column < columns; column++) {
    const shift = (column & 3) * 8;
    const wordOffset = (column >> 2) * rows;
    const binOffset = column * rows;
    for (let row = 0; row < rows; row++) {
      words[wordOffset + row] = (words[wordOffset + row] ?? 0) | ((bins[binOffset + row] ?? 0) << shift);
    }
  }
  return words;
}

export function createHistogram(columns: number, constantHessian: boolean): Histogram {
  const slots = Math.ceil(columns / 4) * 4 * SLOTS;
  const count = new Float64Array(slots);
  return { gradient: new Float64Array(slots), hessian: constantHessian ? count : new Float64Array(slots), count };
}

function countBlock(length: number): void {
  for (let i = 0; i < length; i++) {
    const word = blockWord[i] ?? 0;
    const gradient = blockGradient[i] ?? 0;
    const a = word & 255;
    const b = SLOTS + ((word >>> 8) & 255);
    const c = 2 * SLOTS + ((word >>> 16) & 255);
    const d = 3 * SLOTS + (word >>> 24);
    quadGradient[a] = (quadGradient[a] ?? 0) + gradient;
    quadCount[a] = (quadCount[a] ?? 0) + 1;
    quadGradient[b] = (quadGradient[b] ?? 0) + gradient;
    quadCount[b] = (quadCount[b] ?? 0) + 1;
    quadGradient[c] = (quadGradient[c] ?? 0) + gradient;
    quadCount[c] = (quadCount[c] ?? 0) + 1;
    quadGradient[d] = (quadGradient[d] ?? 0) + gradient;
    quadCount[d] = (quadCount[d] ?? 0) + 1;
  }
}

function weighBlock(length: number): void {
  for (let i = 0; i < length; i++) {
    const word = blockWord[i] ?? 0;
    const hessian = blockHessian[i] ?? 0;
    const a = word & 255;
    const b = SLOTS + ((word >>> 8) & 255);
    const c = 2 * SLOTS + ((word >>> 16) & 255);
    const d = 3 * SLOTS + (word >>> 24);
    quadHessian[a] = (quadHessian[a] ?? 0) + hessian;
    quadHessian[b] = (quadHessian[b] ?? 0) + hessian;
    quadHessian[c] = (quadHessian[c] ?? 0) + hessian;
    quadHessian[d] = (quadHessian[d] ?? 0) + hessian;
  }
}

function flushQuad(scratch: Float64Array, into: Float64Array, offset: number): void {
  for (let i = 0; i < scratch.length; i++) into[offset + i] = (into[offset + i] ?? 0) + (scratch[i] ?? 0);
  scratch.fill(0);
}

/** Copies `source[rows[start…end)]` to the start of `block`. */
function gatherDoubles(source: Float64Array, block: Float64Array, from: Span & { readonly rows: Int32Array }): void {
  const { start, end, rows } = from;
  for (let i = start; i < end; i++) block[i - start] = source[rows[i] ?? 0] ?? 0;
}

/** Overwrites `histogram` with the sums over `rows[start…end)`. O(rows × columns + slots). */
export function fillHistogram(
  histogram: Histogram,
  source: Gradients & { readonly words: Int32Array; readonly rowsTotal: number },
  part: Span & { readonly rows: Int32Array },
): void {
  const { gradients, hessians, words, rowsTotal } = source;
  const { rows } = part;
  histogram.gradient.fill(0);
  histogram.hessian.fill(0);
  histogram.count.fill(0);
  const slots = histogram.count.length;
  for (let start = part.start; start < part.end; start += BLOCK_ROWS) {
    const end = Math.min(part.end, start + BLOCK_ROWS);
    gatherDoubles(gradients, blockGradient, { start, end, rows });
    if (hessians !== null) gatherDoubles(hessians, blockHessian, { start, end, rows });
    for (let offset = 0, wordOffset = 0; offset < slots; offset += 4 * SLOTS, wordOffset += rowsTotal) {
      for (let i = start; i < end; i++) blockWord[i - start] = words[wordOffset + (rows[i] ?? 0)] ?? 0;
      countBlock(end - start);
      flushQuad(quadGradient, histogram.gradient, offset);
      flushQuad(quadCount, histogram.count, offset);
      if (hessians === null) continue;
      weighBlock(end - start);
      flushQuad(quadHessian, histogram.hessian, offset);
    }
  }
}

/** Subtracts `child` from `parent` in place, which gives the histogram of the child's sibling. O(slots). */
export function subtractHistogram(parent: Histogram, child: Histogram): void {
  const arrays: [Float64Array, Float64Array][] = [
    [parent.gradient, child.gradient],
    [parent.count, child.count],
  ];
  if (parent.hessian !== parent.count) arrays.push([parent.hessian, child.hessian]);
  for (const [from, what] of arrays) {
    for (let i = 0; i < from.length; i++) from[i] = (from[i] ?? 0) - (what[i] ?? 0);
  }
}
