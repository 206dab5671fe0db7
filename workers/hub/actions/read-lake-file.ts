import type { Refusal } from "../../../shared/api/problem.ts";
import { lakePrefix } from "../../../shared/lake/keys.ts";
import { failure, type Result, success } from "../../../shared/lib/result.ts";
import type { Hub } from "../hub.ts";
import { requireFeed } from "./require.ts";

/** Reads one file of `clean/<feed>/`, for example `_SUCCESS`, which lists the others. */
export async function readLakeFile(
  { lake }: Pick<Hub, "lake">,
  feedId: string,
  path: string,
): Promise<Result<R2ObjectBody, Refusal>> {
  const feed = requireFeed(feedId);
  if (!feed.ok) return feed;
  const object = await lake.get(`${lakePrefix(feed.value.id)}${path}`);
  if (object) return success(object);
  const detail = `${feed.value.id} has no file ${path} in the lake. _SUCCESS lists its files.`;
  return failure({ kind: "not-found", detail, found: path });
}
