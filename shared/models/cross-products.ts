/**
 * Dᵀ D of a design whose numbers are standardised and whose categories are 0/1 columns. The 0/1 columns are never written out:
 * their products with each other are counts, and only pairs of categories that occur together are stored.
 */
import { type CategoryBlock, type Design, type NumberBlock, type Placed, placedBlocks } from "./design.ts";
import { dot, type Standardisation } from "./linear.ts";
import { type PairCounts, pairCounts } from "./pair-counts.ts";

/** Rows whose numbers are standardised at once. */
const ROWS_AT_ONCE = 1024;

/** How often the categories of two blocks occur together. */
interface Pair extends PairCounts {
  readonly left: Placed<CategoryBlock>;
  readonly right: Placed<CategoryBlock>;
}

export class CrossProducts {
  /** Positions of the columns of numbers. */
  readonly #numbers: readonly number[];
  /** Numbers × numbers. */
  readonly #products: Float64Array;
  /** Columns × numbers: the sum of a number over the rows of a category; 0 for a column of numbers. */
  readonly #joint: Float64Array;
  readonly #pairs: readonly Pair[];
  /** Dᵀ 1: the sum of each column. */
  readonly totals: Float64Array;
  /** Dᵀ y. */
  readonly moments: Float64Array;
  readonly size: number;

  /** Sums over the rows. O(rows × (numbers² + numbers × categories) + pairs). */
  constructor(design: Design, standardisation: Standardisation, target: Float64Array) {
    const { numbers, categories, columns } = placedBlocks(design);
    this.size = columns;
    this.#numbers = numbers.map(({ first }) => first);
    this.#products = new Float64Array(numbers.length ** 2);
    this.#joint = new Float64Array(columns * numbers.length);
    this.totals = new Float64Array(columns);
    this.moments = new Float64Array(columns);
    for (let from = 0; from < design.rows; from += ROWS_AT_ONCE) {
      const rows = { from, to: Math.min(design.rows, from + ROWS_AT_ONCE) };
      const standardised = numbers.map((one) => standardise(one, standardisation, rows));
      this.#addNumbers(standardised, target.subarray(rows.from, rows.to));
      for (const one of categories) this.#addCategories(one, standardised, { ...rows, target });
    }
    this.#pairs = categories.flatMap((left, at) =>
      categories.slice(at + 1).map((right) => ({ left, right, ...pairCounts(left.block, right.block) })),
    );
  }

  #addNumbers(columns: readonly Float64Array[], target: Float64Array): void {
    const width = columns.length;
    columns.forEach((left, i) => {
      const column = this.#numbers[i] ?? 0;
      this.totals[column] = (this.totals[column] ?? 0) + left.reduce((sum, value) => sum + value, 0);
      this.moments[column] = (this.moments[column] ?? 0) + dot(left, target);
      for (let j = i; j < width; j++) {
        const sum = (this.#products[i * width + j] ?? 0) + dot(left, columns[j] ?? left);
        this.#products[i * width + j] = sum;
        this.#products[j * width + i] = sum;
      }
    });
  }

  #addCategories(
    { block, first }: Placed<CategoryBlock>,
    numbers: readonly Float64Array[],
    { from, to, target }: { readonly from: number; readonly to: number; readonly target: Float64Array },
  ): void {
    const width = numbers.length;
    for (let row = from; row < to; row++) {
      const code = block.codes[row] ?? -1;
      if (code < 0) continue;
      const column = first + code;
      this.totals[column] = (this.totals[column] ?? 0) + 1;
      this.moments[column] = (this.moments[column] ?? 0) + (target[row] ?? 0);
      for (let i = 0; i < width; i++) {
        const at = column * width + i;
        this.#joint[at] = (this.#joint[at] ?? 0) + (numbers[i]?.[row - from] ?? 0);
      }
    }
  }

  /** Returns Dᵀ D v. O(numbers × columns + pairs). */
  times(vector: Float64Array): Float64Array {
    // A category occurs with no other category of its block.
    const result = vector.map((value, column) => value * (this.totals[column] ?? 0));
    const width = this.#numbers.length;
    const own = Float64Array.from(this.#numbers, (column) => vector[column] ?? 0);
    const sums = new Float64Array(width);
    for (let i = 0; i < width; i++)
      for (let j = 0; j < width; j++) sums[i] = (sums[i] ?? 0) + (this.#products[i * width + j] ?? 0) * (own[j] ?? 0);
    for (let column = 0; column < this.size; column++) {
      const value = vector[column] ?? 0;
      let sum = 0;
      for (let i = 0; i < width; i++) {
        const joint = this.#joint[column * width + i] ?? 0;
        sum += joint * (own[i] ?? 0);
        sums[i] = (sums[i] ?? 0) + joint * value;
      }
      result[column] = (result[column] ?? 0) + sum;
    }
    this.#numbers.forEach((column, i) => {
      result[column] = sums[i] ?? 0;
    });
    this.#eachPair((a, b, count) => {
      result[a] = (result[a] ?? 0) + count * (vector[b] ?? 0);
      result[b] = (result[b] ?? 0) + count * (vector[a] ?? 0);
    });
    return result;
  }

  /** Returns Dᵀ D, size × size, row-major. */
  dense(): Float64Array {
    const { size } = this;
    const matrix = new Float64Array(size * size);
    const put = (a: number, b: number, value: number) => {
      matrix[a * size + b] = value;
      matrix[b * size + a] = value;
    };
    const width = this.#numbers.length;
    for (let column = 0; column < size; column++) {
      put(column, column, this.totals[column] ?? 0);
      for (let i = 0; i < width; i++) put(column, this.#numbers[i] ?? 0, this.#joint[column * width + i] ?? 0);
    }
    for (let i = 0; i < width; i++)
      for (let j = 0; j < width; j++)
        put(this.#numbers[i] ?? 0, this.#numbers[j] ?? 0, this.#products[i * width + j] ?? 0);
    this.#eachPair(put);
    return matrix;
  }

  #eachPair(use: (left: number, right: number, count: number) => void): void {
    for (const { left, right, starts, others, counts } of this.#pairs)
      for (let a = 0; a < left.block.width; a++)
        for (let at = starts[a] ?? 0; at < (starts[a + 1] ?? 0); at++)
          use(left.first + a, right.first + (others[at] ?? 0), counts[at] ?? 0);
  }
}

/** Returns the standardised values of a column for some rows; 0 if a value is missing. */
function standardise(
  { block: { values }, first }: Placed<NumberBlock>,
  { means, scales }: Standardisation,
  { from, to }: { readonly from: number; readonly to: number },
): Float64Array {
  const [mean, scale] = [means[first] ?? 0, scales[first] ?? 1];
  const standardised = new Float64Array(to - from);
  for (let row = from; row < to; row++) {
    const value = values[row] ?? Number.NaN;
    if (!Number.isNaN(value)) standardised[row - from] = (value - mean) / scale;
  }
  return standardised;
}
