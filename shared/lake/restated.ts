import type { RestatedFact } from "../feeds/contradictions.ts";
import { type Fact, type FactId, factKey } from "./fact.ts";
import type { StoredFact } from "./merge.ts";
import type { PartitionComparison } from "./plan.ts";

/**
 * Returns the facts of a publication that were already stored, each with its stored value. A partition that the publication
 * states exactly as it is stored needs no stored facts. O(facts).
 */
export function* restatedFacts(
  incoming: ReadonlyMap<string, readonly Fact[]>,
  { merge }: Pick<PartitionComparison, "merge">,
  stored: ReadonlyMap<string, readonly StoredFact[]>,
): Generator<RestatedFact> {
  const differing = new Set(merge.map(({ path }) => path));
  for (const [path, facts] of incoming) {
    const known = differing.has(path)
      ? new Map((stored.get(path) ?? []).map((fact) => [factKey(fact), fact.value]))
      : null;
    for (const fact of facts) {
      const value = known ? known.get(factKey(fact)) : fact.value;
      if (value !== undefined) yield { variable: fact.variable, period: fact.period, known: value, stated: fact.value };
    }
  }
}

/**
 * Returns the stored facts for which a publication states that there is no value. A partition with such a fact differs
 * from the publication, so its stored facts are already loaded. O(facts).
 */
export function blankedFacts(
  blanks: readonly FactId[],
  stored: Iterable<Fact>,
  incoming: Iterable<Fact>,
): readonly Fact[] {
  if (blanks.length === 0) return [];
  const blank = new Set(blanks.map(factKey));
  // A publication that states a value and no value states the value: a day may have two lines.
  for (const fact of incoming) blank.delete(factKey(fact));
  return [...stored].filter((fact) => blank.has(factKey(fact)));
}
