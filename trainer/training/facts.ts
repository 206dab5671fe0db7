/** Where a training's facts come from: publications on this disk, or the lake through the hub. */
import { basename } from "node:path";
import type { Feed } from "../../shared/feeds/feed.ts";
import { compareFacts, compareText, type Fact, toFacts } from "../../shared/lake/fact.ts";
import { mergeFacts, publicationRank, type StoredFact } from "../../shared/lake/merge.ts";
import { readParquet } from "../../shared/lake/parquet.ts";
import { readPublication } from "../commands/parse.ts";
import { Failure } from "../failure.ts";
import type { HubClient } from "../hub-client.ts";
import { readLake } from "../lake.ts";

export interface Facts {
  /** Sorted, each once. */
  readonly facts: readonly Fact[];
  /** Values that the parser refused. */
  readonly problems: number;
}

/** Publications merged as the lake merges them: whatever the order of the files, the newest is believed. */
export async function factsOfFiles(feed: Feed, files: readonly string[], now = new Date()): Promise<Facts> {
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
  const facts = stored.map(({ source: _, ...fact }) => fact);
  return { facts, problems: parsed.reduce((sum, { problems }) => sum + problems, 0) };
}

/** Everything that the lake of a feed holds. */
export async function factsOfLake(hub: HubClient, feed: Feed): Promise<Facts> {
  let facts: Fact[] = [];
  await readLake(hub, feed.id, {
    async onStart() {
      facts = [];
    },
    async onFile({ bytes }) {
      for (const fact of await readParquet(feed, bytes)) facts.push(fact);
    },
  });
  return { facts: facts.sort(compareFacts), problems: 0 };
}
