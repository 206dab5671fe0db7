/** What was known at a moment of the past, from publications that contain the whole history. */
import { basename } from "node:path";
import type { Feed } from "../../shared/feeds/feed.ts";
import { compareFacts, type Fact, type FactId, factKey, type StatedFact } from "../../shared/lake/fact.ts";
import { publicationRank } from "../../shared/lake/merge.ts";
import { lastDayOf, lastPartOf } from "../../shared/period.ts";
import type { FactsByFeed } from "../../shared/sources/facts.ts";
import { type CheckedFile, checkFiles } from "../check-files.ts";
import type { FeedFiles, HeldFile } from "../training/facts.ts";

/** What one publication states. */
export interface DatedFacts {
  /** The day on which it was published; null if that is not known, as if it had always been there. */
  readonly publishedOn: string | null;
  readonly facts: readonly StatedFact[];
}

/** Later than every period and day. */
const afterAll = "9999-12-31T23";

/** A fact with its values over time. */
interface Versions {
  readonly fact: FactId;
  /** The last hour of its period: the fact is not known before it has ended. */
  readonly endsAt: string;
  /** Oldest publication first. Null from a retraction on. */
  readonly values: readonly { readonly from: string; readonly value: number | null }[];
}

export class FactHistory {
  readonly #feeds: ReadonlyMap<string, readonly Versions[]>;

  /** @param publications those of each feed, the lowest rank first */
  constructor(publications: ReadonlyMap<string, readonly DatedFacts[]>) {
    this.#feeds = new Map([...publications].map(([feed, dated]) => [feed, versionsOf(dated)]));
  }

  /**
   * Returns the facts that were known at the end of a period, sorted. A period is known from its end, also if it is in a file that
   * was published later. If publications contain different values, the value is that of the newest publication up to this day;
   * before the first of them it is the value that was published first. Null: all facts, with the newest values. O(facts).
   */
  factsAt(period: string | null): FactsByFeed {
    const [until, day] = period === null ? [afterAll, afterAll] : [lastHourOf(period), lastDayOf(period)];
    return new Map(
      [...this.#feeds].map(([feed, versions]) => [
        feed,
        versions.flatMap(({ fact, endsAt, values }): Fact[] => {
          const { value = null } = values.findLast(({ from }) => from <= day) ?? values[0] ?? {};
          return endsAt > until || value === null ? [] : [{ ...fact, value }];
        }),
      ]),
    );
  }
}

function versionsOf(publications: readonly DatedFacts[]): Versions[] {
  const byKey = new Map<string, { fact: StatedFact; values: { from: string; value: number | null }[] }>();
  for (const { publishedOn, facts } of publications) {
    for (const fact of facts) {
      const known = byKey.get(factKey(fact)) ?? { fact, values: [] };
      byKey.set(factKey(fact), known);
      if (known.values.at(-1)?.value !== fact.value) known.values.push({ from: publishedOn ?? "", value: fact.value });
    }
  }
  const ends = new Map<string, string>();
  const endOf = (period: string) => {
    const end = ends.get(period) ?? lastHourOf(period);
    ends.set(period, end);
    return end;
  };
  return [...byKey.values()]
    .sort((a, b) => compareFacts(a.fact, b.fact))
    .map(({ fact: { value: _, ...fact }, values }) => ({ fact, endsAt: endOf(fact.period), values }));
}

function lastHourOf(period: string): string {
  return lastPartOf(period, "hour");
}

/** Reads publications of several feeds. Those that the hub would hold are not used, and are returned with the reason. */
export async function readFactHistory(
  files: readonly FeedFiles[],
  arrivedAt: string,
): Promise<{ readonly history: FactHistory; readonly held: readonly HeldFile[] }> {
  const held: HeldFile[] = [];
  const publications = new Map<string, readonly DatedFacts[]>();
  for (const { feed, files: paths } of files) {
    const checked = await checkFiles(feed, paths, arrivedAt);
    held.push(...checked.files.flatMap(({ file, held: reason }) => (reason === null ? [] : [{ file, reason }])));
    const used = checked.files.filter((one) => one.held === null);
    publications.set(feed.id, datedFacts(feed, used, arrivedAt));
  }
  return { history: new FactHistory(publications), held };
}

function datedFacts(feed: Feed, files: readonly CheckedFile[], arrivedAt: string): DatedFacts[] {
  return files
    .map(({ file, stated }) => {
      const publishedOn = feed.publishedOn(basename(file));
      const rank = publicationRank({ publishedOn, arrivedAt });
      return { publishedOn, rank, facts: stated };
    })
    .sort((a, b) => (a.rank < b.rank ? -1 : Number(a.rank > b.rank)))
    .map(({ publishedOn, facts }) => ({ publishedOn, facts }));
}
