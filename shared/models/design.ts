/**
 * The training rows of a linear model without a 0/1 column per category: numbers as they are, and the position of each row's
 * category. Memory is O(rows × features), not O(rows × columns).
 */
import type { LinearPredictor } from "./linear.ts";

export type DesignBlock =
  /** One column. NaN is missing. */
  | { readonly kind: "number"; readonly values: Float32Array }
  /** One 0/1 column per category. A row has the code of its category; −1 gives 0 in all columns. */
  | { readonly kind: "categories"; readonly width: number; readonly codes: Int32Array };

export type NumberBlock = Extract<DesignBlock, { kind: "number" }>;
export type CategoryBlock = Extract<DesignBlock, { kind: "categories" }>;

export interface Design {
  readonly rows: number;
  /** In the order of the model's columns. */
  readonly blocks: readonly DesignBlock[];
}

/** A block and the position of its first column. */
export interface Placed<Block extends DesignBlock> {
  readonly block: Block;
  readonly first: number;
}

/** Returns the blocks of numbers and of categories, with the positions of their columns. */
export function placedBlocks({ blocks }: Design): {
  readonly numbers: readonly Placed<NumberBlock>[];
  readonly categories: readonly Placed<CategoryBlock>[];
  readonly columns: number;
} {
  const numbers: Placed<NumberBlock>[] = [];
  const categories: Placed<CategoryBlock>[] = [];
  let columns = 0;
  for (const block of blocks) {
    if (block.kind === "number") numbers.push({ block, first: columns });
    else categories.push({ block, first: columns });
    columns += block.kind === "number" ? 1 : block.width;
  }
  return { numbers, categories, columns };
}

/**
 * Returns intercept + Σ coefficient × (x − mean) ÷ scale for every row; a missing number counts as its mean. O(rows × features).
 * @throws RangeError if the number of columns differs from the model's.
 */
export function predictDesign(predictor: LinearPredictor, design: Design): Float64Array {
  const { means, scales, coefficients, intercept } = predictor;
  const { numbers, categories, columns } = placedBlocks(design);
  if (columns !== coefficients.length)
    throw new RangeError(`the design has ${columns} columns: expected ${coefficients.length}, as in training`);
  const slopes = coefficients.map((coefficient, column) => coefficient / (scales[column] ?? 1));
  let base = intercept;
  for (const { block, first } of categories)
    for (let column = first; column < first + block.width; column++)
      base -= (slopes[column] ?? 0) * (means[column] ?? 0);
  const predictions = new Float64Array(design.rows).fill(base);
  for (const { block, first } of numbers) {
    const [slope, mean] = [slopes[first] ?? 0, means[first] ?? 0];
    for (let row = 0; row < design.rows; row++) {
      const value = block.values[row] ?? Number.NaN;
      if (!Number.isNaN(value)) predictions[row] = (predictions[row] ?? 0) + slope * (value - mean);
    }
  }
  for (const { block, first } of categories) {
    for (let row = 0; row < design.rows; row++) {
      const code = block.codes[row] ?? -1;
      if (code >= 0) predictions[row] = (predictions[row] ?? 0) + (slopes[first + code] ?? 0);
    }
  }
  return predictions;
}
