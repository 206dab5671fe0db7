/** Computes the plan of an ingest from the database and the lake. */
import { listPartitions, loadPartitions } from "../../../shared/db/partitions.ts";
import { type Contradictions, countContradictions, type RestatedFact } from "../../../shared/feeds/contradictions.ts";
import type { Feed } from "../../../shared/feeds/feed.ts";
import type { Fact } from "../../../shared/lake/fact.ts";
import { partitionPath } from "../../../shared/lake/keys.ts";
import { type FactSource, isNewer } from "../../../shared/lake/merge.ts";
import { comparePublication, groupByPartition, type IngestPlan, planIngest } from "../../../shared/lake/plan.ts";
import { blankedFacts, restatedFacts } from "../../../shared/lake/restated.ts";
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
  /** Keys of the publication's series, in the order in which it names them. */
  readonly series: readonly string[];
}

type PlannedPublication = Pick<Publication, "feed" | "facts" | "blanks" | "arrivedAt" | "rank">;

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
  { feed, facts, blanks, arrivedAt, rank }: PlannedPublication,
  { ingest, checkLease }: PlanLease,
): Promise<PlannedIngest> {
  const source: FactSource = { ingest, rank };
  const known = await listPartitions(db, feed.id);
  const files = await listLake(lake, feed.id);
  await checkLease();
  const existing = { known, etags: files.etags };
  const incoming = groupByPartition(facts, (period) => partitionPath(feed, period));
  const comparison = comparePublication(incoming, existing, source);
  const blankPaths = new Set(blanks.map(({ period }) => partitionPath(feed, period)));
  const differing = [
    ...comparison.merge.flatMap(({ before }) => before ?? []),
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
  const series = [...new Set(facts.map((fact) => fact.series))];
  const plan = planIngest(comparison, existing, { stored, source });
  return { feed, plan, files, contradictions, blanked, series };
}

const toRestated = ({ variable, period, value }: Fact): RestatedFact => ({
  variable,
  period,
  known: value,
  stated: null,
});
