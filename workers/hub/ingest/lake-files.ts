/** Lists the files of `clean/<feed>/` in R2, and replaces or deletes them only if they have not changed since. */
import { inPieces } from "../../../shared/db/database.ts";
import { lakePrefix, partKey, readPartFile, successKey } from "../../../shared/lake/keys.ts";

/** Thrown if an object was written since it was listed, or if another run has taken the lease of the feed. */
export class Overtaken extends Error {}

export interface LakeFiles {
  /** Etag of every partition's file, by the partition's path. */
  readonly etags: ReadonlyMap<string, string>;
  /** `_SUCCESS`; both are undefined if it does not exist. */
  readonly success: { readonly text: string | undefined; readonly etag: string | undefined };
}

export async function listLake(lake: R2Bucket, feed: string): Promise<LakeFiles> {
  const success = await lake.get(successKey(feed));
  const text = await success?.text();
  const etags = new Map<string, string>();
  const prefix = lakePrefix(feed);
  let cursor: string | undefined;
  do {
    const page = await lake.list({ prefix, ...(cursor && { cursor }) });
    for (const { key, etag } of page.objects) {
      const path = readPartFile(key.slice(prefix.length));
      if (path !== null) etags.set(path, etag);
    }
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor);
  return { etags, success: { text, etag: success?.etag } };
}

/** Puts an object if its etag is still the listed one, or if it still does not exist. Returns the new etag. */
export async function replaceFile(
  lake: R2Bucket,
  key: string,
  file: { readonly listed: string | undefined; readonly body: Uint8Array | string },
): Promise<string> {
  const onlyIf = file.listed === undefined ? { etagDoesNotMatch: "*" } : { etagMatches: file.listed };
  const put = await lake.put(key, file.body, { onlyIf });
  if (!put) throw new Overtaken(`${key} was written by another run`);
  return put.etag;
}

/** Maximum number of keys that R2 deletes in one call. */
const deletesMax = 1_000;

/** Deletes the files of partitions. R2 has no conditional delete, so `check` runs before each call. */
export async function deleteFiles(
  lake: R2Bucket,
  feed: string,
  { paths, check }: { readonly paths: readonly string[]; readonly check: () => Promise<void> },
): Promise<void> {
  for (const piece of inPieces(paths, deletesMax)) {
    await check();
    await lake.delete(piece.map((path) => partKey(feed, path)));
  }
}
