/** Keys of objects in R2 and KV. docs/STORAGE.md lists them with examples. */
import type { Feed, PartitionBy } from "../feeds/feed.ts";
import type { Granularity } from "../period.ts";

const nameShape = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/** Returns true if a file name may be part of a key: at most 128 letters, digits, dots, dashes and underscores. */
export function isFileName(name: string): boolean {
  return nameShape.test(name) && !name.includes("..");
}

/** One arrival of a file. */
export interface RawFile {
  readonly feed: string;
  readonly name: string;
  /** Counts the arrivals of the same bytes under the same name, from 1. */
  readonly arrival: number;
}

/** Returns the common start of the keys of all arrivals of the same bytes: `raw/sniim-milk/0123456789abcdef`. */
export function rawPrefix(feed: string, sha256: string): string {
  return `raw/${feed}/${sha256.slice(0, 16)}`;
}

/**
 * Returns the key of an arrival: `raw/sniim-milk/0123456789abcdef-Leche03012025.xlsx`, and
 * `raw/sniim-milk/0123456789abcdef.2-Leche03012025.xlsx` when the same bytes arrive again.
 */
export function rawKey({ feed, name, arrival }: RawFile, sha256: string): string {
  return `${rawPrefix(feed, sha256)}${arrival === 1 ? "" : `.${arrival}`}-${name}`;
}

/** Returns the parts of the key of an arrival, or null for any other key. */
export function readRawKey(key: string): RawFile | null {
  const [, feed, number = "1", name] = /^raw\/([a-z0-9-]+)\/[0-9a-f]{16}(?:\.([1-9]\d*))?-([^/]+)$/.exec(key) ?? [];
  return feed && name && isFileName(name) ? { feed, name, arrival: Number(number) } : null;
}

export function lakePrefix(feed: string): string {
  return `clean/${feed}/`;
}

export function successKey(feed: string): string {
  return `${lakePrefix(feed)}_SUCCESS`;
}

export function historyKey(forecast: string): string {
  return `history:${forecast}`;
}

const prefixLength: Record<PartitionBy, number> = { year: 4, month: 7, day: 10 };

/** The finest partitioning for each granularity. The text of a quarter contains only its year, not a month. */
const finestPartition: Record<Granularity, PartitionBy> = { hour: "day", day: "day", month: "month", quarter: "year" };

/** Returns true if no period of a feed spans several partitions. */
export function canPartition({ granularity, partitionBy }: Pick<Feed, "granularity" | "partitionBy">): boolean {
  return prefixLength[partitionBy] <= prefixLength[finestPartition[granularity]];
}

/** Returns the folder of a period below `clean/<feed>/`: `year=2025/month=01/day=03`. */
export function partitionPath(feed: Feed, period: string): string {
  const [year, month, day] = period.slice(0, prefixLength[feed.partitionBy]).split("-");
  return [`year=${year}`, month && `month=${month}`, day && `day=${day}`].filter(Boolean).join("/");
}

/** Returns the prefix that all periods of a partition share, for example `2025-01-03`. */
export function partitionPrefix(path: string): string {
  return path.replaceAll(/(year|month|day)=/g, "").replaceAll("/", "-");
}

export function partKey(feed: string, path: string): string {
  return `${lakePrefix(feed)}${partFile(path)}`;
}

const partName = "/part.parquet";

/** Returns the path of a partition's file in `_SUCCESS`: `year=2025/month=01/day=03/part.parquet`. */
export function partFile(path: string): string {
  return `${path}${partName}`;
}

/** Returns whether a text is the path of a partition's file, and nothing else: it contains no other folder and no root. */
export function isPartFile(file: string): boolean {
  return /^year=\d{4}(\/month=\d{2}(\/day=\d{2})?)?\/part\.parquet$/.test(file);
}

/** Returns the path of the partition of a file, or null for any other file. */
export function readPartFile(file: string): string | null {
  return file.endsWith(partName) ? file.slice(0, -partName.length) : null;
}
