/** Reads a feed's lake from the hub: all files that `_SUCCESS` lists. Restarts when a file changes during the read. */
import { z } from "zod";
import { isPartFile } from "../shared/lake/keys.ts";
import { type SuccessFile, successShape } from "../shared/lake/success.ts";
import { sha256Hex } from "../shared/lib/hash.ts";
import { parseJson } from "../shared/lib/parse-json.ts";
import { Failure } from "./failure.ts";
import { type Hub, orNull } from "./hub.ts";

/** An ingest during the read causes a restart. More restarts than this point to another problem. */
const restartsMax = 5;
const parallel = 8;

export interface LakeFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/**
 * Reads the whole lake. Calls `onStart` at each start and `onFile` for each file after its hash was verified.
 * @throws Failure if there is no lake or if it changes during every attempt.
 */
export async function readLake(
  hub: Hub,
  feed: string,
  { onStart, onFile }: { onStart(list: SuccessFile): Promise<void>; onFile(file: LakeFile): Promise<void> },
): Promise<SuccessFile> {
  let before: { readonly list: string; readonly path: string } | null = null;
  for (let restarts = 0; restarts < restartsMax; restarts++) {
    const list = await readList(hub, feed);
    await onStart(list);
    const path = await readFiles(hub, list, onFile);
    if (path === null) return list;
    const again = { list: JSON.stringify(list), path };
    if (before?.list === again.list && before.path === path) throw new Failure(damagedFile(feed, path));
    before = again;
  }
  throw new Failure(
    `The lake of ${feed} changed during each of ${restartsMax} reads. Try again when its ingests have ended.`,
  );
}

async function readList(hub: Hub, feed: string): Promise<SuccessFile> {
  const file = await orNull(hub.api.downloadLakeFile({ feed, path: "_SUCCESS" }));
  if (!file) throw new Failure(`${feed} has no lake yet. Ingest a publication first.`);
  return readSuccessList(feed, file.bytes);
}

/** Validates the list of a server, which may name any path. @throws Failure with the first wrong member. */
export function readSuccessList(feed: string, bytes: Uint8Array): SuccessFile {
  const json = parseJson(new TextDecoder().decode(bytes));
  const list = successShape.safeParse(json.ok ? json.value : null);
  const refuse = (found: string): never => {
    throw new Failure(`The hub's list of the lake of ${feed} is not valid: ${found}. Update almanac, or check --url.`);
  };
  if (!list.success) return refuse(json.ok ? z.prettifyError(list.error) : json.error);
  const paths = list.data.partitions.map(({ path }) => path);
  const wrong = paths.find((path) => !isPartFile(path));
  if (wrong !== undefined) refuse(`it names the file ${wrong}, expected year=YYYY/…/part.parquet`);
  if (new Set(paths).size !== paths.length) refuse("it names a file twice");
  if (list.data.feed !== feed) refuse(`it is the list of ${list.data.feed}`);
  return list.data;
}

function damagedFile(feed: string, path: string): string {
  return `${path} in the lake of ${feed} is missing or damaged: its bytes differ from those in _SUCCESS. The hub writes such a file again within the hour, and at every \`npm start\`. Try again then.`;
}

/** Returns the path of a file that differs from the list, because the lake has changed or is damaged; else null. */
async function readFiles(
  hub: Hub,
  { feed, partitions }: SuccessFile,
  onFile: (file: LakeFile) => Promise<void>,
): Promise<string | null> {
  for (let from = 0; from < partitions.length; from += parallel) {
    const read = await Promise.all(
      partitions.slice(from, from + parallel).map(async ({ path, etag, sha256 }) => {
        const file = await orNull(hub.api.downloadLakeFile({ feed, path }));
        if (!file || file.etag !== etag || sha256Hex(file.bytes) !== sha256) return path;
        await onFile({ path, bytes: file.bytes });
        return null;
      }),
    );
    const wrong = read.find((path) => path !== null);
    if (wrong !== undefined) return wrong;
  }
  return null;
}
