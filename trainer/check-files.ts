/** Parses local publications and applies the hub's rules for holding a publication. */
import { basename } from "node:path";
import { countContradictions, type RestatedFact } from "../shared/feeds/contradictions.ts";
import type { Feed, Parsed } from "../shared/feeds/feed.ts";
import { reasonToHold } from "../shared/feeds/hold.ts";
import { parsePublication } from "../shared/feeds/parse-publication.ts";
import { type Fact, factKey, toFactIds, toFacts } from "../shared/lake/fact.ts";
import { compareRanks, mergeFacts, publicationRank, type StoredFact } from "../shared/lake/merge.ts";
import { blankedFacts } from "../shared/lake/restated.ts";
import { Failure } from "./failure.ts";
import { readPublication } from "./read-publication.ts";

export interface CheckedFile {
  readonly file: string;
  readonly parsed: Parsed;
  /** Why the hub would hold it; null if the hub would ingest it. */
  readonly held: string | null;
  /** Number of values of the other files for which it states that there is no value. They stay in use. */
  readonly blanked: number;
}

export interface CheckedFiles {
  /** In the given order. */
  readonly files: readonly CheckedFile[];
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

/**
 * Ingests the files as the hub would, as if all had arrived at `arrivedAt`, in the given order. A day of publication in the
 * name takes precedence over this order, as in the hub.
 */
export async function checkFiles(feed: Feed, files: readonly string[], arrivedAt: string): Promise<CheckedFiles> {
  const read = await Promise.all(
    files.map(async (file, ingest) => {
      const name = basename(file);
      const parsed = await parsePublication(feed, await readPublication(file), { name, arrivedAt });
      const rank = publicationRank({ publishedOn: feed.publishedOn(name), arrivedAt });
      return { file, parsed, facts: toFacts(feed, parsed.observations), source: { ingest, rank } };
    }),
  );
  let stored: readonly StoredFact[] = [];
  const checked = new Map<string, Pick<CheckedFile, "held" | "blanked">>();
  for (const { file, parsed, facts, source } of [...read].sort((a, b) => compareRanks(a.source, b.source))) {
    const blanked = blankedFacts(toFactIds(feed, parsed.blanks ?? []), stored, facts);
    const held = reasonToHold(
      {
        observations: facts.length,
        problems: parsed.problems,
        series: new Set(facts.map(({ series }) => series)),
        doubt: parsed.doubt,
        contradictions: countContradictions(restated(stored, facts, blanked), feed, arrivedAt),
      },
      [...new Set(stored.map(({ series }) => series))],
      feed.limits,
    );
    checked.set(file, { held, blanked: blanked.length });
    if (held === null) stored = mergeFacts(stored, facts, source).facts;
  }
  return {
    files: read.map(({ file, parsed }) => ({ file, parsed, ...(checked.get(file) ?? { held: null, blanked: 0 }) })),
    facts: stored.map(({ source: _, ...fact }): Fact => fact),
  };
}

/** Returns the stored facts that a publication repeats or states to have no value, with both values. */
function restated(stored: readonly StoredFact[], incoming: readonly Fact[], blanked: readonly Fact[]): RestatedFact[] {
  const storedValues = new Map(stored.map((fact) => [factKey(fact), fact.value]));
  const repeated = incoming.flatMap((fact) => {
    const value = storedValues.get(factKey(fact));
    return value === undefined ? [] : [{ ...fact, known: value, stated: fact.value }];
  });
  return [...repeated, ...blanked.map((fact) => ({ ...fact, known: fact.value, stated: null }))];
}
