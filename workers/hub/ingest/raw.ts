/** `raw/`: the unchanged bytes of publications, stored before parsing and never replaced. */
import { ingestKey, type LakeEvent, type RawObject } from "../../../shared/api/lake-event.ts";
import { type FlowRun, requestFlow } from "../../../shared/db/flows.ts";
import type { Feed } from "../../../shared/feeds/feed.ts";
import { rawKey } from "../../../shared/lake/keys.ts";
import type { Hub } from "../hub.ts";

export interface Arrival {
  readonly feed: Feed;
  readonly name: string;
  /** In hexadecimal. R2 refuses a body with another digest. */
  readonly sha256: string;
  readonly body: ReadableStream | Uint8Array;
  readonly arrivedAt: Date;
}

/** Stores a publication under its digest. A second copy with the same content and name changes nothing. */
export async function storeRaw({ lake }: Pick<Hub, "lake">, arrival: Arrival): Promise<RawObject> {
  const key = rawKey(arrival.feed.id, arrival.sha256, arrival.name);
  const created = await lake.put(key, arrival.body, {
    sha256: arrival.sha256,
    onlyIf: { etagDoesNotMatch: "*" },
    customMetadata: { arrived: arrival.arrivedAt.toISOString() },
    httpMetadata: { contentType: arrival.feed.file.contentTypes[0] ?? "application/octet-stream" },
  });
  const stored = created ?? (await lake.head(key));
  if (!stored) throw new Error(`${key} could not be written and does not exist`);
  return { feed: arrival.feed.id, key, etag: stored.etag };
}

/**
 * Records the flow that ingests a raw object, then sends the same queue message as R2. If the message is lost, `recover`
 * starts the flow from the recorded row.
 */
export async function announceRaw(
  fx: RequestEffects & Pick<Hub, "events">,
  object: RawObject,
): Promise<{ run: FlowRun; isNew: boolean }> {
  const requested = await requestIngest(fx, object);
  if (requested.run.state === "queued") await fx.events.send(lakeEvent(object, fx.now()));
  return requested;
}

type RequestEffects = Pick<Hub, "db" | "boot" | "now">;

/** Records the flow that ingests a raw object, unless it is already recorded. */
export function requestIngest(
  { db, boot, now }: RequestEffects,
  object: RawObject,
): Promise<{ run: FlowRun; isNew: boolean }> {
  const { feed, key, etag } = object;
  const at = { now: now().toISOString(), boot };
  return requestFlow(db, { kind: "ingest", key: ingestKey(object), params: { feed, key, etag } }, at);
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
