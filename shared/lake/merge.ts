/**
 * Merges a publication into the stored facts of a partition.
 *
 * Publications arrive in any order, more than once, and each repeats older facts. One rule makes the order irrelevant: if
 * several publications contain a fact, the value of the one with the highest rank is used. A fact that newer publications
 * omit stays. For this, each stored fact has the highest-ranked publication that contains its value.
 */
import { compareFacts, type Fact, factKey } from "./fact.ts";

/** An ingested publication. Ranks are compared as text; a higher rank is newer. */
export interface Source {
  readonly ingest: number;
  readonly rank: string;
}

export interface StoredFact extends Fact {
  readonly source: Source;
}

/** A revised value: `source` contains it, but the value of `supersededBy` is used. */
export interface Revision extends StoredFact {
  readonly supersededBy: Source;
}

export interface Merged {
  /** All facts of the partition, sorted. */
  readonly facts: readonly StoredFact[];
  /** Facts to write: new ones, and those with another value or a newer publication. */
  readonly written: readonly StoredFact[];
  readonly revisions: readonly Revision[];
}

/** Merges the facts of a publication into the stored facts. Idempotent and independent of the order of publications. */
export function mergeFacts(stored: readonly StoredFact[], incoming: readonly Fact[], source: Source): Merged {
  const facts = new Map(stored.map((fact) => [factKey(fact), fact]));
  const written: StoredFact[] = [];
  const revisions: Revision[] = [];
  for (const fact of incoming) {
    const key = factKey(fact);
    const before = facts.get(key);
    const after: StoredFact = { ...fact, source };
    const isNewer = before === undefined || source.rank > before.source.rank;
    if (before && before.value !== fact.value) {
      revisions.push(isNewer ? { ...before, supersededBy: source } : { ...after, supersededBy: before.source });
    }
    if (isNewer) {
      facts.set(key, after);
      written.push(after);
    }
  }
  return { facts: [...facts.values()].sort(compareFacts), written, revisions };
}

/** Returns the rank of a publication: its last period, the day in its name, its time of arrival and its key. */
export function publicationRank(
  publication: Readonly<{ lastPeriod: string; publishedOn: string | null; arrivedAt: string; rawKey: string }>,
): string {
  const { lastPeriod, publishedOn, arrivedAt, rawKey } = publication;
  // A space sorts before every digit, so a missing part ranks below any present one.
  return [lastPeriod, publishedOn ?? "", arrivedAt, rawKey].join(" ");
}
