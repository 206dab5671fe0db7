/** Writes the partitions that a publication changes, then `_SUCCESS`. */
import { inPieces } from "../../../shared/db/database.ts";
import { listPartitions, loadPartition } from "../../../shared/db/partitions.ts";
import { sha256Hex } from "../../../shared/hash.ts";
import { contentHash } from "../../../shared/lake/content.ts";
import type { Fact } from "../../../shared/lake/fact.ts";
import { lakePrefix, partitionPath, partKey, successKey } from "../../../shared/lake/keys.ts";
import { mergeFacts, type Source } from "../../../shared/lake/merge.ts";
import { writeParquet } from "../../../shared/lake/parquet.ts";
import { groupByPartition, type KnownPartition, type LakePlan, planLake } from "../../../shared/lake/plan.ts";
import { writeSuccess } from "../../../shared/lake/success.ts";
import type { Hub } from "../hub.ts";
import { inParallel } from "./in-parallel.ts";
import type { Publication } from "./publication.ts";

/** A partition as it now stands in the lake. */
export type WrittenPartition = Omit<KnownPartition, "confirmedBy">;

export interface LakeWritten {
  /** Partitions about which the publication says something new, as they now stand. */
  readonly merged: readonly WrittenPartition[];
  readonly healed: readonly WrittenPartition[];
  readonly confirmed: readonly string[];
  readonly filesWritten: number;
}

export type LakeOutcome =
  | ({ readonly kind: "written" } & LakeWritten)
  /** Another run has taken the turn; nothing was written since that was noticed. */
  | { readonly kind: "overtaken" };

export interface LakeTurn {
  readonly source: Source;
  /** Prolongs the turn; false once another run has taken it. */
  stillOurs(): Promise<boolean>;
}

/** Between two looks at whose turn it is; far fewer than R2 takes in the time that a turn lasts. */
const partitionsPerCheck = 60;

class Overtaken extends Error {}

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
async function bringUpToDate(hub: Hub, publication: Publication, turn: LakeTurn): Promise<LakeWritten> {
  const { feed } = publication;
  const { source } = turn;
  const checkTurn = async () => {
    if (!(await turn.stillOurs())) throw new Overtaken(`another run has taken the turn of ${feed.id}`);
  };
  const success = await readSuccess(hub.lake, feed.id);
  const known = await listPartitions(hub.db, feed.id);
  const etags = await listEtags(hub.lake, feed.id);
  await checkTurn();

  const incoming = groupByPartition(publication.facts, (period) => partitionPath(feed, period));
  const plan = planLake(incoming, known, etags, source);
  const knownByPath = new Map(known.map((partition) => [partition.path, partition]));
  let filesWritten = 0;
  const write = async (path: string, facts: readonly Fact[]): Promise<WrittenPartition> => {
    const before = knownByPath.get(path);
    const stored = before ? await loadPartition(hub.db, feed.id, before) : [];
    const merged = mergeFacts(stored, facts, source).facts;
    const content = contentHash(merged);
    if (before?.content === content && etags.get(path) === before.etag) return before;
    const bytes = writeParquet(feed, merged);
    const etag = await replace(hub.lake, partKey(feed.id, path), etags.get(path), bytes);
    filesWritten++;
    return { path, rows: merged.length, content, sha256: sha256Hex(bytes), etag };
  };
  const writeAll = async (partitions: LakePlan["merge"]) => {
    const written: WrittenPartition[] = [];
    for (const piece of inPieces(partitions, partitionsPerCheck)) {
      written.push(...(await inParallel(piece, ({ path, facts }) => write(path, facts))));
      await checkTurn();
    }
    return written;
  };
  const merged = await writeAll(plan.merge);
  const healed = await writeAll(plan.heal.map((path) => ({ path, facts: [] })));

  const all = new Map<string, WrittenPartition>(knownByPath);
  for (const partition of [...merged, ...healed]) all.set(partition.path, partition);
  const list = writeSuccess(feed, [...all.values()]);
  if (list !== success.text) await replace(hub.lake, successKey(feed.id), success.etag, list);
  for (const orphans of inPieces(plan.orphans, deletesMax)) {
    await checkTurn();
    await hub.lake.delete(orphans.map((path) => partKey(feed.id, path)));
  }
  return { merged, healed, confirmed: plan.confirm, filesWritten };
}

/** Keys that R2 deletes in one call. */
const deletesMax = 1_000;

async function readSuccess(lake: R2Bucket, feed: string) {
  const object = await lake.get(successKey(feed));
  return { text: await object?.text(), etag: object?.etag };
}

async function listEtags(lake: R2Bucket, feed: string): Promise<Map<string, string>> {
  const etags = new Map<string, string>();
  const prefix = lakePrefix(feed);
  let cursor: string | undefined;
  do {
    const page = await lake.list({ prefix, ...(cursor && { cursor }) });
    for (const { key, etag } of page.objects) {
      if (key.endsWith("/part.parquet")) etags.set(key.slice(prefix.length, -"/part.parquet".length), etag);
    }
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor);
  return etags;
}

/** Puts an object if it still has the etag it was listed with, or still does not exist. */
async function replace(
  lake: R2Bucket,
  key: string,
  before: string | undefined,
  body: Uint8Array | string,
): Promise<string> {
  const onlyIf = before === undefined ? { etagDoesNotMatch: "*" } : { etagMatches: before };
  const put = await lake.put(key, body, { onlyIf });
  if (!put) throw new Overtaken(`${key} was written by another run`);
  return put.etag;
}
