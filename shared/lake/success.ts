/** `_SUCCESS`: the list of a feed's partitions in the lake. It is written after all files that it names. */
import { z } from "zod";
import type { Feed } from "../feeds/feed.ts";
import { compareText } from "./fact.ts";
import { partFile, readPartFile } from "./keys.ts";
import { parquetSchema } from "./parquet.ts";

export const successShape = z.object({
  feed: z.string(),
  columns: z.array(z.object({ name: z.string(), type: z.string() })),
  rows: z.number().int(),
  partitions: z.array(z.object({ path: z.string(), rows: z.number().int(), sha256: z.string(), etag: z.string() })),
});

export type SuccessFile = z.infer<typeof successShape>;

/** A partition with the rows, digest and etag of its file. */
export type FilePartition = SuccessFile["partitions"][number];

/** Returns the list as text, sorted by path, so that the same partitions give the same bytes. */
export function writeSuccess(feed: Feed, partitions: readonly FilePartition[]): string {
  const sorted = [...partitions].sort((a, b) => compareText(a.path, b.path));
  const columns = parquetSchema(feed)
    .slice(1)
    .map(({ name, type, converted_type, logical_type }) => ({
      name,
      type: converted_type ?? logical_type?.type ?? type ?? "",
    }));
  const success: SuccessFile = {
    feed: feed.id,
    columns,
    rows: sorted.reduce((sum, partition) => sum + partition.rows, 0),
    partitions: sorted.map(({ path, rows, sha256, etag }) => ({ path: partFile(path), rows, sha256, etag })),
  };
  return `${JSON.stringify(success, null, 1)}\n`;
}

/** Returns the partitions of a list by path. @throws if the text is not such a list. */
export function readSuccess(text: string): Map<string, FilePartition> {
  const { partitions } = successShape.parse(JSON.parse(text));
  return new Map(
    partitions.flatMap(({ path: file, ...partition }) => {
      const path = readPartFile(file);
      return path === null ? [] : [[path, { path, ...partition }]];
    }),
  );
}
