/** The queue message about a new object in R2, in the format of R2's event notifications. */
import { z } from "zod";
import { findFeed } from "../feeds/index.ts";
import { readRawKey } from "../lake/keys.ts";

export const lakeEventShape = z.object({
  account: z.string(),
  action: z.string(),
  bucket: z.string(),
  object: z.object({ key: z.string(), size: z.number().optional(), eTag: z.string().optional() }),
  eventTime: z.string(),
});

export type LakeEvent = z.infer<typeof lakeEventShape>;

export interface RawObject {
  readonly feed: string;
  readonly key: string;
  readonly etag: string;
}

export type ReadEvent =
  | { readonly kind: "raw"; readonly object: RawObject }
  /** Needs no work: a deletion, or an object that is not a publication. */
  | { readonly kind: "other" }
  | { readonly kind: "refused"; readonly reason: string };

const creates = ["PutObject", "CopyObject", "CompleteMultipartUpload"];

/** Parses a queue message. Never throws. */
export function readLakeEvent(body: unknown): ReadEvent {
  const parsed = lakeEventShape.safeParse(body);
  if (!parsed.success) {
    return { kind: "refused", reason: `The message is not an R2 event notification: ${z.prettifyError(parsed.error)}` };
  }
  const { action, object } = parsed.data;
  if (!creates.includes(action) || !object.key.startsWith("raw/")) return { kind: "other" };
  const raw = readRawKey(object.key);
  if (!raw)
    return { kind: "refused", reason: `Found the key ${object.key}, expected raw/<feed>/<16 hex digits>-<name>.` };
  if (!findFeed(raw.feed)) return { kind: "refused", reason: `There is no feed ${raw.feed}.` };
  if (!object.eTag) return { kind: "refused", reason: `The notification of ${object.key} has no eTag.` };
  return { kind: "raw", object: { feed: raw.feed, key: object.key, etag: object.eTag.replaceAll('"', "") } };
}

/** Returns the flow key of an ingest: one per object key and content. */
export function ingestKey(object: RawObject): string {
  return `ingest:${object.key}@${object.etag}`;
}
