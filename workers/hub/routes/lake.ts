import type { Feed } from "../../../shared/feeds/feed.ts";
import { lakePrefix } from "../../../shared/lake/keys.ts";
import type { Hub } from "../hub.ts";
import { refuse } from "../refuse.ts";

/** One file of `clean/<feed>/`, `_SUCCESS` among them, with the etag by which a reader sees that it has changed. */
export async function serveLakeFile(hub: Hub, feed: Feed, path: string): Promise<Response> {
  const object = await hub.lake.get(`${lakePrefix(feed.id)}${path}`);
  if (!object) {
    refuse({
      kind: "not-found",
      detail: `${feed.id} has no file ${path} in the lake; _SUCCESS lists what there is.`,
      found: path,
    });
  }
  const contentType = path.endsWith(".parquet") ? "application/vnd.apache.parquet" : "application/json; charset=utf-8";
  return new Response(object.body, {
    headers: { "Content-Type": contentType, ETag: object.httpEtag, "Content-Length": String(object.size) },
  });
}
