/**
 * Histograms of gradients over bins: the inner loop of tree growing.
 *
 * Source: Ke et al., LightGBM (2017). The scratch arrays are module-level constants, so that V8 compiles in their address and
 * length. This saves a third of the time. Every function leaves them zeroed. No code here is asynchronous, so sharing them
 * is safe.
 */
import { type BinnedMatrix, MISSING_BIN } from "./binning.ts";

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

/** One sum per slot; slot = place of the packed column × 256 + bin. If every hessian is 1, `hessian` and `count` are the same array. */
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
export interface RowSpan {
  readonly start: number;
  readonly end: number;
}

/** The bins of the columns that a tree may use, four of them in one 32-bit word, so that one read serves four updates. */
export interface PackedBins {
  /** The packed columns of the matrix, in this order. */
  readonly columns: Int32Array;
  /** Number of rows of the matrix. */
  readonly rows: number;
  /** ⌈columns ÷ 4⌉ × rows words. */
  readonly words: Int32Array;
  /** For each packed column, the number of its bins without the bin of missing values. */
  readonly binCounts: Int32Array;
}

/** Packs the bins of some columns, in their order. `words` is reused if it is long enough. O(rows × columns). */
export function packBins(binned: BinnedMatrix, columns: Int32Array, words: Int32Array = new Int32Array(0)): PackedBins {
  const { rows, bins } = binned;
  const length = Math.ceil(columns.length / 4) * rows;
  const into = words.length >= length ? words : new Int32Array(length);
  const binCounts = columns.map((column) => (binned.binning.thresholds[column]?.length ?? 0) + 1);
  for (let place = 0, to = 0; place < columns.length; place += 4, to += rows) {
    // A place after the last column repeats the first one of its word. Its sums are not read.
    const first = columns[place] ?? 0;
    const a = first * rows;
    const b = (columns[place + 1] ?? first) * rows;
    const c = (columns[place + 2] ?? first) * rows;
    const d = (columns[place + 3] ?? first) * rows;
    for (let row = 0; row < rows; row++) {
      const low = (bins[a + row] ?? 0) | ((bins[b + row] ?? 0) << 8);
      into[to + row] = low | ((bins[c + row] ?? 0) << 16) | ((bins[d + row] ?? 0) << 24);
    }
  }
  return { columns, rows, words: into, binCounts };
}

/** Creates a histogram of as many packed columns. Slots that are not in use have any value. */
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

/** Counts and weighs in one pass, which reads and splits each word once. */
function countWeighted(length: number): void {
  for (let i = 0; i < length; i++) {
    const word = blockWord[i] ?? 0;
    const gradient = blockGradient[i] ?? 0;
    const hessian = blockHessian[i] ?? 0;
    const a = word & 255;
    const b = SLOTS + ((word >>> 8) & 255);
    const c = 2 * SLOTS + ((word >>> 16) & 255);
    const d = 3 * SLOTS + (word >>> 24);
    quadGradient[a] = (quadGradient[a] ?? 0) + gradient;
    quadHessian[a] = (quadHessian[a] ?? 0) + hessian;
    quadCount[a] = (quadCount[a] ?? 0) + 1;
    quadGradient[b] = (quadGradient[b] ?? 0) + gradient;
    quadHessian[b] = (quadHessian[b] ?? 0) + hessian;
    quadCount[b] = (quadCount[b] ?? 0) + 1;
    quadGradient[c] = (quadGradient[c] ?? 0) + gradient;
    quadHessian[c] = (quadHessian[c] ?? 0) + hessian;
    quadCount[c] = (quadCount[c] ?? 0) + 1;
    quadGradient[d] = (quadGradient[d] ?? 0) + gradient;
    quadHessian[d] = (quadHessian[d] ?? 0) + hessian;
    quadCount[d] = (quadCount[d] ?? 0) + 1;
  }
}

/**
 * Adds the sums of four columns to `into` and zeroes `scratch`. Visits only slots that can be in use: those of a column's bins,
 * and the one of missing values. The sums of the first block of rows replace the old ones.
 */
function flushQuad(
  scratch: Float64Array,
  into: Float64Array,
  {
    binCounts,
    first,
    replaces,
  }: { readonly binCounts: Int32Array; readonly first: number; readonly replaces: boolean },
): void {
  const end = Math.min(first + 4, binCounts.length);
  for (let place = first; place < end; place++) {
    const [from, to] = [(place - first) * SLOTS, place * SLOTS];
    const bins = binCounts[place] ?? 0;
    if (replaces) {
      for (let bin = 0; bin < bins; bin++) into[to + bin] = scratch[from + bin] ?? 0;
      into[to + MISSING_BIN] = scratch[from + MISSING_BIN] ?? 0;
    } else {
      for (let bin = 0; bin < bins; bin++) into[to + bin] = (into[to + bin] ?? 0) + (scratch[from + bin] ?? 0);
      into[to + MISSING_BIN] = (into[to + MISSING_BIN] ?? 0) + (scratch[from + MISSING_BIN] ?? 0);
    }
  }
  scratch.fill(0);
}

/** Copies `source[rows[start…end)]` to the start of `block`. */
function gatherDoubles(source: Float64Array, block: Float64Array, from: RowSpan & { readonly rows: Int32Array }): void {
  const { start, end, rows } = from;
  for (let i = start; i < end; i++) block[i - start] = source[rows[i] ?? 0] ?? 0;
}

/** Overwrites `histogram` with the sums over `rows[start…end)`, which are not empty. O(rows × columns + slots). */
export function fillHistogram(
  histogram: Histogram,
  { gradients, hessians, packed }: Gradients & { readonly packed: PackedBins },
  part: RowSpan & { readonly rows: Int32Array },
): void {
  const { rows: rowsTotal, words, binCounts } = packed;
  const { rows } = part;
  for (let start = part.start; start < part.end; start += BLOCK_ROWS) {
    const end = Math.min(part.end, start + BLOCK_ROWS);
    const replaces = start === part.start;
    gatherDoubles(gradients, blockGradient, { start, end, rows });
    if (hessians !== null) gatherDoubles(hessians, blockHessian, { start, end, rows });
    for (let first = 0, wordOffset = 0; first < binCounts.length; first += 4, wordOffset += rowsTotal) {
      const quad = { binCounts, first, replaces };
      for (let i = start; i < end; i++) blockWord[i - start] = words[wordOffset + (rows[i] ?? 0)] ?? 0;
      if (hessians === null) countBlock(end - start);
      else countWeighted(end - start);
      flushQuad(quadGradient, histogram.gradient, quad);
      flushQuad(quadCount, histogram.count, quad);
      if (hessians !== null) flushQuad(quadHessian, histogram.hessian, quad);
    }
  }
}

/** Subtracts `child` from `parent` in place, which gives the histogram of the child's sibling. O(slots). */
export function subtractHistogram(parent: Histogram, child: Histogram, binCounts: Int32Array): void {
  subtractSlots(parent.gradient, child.gradient, binCounts);
  subtractSlots(parent.count, child.count, binCounts);
  if (parent.hessian !== parent.count) subtractSlots(parent.hessian, child.hessian, binCounts);
}

function subtractSlots(from: Float64Array, what: Float64Array, binCounts: Int32Array): void {
  for (let place = 0; place < binCounts.length; place++) {
    const offset = place * SLOTS;
    const end = offset + (binCounts[place] ?? 0);
    for (let i = offset; i < end; i++) from[i] = (from[i] ?? 0) - (what[i] ?? 0);
    from[offset + MISSING_BIN] = (from[offset + MISSING_BIN] ?? 0) - (what[offset + MISSING_BIN] ?? 0);
  }
}
