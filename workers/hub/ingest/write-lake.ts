/** Writes the partitions that a publication changes, then `_SUCCESS`. */
import { inPieces } from "../../../shared/db/database.ts";
import { listPartitions, loadPartition } from "../../../shared/db/partitions.ts";
import { contentHash } from "../../../shared/lake/content.ts";
import type { Fact } from "../../../shared/lake/fact.ts";
import { partitionPath, partKey, successKey } from "../../../shared/lake/keys.ts";
import { mergeFacts, type Source } from "../../../shared/lake/merge.ts";
import { writeParquet } from "../../../shared/lake/parquet.ts";
import { groupByPartition, planLake } from "../../../shared/lake/plan.ts";
import { type FilePartition, writeSuccess } from "../../../shared/lake/success.ts";
import { sha256Hex } from "../../../shared/lib/hash.ts";
import type { Hub } from "../hub.ts";
import { inParallel } from "./in-parallel.ts";
import { deleteFiles, listLake, Overtaken, replaceFile } from "./lake-files.ts";
import type { Publication } from "./publication.ts";

/** Counts alone, because Workflows keep it: what was written stands in `_SUCCESS`. */
export type LakeOutcome =
  | { readonly kind: "written"; readonly filesWritten: number; readonly filesHealed: number }
  /** Another run has taken the turn; nothing was written since that was noticed. */
  | { readonly kind: "overtaken" };

export interface LakeTurn {
  readonly source: Source;
  /** Prolongs the turn; false once another run has taken it. */
  stillOurs(): Promise<boolean>;
}

/** Between two looks at whose turn it is; far fewer than R2 takes in the time that a turn lasts. */
const partitionsPerCheck = 60;

/** Brings `clean/<feed>/` to what the database will say once this publication is in. */
export async function writeLake(hub: Hub, publication: Publication, turn: LakeTurn): Promise<LakeOutcome> {
  try {
    return { kind: "written", ...(await bringUpToDate(hub, publication, turn)) };
  } catch (error) {
    if (error instanceof Overtaken) return { kind: "overtaken" };
    throw error;
  }
}

/**
 * Doing it again, or after a crash in the middle, gives the same files: everything follows from the database, the
 * publication and the files themselves.
 *
 * R2 knows nothing of turns, so a run whose turn has passed on is kept from harm by three things. It looks whose turn it
 * is once it has read and listed everything, so that what it read was no other run's unfinished work; every file is
 * replaced only if it still is the one that was listed; and it looks again before the list and before it deletes, which
 * R2 does without condition.
 */
async function bringUpToDate(hub: Hub, publication: Publication, { source, stillOurs }: LakeTurn) {
  const { feed } = publication;
  const check = async () => {
    if (!(await stillOurs())) throw new Overtaken(`another run has taken the turn of ${feed.id}`);
  };
  const known = new Map((await listPartitions(hub.db, feed.id)).map((partition) => [partition.path, partition]));
  const listed = await listLake(hub.lake, feed.id);
  await check();

  const incoming = groupByPartition(publication.facts, (period) => partitionPath(feed, period));
  const plan = planLake(incoming, [...known.values()], listed.etags, source);
  const files = new Map<string, FilePartition>(known);
  let filesWritten = 0;
  const write = async ({ path, facts }: { readonly path: string; readonly facts: readonly Fact[] }) => {
    const before = known.get(path);
    const stored = before ? await loadPartition(hub.db, feed.id, before) : [];
    const merged = mergeFacts(stored, facts, source).facts;
    const file = listed.etags.get(path);
    if (before && before.etag === file && before.content === contentHash(merged)) return;
    const body = writeParquet(feed, merged);
    const etag = await replaceFile(hub.lake, partKey(feed.id, path), { listed: file, body });
    files.set(path, { path, rows: merged.length, sha256: sha256Hex(body), etag });
    filesWritten++;
  };
  const changes = [...plan.merge, ...plan.heal.map((path) => ({ path, facts: [] }))];
  for (const piece of inPieces(changes, partitionsPerCheck)) {
    await inParallel(piece, write);
    await check();
  }

  const body = writeSuccess(feed, [...files.values()]);
  const { text, etag } = listed.success;
  if (body !== text) await replaceFile(hub.lake, successKey(feed.id), { listed: etag, body });
  await deleteFiles(hub.lake, feed.id, { paths: plan.orphans, check });
  return { filesWritten, filesHealed: plan.heal.length };
}
