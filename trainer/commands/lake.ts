/** `almanac lake FEED --out DIR`: copies a feed's lake to a folder that DuckDB, pandas and polars read as it is. */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { sha256Hex } from "../../shared/hash.ts";
import { type Success, successShape } from "../../shared/lake/success.ts";
import { connect } from "../connect.ts";
import { Failure } from "../failure.ts";
import type { HubClient } from "../hub-client.ts";
import { thousands } from "../terminal.ts";
import { knownFeed } from "./known.ts";

/** A publication that comes in while we read makes us start again; more often than this it is no coincidence. */
const restartsMax = 5;
const parallel = 8;

export async function copyLake(
  feedId: string,
  options: { readonly out: string; readonly url?: string; readonly state?: string },
): Promise<void> {
  const feed = knownFeed(feedId);
  const hub = connect(options);
  const folder = resolve(options.out);
  for (let restarts = 0; restarts < restartsMax; restarts++) {
    const success = await readSuccess(hub, feed.id);
    if (!(await copyPartitions(hub, success.list, folder))) continue;
    await writeFile(join(folder, "_SUCCESS"), success.bytes);
    const { rows, partitions } = success.list;
    console.log(`${thousands(rows)} rows in ${thousands(partitions.length)} files: ${folder}`);
    console.log(
      `\n  duckdb -c "SELECT * FROM read_parquet('${join(options.out, "**/*.parquet")}', hive_partitioning = true) LIMIT 5"`,
    );
    return;
  }
  throw new Failure(
    `The lake of ${feed.id} changed ${restartsMax} times while it was read; try again when its publications are in.`,
  );
}

async function readSuccess(
  hub: HubClient,
  feed: string,
): Promise<{ readonly list: Success; readonly bytes: Uint8Array }> {
  const file = await hub.lakeFile(feed, "_SUCCESS");
  if (!file) throw new Failure(`${feed} has no lake yet; nothing has been ingested.`);
  return { list: successShape.parse(JSON.parse(new TextDecoder().decode(file.bytes))), bytes: file.bytes };
}

/** False as soon as a file is not the one that `_SUCCESS` names: the lake has changed meanwhile. */
async function copyPartitions(hub: HubClient, { feed, partitions }: Success, folder: string): Promise<boolean> {
  await rm(join(folder, "_SUCCESS"), { force: true });
  for (let from = 0; from < partitions.length; from += parallel) {
    const copied = await Promise.all(
      partitions.slice(from, from + parallel).map(async ({ path, etag, sha256 }) => {
        const file = await hub.lakeFile(feed, path);
        if (!file || file.etag !== etag || sha256Hex(file.bytes) !== sha256) return false;
        await mkdir(dirname(join(folder, path)), { recursive: true });
        await writeFile(join(folder, path), file.bytes);
        return true;
      }),
    );
    if (copied.includes(false)) return false;
  }
  return true;
}
