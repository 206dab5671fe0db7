/** Empties the stores of the Worker under test. */
import { reset } from "cloudflare:test";
import { env } from "cloudflare:workers";

interface Stores {
  readonly DB?: D1Database;
  readonly LAKE?: R2Bucket;
  readonly SNAPSHOTS?: KVNamespace;
}

const attemptsMax = 5;

/**
 * Deletes everything in D1, R2 and KV. Workflows continue. Throws if a store is not empty after some attempts: the runtime unloads a
 * store that was not used for ten seconds, and `reset` skips what is not loaded at that moment.
 */
export async function emptyStores(): Promise<void> {
  // Looking into the stores loads them.
  await filledStores();
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    await reset();
    if ((await filledStores()).length === 0) return;
  }
  throw new Error(`not empty after ${attemptsMax} resets: ${(await filledStores()).join(", ")}`);
}

/** Returns the names of the bindings whose stores contain something. */
async function filledStores(): Promise<string[]> {
  const { DB, LAKE, SNAPSHOTS } = env as Stores;
  const [tables, objects, keys] = await Promise.all([
    DB?.prepare("SELECT name FROM sqlite_master WHERE name NOT GLOB '_cf_*' LIMIT 1").first(),
    LAKE?.list({ limit: 1 }),
    SNAPSHOTS?.list({ limit: 1 }),
  ]);
  return [
    ...(tables ? ["DB"] : []),
    ...(objects?.objects.length ? ["LAKE"] : []),
    ...(keys?.keys.length ? ["SNAPSHOTS"] : []),
  ];
}
