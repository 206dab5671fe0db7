/** The newest publication of an identity replaces all that older ones state of it, in any order of arrival and withdrawal. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { compareFacts, type Fact, factKey, hasValue, type StatedFact } from "../../shared/lake/fact.ts";
import { compareRanks, type FactSource, mergeFacts, type StoredFact } from "../../shared/lake/merge.ts";
import { retractedFacts } from "../../shared/lake/restated.ts";
import { stateWholeIdentities } from "../../shared/lake/whole-identities.ts";

const feed = { dimensions: ["customer", "transaction"], identity: "transaction" };
const ids = ["A", "B"];

interface Publication {
  readonly source: FactSource;
  readonly stated: readonly StatedFact[];
}

const idOf = ({ series }: Pick<Fact, "series">) => (JSON.parse(series) as string[])[1];

/** Merges as the hub does. A withdrawal marks, reads the other publications again, the newest first, and removes the rest. */
class Store {
  facts: readonly StoredFact[] = [];

  take({ stated, source }: Publication): void {
    const identities = new Set(stated.map(idOf));
    const stored = this.facts.filter((fact) => identities.has(idOf(fact)));
    this.facts = mergeFacts(this.facts, stateWholeIdentities(feed, stated, { stored, source }), source).facts;
  }

  withdraw({ source: { ingest } }: Publication, accepted: readonly Publication[]): void {
    this.facts = this.facts.map((fact) =>
      fact.source.ingest === ingest ? { ...fact, source: { ...fact.source, isWithdrawn: true as const } } : fact,
    );
    for (const other of [...accepted].sort((a, b) => compareRanks(b.source, a.source))) this.take(other);
    this.facts = this.facts.filter(({ source }) => !source.isWithdrawn);
  }

  values(): Record<string, number> {
    const facts = this.facts.filter(hasValue).sort(compareFacts);
    return Object.fromEntries(facts.map((fact) => [factKey(fact), fact.value]));
  }
}

/** The rule itself: of every identity, the values of the newest publication that states it. */
function newestOf(publications: readonly Publication[]): Record<string, number> {
  const byRank = [...publications].sort((a, b) => compareRanks(b.source, a.source));
  const facts = ids.flatMap((id) => {
    const newest = byRank.find(({ stated }) => stated.some((fact) => idOf(fact) === id));
    return (newest?.stated ?? []).filter(hasValue).filter((fact) => idOf(fact) === id);
  });
  return Object.fromEntries(facts.sort(compareFacts).map((fact) => [factKey(fact), fact.value]));
}

/** A transaction that a file states: completed, with or without a method, or failed. */
const transaction = fc.record({
  id: fc.constantFrom(...ids),
  customer: fc.constantFrom("1", "2"),
  period: fc.constantFrom("2025-01-31", "2025-02-01"),
  amount: fc.option(fc.integer({ min: 1, max: 2 })),
  hasMethod: fc.boolean(),
});
const publications = fc
  .array(fc.uniqueArray(transaction, { selector: ({ id }) => id, minLength: 1, maxLength: 2 }), {
    minLength: 1,
    maxLength: 5,
  })
  .map((files) =>
    files.map(
      (file, at): Publication => ({
        source: { ingest: at + 1, rank: String(at + 1) },
        stated: file.flatMap(({ id, customer, period, amount, hasMethod }): StatedFact[] => {
          const of = { series: JSON.stringify([customer, id]), period };
          const method = { ...of, variable: "payment_method", value: 1 };
          return [{ ...of, variable: "amount", value: amount }, ...(amount !== null && hasMethod ? [method] : [])];
        }),
      }),
    ),
  );

test("the order of arrivals, repeated ones included, and of withdrawals has no effect", () => {
  const chances = fc.infiniteStream(fc.nat({ max: 1_000_000 }));
  fc.assert(
    fc.property(publications, fc.array(fc.nat()), fc.nat(), chances, (all, again, withdrawn, chance) => {
      const shuffled = <T>(items: readonly T[]) =>
        items
          .map((item) => ({ item, at: chance.next().value ?? 0 }))
          .sort((a, b) => a.at - b.at)
          .map(({ item }) => item);
      const store = new Store();
      for (const one of shuffled([...all, ...again.flatMap((at) => all[at % all.length] ?? [])])) store.take(one);
      expect(store.values()).toEqual(newestOf(all));
      // One or two withdrawals, in any order.
      let left = all;
      for (const one of shuffled(all).slice(0, 1 + (withdrawn % 2))) {
        left = left.filter((other) => other !== one);
        store.withdraw(one, left);
        expect(store.values()).toEqual(newestOf(left));
      }
      for (const one of shuffled(left)) store.take(one);
      expect(store.values()).toEqual(newestOf(left));
    }),
    { numRuns: 300 },
  );
});

const source = (ingest: number): FactSource => ({ ingest, rank: String(ingest) });
const fact = (customer: string, id: string, value: number | null = 5): StatedFact => ({
  series: JSON.stringify([customer, id]),
  period: "2025-01-31",
  variable: "amount",
  value,
});

test("a purchase that moves to another customer is retracted from the first one, and others stay", () => {
  const stored = [fact("1", "A"), fact("1", "B")].map((one) => ({ ...one, source: source(1) }));
  const stated = stateWholeIdentities(feed, [fact("2", "A")], { stored, source: source(2) });
  expect(stated).toEqual([fact("2", "A"), fact("1", "A", null)]);
  expect(retractedFacts(stated, stored, source(2))).toEqual([stored[0]]);
});

test("a publication states nothing of an identity that a newer one states, although that states another series", () => {
  const stored = [{ ...fact("2", "A"), source: source(2) }];
  expect(stateWholeIdentities(feed, [fact("1", "A"), fact("1", "B")], { stored, source: source(1) })).toEqual([
    fact("1", "B"),
  ]);
  expect(retractedFacts([fact("2", "A", null)], stored, source(1))).toEqual([]);
});

test("a feed without an identity is not completed", () => {
  const stated = [fact("2", "A")];
  const stored = [{ ...fact("1", "A"), source: source(1) }];
  expect(stateWholeIdentities({ dimensions: feed.dimensions }, stated, { stored, source: source(2) })).toBe(stated);
});
