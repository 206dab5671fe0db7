/** Repairs the lake of a feed: files that are missing, damaged or truncated are written again from the database. */

import { releaseLease, renewLease, takeLease } from "../../../shared/db/leases.ts";
import { listPartitions, savePartitions } from "../../../shared/db/partitions.ts";
import type { Feed } from "../../../shared/feeds/feed.ts";
import { partKey, successKey } from "../../../shared/lake/keys.ts";
import type { KnownPartition } from "../../../shared/lake/plan.ts";
import { readSuccess, writeSuccess } from "../../../shared/lake/success.ts";
import { hourMs } from "../../../shared/lib/durations.ts";
import type { Hub } from "../hub.ts";
import { digestOf } from "../object-digest.ts";
import { inParallel } from "./in-parallel.ts";
import { type LakeFiles, listLake, Overtaken } from "./lake-files.ts";
import { writeFenced } from "./write-fenced.ts";
import { writeLake } from "./write-lake.ts";

type RepairEffects = Pick<Hub, "db" | "lake" | "now">;

/** Maximum number of files of a feed whose bytes one run reads. More files take several hours in turn. */
const filesReadMax = 1_000;

/**
 * Compares the lake with the database: the list and ETag of every file, and the bytes of at most `filesReadMax`. Writes what
 * differs, under the lease of the feed. Returns the paths of the repaired partitions, with `_SUCCESS` if only the list
 * differed. Does nothing while another run changes the feed: that run writes missing files, and the next hour looks again.
 */
export async function repairLake(fx: RepairEffects, feed: Feed): Promise<string[]> {
  const known = await listPartitions(fx.db, feed.id);
  if (known.length === 0) return [];
  const found = await compareLake(fx, feed, { known, read: inTurn(known, fx.now()) });
  if (found.damaged.length === 0 && found.isListed) return [];
  const holder = `repair of the lake at ${fx.now().toISOString()}`;
  const fence = await takeLease(fx.db, feed.id, holder, fx.now());
  if (fence === null) return [];
  try {
    return await repair(fx, feed, { suspected: found.damaged, fence });
  } catch (error) {
    if (error instanceof Overtaken) return [];
    throw error;
  } finally {
    await releaseLease(fx.db, feed.id, fence);
  }
}

interface Repair {
  readonly suspected: readonly KnownPartition[];
  readonly fence: number;
}

/** Compares again, because an ingest may have written the files in the meantime. @throws Overtaken */
async function repair(fx: RepairEffects, feed: Feed, { suspected, fence }: Repair): Promise<string[]> {
  const { db, lake, now } = fx;
  const check = async () => {
    if (!(await renewLease(db, feed.id, fence, now())))
      throw new Overtaken(`another run has taken the lease of ${feed.id}`);
  };
  const paths = new Set(suspected.map(({ path }) => path));
  const known = await listPartitions(db, feed.id);
  const read = known.filter(({ path }) => paths.has(path));
  const { damaged, isListed, files } = await compareLake(fx, feed, { known, read });
  if (damaged.length === 0 && isListed) return [];
  await check();
  await writeLake(fx, { feed, plan: { known, changes: [], heal: damaged, orphans: [] }, files }, check);
  const written = readSuccess((await (await lake.get(successKey(feed.id)))?.text()) ?? "");
  const rows = damaged.flatMap(({ confirmedBy, ...partition }) => {
    const file = written.get(partition.path);
    return file ? [{ ...partition, ...file, confirmedBy: confirmedBy?.ingest ?? null }] : [];
  });
  await writeFenced(db, feed, { fence, statements: savePartitions(feed.id, rows) });
  return damaged.length === 0 ? ["_SUCCESS"] : damaged.map(({ path }) => path);
}

interface Compared {
  readonly files: LakeFiles;
  /** Partitions whose file is missing, has another ETag, or does not have the recorded bytes. */
  readonly damaged: readonly KnownPartition[];
  /** Whether `_SUCCESS` lists exactly the recorded files. */
  readonly isListed: boolean;
}

interface Comparing {
  readonly known: readonly KnownPartition[];
  /** The partitions whose bytes are read too. */
  readonly read: readonly KnownPartition[];
}

async function compareLake({ lake }: Pick<Hub, "lake">, feed: Feed, { known, read }: Comparing): Promise<Compared> {
  const files = await listLake(lake, feed.id);
  const wrong = new Set(known.filter(({ path, etag }) => files.etags.get(path) !== etag));
  const unread = read.filter((partition) => !wrong.has(partition));
  const intact = await inParallel(unread, ({ path, sha256 }) => isIntact(lake, partKey(feed.id, path), sha256));
  unread.forEach((partition, at) => {
    if (intact[at] !== true) wrong.add(partition);
  });
  return {
    files,
    damaged: known.filter((partition) => wrong.has(partition)),
    isListed: files.success.text === writeSuccess(feed, known),
  };
}

/** Returns whether an object has these bytes. An object that cannot be read to its end does not. */
async function isIntact(lake: R2Bucket, key: string, sha256: string): Promise<boolean> {
  try {
    const object = await lake.get(key);
    return object !== null && (await digestOf(object)) === sha256;
  } catch {
    return false;
  }
}

/** Returns the partitions whose bytes are read in this hour: all of them, or a part that moves on every hour. */
function inTurn(known: readonly KnownPartition[], now: Date): KnownPartition[] {
  if (known.length <= filesReadMax) return [...known];
  const turns = Math.ceil(known.length / filesReadMax);
  const turn = Math.floor(now.getTime() / hourMs) % turns;
  return known.slice(turn * filesReadMax, (turn + 1) * filesReadMax);
}
