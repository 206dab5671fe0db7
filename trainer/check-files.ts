/** Parses local publications and applies the hub's rules for holding a publication. */
import { basename } from "node:path";
import { countContradictions, type RestatedFact } from "../shared/feeds/contradictions.ts";
import type { Feed, Parsed } from "../shared/feeds/feed.ts";
import { reasonToHold } from "../shared/feeds/hold.ts";
import { parsePublication } from "../shared/feeds/parse-publication.ts";
import { retractionReason } from "../shared/feeds/retractions.ts";
import { type Fact, factKey, hasValue, type StatedFact, stateFacts, toFactIds, toFacts } from "../shared/lake/fact.ts";
import { compareRanks, type FactSource, mergeFacts, publicationRank, type StoredFact } from "../shared/lake/merge.ts";
import { blankedFacts, retractedFacts } from "../shared/lake/restated.ts";
import { stateWholeIdentities } from "../shared/lake/whole-identities.ts";
import { isIsoDay } from "../shared/lib/calendar.ts";
import { Failure } from "./failure.ts";
import { readPublication } from "./read-publication.ts";

export interface CheckedFile {
  readonly file: string;
  readonly parsed: Parsed;
  /** Why the hub would hold it; null if the hub would ingest it. */
  readonly held: string | null;
  /** Number of values of the other files for which it states that there is no value. They stay in use. */
  readonly blanked: number;
  /** Number of values of older files that it retracts. They are not used. */
  readonly retracted: number;
  /** What it states about each fact, with the values of older files that it retracts. */
  readonly stated: readonly StatedFact[];
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
  const day = asOf.slice(0, 10);
  const instant = new Date(asOf === day ? `${day}T23:59:59.999Z` : asOf);
  // `Date` reads February 30 as a day of March, and other texts in the local zone.
  if (!isIsoDay(day) || !/^(T.*(Z|[+-]\d{2}:\d{2}))?$/.test(asOf.slice(10)) || Number.isNaN(instant.getTime())) {
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
  const checked = new Map<string, Check>();
  for (const one of [...read].sort((a, b) => compareRanks(a.source, b.source))) {
    const check = checkFile(feed, one, { stored, arrivedAt });
    checked.set(one.file, check);
    if (check.held === null) stored = mergeFacts(stored, check.stated, one.source).facts;
  }
  const unchecked: Check = { held: null, blanked: 0, retracted: 0, stated: [] };
  return {
    files: read.map(({ file, parsed }) => ({ file, parsed, ...(checked.get(file) ?? unchecked) })),
    facts: stored.filter(hasValue).map(({ source: _, ...fact }): Fact => fact),
  };
}

/** Returns whether a publication states neither an observation nor a retraction. The hub rejects it. */
export function isEmpty({ observations, retracted = [] }: Parsed): boolean {
  return observations.length === 0 && retracted.length === 0;
}

type Check = Omit<CheckedFile, "file" | "parsed">;

interface ReadFile {
  readonly parsed: Parsed;
  readonly facts: readonly Fact[];
  readonly source: FactSource;
}

/** Applies the hub's rules to a file, given the facts of the files of lower rank. */
function checkFile(
  feed: Feed,
  { parsed, facts, source }: ReadFile,
  { stored, arrivedAt }: { readonly stored: readonly StoredFact[]; readonly arrivedAt: string },
): Check {
  const own = stateFacts(facts, toFactIds(feed, parsed.retracted ?? []));
  const stated = stateWholeIdentities(feed, own, { stored, source });
  const blanked = blankedFacts(toFactIds(feed, parsed.blanks ?? []), stored, facts);
  const retracted = retractedFacts(stated, stored, source);
  const held = reasonToHold(
    {
      observations: own.length,
      problems: parsed.problems,
      series: seriesOf(facts),
      doubt: parsed.doubt,
      contradictions: countContradictions(restated(stored, facts, blanked), feed, arrivedAt),
    },
    [...seriesOf(stored.filter(hasValue))],
    feed.limits,
  );
  const loss = retractionReason({ retracted: seriesOf(retracted), stated: seriesOf(stated) }, feed.limits);
  return { held: held ?? loss, blanked: blanked.length, retracted: retracted.length, stated };
}

function seriesOf(facts: readonly StatedFact[]): ReadonlySet<string> {
  return new Set(facts.map(({ series }) => series));
}

/** Returns the stored facts that a publication repeats or states to have no value, with both values. */
function restated(stored: readonly StoredFact[], incoming: readonly Fact[], blanked: readonly Fact[]): RestatedFact[] {
  const storedValues = new Map(stored.filter(hasValue).map((fact) => [factKey(fact), fact.value]));
  const repeated = incoming.flatMap((fact) => {
    const value = storedValues.get(factKey(fact));
    return value === undefined ? [] : [{ ...fact, known: value, stated: fact.value }];
  });
  return [...repeated, ...blanked.map((fact) => ({ ...fact, known: fact.value, stated: null }))];
}
