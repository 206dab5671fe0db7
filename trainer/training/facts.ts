/** Where a training's facts come from: publications on this disk, or the lake through the hub. */
import { basename } from "node:path";
import type { Feed } from "../../shared/feeds/feed.ts";
import { compareFacts, compareText, type Fact, toFacts } from "../../shared/lake/fact.ts";
import { mergeFacts, publicationRank, type StoredFact } from "../../shared/lake/merge.ts";
import { readParquet } from "../../shared/lake/parquet.ts";
import type { FactsByFeed } from "../../shared/sources/facts.ts";
import { Failure } from "../failure.ts";
import type { Hub } from "../hub.ts";
import { readLake } from "../lake.ts";
import { readPublication } from "../read-publication.ts";

export interface Facts {
  /** Of each feed sorted, each once. */
  readonly facts: FactsByFeed;
  /** Values that the parsers refused. */
  readonly problems: number;
}

/** Reads the facts of several feeds' publications. */
export async function factsOfFiles(files: readonly FeedFiles[], now = new Date()): Promise<Facts> {
  const read = await Promise.all(files.map((one) => factsOfFeed(one, now)));
  return {
    facts: new Map(files.map(({ feed }, at) => [feed.id, read[at]?.facts ?? []])),
    problems: read.reduce((sum, { problems }) => sum + problems, 0),
  };
}

export interface FeedFiles {
  readonly feed: Feed;
  readonly files: readonly string[];
}

/** Divides the files of a command among the feeds of a forecast. Of several feeds each file is written as FEED=FILE. */
export function filesByFeed(feeds: readonly Feed[], files: readonly string[]): FeedFiles[] {
  const [only, ...more] = feeds;
  const named = files.map((file) => {
    const [, id, rest] = /^([^=]+)=(.+)$/.exec(file) ?? [];
    const feed = feeds.find((one) => one.id === id);
    if (feed && rest !== undefined) return { feed, file: rest };
    if (only && more.length === 0) return { feed: only, file };
    const ids = feeds.map((one) => one.id).join(", ");
    throw new Failure(`${file} does not say which feed it is of; write it as FEED=FILE. The feeds are: ${ids}.`);
  });
  const lacking = feeds.find((feed) => !named.some((one) => one.feed === feed));
  if (lacking) throw new Failure(`--files has no file of ${lacking.id}; add ${lacking.id}=FILE.`);
  return feeds.map((feed) => ({ feed, files: named.filter((one) => one.feed === feed).map(({ file }) => file) }));
}

/** Merges publications as the lake merges them: the newest is believed, whatever the order of the files. */
async function factsOfFeed({ feed, files }: FeedFiles, now: Date) {
  const arrivedAt = now.toISOString();
  const parsed = await Promise.all(
    files.map(async (file) => {
      const name = basename(file);
      const { observations, problems } = await feed.parse(await readPublication(file), { name, arrivedAt });
      if (observations.length === 0) {
        const why = problems[0] ? `${problems[0].reason}: found ${problems[0].found}` : "it is empty";
        throw new Failure(`${file} holds no observation of ${feed.id} (${why}). See almanac parse ${feed.id} ${file}.`);
      }
      const lastPeriod =
        observations
          .map(({ period }) => period)
          .sort(compareText)
          .at(-1) ?? "";
      const rank = publicationRank({ lastPeriod, publishedOn: feed.publishedOn(name), arrivedAt: "", rawKey: name });
      return { rank, problems: problems.length, facts: toFacts(feed, observations) };
    }),
  );
  let stored: readonly StoredFact[] = [];
  for (const [ingest, { rank, facts }] of parsed.entries()) {
    stored = mergeFacts(stored, facts, { ingest, rank }).facts;
  }
  const facts = stored.map(({ source: _, ...fact }): Fact => fact);
  return { facts, problems: parsed.reduce((sum, { problems }) => sum + problems, 0) };
}

/** Reads everything that the lakes of some feeds hold. */
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
