/** Which publication of an origin counts for the record. */
import type { Counting } from "../api/report-states.ts";
import type { PublishedKey } from "./keys.ts";

export interface CountedPublication extends Pick<PublishedKey, "origin" | "role" | "revision"> {
  /** ISO 8601. */
  readonly publishedAt: string;
}

/**
 * Returns how each publication counts for a period. The headline of an origin is the first champion revision that was published
 * before the first publication of the period.
 * @param targetPublishedAt when the hub received the period's first publication, ISO 8601
 */
export function countingsOf(publications: readonly CountedPublication[], targetPublishedAt: string): Counting[] {
  const isInTime = (one: CountedPublication) => Date.parse(one.publishedAt) < Date.parse(targetPublishedAt);
  const firsts = new Map<string, number>();
  for (const one of publications) {
    if (one.role !== "champion" || !isInTime(one)) continue;
    firsts.set(one.origin, Math.min(one.revision, firsts.get(one.origin) ?? Number.POSITIVE_INFINITY));
  }
  return publications.map((one) => {
    if (one.role === "shadow") return "shadow";
    if (!isInTime(one)) return "backfill";
    return one.revision === firsts.get(one.origin) ? "headline" : "revision";
  });
}
