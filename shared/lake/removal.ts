/** Plans the removal of values that only withdrawn publications contain. */
import { contentHash } from "./content.ts";
import { compareFacts, type Fact, hasValue } from "./fact.ts";
import type { StoredFact } from "./merge.ts";
import type { KnownPartition } from "./plan.ts";

/** A partition after the removal. */
export interface ReducedPartition {
  readonly before: KnownPartition;
  /** Sorted; empty if the partition is deleted. */
  readonly facts: readonly Fact[];
  readonly removed: readonly Fact[];
  /** Hash of the remaining facts. */
  readonly content: string;
}

/** Returns the partitions that lose a fact. `stored`: the facts of partitions by path. O(facts · log facts). */
export function planRemoval(
  known: readonly KnownPartition[],
  stored: ReadonlyMap<string, readonly StoredFact[]>,
): ReducedPartition[] {
  return known.flatMap((before): ReducedPartition[] => {
    const all = (stored.get(before.path) ?? []).filter(hasValue);
    const removed = all.filter(({ source }) => source.isWithdrawn);
    if (removed.length === 0) return [];
    const facts = all.filter(({ source }) => !source.isWithdrawn).sort(compareFacts);
    return [{ before, facts, removed, content: contentHash(facts) }];
  });
}
