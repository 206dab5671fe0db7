/** Computes the plan of an ingest from the database and the lake. */
import { loadIdentities } from "../../../shared/db/identities.ts";
import { listPartitions, loadPartitions } from "../../../shared/db/partitions.ts";
import { type Contradictions, countContradictions, type RestatedFact } from "../../../shared/feeds/contradictions.ts";
import type { Feed } from "../../../shared/feeds/feed.ts";
import { type Fact, type StatedFact, stateFacts } from "../../../shared/lake/fact.ts";
import { partitionPath } from "../../../shared/lake/keys.ts";
import { type FactSource, isNewer, type StoredFact } from "../../../shared/lake/merge.ts";
import {
  comparePublication,
  groupByPartition,
  type IngestPlan,
  type KnownPartition,
  planIngest,
} from "../../../shared/lake/plan.ts";
import { blankedFacts, restatedFacts, retractedFacts } from "../../../shared/lake/restated.ts";
import { identityIn, stateWholeIdentities } from "../../../shared/lake/whole-identities.ts";
import type { Hub } from "../hub.ts";
import { type LakeFiles, listLake } from "./lake-files.ts";
import type { Publication } from "./publication.ts";

/** A plan, and the files of the lake at the time of planning. */
export interface PlannedIngest {
  readonly feed: Feed;
  readonly plan: IngestPlan;
  readonly files: LakeFiles;
  /** Counts of the stored values that the publication contradicts. */
  readonly contradictions: Contradictions;
  /** Stored facts for which the publication states that there is no value. */
  readonly blanked: readonly Fact[];
  /** Stored values that the publication retracts. */
  readonly retracted: readonly (StoredFact & Fact)[];
  /** Keys of the publication's series, in the order in which it names them. */
  readonly series: readonly string[];
}

type PlannedPublication = Pick<Publication, "feed" | "facts" | "retracted" | "blanks" | "arrivedAt" | "rank">;

export interface PlanLease {
  /** The publication's ingest. */
  readonly ingest: number;
  /** Extends the lease. @throws Overtaken once another run has taken it. */
  readonly checkLease: () => Promise<void>;
}

/**
 * Plans the changes of a publication. Checks the lease after it listed the database and the lake, so that no list
 * contains unfinished work of another run. While the lease is valid, only this run changes the inputs of the plan.
 */
export async function planPublication(
  { db, lake }: Pick<Hub, "db" | "lake">,
  { feed, facts, retracted: stated, blanks, arrivedAt, rank }: PlannedPublication,
  { ingest, checkLease }: PlanLease,
): Promise<PlannedIngest> {
  const source: FactSource = { ingest, rank };
  const known = await listPartitions(db, feed.id);
  const files = await listLake(lake, feed.id);
  await checkLease();
  const existing = { known, etags: files.etags };
  const all = await wholeIdentities({ db }, feed, { stated: stateFacts(facts, stated), known, source });
  const incoming = groupByPartition(all, (period) => partitionPath(feed, period));
  const comparison = comparePublication(incoming, existing, source);
  const blankPaths = new Set(blanks.map(({ period }) => partitionPath(feed, period)));
  const differing = [
    // A partition without values can have retractions.
    ...comparison.merge.map(({ path, before }) => before ?? { path, rows: 0, confirmedBy: null }),
    ...known.filter(({ path }) => blankPaths.has(path) && !incoming.has(path)),
  ];
  const stored = await loadPartitions(db, feed.id, differing);
  const older = [...stored.values()].flatMap((of) => of.filter((fact) => isNewer(source, fact.source)));
  const blanked = blankedFacts(blanks, older, facts);
  const contradictions = countContradictions(
    [...restatedFacts(incoming, comparison, stored), ...blanked.map(toRestated)],
    feed,
    arrivedAt,
  );
  const retracted = retractedFacts(all, older, source);
  const series = [...new Set(all.map((fact) => fact.series))];
  const plan = planIngest(comparison, existing, { stored, source });
  return { feed, plan, files, contradictions, blanked, retracted, series };
}

interface Stating {
  readonly stated: readonly StatedFact[];
  readonly known: readonly KnownPartition[];
  readonly source: FactSource;
}

/** Completes what a publication states, if its feed has identities. */
async function wholeIdentities(
  { db }: Pick<Hub, "db">,
  feed: Feed,
  { stated, known, source }: Stating,
): Promise<readonly StatedFact[]> {
  if (feed.identity === undefined) return stated;
  const identityOf = identityIn(feed);
  const identities = new Set(stated.map(({ series }) => identityOf(series)));
  return stateWholeIdentities(feed, stated, { stored: await loadIdentities(db, feed, { identities, known }), source });
}

const toRestated = ({ variable, period, value }: Fact): RestatedFact => ({
  variable,
  period,
  known: value,
  stated: null,
});
