/** Writes a Parquet file of the track record to R2. */
import type { StoredParquet } from "../../../shared/db/reports.ts";
import { sha256Hex } from "../../../shared/lib/hash.ts";
import type { Hub } from "../hub.ts";

const httpMetadata = { contentType: "application/vnd.apache.parquet" };

/** Stores the bytes and returns their size and digest. R2 refuses bytes that were damaged on the way. */
export async function storeParquet(
  lake: Hub["lake"],
  key: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<StoredParquet> {
  const sha256 = sha256Hex(bytes);
  await lake.put(key, bytes, { sha256, httpMetadata });
  return { key, bytes: bytes.length, sha256 };
}

/** Stores the bytes unless the key has others. Returns null if it has. */
export async function createParquet(
  lake: Hub["lake"],
  key: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<StoredParquet | null> {
  const sha256 = sha256Hex(bytes);
  const onlyIf = { etagDoesNotMatch: "*" };
  const created = await lake.put(key, bytes, { sha256, httpMetadata, onlyIf });
  const stored = created ?? (await lake.head(key));
  const isSame = stored !== null && stored.checksums.toJSON().sha256 === sha256;
  return isSame ? { key, bytes: bytes.length, sha256 } : null;
}
