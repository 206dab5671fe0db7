/** Reads models and served.json files from R2, through the Cache API where there is one. Bytes are always hashed. */
import { artefactBytesMax, artefactKey, servedBytesMax, servedKey } from "../../shared/registry/keys.ts";
import type { ArtefactAddress } from "./snapshot-store.ts";

export interface ArtefactSources {
  readonly lake: Pick<R2Bucket, "get">;
  /** Null where there is none, as in plain workerd. */
  readonly cache: Pick<Cache, "match" | "put"> | null;
  waitUntil(work: Promise<unknown>): void;
}

/** Immutable: the digest is part of the address. */
const cacheControl = "public, max-age=2592000, immutable";

/** The bytes with the stated digest. Throws where R2 does not answer, has none, or has others. */
export async function readArtefact(address: ArtefactAddress, sources: ArtefactSources): Promise<Uint8Array> {
  const { sha256 } = address;
  const url = cacheAddress(address);
  const cached = await quietly(sources.cache?.match(url));
  if (cached) {
    const bytes = new Uint8Array(await cached.arrayBuffer());
    // A damaged entry is written over below.
    if ((await digestOf(bytes)) === sha256) return bytes;
  }
  const [key, bytesMax] = placeOf(address);
  const object = await sources.lake.get(key);
  if (object === null) throw new Error(`R2 has no ${key}`);
  if (object.size > bytesMax) throw new Error(`${key} has ${object.size} bytes: too many`);
  const bytes = new Uint8Array(await object.arrayBuffer());
  const found = await digestOf(bytes);
  if (found !== sha256) throw new Error(`${key} is damaged: found sha256 ${found}, expected ${sha256}`);
  const { cache } = sources;
  if (cache !== null) sources.waitUntil(quietly(keep(bytes, { cache, url })));
  return bytes;
}

function placeOf({ forecast, version, name, sha256 }: ArtefactAddress): [key: string, bytesMax: number] {
  if (name === "served.json") return [servedKey(forecast, version, sha256), servedBytesMax];
  return [artefactKey(forecast, version, name), artefactBytesMax[name]];
}

/** An answer waits for these bytes: it shall not wait for their way into the cache too. */
const keepAfterMs = 200;

async function keep(
  bytes: Uint8Array<ArrayBuffer>,
  { cache, url }: { readonly cache: Pick<Cache, "put">; readonly url: string },
): Promise<void> {
  await scheduler.wait(keepAfterMs);
  await cache.put(url, new Response(bytes, { headers: { "Cache-Control": cacheControl } }));
}

/** All Workers of an account share one cache: the name keeps ours apart. */
export function cacheAddress({ forecast, version, name, sha256 }: ArtefactAddress): string {
  return `https://almanac-predict.invalid/artefacts/${sha256}/${forecast}/${version}/${name}`;
}

/** SHA-256 in lower-case hexadecimal, by the runtime's own code: a large model takes milliseconds. */
export async function digestOf(bytes: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The cache only saves time: whatever goes wrong with it, R2 has the same. */
async function quietly<T>(work: Promise<T> | undefined): Promise<T | undefined> {
  try {
    return await work;
  } catch {
    return undefined;
  }
}
