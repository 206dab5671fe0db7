/** Marks an ingest as withdrawn, and lists the partitions that still hold its facts. */
import { inPiecesOfSize, type Statement } from "../../../shared/db/database.ts";
import { type Ingest, listWithdrawn, markWithdrawn } from "../../../shared/db/ingests.ts";
import { saveFacts } from "../../../shared/db/observations.ts";
import { listPartitions, loadPartitions, pathsNaming, savePartitions } from "../../../shared/db/partitions.ts";
import { periodsRetractedBy } from "../../../shared/db/retractions.ts";
import { listSeries } from "../../../shared/db/series.ts";
import type { Feed } from "../../../shared/feeds/feed.ts";
import { partitionPath } from "../../../shared/lake/keys.ts";
import { compareRanks } from "../../../shared/lake/merge.ts";
import type { KnownPartition } from "../../../shared/lake/plan.ts";
import type { Hub } from "../hub.ts";
import { writeFenced } from "./write-fenced.ts";

interface Marked {
  readonly ingest: Ingest;
  readonly lease: { readonly fence: number };
}

/** Facts in one transaction. */
const factsPerBatch = 20_000;

/**
 * Marks an ingest as withdrawn. Before that, every partition that it confirms as a whole is written fact by fact, so that
 * each row names the newest publication of its own fact: afterwards the mark of the whole partition would say nothing.
 *
 * @throws Overtaken once another run has taken the lease.
 */
export async function markIngestWithdrawn(
  { db, now }: Pick<Hub, "db" | "now">,
  feed: Feed,
  { ingest, lease }: Marked,
): Promise<void> {
  const write = (statements: readonly Statement[]) => writeFenced(db, feed, { fence: lease.fence, statements });
  if (ingest.withdrawnAt === null) {
    const ids = new Map((await listSeries(db, feed.id)).map(({ key, id }) => [key, id]));
    const partitions = await partitionsOf({ db }, feed, ingest);
    for (const piece of inPiecesOfSize(partitions, ({ rows }) => rows, factsPerBatch)) {
      const facts = [...(await loadPartitions(db, feed.id, piece)).values()].flat();
      const unconfirmed = piece.map((partition) => ({ ...partition, confirmedBy: null }));
      await write([...saveFacts(feed.id, facts, ids), ...savePartitions(feed.id, unconfirmed)]);
    }
  }
  await write([markWithdrawn(ingest.id, now().toISOString())]);
}

/** Returns the partitions in which an ingest is the newest publication of a fact. */
async function partitionsOf({ db }: Pick<Hub, "db">, feed: Feed, { id, rank }: Ingest): Promise<KnownPartition[]> {
  const known = await listPartitions(db, feed.id);
  const own = { ingest: id, rank };
  const older = known.filter(({ confirmedBy }) => confirmedBy === null || compareRanks(confirmedBy, own) < 0);
  const paths = new Set(await pathsNaming(db, feed.id, { partitions: older, ingests: [id] }));
  return known.filter(({ path, confirmedBy }) => confirmedBy?.ingest === id || paths.has(path));
}

/** Returns the paths of the partitions in which withdrawn publications are the newest ones of a value or a retraction. */
export async function withdrawnPaths({ db }: Pick<Hub, "db">, feed: Feed): Promise<string[]> {
  const known = await listPartitions(db, feed.id);
  const partitions = known.filter(({ confirmedBy }) => confirmedBy === null || confirmedBy.isWithdrawn);
  const ingests = await listWithdrawn(db, feed.id);
  const paths = await pathsNaming(db, feed.id, { partitions, ingests });
  const retracted = await periodsRetractedBy(db, feed.id, ingests);
  return [...new Set([...paths, ...retracted.map((period) => partitionPath(feed, period))])];
}
