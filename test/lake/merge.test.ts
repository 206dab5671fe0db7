/** The order of arrival has no effect: compares the merge of the hub with a plain fold by rank. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { compareFacts, factKey, hasValue, type StatedFact } from "../../shared/lake/fact.ts";
import {
  compareRanks,
  type FactSource,
  isNewer,
  mergeFacts,
  publicationRank,
  type StoredFact,
} from "../../shared/lake/merge.ts";
import { comparePublication, type KnownPartition, planIngest } from "../../shared/lake/plan.ts";

interface Publication {
  readonly source: FactSource;
  readonly facts: readonly StatedFact[];
}

/** Applies plans in memory as the hub does in D1: it marks a confirmed partition as a whole and writes others fact by fact. */
class Store {
  facts: StoredFact[] = [];
  partition: KnownPartition | null = null;

  take({ source, facts }: Publication): void {
    const incoming = new Map(facts.length > 0 ? [["p", facts]] : []);
    const known = this.partition ? [this.partition] : [];
    const existing = { known, etags: new Map(known.map(({ path, etag }) => [path, etag])) };
    const comparison = comparePublication(incoming, existing, source);
    const plan = planIngest(comparison, existing, { stored: new Map([["p", this.stored()]]), source });
    if (this.partition && plan.confirm.length > 0) this.partition = { ...this.partition, confirmedBy: source };
    for (const { merged, content } of plan.changes) {
      if (merged.written.length > 0) this.facts = [...merged.facts];
      const confirmedBy = merged.written.length > 0 ? null : (this.partition?.confirmedBy ?? null);
      const rows = merged.facts.filter(hasValue).length;
      this.partition = rows === 0 ? null : { path: "p", rows, content, sha256: "", etag: "e", confirmedBy };
    }
  }

  stored(): StoredFact[] {
    const mark = this.partition?.confirmedBy;
    return this.facts.map((fact) =>
      hasValue(fact) && mark && isNewer(mark, fact.source) ? { ...fact, source: mark } : fact,
    );
  }

  values(): Record<string, number | null> {
    return Object.fromEntries([...this.facts].sort(compareFacts).map((fact) => [factKey(fact), fact.value]));
  }
}

function foldByRank(publications: readonly Publication[]): Record<string, number | null> {
  const byRank = [...publications].sort((a, b) => compareRanks(a.source, b.source));
  const newest = new Map<string, StatedFact>();
  for (const { facts } of byRank) for (const fact of facts) newest.set(factKey(fact), fact);
  return Object.fromEntries([...newest.values()].sort(compareFacts).map((fact) => [factKey(fact), fact.value]));
}

const series = ["a", "b", "c"].map((name) => JSON.stringify([name]));
// Null is a retraction.
const value = fc.record({ series: fc.constantFrom(...series), value: fc.option(fc.integer({ min: 1, max: 2 })) });
const publications = fc
  .array(
    fc.record({
      facts: fc.uniqueArray(value, { selector: ({ series }) => series, maxLength: 3 }),
      // Days of publication before and after the arrival, several arrivals in one instant, and none stated.
      publishedOn: fc.option(fc.constantFrom("2025-01-01", "2025-01-02", "2025-01-09")),
      arrivedAt: fc.constantFrom("2025-01-02T00:00:00.000Z", "2025-01-03T00:00:00.000Z"),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((all) =>
    all.map(
      ({ facts, ...arrived }, index): Publication => ({
        source: { ingest: index + 1, rank: publicationRank(arrived) },
        facts: facts.map((fact) => ({ ...fact, period: "2025-01-03", variable: "precio" })).sort(compareFacts),
      }),
    ),
  );

test("arrivals in any order of processing, also repeated, give the same facts as in the order of rank", () => {
  fc.assert(
    fc.property(publications, fc.array(fc.nat()), fc.infiniteStream(fc.nat()), (all, again, chance) => {
      const deliveries = [...all, ...again.flatMap((index) => all[index % all.length] ?? [])];
      const shuffled = deliveries.map((each) => ({ each, at: chance.next().value })).sort((a, b) => a.at - b.at);
      const store = new Store();
      for (const { each } of shuffled) store.take(each);
      expect(store.values()).toEqual(foldByRank(all));
    }),
    { numRuns: 2_000 },
  );
});

test("merging the same publication twice changes nothing", () => {
  fc.assert(
    fc.property(publications, (all) => {
      let stored: readonly StoredFact[] = [];
      for (const { facts, source } of [...all].sort((a, b) => compareRanks(a.source, b.source))) {
        stored = mergeFacts(stored, facts, source).facts;
        expect(mergeFacts(stored, facts, source)).toEqual({ facts: stored, written: [], restored: [], revisions: [] });
      }
    }),
  );
});

test("a revision records both values and publications, in either order of arrival", () => {
  const fact = { period: "2025-01-03", series: '["a"]', variable: "precio" };
  const [older, newer] = [
    { ingest: 1, rank: "1" },
    { ingest: 2, rank: "2" },
  ];
  const first = mergeFacts([{ ...fact, value: 1, source: older }], [{ ...fact, value: 2 }], newer);
  const late = mergeFacts([{ ...fact, value: 2, source: newer }], [{ ...fact, value: 1 }], older);
  expect(first.revisions).toEqual([{ ...fact, value: 1, source: older, supersededBy: newer }]);
  expect(late.revisions).toEqual(first.revisions);
  expect(late.written).toEqual([]);
});

test("a retraction is a revision to no value, a newer value restores the fact, and an older one does not", () => {
  const fact = { period: "2025-01-03", series: '["a"]', variable: "precio" };
  const [oldest, retracting, newest] = [1, 2, 3].map((ingest) => ({ ingest, rank: String(ingest) }));
  if (!oldest || !retracting || !newest) throw new Error("expected three sources");
  const retracted = mergeFacts([{ ...fact, value: 1, source: oldest }], [{ ...fact, value: null }], retracting);
  expect(retracted.facts).toEqual([{ ...fact, value: null, source: retracting }]);
  expect(retracted.revisions).toEqual([{ ...fact, value: 1, source: oldest, supersededBy: retracting }]);
  expect(mergeFacts(retracted.facts, [{ ...fact, value: 1 }], oldest)).toMatchObject({ written: [], restored: [] });
  const restored = mergeFacts(retracted.facts, [{ ...fact, value: 1 }], newest);
  expect(restored.facts).toEqual([{ ...fact, value: 1, source: newest }]);
  expect(restored.restored).toHaveLength(1);
  expect(restored.revisions).toEqual([{ ...fact, value: null, source: retracting, supersededBy: newest }]);
});

test("rank is the day of publication, then the arrival; without a day, or with a later one, the day of arrival", () => {
  const of = (publishedOn: string | null, arrivedAt: string) => publicationRank({ publishedOn, arrivedAt });
  const ranks = [
    of("2025-01-03", "2025-01-09T00:00:00.000Z"),
    of("2025-01-06", "2025-01-06T00:00:00.000Z"),
    of("2025-01-06", "2025-01-07T00:00:00.000Z"),
    of(null, "2025-01-07T08:00:00.000Z"),
    of("2099-12-31", "2025-01-07T09:00:00.000Z"),
    of(null, "2025-01-07T10:00:00.000Z"),
  ];
  expect([...ranks].sort()).toEqual(ranks);
});

test("of two arrivals in one instant the later one is newer, and a withdrawn one is older than every other", () => {
  const rank = publicationRank({ publishedOn: null, arrivedAt: "2025-01-07T08:00:00.000Z" });
  const [first, second] = [
    { ingest: 9, rank },
    { ingest: 10, rank },
  ];
  expect([isNewer(second, first), isNewer(first, second), isNewer(first, first)]).toEqual([true, false, false]);
  expect([isNewer(first, { ...second, isWithdrawn: true }), isNewer({ ...second, isWithdrawn: true }, first)]).toEqual([
    true,
    false,
  ]);
});
