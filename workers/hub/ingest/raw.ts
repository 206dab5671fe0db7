/** `raw/`: publications with unchanged bytes, stored before they are parsed and never replaced. One object is one arrival. */
import { ingestKey, type LakeEvent, type RawObject } from "../../../shared/api/lake-event.ts";
import { flowId } from "../../../shared/db/flow-id.ts";
import { type FlowRun, requestFlow } from "../../../shared/db/flows.ts";
import { saveArrival } from "../../../shared/db/ingests.ts";
import type { Feed } from "../../../shared/feeds/feed.ts";
import { findFeed } from "../../../shared/feeds/index.ts";
import { rawKey, rawPrefix, readRawKey } from "../../../shared/lake/keys.ts";
import { publicationRank } from "../../../shared/lake/merge.ts";
import type { Hub } from "../hub.ts";

export interface Arrival {
  readonly feed: Feed;
  readonly name: string;
  /** In hexadecimal. R2 refuses a body with another digest. */
  readonly sha256: string;
  readonly body: ReadableStream | Uint8Array;
  readonly arrivedAt: Date;
  /** The flow that fetched it. A retry of this flow is the same arrival; without one, every call is an arrival of its own. */
  readonly by?: string;
}

export interface ArrivedObject extends RawObject {
  /** ISO 8601. */
  readonly arrivedAt: string;
  /** Whether the same bytes arrived before, under any name. */
  readonly isKnown: boolean;
}

/**
 * Stores an arrival of a publication. Known bytes that arrive again are a new object, so that what was right before can
 * come back: the newest arrival wins. Two uploads of the same bytes at the same time are one arrival.
 *
 * An object's metadata: `arrived`, its own arrival; `seen`, the first arrival of the same bytes; `by`, the flow.
 */
export async function storeRaw({ lake }: Pick<Hub, "lake">, arrival: Arrival): Promise<ArrivedObject> {
  const { feed, name, sha256, body, by } = arrival;
  const earlier = await listArrivals(lake, rawPrefix(feed.id, sha256));
  const sameName = earlier.filter(({ key }) => readRawKey(key)?.name === name);
  const own = by === undefined ? undefined : sameName.find(({ customMetadata }) => customMetadata?.by === by);
  if (own) return arrivedObject(feed, own, true);

  const number = Math.max(0, ...sameName.map(({ key }) => readRawKey(key)?.arrival ?? 0)) + 1;
  const key = rawKey({ feed: feed.id, name, arrival: number }, sha256);
  const arrived = arrival.arrivedAt.toISOString();
  const [seen = arrived] = [arrived, ...earlier.map(arrivalOf)].sort();
  const put = await lake.put(key, body, {
    sha256,
    onlyIf: { etagDoesNotMatch: "*" },
    customMetadata: { arrived, seen, ...(by !== undefined && { by }) },
    httpMetadata: { contentType: feed.file.contentTypes[0] ?? "application/octet-stream" },
  });
  const stored = put ?? (await lake.head(key));
  if (!stored) throw new Error(`${key} could not be written and does not exist`);
  return arrivedObject(feed, stored, earlier.length > 0 || put === null);
}

/** Returns when an object arrived, ISO 8601. An object that was put into R2 by other means arrived when it was put. */
export function arrivalOf({ customMetadata, uploaded }: Pick<R2Object, "customMetadata" | "uploaded">): string {
  return customMetadata?.arrived ?? uploaded.toISOString();
}

/** Returns when the bytes of an object arrived first, ISO 8601. What had not happened then is not observed by them. */
export function firstArrivalOf(object: Pick<R2Object, "customMetadata" | "uploaded">): string {
  return object.customMetadata?.seen ?? arrivalOf(object);
}

async function listArrivals(lake: R2Bucket, prefix: string): Promise<R2Object[]> {
  const objects: R2Object[] = [];
  let cursor: string | undefined;
  do {
    const page = await lake.list({ prefix, include: ["customMetadata"], ...(cursor && { cursor }) });
    objects.push(...page.objects);
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor);
  return objects;
}

function arrivedObject(feed: Feed, object: R2Object, isKnown: boolean): ArrivedObject {
  return { feed: feed.id, key: object.key, etag: object.etag, arrivedAt: arrivalOf(object), isKnown };
}

/** An object of `raw/`, and when it arrived. */
export type AnnouncedObject = RawObject & Pick<ArrivedObject, "arrivedAt">;

/**
 * Records the flow that ingests a raw object, then sends the same queue message as R2. If the message is lost, `recover`
 * starts the flow from the recorded row.
 */
export async function announceRaw(
  fx: RequestEffects & Pick<Hub, "events">,
  object: AnnouncedObject,
): Promise<{ run: FlowRun; isNew: boolean }> {
  const requested = await requestIngest(fx, object);
  if (requested.run.state === "queued") await fx.events.send(lakeEvent(object, fx.now()));
  return requested;
}

type RequestEffects = Pick<Hub, "db" | "boot" | "now">;

/** Records an arrival and the flow that ingests it, unless they are known. The numbers of ingests follow the arrivals. */
export async function requestIngest(
  { db, boot, now }: RequestEffects,
  { feed, key, etag, arrivedAt }: AnnouncedObject,
): Promise<{ run: FlowRun; isNew: boolean }> {
  const flowKey = ingestKey({ feed, key, etag });
  const publishedOn = findFeed(feed)?.publishedOn(readRawKey(key)?.name ?? "") ?? null;
  const rank = publicationRank({ publishedOn, arrivedAt });
  await saveArrival(db, { feed, flowId: flowId(flowKey), rawKey: key, rank, publishedOn, arrivedAt });
  const at = { now: now().toISOString(), boot };
  return requestFlow(db, { kind: "ingest", key: flowKey, params: { feed, key, etag } }, at);
}

function lakeEvent(object: RawObject, now: Date): LakeEvent {
  return {
    account: "",
    action: "PutObject",
    bucket: "almanac-lake",
    object: { key: object.key, eTag: object.etag },
    eventTime: now.toISOString(),
  };
}
