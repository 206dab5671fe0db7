/** The bins in which inputs are counted. Without a schema library, because `predict` counts too. */

/** The part of a profile that bins depend on. */
export type BinReference =
  | {
      readonly dtype: "float";
      /** Inner edges, ascending. */
      readonly edges: readonly number[];
      /** The range of the training data; null if it was not recorded. */
      readonly minimum: number | null;
      readonly maximum: number | null;
    }
  | { readonly dtype: "string"; readonly counts: Readonly<Record<string, number>> };

/** Bin of a missing value. The bin of a number is its position in `counts`; that of a category is `=` and its name. */
const missingBin = "missing";
/** Bins of numbers below and above the range of the training data. */
export const [underBin, overBin] = ["under", "over"] as const;
/** Bin of a category that is not in the training data. */
const otherBin = "other";

/** Returns the position of a value's bin. A bin contains the values above one edge and up to the next, inclusive. O(log bins). */
export function binAt(edges: readonly number[], value: number): number {
  let [low, high] = [0, edges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value <= (edges[middle] ?? value)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * Returns the bin of an input. Null, NaN and the empty text are missing. For a profile without a range, numbers outside it
 * are counted in the outer bins. O(log bins).
 *
 * @example binOf(profile, 23.4) // "7"
 */
export function binOf(profile: BinReference, value: number | string | null): string {
  if (value === null || value === "") return missingBin;
  if (profile.dtype === "string") return Object.hasOwn(profile.counts, value) ? `=${value}` : otherBin;
  // Rounds to float32 like the model's input and the edges, because answers contain shortened decimals.
  const number = Math.fround(Number(value));
  if (Number.isNaN(number)) return missingBin;
  const { edges, minimum, maximum } = profile;
  if (minimum !== null && number < minimum) return underBin;
  if (maximum !== null && number > maximum) return overBin;
  return String(binAt(edges, number));
}
