/**
 * Finds the best split of new nodes by the cheaper of two methods.
 *
 * The histogram of a node's larger child is the parent's histogram minus the smaller child's. If a node has few rows, or
 * few columns are searched, histograms cost more than they save, and the rows are scanned directly.
 */
import type { BinnedMatrix } from "./binning.ts";
import {
  createHistogram,
  fillHistogram,
  type Gradients,
  type Histogram,
  type PackedBins,
  packBins,
  type RowSpan,
  subtractHistogram,
} from "./histogram.ts";
import type { Random } from "./random.ts";
import { createScan, type Scan, type Split, type SplitLimits, scanHistogram, scanRows } from "./split.ts";

/** Nodes with fewer rows are scanned without a histogram. */
const HISTOGRAM_ROWS_MIN = 512;

export interface GrowthOptions extends SplitLimits {
  /** At least 2; Infinity for no limit. */
  readonly leavesMax: number;
  /** Maximum number of splits between the root and a leaf, at least 1; Infinity for no limit. */
  readonly depthMax: number;
  /** Columns drawn for each split. More are drawn while none of them allows a split. A larger number than exists uses all. */
  readonly featuresPerSplit: number;
}

/** A leaf and its part of `rows`. */
export interface GrownLeaf extends RowSpan {
  readonly node: number;
  readonly gradient: number;
  readonly hessian: number;
}

export interface Growth extends Gradients {
  /** Training rows. Growing reorders them in place: the rows of a leaf are contiguous and ascending. */
  readonly rows: Int32Array;
  /** Columns that may be used, as many for every tree of a grower. */
  readonly columns: Int32Array;
  readonly random: Random;
  /** Returns the prediction of a leaf. The tree stores it as float32. */
  leafValue(leaf: GrownLeaf): number;
}

/** Data and buffers that all trees of one training share. */
export interface Grower {
  readonly binned: BinnedMatrix;
  readonly options: GrowthOptions;
  /** The bins of the columns of the latest tree with a histogram; null before the first. */
  packed: PackedBins | null;
  /** Unused histograms. */
  readonly pool: Histogram[];
  readonly rowBuffer: Int32Array;
  readonly gradientBuffer: Float64Array;
  readonly hessianBuffer: Float64Array;
  readonly placeBuffer: Int32Array;
}

export interface GrowingNode extends GrownLeaf {
  readonly depth: number;
  split: Split | null;
  histogram: Histogram | null;
}

export function createGrower(binned: BinnedMatrix, options: GrowthOptions): Grower {
  return {
    binned,
    options,
    packed: null,
    pool: [],
    rowBuffer: new Int32Array(binned.rows),
    gradientBuffer: new Float64Array(binned.rows),
    hessianBuffer: new Float64Array(binned.rows),
    placeBuffer: new Int32Array(binned.columns),
  };
}

/** Calls `visit` with the places of sampled columns until enough were visited and at least one of them allows a split. */
function forSampledColumns(grower: Grower, growth: Growth, visit: (place: number) => boolean): void {
  const { columns, random } = growth;
  const wanted = grower.options.featuresPerSplit;
  const order = grower.placeBuffer;
  for (let place = 0; place < columns.length; place++) order[place] = place;
  const sampled = wanted < columns.length;
  let found = false;
  for (let i = 0; i < columns.length && (i < wanted || !found); i++) {
    if (sampled) {
      const j = i + random.integer(columns.length - i);
      const drawn = order[j] ?? 0;
      order[j] = order[i] ?? 0;
      order[i] = drawn;
    }
    found = visit(order[i] ?? 0);
  }
}

function canSplit(node: GrowingNode, options: GrowthOptions): boolean {
  return (
    node.depth < options.depthMax &&
    node.end - node.start >= 2 * options.leafRowsMin &&
    node.hessian >= 2 * options.leafWeightMin
  );
}

function scanOf(node: GrowingNode, grower: Grower): Scan {
  return createScan({ gradient: node.gradient, hessian: node.hessian, count: node.end - node.start }, grower.options);
}

function searchRows(grower: Grower, growth: Growth, node: GrowingNode): void {
  const { gradientBuffer, hessianBuffer, binned } = grower;
  const { rows, gradients, hessians } = growth;
  const { start, end } = node;
  for (let i = start; i < end; i++) {
    const row = rows[i] ?? 0;
    gradientBuffer[i - start] = gradients[row] ?? 0;
    hessianBuffer[i - start] = hessians === null ? 1 : (hessians[row] ?? 0);
  }
  const scan = scanOf(node, grower);
  const nodeRows = { start, end, rows, gradients: gradientBuffer, hessians: hessianBuffer };
  const source = { bins: binned.bins, rowsTotal: binned.rows, node: nodeRows };
  forSampledColumns(grower, growth, (place) => {
    scanRows(scan, growth.columns[place] ?? 0, source);
    return scan.best.feature >= 0;
  });
  node.split = scan.best.feature >= 0 ? scan.best : null;
}

function searchHistogram(grower: Grower, growth: Growth, found: { node: GrowingNode; histogram: Histogram }): void {
  const { node, histogram } = found;
  const scan = scanOf(node, grower);
  const { binCounts } = packedOf(grower, growth);
  forSampledColumns(grower, growth, (place) => {
    scanHistogram(scan, { feature: growth.columns[place] ?? 0, place, bins: binCounts[place] ?? 0 }, histogram);
    return scan.best.feature >= 0;
  });
  node.split = scan.best.feature >= 0 ? scan.best : null;
  if (node.split !== null && node.end - node.start >= HISTOGRAM_ROWS_MIN) node.histogram = histogram;
  else grower.pool.push(histogram);
}

/** Returns the packed bins of a tree's columns. They are packed again if the tree before it had other columns. */
function packedOf(grower: Grower, { columns }: Growth): PackedBins {
  const { packed } = grower;
  if (packed?.columns === columns) return packed;
  const isSame = packed?.columns.length === columns.length && columns.every((one, i) => one === packed.columns[i]);
  const next = isSame ? { ...packed, columns } : packBins(grower.binned, columns, packed?.words);
  grower.packed = next;
  return next;
}

function filledHistogram(grower: Grower, growth: Growth, node: GrowingNode): Histogram {
  const { gradients, hessians, rows, columns } = growth;
  const histogram = grower.pool.pop() ?? createHistogram(columns.length, hessians === null);
  const packed = packedOf(grower, growth);
  fillHistogram(histogram, { gradients, hessians, packed }, { start: node.start, end: node.end, rows });
  return histogram;
}

export function searchRoot(grower: Grower, growth: Growth, root: GrowingNode): void {
  if (!canSplit(root, grower.options)) return;
  const few = root.end - root.start < HISTOGRAM_ROWS_MIN || 2 * grower.options.featuresPerSplit < growth.columns.length;
  if (few) searchRows(grower, growth, root);
  else searchHistogram(grower, growth, { node: root, histogram: filledHistogram(grower, growth, root) });
}

export function searchChildren(
  grower: Grower,
  growth: Growth,
  family: { parent: GrowingNode; left: GrowingNode; right: GrowingNode },
): void {
  const { parent, left, right } = family;
  const open = [left, right].filter((child) => canSplit(child, grower.options));
  const inherited = parent.histogram;
  parent.histogram = null;
  if (inherited === null || open.length === 0) {
    for (const child of open) searchRows(grower, growth, child);
    if (inherited !== null) grower.pool.push(inherited);
    return;
  }
  const [small, large] = left.end - left.start <= right.end - right.start ? [left, right] : [right, left];
  const counted = filledHistogram(grower, growth, small);
  subtractHistogram(inherited, counted, packedOf(grower, growth).binCounts);
  const pairs = [
    { node: left, histogram: left === small ? counted : inherited },
    { node: right, histogram: right === large ? inherited : counted },
  ];
  for (const pair of pairs) {
    if (open.includes(pair.node)) searchHistogram(grower, growth, pair);
    else grower.pool.push(pair.histogram);
  }
}
