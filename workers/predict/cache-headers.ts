/** Headers of answers that caches may store. */
import type { Call } from "./call.ts";
import type { Served } from "./snapshot-store.ts";

/** A promotion or a corrected history becomes visible within this time, even in a cached answer. */
const maxAgeSeconds = 60;

/** Returns the headers of a cacheable answer. The ETag changes with the model, the history and the deployed code. */
export function cacheHeaders({ service }: Call, { snapshot, stale }: Served): Record<string, string> {
  const { token, codeVersion } = service;
  const visibility = token === undefined && snapshot.forecast.personal !== true ? "public" : "private";
  return {
    ETag: `"${snapshot.tag}.${codeVersion}${stale ? ".stale" : ""}"`,
    "Cache-Control": `${visibility}, max-age=${stale ? 0 : maxAgeSeconds}`,
  };
}

/** Returns whether an If-None-Match header matches, by RFC 9110: `*`, or one tag of a list. For GET a weak tag is equivalent. */
export function matchesTag(header: string | null, tag: string): boolean {
  if (header === null) return false;
  return header.split(",").some((candidate) => ["*", tag, `W/${tag}`].includes(candidate.trim()));
}
