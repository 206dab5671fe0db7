/** Computes a quantile by selection. A leaf needs a single quantile, so sorting all its rows would be wasted work. */

/** Moves the k-th smallest value to position k, smaller values before it and larger ones after it. Expected O(n) (Hoare 1961). */
function select(values: Float64Array, k: number): void {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const pivot = medianOfThree(values[low] ?? 0, values[(low + high) >>> 1] ?? 0, values[high] ?? 0);
    let left = low;
    let right = high;
    while (left <= right) {
      while ((values[left] ?? 0) < pivot) left++;
      while ((values[right] ?? 0) > pivot) right--;
      if (left > right) break;
      const swapped = values[left] ?? 0;
      values[left++] = values[right] ?? 0;
      values[right--] = swapped;
    }
    if (k <= right) high = right;
    else if (k >= left) low = left;
    else return;
  }
}

function medianOfThree(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}

/**
 * Returns the q-quantile, q in [0, 1], by linear interpolation between neighbours (Hyndman and Fan's type 7, numpy's
 * default). Reorders `values`, which must contain at least one number and no NaN. Expected O(n).
 */
export function quantileInPlace(values: Float64Array, q: number): number {
  const position = q * (values.length - 1);
  const below = Math.floor(position);
  select(values, below);
  const low = values[below] ?? Number.NaN;
  if (position === below) return low;
  let high = Number.POSITIVE_INFINITY;
  for (let i = below + 1; i < values.length; i++) high = Math.min(high, values[i] ?? high);
  return low + (high - low) * (position - below);
}
