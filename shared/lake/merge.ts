/**
 * What a partition holds after one more publication.
 *
 * Publications arrive in any order, more than once, and each repeats history. The rule that makes the order irrelevant:
 * of all publications that state a fact, the one of the highest rank is believed; a fact that newer publications no
 * longer mention stays. So each fact remembers the highest-ranked publication known to state its value.
 */
import { compareFacts, type Fact, factKey } from "./fact.ts";

/** One publication taken in. Ranks compare as text; a higher one is newer. */
export interface Source {
  readonly ingest: number;
  readonly rank: string;
}

export interface StoredFact extends Fact {
  readonly source: Source;
}

/** A value that was contradicted: `source` said it, `supersededBy` is believed instead. */
export interface Revision extends StoredFact {
  readonly supersededBy: Source;
}

export interface Merged {
  /** Every fact of the partition, sorted. */
  readonly facts: readonly StoredFact[];
  /** The facts that are new, have another value, or are now stated by a newer publication. */
  readonly written: readonly StoredFact[];
  readonly revisions: readonly Revision[];
}

/** Merges what one publication says into what is stored. Idempotent, and independent of the order of publications. */
export function mergeFacts(stored: readonly StoredFact[], incoming: readonly Fact[], source: Source): Merged {
  const facts = new Map(stored.map((fact) => [factKey(fact), fact]));
  const written: StoredFact[] = [];
  const revisions: Revision[] = [];
  for (const fact of incoming) {
    const key = factKey(fact);
    const known = facts.get(key);
    const stated: StoredFact = { ...fact, source };
    const isNewer = known === undefined || source.rank > known.source.rank;
    if (known && known.value !== fact.value) {
      revisions.push(isNewer ? { ...known, supersededBy: source } : { ...stated, supersededBy: known.source });
    }
    if (isNewer) {
      facts.set(key, stated);
      written.push(stated);
    }
  }
  return { facts: [...facts.values()].sort(compareFacts), written, revisions };
}

/** The rank of a publication: its last period, then the day in its name, then when it arrived; its key settles a tie. */
export function publicationRank(
  publication: Readonly<{ lastPeriod: string; publishedOn: string | null; arrivedAt: string; rawKey: string }>,
): string {
  const { lastPeriod, publishedOn, arrivedAt, rawKey } = publication;
  // A space sorts before every digit, so that what is missing ranks below whatever is there.
  return [lastPeriod, publishedOn ?? "", arrivedAt, rawKey].join(" ");
}
