/** In which of a profile's fixed bins an input lies. */
import type { Card } from "../registry/card.ts";

export type Profile = Card["profile"][number];

/** A number's bin is its position in the profile's counts, a category's its name after `=`; the rest are these words. */
export const missingBin = "missing";
/** Below, or above, everything that the model was trained on. */
export const [underBin, overBin] = ["under", "over"] as const;
/** A text that the model was not trained on. */
export const otherBin = "other";

/**
 * Null, NaN and the empty text are missing. A card of before the range was written down has no `under` and `over`: its
 * outer bins hold them. O(bins).
 *
 * @example binOf(profile, 23.4) // "7"
 */
export function binOf(profile: Profile, value: number | string | null): string {
  if (value === null || value === "") return missingBin;
  if (profile.dtype === "string") return Object.hasOwn(profile.counts, value) ? `=${value}` : otherBin;
  // As the model sees it: edges are float32 too, and an answer's decimals are shorter than that.
  const number = Math.fround(Number(value));
  if (Number.isNaN(number)) return missingBin;
  const { edges, minimum, maximum } = profile;
  if (minimum !== null && number < minimum) return underBin;
  if (maximum !== null && number > maximum) return overBin;
  const bin = edges.findIndex((edge) => number <= edge);
  return String(bin < 0 ? edges.length : bin);
}
