/** Reads models and served.json files from R2, through the Cache API if there is one. Always verifies their digest. */
import { artefactBytesMax, artefactKey, servedBytesMax, servedKey } from "../../shared/registry/keys.ts";
import type { ArtefactAddress } from "./store-effects.ts";

export interface ArtefactSources {
  readonly lake: Pick<R2Bucket, "get">;
  /** Null in a runtime without the Cache API, such as plain workerd. */
  readonly cache: Pick<Cache, "match" | "put"> | null;
  waitUntil(work: Promise<unknown>): void;
}

/** Entries are immutable: the digest is part of the cache address. */
const cacheControl = "public, max-age=2592000, immutable";

/** Returns the bytes with the stated digest. Throws if R2 fails, or has no such object or another one. */
export async function readArtefact(address: ArtefactAddress, sources: ArtefactSources): Promise<Uint8Array> {
  const { sha256 } = address;
  const url = cacheAddress(address);
  const cached = await undefinedIfFailed(sources.cache?.match(url));
  if (cached) {
    const bytes = new Uint8Array(await cached.arrayBuffer());
    // A damaged entry is replaced below.
    if ((await digestOf(bytes)) === sha256) return bytes;
  }
  const [key, bytesMax] = objectOf(address);
  const object = await sources.lake.get(key);
  if (object === null) throw new Error(`R2 has no ${key}`);
  if (object.size > bytesMax) throw new Error(`${key} has ${object.size} bytes, expected at most ${bytesMax}`);
  const bytes = new Uint8Array(await object.arrayBuffer());
  const found = await digestOf(bytes);
  if (found !== sha256) throw new Error(`${key} is damaged: found sha256 ${found}, expected ${sha256}`);
  const { cache } = sources;
  if (cache !== null) sources.waitUntil(undefinedIfFailed(putLater(bytes, { cache, url })));
  return bytes;
}

function objectOf({ forecast, version, name, sha256 }: ArtefactAddress): [key: string, bytesMax: number] {
  if (name === "served.json") return [servedKey(forecast, version, sha256), servedBytesMax];
  return [artefactKey(forecast, version, name), artefactBytesMax[name]];
}

/** Delays the write to the cache, so that it does not delay the answer that waits for these bytes. */
const putAfterMs = 200;

async function putLater(
  bytes: Uint8Array<ArrayBuffer>,
  { cache, url }: { readonly cache: Pick<Cache, "put">; readonly url: string },
): Promise<void> {
  await scheduler.wait(putAfterMs);
  await cache.put(url, new Response(bytes, { headers: { "Cache-Control": cacheControl } }));
}

/** Returns the address of an artefact in the cache. Its host is unique, because all Workers of an account share one cache. */
export function cacheAddress({ forecast, version, name, sha256 }: ArtefactAddress): string {
  return `https://almanac-predict.invalid/artefacts/${sha256}/${forecast}/${version}/${name}`;
}

/** Returns the SHA-256 in lower-case hexadecimal. Uses the runtime's implementation: a large model takes milliseconds. */
export async function digestOf(bytes: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Returns undefined if the work fails. The cache is optional: R2 has the same bytes. */
async function undefinedIfFailed<T>(work: Promise<T> | undefined): Promise<T | undefined> {
  try {
    return await work;
  } catch {
    return undefined;
  }
}
