import type { Refusal } from "../../../shared/api/problem.ts";
import { lakePrefix } from "../../../shared/lake/keys.ts";
import { failure, type Result, success } from "../../../shared/lib/result.ts";
import { encodeUtf8 } from "../../../shared/lib/utf8.ts";
import type { Hub } from "../hub.ts";
import { requireFeed } from "./require.ts";
import { type StoredFile, storedFile } from "./stored-file.ts";

/** R2 fails on longer keys. */
const keyBytesMax = 1_024;

/** Opens one file of `clean/<feed>/`, for example `_SUCCESS`, which lists the others. */
export function openLakeFile(fx: Pick<Hub, "lake">, feedId: string, path: string): Result<StoredFile, Refusal> {
  const feed = requireFeed(feedId);
  if (!feed.ok) return feed;
  const key = `${lakePrefix(feed.value.id)}${path}`;
  if (encodeUtf8(key).length > keyBytesMax) {
    const detail = "The path is longer than that of any file in the lake.";
    return failure({ kind: "bad-request", detail, found: `${path.length} characters`, expected: "a path of _SUCCESS" });
  }
  const detail = `${feed.value.id} has no file ${path} in the lake. _SUCCESS lists its files.`;
  return success(storedFile(fx, key, { kind: "not-found", detail, found: path }));
}
