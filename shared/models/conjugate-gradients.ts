import { dot } from "./linear.ts";

export interface ConjugateGradients {
  readonly solution: Float64Array;
  readonly iterations: number;
  /** Norm of the last residual divided by the norm of the right side. */
  readonly residual: number;
}

/**
 * Solves A x = right for a symmetric positive definite A, of which only products are needed. Ends when the residual is below
 * `tolerance` times the right side, or after `iterationsMax`. O(iterations × product). Source: Golub and Van Loan, algorithm 11.3.3.
 */
export function conjugateGradients(
  multiply: (vector: Float64Array) => Float64Array,
  right: Float64Array,
  { tolerance, iterationsMax }: { readonly tolerance: number; readonly iterationsMax: number },
): ConjugateGradients {
  const solution = new Float64Array(right.length);
  const rest = right.slice();
  const direction = right.slice();
  const norm = Math.sqrt(dot(right, right));
  let squares = norm * norm;
  let iterations = 0;
  while (Math.sqrt(squares) > tolerance * norm && iterations < iterationsMax) {
    const product = multiply(direction);
    const length = squares / dot(direction, product);
    for (let i = 0; i < right.length; i++) {
      solution[i] = (solution[i] ?? 0) + length * (direction[i] ?? 0);
      rest[i] = (rest[i] ?? 0) - length * (product[i] ?? 0);
    }
    const next = dot(rest, rest);
    for (let i = 0; i < right.length; i++) direction[i] = (rest[i] ?? 0) + (next / squares) * (direction[i] ?? 0);
    squares = next;
    iterations++;
  }
  return { solution, iterations, residual: norm === 0 ? 0 : Math.sqrt(squares) / norm };
}
