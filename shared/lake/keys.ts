/** Names of objects in R2 and KV. docs/STORAGE.md lists them with examples. */
import type { Feed, PartitionBy } from "../feeds/feed.ts";
import type { Granularity } from "../period.ts";

const nameShape = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/** File names that may become part of a key: letters, digits, dot, dash and underscore, at most 128. */
export function isFileName(name: string): boolean {
  return nameShape.test(name) && !name.includes("..");
}

/** `raw/sniim-milk/0123456789abcdef-Leche03012025.xlsx` */
export function rawKey(feed: string, sha256: string, name: string): string {
  return `raw/${feed}/${sha256.slice(0, 16)}-${name}`;
}

/** The feed and file name of a raw key; null for any other key. */
export function readRawKey(key: string): { readonly feed: string; readonly name: string } | null {
  const match = /^raw\/([a-z0-9-]+)\/[0-9a-f]{16}-([^/]+)$/.exec(key);
  return match?.[1] && match[2] && isFileName(match[2]) ? { feed: match[1], name: match[2] } : null;
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

/** The finest folders that periods can be divided into. A quarter's text begins with its year alone. */
const finestPartition: Record<Granularity, PartitionBy> = { hour: "day", day: "day", month: "month", quarter: "year" };

/** Returns true where every period of a feed lies in one partition. */
export function canPartition({ granularity, partitionBy }: Pick<Feed, "granularity" | "partitionBy">): boolean {
  return prefixLength[partitionBy] <= prefixLength[finestPartition[granularity]];
}

/** Returns the folder of a period below `clean/<feed>/`: `year=2025/month=01/day=03`. */
export function partitionPath(feed: Feed, period: string): string {
  const [year, month, day] = period.slice(0, prefixLength[feed.partitionBy]).split("-");
  return [`year=${year}`, month && `month=${month}`, day && `day=${day}`].filter(Boolean).join("/");
}

/** The text that every period of a partition starts with: `2025-01-03`. */
export function partitionPrefix(path: string): string {
  return path.replaceAll(/(year|month|day)=/g, "").replaceAll("/", "-");
}

export function partKey(feed: string, path: string): string {
  return `${lakePrefix(feed)}${partFile(path)}`;
}

const partName = "/part.parquet";

/** A partition's file, as `_SUCCESS` names it: `year=2025/month=01/day=03/part.parquet`. */
export function partFile(path: string): string {
  return `${path}${partName}`;
}

/** The path of the partition whose file this is; null for any other file. */
export function readPartFile(file: string): string | null {
  return file.endsWith(partName) ? file.slice(0, -partName.length) : null;
}
