/**
 * Grows one regression tree on binned features: best split first, by gradients and hessians.
 *
 * A node's larger child gets its histogram by subtraction from the parent's. Where few rows are left, or few columns are
 * looked at, histograms cost more than they save and the rows are scanned directly.
 */
import { type BinnedMatrix, MISSING_BIN } from "./binning.ts";
import {
  createHistogram,
  fillHistogram,
  type Gradients,
  type Histogram,
  packBins,
  type Span,
  subtractHistogram,
} from "./histogram.ts";
import type { Random } from "./random.ts";
import {
  createScan,
  MISSING_ONLY_BIN,
  type Scan,
  type Split,
  type SplitLimits,
  scanHistogram,
  scanRows,
} from "./split.ts";
import { LEAF, THRESHOLD_MAX, type Tree } from "./tree.ts";

/** Nodes with fewer rows keep no histogram. */
const HISTOGRAM_ROWS_MIN = 512;

export interface GrowthOptions extends SplitLimits {
  /** At least 2; Infinity for no limit. */
  readonly leavesMax: number;
  /** Splits on the way from the root to a leaf, at least 1; Infinity for no limit. */
  readonly depthMax: number;
  /** Columns drawn for each split; more are drawn while none of them allows a split. As many as there are, or more: all. */
  readonly featuresPerSplit: number;
}

/** A leaf and the part of `rows` that ended in it. */
export interface GrownLeaf extends Span {
  readonly node: number;
  readonly gradient: number;
  readonly hessian: number;
}

export interface Growth extends Gradients {
  /** Rows to grow on, reordered in place so that every leaf's rows are neighbours, ascending within a leaf. */
  readonly rows: Int32Array;
  /** Columns that may be used. */
  readonly columns: Int32Array;
  readonly random: Random;
  /** What a leaf predicts; rounded to float32. */
  leafValue(leaf: GrownLeaf): number;
}

export interface Grown {
  readonly tree: Tree;
  readonly leaves: readonly GrownLeaf[];
}

/** What trees grown on the same data share: the packed bins and the buffers. */
export interface Grower {
  readonly binned: BinnedMatrix;
  readonly options: GrowthOptions;
  readonly words: Int32Array;
  /** Unused histograms. */
  readonly pool: Histogram[];
  readonly rowBuffer: Int32Array;
  readonly gradientBuffer: Float64Array;
  readonly hessianBuffer: Float64Array;
  readonly columnBuffer: Int32Array;
}

interface Node extends GrownLeaf {
  readonly depth: number;
  split: Split | null;
  histogram: Histogram | null;
}

export function createGrower(binned: BinnedMatrix, options: GrowthOptions): Grower {
  return {
    binned,
    options,
    words: packBins(binned),
    pool: [],
    rowBuffer: new Int32Array(binned.rows),
    gradientBuffer: new Float64Array(binned.rows),
    hessianBuffer: new Float64Array(binned.rows),
    columnBuffer: new Int32Array(binned.columns),
  };
}

const goesLeft = new Uint8Array(MISSING_BIN + 1);

/** Stable, in place, without a branch on the data: left rows first. Returns where the right ones start. O(rows). */
function partition(grower: Grower, rows: Int32Array, node: Node & { readonly split: Split }): number {
  const { bins, rows: rowsTotal } = grower.binned;
  const buffer = grower.rowBuffer;
  const offset = node.split.feature * rowsTotal;
  goesLeft.fill(1, 0, node.split.bin + 1);
  goesLeft.fill(0, node.split.bin + 1);
  goesLeft[MISSING_BIN] = node.split.missingLeft ? 1 : 0;
  let left = node.start;
  let right = 0;
  for (let i = node.start; i < node.end; i++) {
    const row = rows[i] ?? 0;
    const toLeft = goesLeft[bins[offset + row] ?? 0] ?? 0;
    rows[left] = row;
    buffer[right] = row;
    left += toLeft;
    right += 1 - toLeft;
  }
  rows.set(buffer.subarray(0, right), left);
  return left;
}

/** Calls `scan` with the columns of one split until enough are seen and one of them allowed a split. */
function forSampledColumns(grower: Grower, growth: Growth, visit: (column: number) => boolean): void {
  const { columns, random } = growth;
  const wanted = grower.options.featuresPerSplit;
  const order = grower.columnBuffer;
  order.set(columns);
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

function canSplit(node: Node, options: GrowthOptions): boolean {
  return (
    node.depth < options.depthMax &&
    node.end - node.start >= 2 * options.leafRowsMin &&
    node.hessian >= 2 * options.leafWeightMin
  );
}

function scanOf(node: Node, grower: Grower): Scan {
  return createScan({ gradient: node.gradient, hessian: node.hessian, count: node.end - node.start }, grower.options);
}

function searchRows(grower: Grower, growth: Growth, node: Node): void {
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
  forSampledColumns(grower, growth, (column) => {
    scanRows(scan, column, source);
    return scan.best.feature >= 0;
  });
  node.split = scan.best.feature >= 0 ? scan.best : null;
}

function searchHistogram(grower: Grower, growth: Growth, found: { node: Node; histogram: Histogram }): void {
  const { node, histogram } = found;
  const scan = scanOf(node, grower);
  forSampledColumns(grower, growth, (column) => {
    scanHistogram(scan, column, histogram);
    return scan.best.feature >= 0;
  });
  node.split = scan.best.feature >= 0 ? scan.best : null;
  if (node.split !== null && node.end - node.start >= HISTOGRAM_ROWS_MIN) node.histogram = histogram;
  else grower.pool.push(histogram);
}

function filledHistogram(grower: Grower, growth: Growth, node: Node): Histogram {
  const { binned, words, pool } = grower;
  const histogram = pool.pop() ?? createHistogram(binned.columns, growth.hessians === null);
  const { gradients, hessians, rows } = growth;
  fillHistogram(
    histogram,
    { gradients, hessians, words, rowsTotal: binned.rows },
    { start: node.start, end: node.end, rows },
  );
  return histogram;
}

function searchRoot(grower: Grower, growth: Growth, root: Node): void {
  if (!canSplit(root, grower.options)) return;
  const few = root.end - root.start < HISTOGRAM_ROWS_MIN || 2 * grower.options.featuresPerSplit < growth.columns.length;
  if (few) searchRows(grower, growth, root);
  else searchHistogram(grower, growth, { node: root, histogram: filledHistogram(grower, growth, root) });
}

function searchChildren(grower: Grower, growth: Growth, family: { parent: Node; left: Node; right: Node }): void {
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
  subtractHistogram(inherited, counted);
  const pairs = [
    { node: left, histogram: left === small ? counted : inherited },
    { node: right, histogram: right === large ? inherited : counted },
  ];
  for (const pair of pairs) {
    if (open.includes(pair.node)) searchHistogram(grower, growth, pair);
    else grower.pool.push(pair.histogram);
  }
}

/** A binary heap on gain; equal gains leave in the order in which their nodes were made. */
function isBefore(a: Node, b: Node): boolean {
  const gainA = a.split?.gain ?? 0;
  const gainB = b.split?.gain ?? 0;
  return gainA > gainB || (gainA === gainB && a.node < b.node);
}

function pushNode(heap: Node[], node: Node): void {
  let at = heap.length;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const above = heap[parent];
    if (above === undefined || !isBefore(node, above)) break;
    heap[at] = above;
    at = parent;
  }
  heap[at] = node;
}

function popNode(heap: Node[]): Node | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (first === undefined || last === undefined || heap.length === 0) return first;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    let below = heap[child];
    const other = heap[child + 1];
    if (below !== undefined && other !== undefined && isBefore(other, below)) {
      child++;
      below = other;
    }
    if (below === undefined || !isBefore(below, last)) break;
    heap[at] = below;
    at = child;
  }
  heap[at] = last;
  return first;
}

function rootOf(growth: Growth): Node {
  const { rows, gradients, hessians } = growth;
  let gradient = 0;
  let hessian = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] ?? 0;
    gradient += gradients[row] ?? 0;
    hessian += hessians === null ? 1 : (hessians[row] ?? 0);
  }
  return { node: 0, start: 0, end: rows.length, gradient, hessian, depth: 0, split: null, histogram: null };
}

interface Draft {
  readonly nodes: Node[];
  /** For every node its left child, or `LEAF`; the right one is the next. */
  readonly left: number[];
}

function splitNode(grower: Grower, growth: Growth, split: { draft: Draft; parent: Node & { split: Split } }) {
  const { draft, parent } = split;
  const { leftGradient, leftHessian } = parent.split;
  const middle = partition(grower, growth.rows, parent);
  const depth = parent.depth + 1;
  const made = draft.nodes.length;
  const unsearched = { depth, split: null, histogram: null };
  const left: Node = {
    node: made,
    start: parent.start,
    end: middle,
    gradient: leftGradient,
    hessian: leftHessian,
    ...unsearched,
  };
  const right: Node = {
    node: made + 1,
    start: middle,
    end: parent.end,
    gradient: parent.gradient - leftGradient,
    hessian: parent.hessian - leftHessian,
    ...unsearched,
  };
  draft.left[parent.node] = made;
  draft.nodes.push(left, right);
  draft.left.push(LEAF, LEAF);
  return { parent, left, right };
}

function thresholdOf(split: Split, grower: Grower): number {
  if (split.bin === MISSING_ONLY_BIN) return THRESHOLD_MAX;
  return grower.binned.binning.thresholds[split.feature]?.[split.bin] ?? THRESHOLD_MAX;
}

function finish(grower: Grower, growth: Growth, draft: Draft): Grown {
  const count = draft.nodes.length;
  const tree = {
    feature: new Int32Array(count).fill(LEAF),
    threshold: new Float32Array(count),
    missingLeft: new Uint8Array(count),
    left: new Int32Array(count).fill(LEAF),
    right: new Int32Array(count).fill(LEAF),
    value: new Float32Array(count),
    weight: new Float64Array(count),
  };
  const leaves: GrownLeaf[] = [];
  for (const node of draft.nodes) {
    const at = node.node;
    const left = draft.left[at] ?? LEAF;
    tree.weight[at] = node.hessian;
    if (left === LEAF || node.split === null) {
      tree.value[at] = growth.leafValue(node);
      leaves.push(node);
      continue;
    }
    tree.feature[at] = node.split.feature;
    tree.threshold[at] = thresholdOf(node.split, grower);
    tree.missingLeft[at] = node.split.missingLeft ? 1 : 0;
    tree.left[at] = left;
    tree.right[at] = left + 1;
  }
  return { tree, leaves };
}

/**
 * One tree. A tree without a useful split is a single leaf.
 * Time about O(rows × columns × log leaves), memory O(leaves × columns × 256) for the histograms, reused by the next tree.
 */
export function growTree(grower: Grower, growth: Growth): Grown {
  const root = rootOf(growth);
  const draft: Draft = { nodes: [root], left: [LEAF] };
  const heap: Node[] = [];
  searchRoot(grower, growth, root);
  if (root.split !== null) pushNode(heap, root);
  let leaves = 1;
  while (leaves < grower.options.leavesMax) {
    const parent = popNode(heap);
    if (parent === undefined || parent.split === null) break;
    const family = splitNode(grower, growth, { draft, parent: { ...parent, split: parent.split } });
    leaves++;
    if (leaves === grower.options.leavesMax) break;
    searchChildren(grower, growth, { parent, left: family.left, right: family.right });
    for (const child of [family.left, family.right]) if (child.split !== null) pushNode(heap, child);
  }
  for (const node of draft.nodes) {
    if (node.histogram !== null) grower.pool.push(node.histogram);
    node.histogram = null;
  }
  return finish(grower, growth, draft);
}
