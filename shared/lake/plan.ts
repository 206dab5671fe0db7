/**
 * Plans the changes of a publication in the lake and the database of a feed. The plan is computed once. The hub applies
 * it first to the lake, then to the database.
 *
 * `comparePublication` compares hashes: a publication that repeats three hundred days and adds one changes one
 * partition. `planIngest` merges only the partitions that differ, so only their stored facts are loaded.
 */
import { contentHash } from "./content.ts";
import { compareFacts, compareText, hasValue, type StatedFact } from "./fact.ts";
import { type FactSource, isNewer, type Merged, mergeFacts, type StoredFact } from "./merge.ts";

/** A partition as recorded in the database. `confirmedBy` is the newest publication with exactly this content. */
export interface KnownPartition {
  readonly path: string;
  readonly rows: number;
  readonly content: string;
  readonly sha256: string;
  readonly etag: string;
  readonly confirmedBy: FactSource | null;
}

/** The state before the ingest. */
export interface Existing {
  /** All partitions of the feed in the database. */
  readonly known: readonly KnownPartition[];
  /** Etags of the files in the lake, by path of the partition. */
  readonly etags: ReadonlyMap<string, string>;
}

export interface PartitionComparison {
  /** Partitions whose content differs from the publication, with the publication's sorted facts. */
  readonly merge: readonly IncomingPartition[];
  /** Paths of partitions with the same content as the publication that no newer publication has confirmed. */
  readonly confirm: readonly string[];
  /** Partitions whose file is missing in the lake or has another etag than in the database. It is written again. */
  readonly heal: readonly KnownPartition[];
  /** Paths of files in the lake that belong to no partition. */
  readonly orphans: readonly string[];
}

interface IncomingPartition {
  readonly path: string;
  /** The partition in the database; undefined if none of its facts has a value. It may have retractions. */
  readonly before: KnownPartition | undefined;
  readonly facts: readonly StatedFact[];
}

/**
 * Compares what a publication states, grouped by partition, with the stored partitions. The hash of a partition covers its
 * values only, so a retraction always differs.
 */
export function comparePublication(
  incoming: ReadonlyMap<string, readonly StatedFact[]>,
  { known, etags }: Existing,
  source: FactSource,
): PartitionComparison {
  const knownByPath = new Map(known.map((partition) => [partition.path, partition]));
  const merge: IncomingPartition[] = [];
  const confirm: string[] = [];
  for (const [path, facts] of incoming) {
    const before = knownByPath.get(path);
    if (!facts.every(hasValue) || before?.content !== contentHash(facts)) merge.push({ path, before, facts });
    else if (!before.confirmedBy || isNewer(source, before.confirmedBy)) confirm.push(path);
  }
  const merging = new Set(merge.map(({ path }) => path));
  const heal = known.filter(({ path, etag }) => !merging.has(path) && etags.get(path) !== etag);
  const orphans = [...etags.keys()].filter((path) => !knownByPath.has(path) && !merging.has(path));
  return { merge, confirm, heal, orphans };
}

/** A partition and its facts after the publication is merged into it. */
export interface PartitionChange {
  readonly path: string;
  /** The partition in the database; undefined if none of its facts had a value. */
  readonly before: KnownPartition | undefined;
  readonly merged: Merged;
  /** Hash of the merged facts that have a value. */
  readonly content: string;
  /** False if the lake's file already contains the merged facts. */
  readonly replacesFile: boolean;
}

export interface IngestPlan extends Omit<PartitionComparison, "merge"> {
  readonly source: FactSource;
  /** All partitions of the feed in the database. */
  readonly known: readonly KnownPartition[];
  readonly changes: readonly PartitionChange[];
}

/** Merges the publication into the stored facts of the partitions that differ. */
export function planIngest(
  { merge, ...comparison }: PartitionComparison,
  { known, etags }: Existing,
  { stored, source }: { readonly stored: ReadonlyMap<string, readonly StoredFact[]>; readonly source: FactSource },
): IngestPlan {
  const changes = merge.map(({ path, before, facts }): PartitionChange => {
    const merged = mergeFacts(stored.get(path) ?? [], facts, source);
    const content = contentHash(merged.facts.filter(hasValue));
    const isCurrent = before !== undefined && before.content === content && etags.get(path) === before.etag;
    return { path, before, merged, content, replacesFile: !isCurrent };
  });
  return { ...comparison, source, known, changes };
}

/** Groups facts by partition, in the order of the paths, and sorts each group. */
export function groupByPartition<T extends StatedFact>(
  facts: readonly T[],
  pathOf: (period: string) => string,
): Map<string, T[]> {
  const paths = new Map<string, string>();
  const groups = new Map<string, T[]>();
  for (const fact of facts) {
    const path = paths.get(fact.period) ?? pathOf(fact.period);
    paths.set(fact.period, path);
    const group = groups.get(path);
    if (group) group.push(fact);
    else groups.set(path, [fact]);
  }
  for (const group of groups.values()) group.sort(compareFacts);
  return new Map([...groups].sort(([a], [b]) => compareText(a, b)));
}
