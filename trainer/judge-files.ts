/** Publications on this disk, each parsed and judged by the rules of the hub: which of them would be held, and why. */
import { basename } from "node:path";
import { countContradictions, type RestatedFact } from "../shared/feeds/contradictions.ts";
import type { Feed, Parsed } from "../shared/feeds/feed.ts";
import { reasonToHold } from "../shared/feeds/hold.ts";
import { compareText, type Fact, factKey, toFacts } from "../shared/lake/fact.ts";
import { mergeFacts, publicationRank, type StoredFact } from "../shared/lake/merge.ts";
import { Failure } from "./failure.ts";
import { readPublication } from "./read-publication.ts";

export interface JudgedFile {
  readonly file: string;
  readonly parsed: Parsed;
  /** Why the hub would hold it; null where it would come in. */
  readonly held: string | null;
}

export interface JudgedFiles {
  /** In the order in which they were given. */
  readonly files: readonly JudgedFile[];
  /** What the files that are not held say together, sorted. */
  readonly facts: readonly Fact[];
}

/** The instant that `--as-of` says, or now. A day stands for its end. */
export function readAsOf(asOf: string | undefined, now = new Date()): string {
  if (asOf === undefined) return now.toISOString();
  const instant = new Date(/^\d{4}-\d{2}-\d{2}$/.test(asOf) ? `${asOf}T23:59:59.999Z` : asOf);
  if (Number.isNaN(instant.getTime())) {
    throw new Failure(`--as-of ${asOf} is no date; write it as YYYY-MM-DD or YYYY-MM-DDTHH:MMZ.`);
  }
  return instant.toISOString();
}

/** Takes the files in as the hub would, the older publications first, as if all had arrived at one instant. */
export async function judgeFiles(feed: Feed, files: readonly string[], arrivedAt: string): Promise<JudgedFiles> {
  const read = await Promise.all(
    files.map(async (file, ingest) => {
      const name = basename(file);
      const parsed = await feed.parse(await readPublication(file), { name, arrivedAt });
      const facts = toFacts(feed, parsed.observations);
      const lastPeriod =
        facts
          .map(({ period }) => period)
          .sort(compareText)
          .at(-1) ?? "";
      const rank = publicationRank({ lastPeriod, publishedOn: feed.publishedOn(name), arrivedAt: "", rawKey: name });
      return { file, parsed, facts, source: { ingest, rank } };
    }),
  );
  let stored: readonly StoredFact[] = [];
  const held = new Map<string, string | null>();
  for (const { file, parsed, facts, source } of [...read].sort((a, b) => compareText(a.source.rank, b.source.rank))) {
    const reason = reasonToHold(
      {
        observations: facts.length,
        problems: parsed.problems,
        series: new Set(facts.map(({ series }) => series)),
        doubt: parsed.doubt,
        contradictions: countContradictions(restated(stored, facts), feed, arrivedAt),
      },
      [...new Set(stored.map(({ series }) => series))],
      feed.limits,
    );
    held.set(file, reason);
    if (reason === null) stored = mergeFacts(stored, facts, source).facts;
  }
  return {
    files: read.map(({ file, parsed }) => ({ file, parsed, held: held.get(file) ?? null })),
    facts: stored.map(({ source: _, ...fact }): Fact => fact),
  };
}

function restated(stored: readonly StoredFact[], incoming: readonly Fact[]): RestatedFact[] {
  const known = new Map(stored.map((fact) => [factKey(fact), fact.value]));
  return incoming.flatMap((fact) => {
    const value = known.get(factKey(fact));
    return value === undefined ? [] : [{ ...fact, known: value, stated: fact.value }];
  });
}
