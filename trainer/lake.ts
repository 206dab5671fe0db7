/** A feed's lake as the hub holds it: every file that `_SUCCESS` names, or a fresh start when one has changed meanwhile. */

import { type Success, successShape } from "../shared/lake/success.ts";
import { sha256Hex } from "../shared/lib/hash.ts";
import { Failure } from "./failure.ts";
import { type Hub, orNull } from "./hub.ts";

/** A publication that comes in while we read makes us start again; more often than this it is no coincidence. */
const restartsMax = 5;
const parallel = 8;

export interface LakeFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface LakeReading {
  readonly list: Success;
  /** `_SUCCESS` as it was read. */
  readonly listBytes: Uint8Array;
}

/**
 * Reads the whole lake; `onStart` is called at each start, `onFile` for each file, which is the one that `_SUCCESS`
 * names. Throws a failure when there is no lake or it does not stand still.
 */
export async function readLake(
  hub: Hub,
  feed: string,
  { onStart, onFile }: { onStart(list: Success): Promise<void>; onFile(file: LakeFile): Promise<void> },
): Promise<LakeReading> {
  for (let restarts = 0; restarts < restartsMax; restarts++) {
    const reading = await readList(hub, feed);
    await onStart(reading.list);
    if (await readFiles(hub, reading.list, onFile)) return reading;
  }
  throw new Failure(
    `The lake of ${feed} changed ${restartsMax} times while it was read; try again when its publications are in.`,
  );
}

async function readList(hub: Hub, feed: string): Promise<LakeReading> {
  const file = await orNull(hub.api.downloadLakeFile({ feed, path: "_SUCCESS" }));
  if (!file) throw new Failure(`${feed} has no lake yet; nothing has been ingested.`);
  return { list: successShape.parse(JSON.parse(new TextDecoder().decode(file.bytes))), listBytes: file.bytes };
}

/** False as soon as a file is not the one that the list names: the lake has changed meanwhile. */
async function readFiles(
  hub: Hub,
  { feed, partitions }: Success,
  onFile: (file: LakeFile) => Promise<void>,
): Promise<boolean> {
  for (let from = 0; from < partitions.length; from += parallel) {
    const read = await Promise.all(
      partitions.slice(from, from + parallel).map(async ({ path, etag, sha256 }) => {
        const file = await orNull(hub.api.downloadLakeFile({ feed, path }));
        if (!file || file.etag !== etag || sha256Hex(file.bytes) !== sha256) return false;
        await onFile({ path, bytes: file.bytes });
        return true;
      }),
    );
    if (read.includes(false)) return false;
  }
  return true;
}
