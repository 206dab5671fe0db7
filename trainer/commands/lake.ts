/** `almanac lake FEED --out DIR`: copies a feed's lake to a folder of Parquet files for DuckDB, pandas or polars. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { connect } from "../connect.ts";
import { knownFeed } from "../known.ts";
import { readLake } from "../lake.ts";
import { makeOutFolder } from "../make-folder.ts";
import { print, thousands } from "../terminal.ts";
import { writeInside } from "../write-inside.ts";

export async function copyLake(
  feedId: string,
  options: { readonly out: string; readonly url?: string; readonly state?: string },
): Promise<void> {
  const feed = knownFeed(feedId);
  const folder = makeOutFolder(options.out);
  const list = await readLake(connect(options), feed.id, {
    onStart: () => rm(join(folder, "_SUCCESS"), { force: true }),
    onFile: ({ path, bytes }) => writeInside(folder, path, bytes),
  });
  // Empty, as Hadoop writes it: polars reads a folder only if its other files are empty.
  await writeInside(folder, "_SUCCESS", new Uint8Array());
  print(`${thousands(list.rows)} rows in ${thousands(list.partitions.length)} files: ${folder}`);
  const [first] = list.partitions;
  const columns = [...(first?.path.matchAll(/(\w+)=/g) ?? [])].map(([, name]) => `'${name}': INT`);
  // DuckDB reads a month such as 02 as text by default.
  const hiveTypes = columns.length > 1 ? `, hive_types = {${columns.join(", ")}}` : "";
  print(
    `\n  duckdb -c "SELECT * FROM read_parquet('${join(options.out, "**/*.parquet")}', hive_partitioning = true${hiveTypes}) LIMIT 5"`,
  );
}
