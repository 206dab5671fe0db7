/** Solves symmetric positive definite systems for the linear models. Matrices are row-major, size × size. */

/** A pivot below this share of its diagonal entry means that the column depends linearly on earlier columns. */
const PIVOT_SHARE_MIN = 1e-12;

/**
 * Returns the lower triangle L with L Lᵀ = `matrix`, or null if `matrix` is not positive definite. Reads only the lower
 * triangle of `matrix`. O(size³ ÷ 3). Source: Golub and Van Loan, algorithm 4.2.1.
 */
export function cholesky(matrix: Float64Array, size: number): Float64Array | null {
  const lower = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = matrix[i * size + j] ?? 0;
      for (let k = 0; k < j; k++) rest -= (lower[i * size + k] ?? 0) * (lower[j * size + k] ?? 0);
      if (i !== j) lower[i * size + j] = rest / (lower[j * size + j] ?? 0);
      else if (!(rest > PIVOT_SHARE_MIN * (matrix[i * size + i] ?? 0))) return null;
      else lower[i * size + i] = Math.sqrt(rest);
    }
  }
  return lower;
}

/** Solves L z = right for z. O(size²). */
function forwardSolve(lower: Float64Array, right: Float64Array): Float64Array {
  const size = right.length;
  const solution = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    let rest = right[i] ?? 0;
    for (let k = 0; k < i; k++) rest -= (lower[i * size + k] ?? 0) * (solution[k] ?? 0);
    solution[i] = rest / (lower[i * size + i] ?? 0);
  }
  return solution;
}

/** Solves L Lᵀ x = right for x. O(size²). */
export function choleskySolve(lower: Float64Array, right: Float64Array): Float64Array {
  const size = right.length;
  const solution = forwardSolve(lower, right);
  for (let i = size - 1; i >= 0; i--) {
    let rest = solution[i] ?? 0;
    for (let k = i + 1; k < size; k++) rest -= (lower[k * size + i] ?? 0) * (solution[k] ?? 0);
    solution[i] = rest / (lower[i * size + i] ?? 0);
  }
  return solution;
}
