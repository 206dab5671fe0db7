import { isAboveLimit } from "./contradictions.ts";
import type { FeedLimits } from "./feed.ts";

/**
 * Returns why a publication is held for what it retracts, as one sentence, or null. A file of new purchases with a few failed
 * ones is usual; a file that retracts a large share of its series may have another meaning of its columns or ids.
 *
 * @param retracted the series that lose a stored value
 * @param stated all series that the publication states, the retracted ones included
 */
export function retractionReason(
  { retracted, stated }: { readonly retracted: ReadonlySet<string>; readonly stated: ReadonlySet<string> },
  { contradictedMax }: Pick<FeedLimits, "contradictedMax">,
): string | null {
  const counts = { contradicted: retracted.size, restated: stated.size };
  if (!isAboveLimit(counts, { contradictedMax })) return null;
  const share = (part: number) => `${Math.round(part * 1000) / 10} %`;
  return `${retracted.size} of its ${stated.size} series lose a stored value (${share(retracted.size / stated.size)}); the limit is ${share(contradictedMax)}`;
}
