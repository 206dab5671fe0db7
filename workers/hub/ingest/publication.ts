/** Reads and parses a raw publication. */
import { NonRetryableError } from "cloudflare:workflows";
import { z } from "zod";
import type { Feed, FileOrigin, Parsed, Problem } from "../../../shared/feeds/feed.ts";
import { parsePublication } from "../../../shared/feeds/parse-publication.ts";
import { problem } from "../../../shared/feeds/problem.ts";
import { type Fact, type FactId, toFactIds, toFacts } from "../../../shared/lake/fact.ts";
import { readRawKey } from "../../../shared/lake/keys.ts";
import { publicationRank } from "../../../shared/lake/merge.ts";
import type { Hub } from "../hub.ts";
import { arrivalOf, firstArrivalOf } from "./raw.ts";

export const ingestParams = z.object({
  feed: z.string(),
  key: z.string(),
  etag: z.string(),
  /** True if a person released a held publication. */
  released: z.boolean().default(false),
});

export interface Publication {
  readonly feed: Feed;
  readonly key: string;
  readonly facts: readonly Fact[];
  /** Facts that it states not to exist. */
  readonly retracted: readonly FactId[];
  /** What it states to have no value. */
  readonly blanks: readonly FactId[];
  readonly problems: readonly Problem[];
  readonly skipped: Readonly<Record<string, number>>;
  /** The question that the parser could not decide; a reason to hold the publication. */
  readonly doubt: string | undefined;
  /** Whether the file states that its data is synthetic. */
  readonly synthetic: boolean;
  readonly publishedOn: string | null;
  readonly arrivedAt: string;
  readonly firstPeriod: string | null;
  readonly lastPeriod: string | null;
  readonly rank: string;
}

/**
 * Reads and parses a raw object. Deterministic: the same object gives the same facts. The parser receives the time at
 * which the bytes arrived first: hours that were future then stay forecasts when the same bytes arrive again.
 */
export async function readPublication({ lake }: Pick<Hub, "lake">, feed: Feed, key: string): Promise<Publication> {
  const object = await lake.get(key);
  if (!object) throw new NonRetryableError(`${key} is not in the lake; upload the publication again`);
  const name = readRawKey(key)?.name ?? key;
  const arrivedAt = arrivalOf(object);
  const parsed = await parseBounded(feed, object, { name, arrivedAt: firstArrivalOf(object) });
  const facts = toFacts(feed, parsed.observations);
  const retracted = toFactIds(feed, parsed.retracted ?? []);
  const publishedOn = feed.publishedOn(name);
  const [firstPeriod, lastPeriod] = periodRange([...facts, ...retracted]);
  const { problems, skipped, doubt, blanks = [] } = parsed;
  return {
    feed,
    key,
    facts,
    retracted,
    blanks: toFactIds(feed, blanks),
    problems,
    skipped,
    doubt,
    synthetic: parsed.synthetic === true,
    publishedOn,
    arrivedAt,
    firstPeriod,
    lastPeriod,
    rank: publicationRank({ publishedOn, arrivedAt }),
  };
}

/** Parses an object. Rejects it unread if it exceeds the feed's limit, because it would not fit into memory. */
async function parseBounded(feed: Feed, object: R2ObjectBody, origin: FileOrigin): Promise<Parsed> {
  const { bytesMax } = feed.limits;
  if (object.size <= bytesMax) return parsePublication(feed, new Uint8Array(await object.arrayBuffer()), origin);
  await object.body.cancel();
  const tooLarge = problem("too-large", { found: `${object.size} bytes`, expected: `at most ${bytesMax} bytes` });
  return { observations: [], problems: [tooLarge], skipped: {} };
}

function periodRange(facts: readonly FactId[]): [string | null, string | null] {
  let [first, last]: [string | null, string | null] = [null, null];
  for (const { period } of facts) {
    if (first === null || period < first) first = period;
    if (last === null || period > last) last = period;
  }
  return [first, last];
}
