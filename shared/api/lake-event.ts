/** The message that says an object has arrived in R2: the form of R2's own event notifications. */
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
  /** Nothing to do: a deletion, or an object that is not a raw publication. */
  | { readonly kind: "other" }
  | { readonly kind: "refused"; readonly reason: string };

const creates = ["PutObject", "CopyObject", "CompleteMultipartUpload"];

/** What a queue message asks for. Never throws. */
export function readLakeEvent(body: unknown): ReadEvent {
  const parsed = lakeEventShape.safeParse(body);
  if (!parsed.success) {
    return { kind: "refused", reason: `not an R2 event notification: ${z.prettifyError(parsed.error)}` };
  }
  const { action, object } = parsed.data;
  if (!creates.includes(action) || !object.key.startsWith("raw/")) return { kind: "other" };
  const raw = readRawKey(object.key);
  if (!raw) return { kind: "refused", reason: `${object.key} is not raw/<feed>/<16 hex digits>-<name>` };
  if (!findFeed(raw.feed)) return { kind: "refused", reason: `${raw.feed} is not a feed of this platform` };
  if (!object.eTag) return { kind: "refused", reason: `the notification of ${object.key} names no eTag` };
  return { kind: "raw", object: { feed: raw.feed, key: object.key, etag: object.eTag.replaceAll('"', "") } };
}

/** What an ingest is for: this content under this key. */
export function ingestKey(object: RawObject): string {
  return `ingest:${object.key}@${object.etag}`;
}
