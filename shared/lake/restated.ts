import type { RestatedFact } from "../feeds/contradictions.ts";
import { type Fact, factKey } from "./fact.ts";
import type { StoredFact } from "./merge.ts";
import type { Comparison } from "./plan.ts";

/**
 * The facts of a publication that were already stored, each with its stored value. A partition that the publication
 * states exactly as it is stored needs no stored facts. O(facts).
 */
export function* restatedFacts(
  incoming: ReadonlyMap<string, readonly Fact[]>,
  { merge }: Pick<Comparison, "merge">,
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
