/** Stores a publication of the milk prices in `raw/`, as an upload does, without its ingest. */
import { findFeed } from "../../shared/feeds/index.ts";
import { sha256Hex } from "../../shared/lib/hash.ts";
import { storeRaw } from "../../workers/hub/ingest/raw.ts";
import { hub } from "./hub.ts";
import { publication, someCities } from "./sniim.ts";

export const smallMilk = publication([{ day: "2025-01-03", cities: someCities(3) }]);

/** Stores a file, by default one day of three cities, in the lake of a hub. Returns the stored object. */
export function storedMilk(name: string, bytes: Uint8Array = smallMilk, on = hub) {
  const feed = findFeed("sniim-milk");
  if (!feed) throw new Error("there is no feed sniim-milk");
  return storeRaw(on, {
    feed,
    name,
    sha256: sha256Hex(bytes),
    body: bytes,
    arrivedAt: new Date("2026-11-29T12:00:00Z"),
    by: "upkeep",
  });
}
