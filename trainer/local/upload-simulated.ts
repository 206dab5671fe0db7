/** Uploads the synthetic files of feeds that are not fetched, as a person would upload real ones. */

import type { Feed } from "../../shared/feeds/feed.ts";
import { addDays } from "../../shared/lib/calendar.ts";
import { encodeUtf8 } from "../../shared/lib/utf8.ts";
import { durationMs, flowEndedAfter } from "../flows.ts";
import type { Hub } from "../hub.ts";
import { shopFiles } from "../simulate/shop-files.ts";
import type { SimulatedUpload } from "../simulate/upload.ts";
import type { FetchedPublication } from "./fetch-day.ts";

export interface UploadScope {
  readonly feeds: readonly Feed[];
  readonly seed: string;
  /** The last day, `YYYY-MM-DD`. */
  readonly date: string;
  /** Number of customers; by default 2,000. */
  readonly customers?: number;
  /** The first day of a feed's files; by default two years before `date`. */
  readonly firstDays?: Readonly<Record<string, string>>;
}

export interface UploadListener {
  /** Each upload waits for it. */
  beforeUpload(name: string): Promise<void>;
  /** Called when all files of a feed are ingested. */
  onUploaded(feed: string, publications: readonly FetchedPublication[]): void;
}

const historyDays = 731;
/** The files of a feed take similar times, so the hub is first asked about an ingest after this share of the time of the file before. */
const expectedShare = 0.8;

/** Returns whether a feed has synthetic files. */
export function hasSimulatedUploads({ id }: Pick<Feed, "id">): boolean {
  return simulatedFeeds.has(id);
}

const simulatedFeeds = new Set(
  shopFiles({ seed: "", firstDay: "2022-01-01", until: "2022-02-01" }).map(({ feed }) => feed),
);

/**
 * Uploads the files after the last stored period, and waits for their ingests. The files of one feed follow each other; a feed with
 * many lists gets the older ones as one file.
 */
export async function uploadSimulated(
  hub: Hub,
  { feeds, seed, date, customers, firstDays = {} }: UploadScope,
  { beforeUpload, onUploaded }: UploadListener,
): Promise<FetchedPublication[]> {
  const firstDay = addDays(date, -historyDays);
  const files = shopFiles({ seed, firstDay, until: date, ...(customers !== undefined && { customers }) });
  const publications: FetchedPublication[] = [];
  // Attributes come first: without events there is no history to compute after each of their many files.
  for (const id of simulatedFeeds) {
    const feed = feeds.find((one) => one.id === id);
    if (!feed) continue;
    const { lastPeriod } = await hub.api.getFeed({ feed: feed.id });
    const isNew = ({ day }: SimulatedUpload) => lastPeriod === null || day > addDays(lastPeriod, 1);
    const own = files.filter((file) => file.feed === id && file.day > (firstDays[id] ?? firstDay) && isNew(file));
    const uploaded: FetchedPublication[] = [];
    let usualMs = 0;
    for (const file of withoutSmallLists(own)) {
      await beforeUpload(file.name);
      const [contentType = ""] = feed.file.contentTypes;
      const { name, day, bytes } = file;
      const upload = await hub.api.uploadPublication({ feed: feed.id, file: name, body: bytes, contentType });
      const flow = await flowEndedAfter(hub, upload.flow, usualMs);
      usualMs = expectedShare * durationMs(flow);
      uploaded.push({ feed: feed.id, day, name, flow, reason: null });
    }
    publications.push(...uploaded);
    onUploaded(feed.id, uploaded);
  }
  return publications;
}

/** Joins all JSON lists. Every ingest of events computes the history again. */
function withoutSmallLists(files: readonly SimulatedUpload[]): SimulatedUpload[] {
  const lists = files.filter(({ name }) => name.endsWith(".json"));
  const newest = lists.at(-1);
  if (newest === undefined || lists.length === 1) return [...files];
  const rows = lists.flatMap(({ bytes }): unknown[] => JSON.parse(new TextDecoder().decode(bytes)));
  const name = newest.name.replace(/(?=\.json$)/, "-and-earlier");
  const joined = { ...newest, name, bytes: encodeUtf8(JSON.stringify(rows)) };
  return [joined, ...files.filter((file) => !lists.includes(file))];
}
