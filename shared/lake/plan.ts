/**
 * What has to be done to each partition of a lake, decided from hashes alone: a publication that repeats three hundred
 * days and adds one touches one.
 */
import { contentHash } from "./content.ts";
import { compareFacts, compareText, type Fact } from "./fact.ts";
import type { Source } from "./merge.ts";

/** A partition as the database knows it. `confirmedBy` is the newest publication that stated exactly this content. */
export interface KnownPartition {
  readonly path: string;
  readonly rows: number;
  readonly content: string;
  readonly sha256: string;
  readonly etag: string;
  readonly confirmedBy: Source | null;
}

export interface LakePlan {
  /** Partitions about which the publication says something else than is stored, with its sorted facts. */
  readonly merge: readonly { readonly path: string; readonly facts: readonly Fact[] }[];
  /** Partitions that the publication states exactly as they are stored, and newer than anyone before. */
  readonly confirm: readonly string[];
  /** Partitions whose file in the lake is missing or another than the database knows: written again as stored. */
  readonly heal: readonly string[];
  /** Files in the lake that belong to no partition. */
  readonly orphans: readonly string[];
}

/** Compares a publication with the known partitions and with the etags of the files that stand in the lake. */
export function planLake(
  incoming: ReadonlyMap<string, readonly Fact[]>,
  known: readonly KnownPartition[],
  etags: ReadonlyMap<string, string>,
  source: Source,
): LakePlan {
  const knownByPath = new Map(known.map((partition) => [partition.path, partition]));
  const merge: { path: string; facts: readonly Fact[] }[] = [];
  const confirm: string[] = [];
  for (const [path, facts] of incoming) {
    const partition = knownByPath.get(path);
    if (!partition || partition.content !== contentHash(facts)) merge.push({ path, facts });
    else if (!partition.confirmedBy || source.rank > partition.confirmedBy.rank) confirm.push(path);
  }
  const merging = new Set(merge.map(({ path }) => path));
  const heal = known.filter(({ path, etag }) => !merging.has(path) && etags.get(path) !== etag).map(({ path }) => path);
  const orphans = [...etags.keys()].filter((path) => !knownByPath.has(path) && !merging.has(path));
  return { merge, confirm, heal, orphans };
}

/** Facts by partition, each sorted, in the order of the paths. */
export function groupByPartition(facts: readonly Fact[], pathOf: (period: string) => string): Map<string, Fact[]> {
  const paths = new Map<string, string>();
  const groups = new Map<string, Fact[]>();
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
