/**
 * Merges a publication into the stored facts of a partition.
 *
 * Publications arrive in any order, more than once, and each repeats older facts. One rule makes the order irrelevant: if
 * several publications contain a fact, the value of the one with the highest rank is used. A fact that newer publications
 * omit stays. For this, each stored fact has the highest-ranked publication that contains its value. A retraction is merged
 * like a value: it is stored with its publication, so that an older value that arrives later stays retracted.
 */
import { compareFacts, compareText, type FactId, factKey, type StatedFact } from "./fact.ts";

/** An arrival of a publication. Ranks are compared as text, equal ranks by the number of the ingest; higher is newer. */
export interface FactSource {
  /** Numbered in the order of arrival. */
  readonly ingest: number;
  readonly rank: string;
  /** A person withdrew it: every other publication that contains a fact counts as newer. */
  readonly isWithdrawn?: true;
}

/** Compares by rank, then by arrival. Ignores withdrawals. */
export function compareRanks(a: FactSource, b: FactSource): number {
  return compareText(a.rank, b.rank) || a.ingest - b.ingest;
}

/** Returns true if the values of `a` are used instead of those of `b`. */
export function isNewer(a: FactSource, b: FactSource): boolean {
  if (a.isWithdrawn !== b.isWithdrawn) return b.isWithdrawn === true;
  return compareRanks(a, b) > 0;
}

export interface StoredFact extends StatedFact {
  readonly source: FactSource;
}

/** A revised value: `source` contains it, but the value of `supersededBy` is used. */
export interface Revision extends StoredFact {
  readonly supersededBy: FactSource;
}

export interface Merged {
  /** All facts of the partition, sorted, with the retracted ones. */
  readonly facts: readonly StoredFact[];
  /** Facts to write: new ones, and those with another value or a newer publication. */
  readonly written: readonly StoredFact[];
  /** Facts that were retracted and have a value again. */
  readonly restored: readonly FactId[];
  readonly revisions: readonly Revision[];
}

/** Merges what a publication states into the stored facts. Idempotent and independent of the order of publications. */
export function mergeFacts(stored: readonly StoredFact[], incoming: readonly StatedFact[], source: FactSource): Merged {
  const facts = new Map(stored.map((fact) => [factKey(fact), fact]));
  const written: StoredFact[] = [];
  const revisions: Revision[] = [];
  const restored: FactId[] = [];
  for (const fact of incoming) {
    const key = factKey(fact);
    const before = facts.get(key);
    const after: StoredFact = { ...fact, source };
    const isUsed = before === undefined || isNewer(source, before.source);
    if (before && before.value !== fact.value) {
      revisions.push(isUsed ? { ...before, supersededBy: source } : { ...after, supersededBy: before.source });
    }
    if (isUsed) {
      facts.set(key, after);
      written.push(after);
      if (before?.value === null && fact.value !== null) restored.push(fact);
    }
  }
  return { facts: [...facts.values()].sort(compareFacts), written, restored, revisions };
}

/**
 * Returns the rank of a publication: the day on which it was published, then the time at which it arrived (ISO 8601, UTC).
 *
 * Without a stated day, the day of arrival counts. So does a stated day after the arrival, because a mistyped name would
 * otherwise win for years. The periods of a file have no influence: a file that reaches into the future would win too.
 */
export function publicationRank({ publishedOn, arrivedAt }: Arrived): string {
  const arrivalDay = arrivedAt.slice(0, "YYYY-MM-DD".length);
  return `${publishedOn !== null && publishedOn < arrivalDay ? publishedOn : arrivalDay} ${arrivedAt}`;
}

export interface Arrived {
  /** The day that the publisher states, `YYYY-MM-DD`; null if it states none. */
  readonly publishedOn: string | null;
  readonly arrivedAt: string;
}
