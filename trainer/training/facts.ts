/** Reads the facts for a training from local publications or from the hub's lake. */
import { basename } from "node:path";
import type { Feed } from "../../shared/feeds/feed.ts";
import { parsePublication } from "../../shared/feeds/parse-publication.ts";
import { compareFacts, type Fact } from "../../shared/lake/fact.ts";
import { readParquet } from "../../shared/lake/parquet.ts";
import type { FactsByFeed } from "../../shared/sources/facts.ts";
import { checkFiles, isEmpty } from "../check-files.ts";
import { Failure } from "../failure.ts";
import type { Hub } from "../hub.ts";
import { readLake } from "../lake.ts";
import { readPublication } from "../read-publication.ts";

export interface Facts {
  /** Sorted facts of each feed, without duplicates. */
  readonly facts: FactsByFeed;
  /** Number of values that the parsers rejected. */
  readonly problems: number;
  /** Publications that the hub would hold. They are not used. */
  readonly held: readonly HeldFile[];
}

export interface HeldFile {
  readonly file: string;
  readonly reason: string;
}

/** Reads the facts of several feeds' publications. */
export async function factsOfFiles(files: readonly FeedFiles[], arrivedAt: string): Promise<Facts> {
  const read = await Promise.all(files.map((one) => factsOfFeed(one, arrivedAt)));
  return {
    facts: new Map(files.map(({ feed }, at) => [feed.id, read[at]?.facts ?? []])),
    problems: read.reduce((sum, { problems }) => sum + problems, 0),
    held: read.flatMap(({ held }) => held),
  };
}

export interface FeedFiles {
  readonly feed: Feed;
  readonly files: readonly string[];
}

/**
 * Assigns the files of a command to the feeds of a forecast. A file is assigned to the feed that it names (FEED=FILE), or else
 * to the feed whose parser finds observations in it. Fails with the feeds that have no file.
 */
export async function filesByFeed(
  feeds: readonly Feed[],
  files: readonly string[],
  arrivedAt: string,
): Promise<FeedFiles[]> {
  const named = await Promise.all(
    files.map(async (file) => {
      const [, id, rest] = /^([^=]+)=(.+)$/.exec(file) ?? [];
      const feed = feeds.find((one) => one.id === id);
      if (feed && rest !== undefined) return { feed, file: rest };
      return { feed: await feedOf(feeds, file, arrivedAt), file };
    }),
  );
  const missing = feeds.filter((feed) => !named.some((one) => one.feed === feed));
  if (missing.length > 0) {
    const list = missing.map(({ id, title }) => `${id} (${title})`).join(", ");
    throw new Failure(`--files contains no file of: ${list}. Add the files, each as FILE or FEED=FILE.`);
  }
  return feeds.map((feed) => ({ feed, files: named.filter((one) => one.feed === feed).map(({ file }) => file) }));
}

/** Returns the feed of a file: the only one, or the one that finds observations in it. Fails if it is not a single feed. */
async function feedOf(feeds: readonly Feed[], file: string, arrivedAt: string): Promise<Feed> {
  const [only, ...more] = feeds;
  if (only && more.length === 0) return only;
  const bytes = await readPublication(file);
  const fitting: Feed[] = [];
  for (const feed of feeds) {
    const parsed = await parsePublication(feed, bytes, { name: basename(file), arrivedAt });
    if (!isEmpty(parsed)) fitting.push(feed);
  }
  const [feed, ...others] = fitting;
  if (feed && others.length === 0) return feed;
  const ids = (feed ? fitting : feeds).map(({ id }) => id).join(", ");
  const found = feed ? "may be of several feeds" : "has observations of none of the feeds";
  throw new Failure(`${file} ${found}: ${ids}. Write FEED=FILE, or see almanac parse FEED ${file}.`);
}

/** Merges publications as the lake does: the newest publication's value is used, in any order of the files. */
async function factsOfFeed({ feed, files }: FeedFiles, arrivedAt: string) {
  const checked = await checkFiles(feed, files, arrivedAt);
  const held: HeldFile[] = [];
  for (const { file, parsed, held: reason } of checked.files) {
    if (isEmpty(parsed)) {
      const [first] = parsed.problems;
      const why = first ? `${first.reason}: found ${first.found}` : "it is empty";
      throw new Failure(
        `${file} contains no observation of ${feed.id} (${why}). See almanac parse ${feed.id} ${file}.`,
      );
    }
    if (reason !== null) held.push({ file, reason });
  }
  if (held.length === files.length) {
    const [first] = held;
    throw new Failure(`The hub would hold every file of ${feed.id}. ${first?.file}: ${first?.reason}.`);
  }
  return {
    facts: checked.facts,
    held,
    problems: checked.files.reduce((sum, { parsed }) => sum + parsed.problems.length, 0),
  };
}

/** Reads all facts from the lakes of some feeds. */
export async function factsOfLakes(hub: Hub, feeds: readonly Feed[]): Promise<FactsByFeed> {
  const facts = new Map<string, readonly Fact[]>();
  for (const feed of feeds) facts.set(feed.id, await factsOfLake(hub, feed));
  return facts;
}

async function factsOfLake(hub: Hub, feed: Feed): Promise<readonly Fact[]> {
  let facts: Fact[] = [];
  await readLake(hub, feed.id, {
    async onStart() {
      facts = [];
    },
    async onFile({ bytes }) {
      for (const fact of await readParquet(feed, bytes)) facts.push(fact);
    },
  });
  return facts.sort(compareFacts);
}
