/**
 * The forest of the npm package `ml-random-forest`, converted to the trees of `shared/models`.
 *
 * Its split search tries every value of every column and costs up to rows² per node, so it learns from the latest whole periods
 * with at most `ROWS_MAX` rows. It draws columns once per tree, does not accept missing values (they are replaced by means),
 * and does not make a split that would be perfect.
 */

import { RandomForestRegression } from "ml-random-forest";
import { z } from "zod";
import { firstRowAt, type RowRange } from "../features/dataset.ts";
import { failure, success } from "../lib/result.ts";
import { checkData } from "../models/fit.ts";
import { float32Below } from "../models/float32.ts";
import { withRowWeights } from "../models/row-weights.ts";
import { type Ensemble, LEAF, type Tree } from "../models/tree.ts";
import { calibrated } from "./calibrated.ts";
import { type Candidate, type FitTask, numberOf } from "./candidate.ts";
import { encode, rankEncoding, withMeans } from "./encoding.ts";

/**
 * A fit to 1,000 rows of a target that always changes takes 9 s, one to 300 rows 0.5 s. On real prices the error hardly depends on it, and is
 * the largest of all candidates.
 */
const ROWS_MAX = 300;

export const mlRandomForest: Candidate = {
  id: "ml-random-forest",
  fit: calibrated((task) => {
    const { data, move, parameters, seed } = task;
    const rows = latestRows(task);
    const encoding = withMeans(rankEncoding(data, rows, move), data, rows);
    const features = encode(encoding, data, rows);
    const target = move.slice(rows.from, rows.to);
    const problem = checkData({ features, target }, { rowsMin: 10, classes: false });
    if (problem !== null) return failure(problem);
    const forest = new RandomForestRegression({
      nEstimators: numberOf(parameters, "trees", 8),
      maxFeatures: wholeShare(numberOf(parameters, "columnShare", 1 / 3), features.columns),
      replacement: false,
      useSampleBagging: true,
      noOOB: true,
      seed,
      treeOptions: { minNumSamples: numberOf(parameters, "leafRowsMin", 20), maxDepth: 12 },
    });
    const count = features.rows;
    const table = Array.from({ length: count }, (_, row) =>
      Array.from({ length: features.columns }, (_, column) => features.values[column * count + row] ?? 0),
    );
    forest.train(table, Array.from(target));
    const ensemble = ensembleOf(forest.toJSON(), features.columns);
    return success({ kind: "trees", encoding, ensemble: withRowWeights(ensemble, features) });
  }),
};

/**
 * Returns a share that the library rounds down to the intended number of columns, at least one. Without this correction a
 * small share would give no column.
 */
function wholeShare(share: number, columns: number): number {
  const drawn = Math.max(1, Math.floor(share * columns));
  return Math.min(1, (drawn + 0.5) / columns);
}

/** Returns the latest whole periods with at most `ROWS_MAX` rows; at least one period. */
function latestRows({ data, rows }: FitTask): RowRange {
  const last = data.period[rows.to - 1] ?? 0;
  let from = Math.max(rows.from, firstRowAt(data, last));
  for (let period = last - 1; period >= 0; period--) {
    const earlier = Math.max(rows.from, firstRowAt(data, period));
    if (rows.to - earlier > ROWS_MAX) break;
    from = earlier;
  }
  return { from, to: rows.to };
}

interface LibraryNode {
  readonly splitValue?: number | undefined;
  readonly splitColumn?: number | undefined;
  readonly distribution?: number | undefined;
  readonly left?: LibraryNode | undefined;
  readonly right?: LibraryNode | undefined;
}

const nodeShape: z.ZodType<LibraryNode> = z.lazy(() =>
  z.object({
    splitValue: z.number().optional(),
    splitColumn: z.int().optional(),
    distribution: z.number().optional(),
    left: nodeShape.optional(),
    right: nodeShape.optional(),
  }),
);

/** The part of the library's `toJSON` that is used. */
const forestShape = z.object({
  baseModel: z.object({
    indexes: z.array(z.array(z.int())),
    estimators: z.array(z.object({ root: nodeShape })),
  }),
});

/**
 * Converts the library's forest (its `toJSON`) to trees with the same predictions for float32 inputs. The library states no training
 * weights: they are 0. `columns`: the number of columns in training.
 */
export function ensembleOf(forest: unknown, columns: number): Ensemble {
  const { indexes, estimators } = forestShape.parse(JSON.parse(JSON.stringify(forest))).baseModel;
  const trees = estimators.map(({ root }, i) => treeOf(root, indexes[i] ?? []));
  return { trees, base: 0, aggregate: "average", columns };
}

/** Converts one tree, breadth first, so that children come after parents. `columns` maps the tree's columns to encoded ones. */
function treeOf(root: LibraryNode, columns: readonly number[]): Tree {
  const nodes: LibraryNode[] = [root];
  const left: number[] = [];
  const right: number[] = [];
  for (let node = 0; node < nodes.length; node++) {
    const { left: lesser, right: greater } = nodes[node] ?? {};
    left.push(lesser && greater ? nodes.push(lesser) - 1 : 0);
    right.push(lesser && greater ? nodes.push(greater) - 1 : 0);
  }
  const isSplit = (node: number) => (left[node] ?? 0) > 0;
  return {
    feature: Int32Array.from(nodes, ({ splitColumn }, node) =>
      isSplit(node) ? (columns[splitColumn ?? 0] ?? 0) : LEAF,
    ),
    threshold: Float32Array.from(nodes, ({ splitValue }, node) => (isSplit(node) ? float32Below(splitValue ?? 0) : 0)),
    missingLeft: new Uint8Array(nodes.length),
    left: Int32Array.from(left),
    right: Int32Array.from(right),
    value: Float32Array.from(nodes, ({ distribution }, node) => (isSplit(node) ? 0 : (distribution ?? 0))),
    weight: new Float64Array(nodes.length),
  };
}
