/** Parses local publications and applies the hub's rules for holding a publication. */
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
  /** Why the hub would hold it; null if the hub would ingest it. */
  readonly held: string | null;
}

export interface JudgedFiles {
  /** In the given order. */
  readonly files: readonly JudgedFile[];
  /** Merged facts of the files that are not held, sorted. */
  readonly facts: readonly Fact[];
}

/** Parses `--as-of`; `now` if it is undefined. A day means its end. */
export function readAsOf(asOf: string | undefined, now: Date): string {
  if (asOf === undefined) return now.toISOString();
  const instant = new Date(/^\d{4}-\d{2}-\d{2}$/.test(asOf) ? `${asOf}T23:59:59.999Z` : asOf);
  if (Number.isNaN(instant.getTime())) {
    throw new Failure(`--as-of ${asOf} is not a date. Expected YYYY-MM-DD or YYYY-MM-DDTHH:MMZ.`);
  }
  return instant.toISOString();
}

/** Ingests the files as the hub would, older publications first, as if all had arrived at `arrivedAt`. */
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

/** Returns the incoming facts that are already stored, with both values. */
function restated(stored: readonly StoredFact[], incoming: readonly Fact[]): RestatedFact[] {
  const storedValues = new Map(stored.map((fact) => [factKey(fact), fact.value]));
  return incoming.flatMap((fact) => {
    const value = storedValues.get(factKey(fact));
    return value === undefined ? [] : [{ ...fact, known: value, stated: fact.value }];
  });
}
