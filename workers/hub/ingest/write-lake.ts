/** Applies a plan to the lake: the partitions' files first, then `_SUCCESS`, then what belongs to no partition is deleted. */
import { inPieces, inPiecesOfSize } from "../../../shared/db/database.ts";
import { loadPartitions } from "../../../shared/db/partitions.ts";
import { compareFacts, type Fact } from "../../../shared/lake/fact.ts";
import { partKey, successKey } from "../../../shared/lake/keys.ts";
import { writeParquet } from "../../../shared/lake/parquet.ts";
import type { KnownPartition } from "../../../shared/lake/plan.ts";
import { type FilePartition, writeSuccess } from "../../../shared/lake/success.ts";
import { sha256Hex } from "../../../shared/lib/hash.ts";
import type { Hub } from "../hub.ts";
import { inParallel } from "./in-parallel.ts";
import { deleteFiles, replaceFile } from "./lake-files.ts";
import type { PlannedIngest } from "./plan-publication.ts";

/** Counts only, because Workflows store them as the step's result: `_SUCCESS` names what was written. */
export interface LakeWritten {
  readonly filesWritten: number;
  readonly filesHealed: number;
}

/** Partitions between two checks of the turn; far fewer than R2 takes in the time that a turn lasts. */
const partitionsPerCheck = 60;
/** Facts in memory at once while files are healed: all of a lake may be missing. */
const factsPerHealing = 10_000;

/**
 * Brings `clean/<feed>/` to what the database will hold once the plan is applied there. A second attempt needs a new
 * plan, because the first may have replaced files; it then ends in the same files.
 *
 * R2 does not know turns. Three things keep a run that has lost its turn from doing harm: a file is replaced only if it
 * still is the one that was listed, and the turn is checked before the list is written and before each deletion, for
 * which R2 has no condition.
 *
 * @throws Overtaken once another run has taken the turn.
 */
export async function writeLake(
  { db, lake }: Pick<Hub, "db" | "lake">,
  { feed, plan, files: listed }: PlannedIngest,
  checkTurn: () => Promise<void>,
): Promise<LakeWritten> {
  const files = new Map<string, FilePartition>(plan.known.map((partition) => [partition.path, partition]));
  const put = async (path: string, facts: readonly Fact[]) => {
    const body = writeParquet(feed, facts);
    const etag = await replaceFile(lake, partKey(feed.id, path), { listed: listed.etags.get(path), body });
    files.set(path, { path, rows: facts.length, sha256: sha256Hex(body), etag });
  };

  const replaced = plan.changes.filter(({ replacesFile }) => replacesFile);
  for (const piece of inPieces(replaced, partitionsPerCheck)) {
    await inParallel(piece, ({ path, merged }) => put(path, merged.facts));
    await checkTurn();
  }
  for (const piece of inPiecesOfSize(plan.heal, healingSize, factsPerHealing)) {
    const stored = await loadPartitions(db, feed.id, piece);
    await inParallel(piece, ({ path }) => put(path, [...(stored.get(path) ?? [])].sort(compareFacts)));
    await checkTurn();
  }

  const body = writeSuccess(feed, [...files.values()]);
  const { text, etag } = listed.success;
  if (body !== text) await replaceFile(lake, successKey(feed.id), { listed: etag, body });
  await deleteFiles(lake, feed.id, { paths: plan.orphans, check: checkTurn });
  return { filesWritten: replaced.length + plan.heal.length, filesHealed: plan.heal.length };
}

/** A partition's share of a piece: by its facts, and so that no piece has more partitions than `partitionsPerCheck`. */
function healingSize({ rows }: KnownPartition): number {
  return Math.max(rows, factsPerHealing / partitionsPerCheck);
}
