import type { Feed } from "../feeds/feed.ts";
import { memoizeByKey } from "../lib/memoize-by-key.ts";
import { factKey, hasValue, type StatedFact, seriesValues } from "./fact.ts";
import { type FactSource, isNewer, type StoredFact } from "./merge.ts";

/** Returns the identity of a series, such as the id of a transaction, by its key. */
export function identityIn({ dimensions, identity }: Pick<Feed, "dimensions" | "identity">): (key: string) => string {
  const at = dimensions.indexOf(identity ?? "");
  return memoizeByKey((key: string) => seriesValues(key)[at] ?? "");
}

/**
 * Completes a publication of a feed with `identity`, in which a publication states an identity as a whole: the newest
 * publication that states one replaces all that older ones state of it. So a transaction that moves to another customer or day
 * counts once. Returns what the publication states, without the identities that a newer publication states, and with a
 * retraction of every stored value of its identities that it does not contain. O(facts).
 *
 * @param stored all stored facts of the publication's identities, in any series and period
 */
export function stateWholeIdentities(
  feed: Pick<Feed, "dimensions" | "identity">,
  stated: readonly StatedFact[],
  { stored, source }: { readonly stored: readonly StoredFact[]; readonly source: FactSource },
): readonly StatedFact[] {
  if (feed.identity === undefined || stored.length === 0) return stated;
  const identityOf = identityIn(feed);
  const outdated = new Set(stored.flatMap((fact) => (isNewer(fact.source, source) ? [identityOf(fact.series)] : [])));
  const used = stated.filter(({ series }) => !outdated.has(identityOf(series)));
  const keys = new Set(used.map(factKey));
  const identities = new Set(used.map(({ series }) => identityOf(series)));
  const implied = stored.filter(
    (fact) =>
      hasValue(fact) &&
      // The values of a withdrawn publication are removed, not retracted.
      !fact.source.isWithdrawn &&
      identities.has(identityOf(fact.series)) &&
      !keys.has(factKey(fact)) &&
      isNewer(source, fact.source),
  );
  return [...used, ...implied.map(({ period, series, variable }) => ({ period, series, variable, value: null }))];
}
