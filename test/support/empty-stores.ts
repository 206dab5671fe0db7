/** Empties the stores of the Worker under test. */
import { reset } from "cloudflare:test";
import { env } from "cloudflare:workers";

interface Stores {
  readonly DB?: D1Database;
  readonly LAKE?: R2Bucket;
  readonly SNAPSHOTS?: KVNamespace;
}

/** Deletes everything in D1, R2 and KV. Workflows continue. */
export async function emptyStores(): Promise<void> {
  const { DB, LAKE, SNAPSHOTS } = env as Stores;
  // The runtime unloads a store that was not used for ten seconds, and `reset` skips what is not loaded.
  await Promise.all([DB?.exec("SELECT 1"), LAKE?.head("none"), SNAPSHOTS?.get("none")]);
  await reset();
}
