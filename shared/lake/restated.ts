import type { RestatedFact } from "../feeds/contradictions.ts";
import { type Fact, type FactId, factKey, hasValue, type StatedFact } from "./fact.ts";
import { type FactSource, isNewer, type StoredFact } from "./merge.ts";
import type { PartitionComparison } from "./plan.ts";

/**
 * Returns the facts of a publication that already had a value, each with that value. A partition that the publication states
 * exactly as it is stored needs no stored facts. O(facts).
 */
export function* restatedFacts(
  incoming: ReadonlyMap<string, readonly StatedFact[]>,
  { merge }: Pick<PartitionComparison, "merge">,
  stored: ReadonlyMap<string, readonly StoredFact[]>,
): Generator<RestatedFact> {
  const differing = new Set(merge.map(({ path }) => path));
  for (const [path, facts] of incoming) {
    const known = differing.has(path)
      ? new Map((stored.get(path) ?? []).map((fact) => [factKey(fact), fact.value]))
      : null;
    for (const fact of facts.filter(hasValue)) {
      const value = (known ? known.get(factKey(fact)) : fact.value) ?? null;
      if (value !== null) yield { variable: fact.variable, period: fact.period, known: value, stated: fact.value };
    }
  }
}

/**
 * Returns the stored facts for which a publication states that there is no value. A partition with such a fact differs
 * from the publication, so its stored facts are already loaded. O(facts).
 */
export function blankedFacts(
  blanks: readonly FactId[],
  stored: Iterable<StatedFact>,
  incoming: Iterable<FactId>,
): readonly Fact[] {
  if (blanks.length === 0) return [];
  const blank = new Set(blanks.map(factKey));
  // A publication that states a value and no value states the value: a day may have two lines.
  for (const fact of incoming) blank.delete(factKey(fact));
  return [...stored].filter(hasValue).filter((fact) => blank.has(factKey(fact)));
}

/** Returns the stored facts whose values a publication retracts. Older publications retract nothing of newer ones. O(facts). */
export function retractedFacts(
  stated: Iterable<StatedFact>,
  stored: Iterable<StoredFact>,
  source: FactSource,
): readonly (StoredFact & Fact)[] {
  const retracted = new Set([...stated].filter((fact) => !hasValue(fact)).map(factKey));
  if (retracted.size === 0) return [];
  return [...stored].filter(hasValue).filter((fact) => retracted.has(factKey(fact)) && isNewer(source, fact.source));
}
