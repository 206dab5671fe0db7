/** `almanac lake FEED --out DIR`: copies a feed's lake to a folder of Parquet files for DuckDB, pandas or polars. */
import { mkdir, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { connect } from "../connect.ts";
import { codeOf, Failure } from "../failure.ts";
import { knownFeed } from "../known.ts";
import { readLake } from "../lake.ts";
import { print, thousands } from "../terminal.ts";
import { writeInside } from "../write-inside.ts";

export async function copyLake(
  feedId: string,
  options: { readonly out: string; readonly url?: string; readonly state?: string },
): Promise<void> {
  const feed = knownFeed(feedId);
  const folder = resolve(options.out);
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw new Failure(
      `The folder ${folder} cannot be written (${codeOf(error) || String(error)}). Choose another with --out DIR.`,
    );
  });
  const { list, listBytes } = await readLake(connect(options), feed.id, {
    onStart: () => rm(join(folder, "_SUCCESS"), { force: true }),
    onFile: ({ path, bytes }) => writeInside(folder, path, bytes),
  });
  await writeInside(folder, "_SUCCESS", listBytes);
  print(`${thousands(list.rows)} rows in ${thousands(list.partitions.length)} files: ${folder}`);
  print(
    `\n  duckdb -c "SELECT * FROM read_parquet('${join(options.out, "**/*.parquet")}', hive_partitioning = true) LIMIT 5"`,
  );
}
