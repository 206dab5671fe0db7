/** Computes the plan of an ingest from the database and the lake. */
import { listPartitions, loadPartitions } from "../../../shared/db/partitions.ts";
import { type Contradictions, countContradictions } from "../../../shared/feeds/contradictions.ts";
import type { Feed } from "../../../shared/feeds/feed.ts";
import { partitionPath } from "../../../shared/lake/keys.ts";
import type { Source } from "../../../shared/lake/merge.ts";
import { comparePublication, groupByPartition, type IngestPlan, planIngest } from "../../../shared/lake/plan.ts";
import { restatedFacts } from "../../../shared/lake/restated.ts";
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
  /** Keys of the publication's series, in order of appearance. */
  readonly series: readonly string[];
}

export interface PlanLease {
  readonly source: Source;
  /** Extends the lease. @throws Overtaken once another run has taken it. */
  readonly checkLease: () => Promise<void>;
}

/**
 * Plans the changes of a publication. Checks the lease after it listed the database and the lake, so that no list
 * contains unfinished work of another run. While the lease is valid, only this run changes the inputs of the plan.
 */
export async function planPublication(
  { db, lake }: Pick<Hub, "db" | "lake">,
  { feed, facts, arrivedAt }: Pick<Publication, "feed" | "facts" | "arrivedAt">,
  { source, checkLease }: PlanLease,
): Promise<PlannedIngest> {
  const known = await listPartitions(db, feed.id);
  const files = await listLake(lake, feed.id);
  await checkLease();
  const existing = { known, etags: files.etags };
  const incoming = groupByPartition(facts, (period) => partitionPath(feed, period));
  const comparison = comparePublication(incoming, existing, source);
  const differing = comparison.merge.flatMap(({ before }) => before ?? []);
  const stored = await loadPartitions(db, feed.id, differing);
  const contradictions = countContradictions(restatedFacts(incoming, comparison, stored), feed, arrivedAt);
  const series = [...new Set(facts.map((fact) => fact.series))];
  return { feed, plan: planIngest(comparison, existing, { stored, source }), files, contradictions, series };
}
