/**
 * Applies a plan to the lake: writes the files of the partitions, then `_SUCCESS`, then deletes files without a
 * partition.
 */
import { inPieces, inPiecesOfSize } from "../../../shared/db/database.ts";
import { loadPartitions } from "../../../shared/db/partitions.ts";
import { compareFacts, hasValue, type StatedFact } from "../../../shared/lake/fact.ts";
import { partKey, successKey } from "../../../shared/lake/keys.ts";
import { writeParquet } from "../../../shared/lake/parquet.ts";
import type { IngestPlan, KnownPartition, PartitionChange } from "../../../shared/lake/plan.ts";
import { type FilePartition, writeSuccess } from "../../../shared/lake/success.ts";
import { sha256Hex } from "../../../shared/lib/hash.ts";
import type { Hub } from "../hub.ts";
import { inParallel } from "./in-parallel.ts";
import { deleteFiles, replaceFile } from "./lake-files.ts";
import type { PlannedIngest } from "./plan-publication.ts";

/** Contains counts only, because Workflows store it as the result of the step. `_SUCCESS` lists the files. */
export interface LakeWritten {
  readonly filesWritten: number;
  readonly filesHealed: number;
}

/** The part of a plan that concerns the lake. */
export interface PlannedFiles extends Pick<PlannedIngest, "feed" | "files"> {
  readonly plan: Pick<IngestPlan, "known" | "heal" | "orphans"> & { readonly changes: readonly ChangedFile[] };
}

interface ChangedFile extends Pick<PartitionChange, "path" | "replacesFile"> {
  readonly merged: { readonly facts: readonly StatedFact[] };
}

/** Partitions between two checks of the lease. R2 writes far more of them before a lease expires. */
const partitionsPerCheck = 60;
/** Maximum number of facts in memory while missing files are written again. */
const factsPerHealing = 10_000;

/**
 * Writes to `clean/<feed>/` the state that the database will have after the plan is applied. A second attempt needs a
 * new plan, because the first may have replaced files. It writes the same files.
 *
 * R2 has no leases. Three rules make a run harmless that has lost its lease: it replaces a file only if the file has
 * not changed since it was listed, it checks the lease before it writes `_SUCCESS`, and it checks the lease before each
 * deletion, because R2 has no conditional delete.
 *
 * @throws Overtaken once another run has taken the lease.
 */
export async function writeLake(
  { db, lake }: Pick<Hub, "db" | "lake">,
  { feed, plan, files: listed }: PlannedFiles,
  checkLease: () => Promise<void>,
): Promise<LakeWritten> {
  const files = new Map<string, FilePartition>(plan.known.map((partition) => [partition.path, partition]));
  const emptied: string[] = [];
  /** Writes the file of a partition. A partition without values has none: readers of an earlier version reject an empty file. */
  const put = async (path: string, stated: readonly StatedFact[]) => {
    const facts = stated.filter(hasValue);
    if (facts.length === 0) {
      files.delete(path);
      if (listed.etags.has(path)) emptied.push(path);
      return;
    }
    const body = writeParquet(feed, facts);
    const etag = await replaceFile(lake, partKey(feed.id, path), { listed: listed.etags.get(path), body });
    files.set(path, { path, rows: facts.length, sha256: sha256Hex(body), etag });
  };

  const replaced = plan.changes.filter(({ replacesFile }) => replacesFile);
  for (const piece of inPieces(replaced, partitionsPerCheck)) {
    await inParallel(piece, ({ path, merged }) => put(path, merged.facts));
    await checkLease();
  }
  for (const piece of inPiecesOfSize(plan.heal, healingSize, factsPerHealing)) {
    const stored = await loadPartitions(db, feed.id, piece);
    await inParallel(piece, ({ path }) => put(path, [...(stored.get(path) ?? [])].sort(compareFacts)));
    await checkLease();
  }

  const body = writeSuccess(feed, [...files.values()]);
  const { text, etag } = listed.success;
  if (body !== text) await replaceFile(lake, successKey(feed.id), { listed: etag, body });
  await deleteFiles(lake, feed.id, { paths: [...plan.orphans, ...emptied], check: checkLease });
  const withValues = replaced.filter(({ merged }) => merged.facts.some(hasValue));
  return { filesWritten: withValues.length + plan.heal.length, filesHealed: plan.heal.length };
}

/**
 * Returns the size of a partition in facts, but at least so large that a piece has at most `partitionsPerCheck`
 * partitions.
 */
function healingSize({ rows }: KnownPartition): number {
  return Math.max(rows, factsPerHealing / partitionsPerCheck);
}
