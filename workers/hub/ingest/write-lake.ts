/** Writes the partitions that a publication changes, then `_SUCCESS`. */
import { listPartitions, loadPartition } from "../../../shared/db/partitions.ts";
import { sha256Hex } from "../../../shared/hash.ts";
import { contentHash } from "../../../shared/lake/content.ts";
import type { Fact } from "../../../shared/lake/fact.ts";
import { lakePrefix, partitionPath, partKey, successKey } from "../../../shared/lake/keys.ts";
import { mergeFacts, type Source } from "../../../shared/lake/merge.ts";
import { writeParquet } from "../../../shared/lake/parquet.ts";
import { groupByPartition, type KnownPartition, planLake } from "../../../shared/lake/plan.ts";
import { writeSuccess } from "../../../shared/lake/success.ts";
import type { Hub } from "../hub.ts";
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

/** Workers may have six connections open at once. */
const parallel = 6;

/** Another run wrote to the lake since it was listed: the turn of this feed has passed on. */
class Overtaken extends Error {}

/** As `bringUpToDate`; null when another run has taken the turn meanwhile. */
export async function writeLake(hub: Hub, publication: Publication, source: Source): Promise<LakeWritten | null> {
  try {
    return await bringUpToDate(hub, publication, source);
  } catch (error) {
    if (error instanceof Overtaken) return null;
    throw error;
  }
}

/**
 * Brings `clean/<feed>/` to what the database will say once this publication is in. Doing it again, or after a crash in
 * the middle, gives the same files: everything follows from the database, the publication and the files themselves.
 * Every file is replaced only if it still is the one that was listed.
 */
async function bringUpToDate(hub: Hub, publication: Publication, source: Source): Promise<LakeWritten> {
  const { feed } = publication;
  const successBefore = await hub.lake.get(successKey(feed.id));
  const known = await listPartitions(hub.db, feed.id);
  const etags = await listEtags(hub.lake, feed.id);
  const incoming = groupByPartition(publication.facts, (period) => partitionPath(feed, period));
  const plan = planLake(incoming, known, etags, source);
  const knownByPath = new Map(known.map((partition) => [partition.path, partition]));
  let filesWritten = 0;

  const write = async (path: string, facts: readonly Fact[]): Promise<WrittenPartition> => {
    const content = contentHash(facts);
    const before = knownByPath.get(path);
    if (before?.content === content && etags.get(path) === before.etag) return before;
    const bytes = writeParquet(feed, facts);
    const etag = await replace(hub.lake, partKey(feed.id, path), etags.get(path), bytes);
    filesWritten++;
    return { path, rows: facts.length, content, sha256: sha256Hex(bytes), etag };
  };
  const stored = async (path: string) => {
    const partition = knownByPath.get(path);
    return partition ? loadPartition(hub.db, feed.id, partition) : [];
  };

  const merged = await inParallel(plan.merge, async ({ path, facts }) =>
    write(path, mergeFacts(await stored(path), facts, source).facts),
  );
  const healed = await inParallel(plan.heal, async (path) =>
    write(path, mergeFacts(await stored(path), [], source).facts),
  );
  if (plan.orphans.length > 0) await hub.lake.delete(plan.orphans.map((path) => partKey(feed.id, path)));

  const all = new Map<string, WrittenPartition>(knownByPath);
  for (const partition of [...merged, ...healed]) all.set(partition.path, partition);
  const success = writeSuccess(feed, [...all.values()]);
  if ((await successBefore?.text()) !== success) {
    await replace(hub.lake, successKey(feed.id), successBefore?.etag, success);
  }
  return { merged, healed, confirmed: plan.confirm, filesWritten };
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

async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let from = 0; from < items.length; from += parallel) {
    results.push(...(await Promise.all(items.slice(from, from + parallel).map(work))));
  }
  return results;
}
