/** Reads what a plan needs, from the database and the lake, and computes it. */
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

/** A plan, and the files that stood in the lake when it was made. */
export interface PlannedIngest {
  readonly feed: Feed;
  readonly plan: IngestPlan;
  readonly files: LakeFiles;
  /** What the publication contradicts of what is stored. */
  readonly contradictions: Contradictions;
  /** Keys of the publication's series, in the order in which it names them. */
  readonly series: readonly string[];
}

export interface PlanTurn {
  readonly source: Source;
  /** Extends the turn. @throws Overtaken once another run has taken it. */
  readonly checkTurn: () => Promise<void>;
}

/**
 * Plans what a publication changes. The turn is checked after the database and the lake were listed, so that no list
 * holds another run's unfinished work. As long as the turn lasts, only this run changes what the plan is made of.
 */
export async function planPublication(
  { db, lake }: Pick<Hub, "db" | "lake">,
  { feed, facts, arrivedAt }: Pick<Publication, "feed" | "facts" | "arrivedAt">,
  { source, checkTurn }: PlanTurn,
): Promise<PlannedIngest> {
  const known = await listPartitions(db, feed.id);
  const files = await listLake(lake, feed.id);
  await checkTurn();
  const existing = { known, etags: files.etags };
  const incoming = groupByPartition(facts, (period) => partitionPath(feed, period));
  const comparison = comparePublication(incoming, existing, source);
  const differing = comparison.merge.flatMap(({ before }) => before ?? []);
  const stored = await loadPartitions(db, feed.id, differing);
  const contradictions = countContradictions(restatedFacts(incoming, comparison, stored), feed, arrivedAt);
  const series = [...new Set(facts.map((fact) => fact.series))];
  return { feed, plan: planIngest(comparison, existing, { stored, source }), files, contradictions, series };
}
