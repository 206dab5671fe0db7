/** Removes the values and retractions that only withdrawn publications contain, from the lake and the database. */
import { inPiecesOfSize } from "../../../shared/db/database.ts";
import { listWithdrawn } from "../../../shared/db/ingests.ts";
import { deleteFacts } from "../../../shared/db/observations.ts";
import { deletePartitions, listPartitions, loadPartitions, savePartitions } from "../../../shared/db/partitions.ts";
import { deleteRetractionsOf } from "../../../shared/db/retractions.ts";
import { listSeries } from "../../../shared/db/series.ts";
import type { Feed } from "../../../shared/feeds/feed.ts";
import { successKey } from "../../../shared/lake/keys.ts";
import { planRemoval, type ReducedPartition } from "../../../shared/lake/removal.ts";
import { readSuccess } from "../../../shared/lake/success.ts";
import type { Hub } from "../hub.ts";
import { listLake } from "./lake-files.ts";
import { withdrawnPaths } from "./mark-withdrawn.ts";
import { writeFenced } from "./write-fenced.ts";
import { writeLake } from "./write-lake.ts";

/** Facts in one transaction. */
const factsPerBatch = 20_000;

export interface Removing {
  readonly fence: number;
  check(): Promise<void>;
}

/**
 * Removes the facts whose only publications are withdrawn. Idempotent: facts that are removed already are not found again.
 *
 * @throws Overtaken once another run has taken the lease.
 */
export async function removeWithdrawn(
  { db, lake }: Pick<Hub, "db" | "lake">,
  feed: Feed,
  { fence, check }: Removing,
): Promise<{ readonly removed: number; readonly partitionsRemoved: number }> {
  const paths = new Set(await withdrawnPaths({ db }, feed));
  const known = await listPartitions(db, feed.id);
  const files = await listLake(lake, feed.id);
  await check();
  const withdrawn = await listWithdrawn(db, feed.id);
  await writeFenced(db, feed, { fence, statements: [deleteRetractionsOf(feed.id, withdrawn)] });
  const stored = await loadPartitions(
    db,
    feed.id,
    known.filter(({ path }) => paths.has(path)),
  );
  const reduced = planRemoval(known, stored);
  if (reduced.length === 0) return { removed: 0, partitionsRemoved: 0 };
  const emptied = new Set(reduced.filter(({ facts }) => facts.length === 0).map(({ before }) => before.path));
  const plan = {
    known: known.filter(({ path }) => !emptied.has(path)),
    changes: reduced
      .filter(({ facts }) => facts.length > 0)
      .map(({ before, facts }) => ({ path: before.path, merged: { facts }, replacesFile: true })),
    heal: [],
    orphans: [...emptied].filter((path) => files.etags.has(path)),
  };
  await writeLake({ db, lake }, { feed, plan, files }, check);
  await removeRows({ db, lake }, feed, { reduced, fence });
  return {
    removed: reduced.reduce((sum, { removed }) => sum + removed.length, 0),
    partitionsRemoved: emptied.size,
  };
}

interface Rows {
  readonly reduced: readonly ReducedPartition[];
  readonly fence: number;
}

/** Deletes the rows of removed facts, each with the row of its partition in one transaction. */
async function removeRows({ db, lake }: Pick<Hub, "db" | "lake">, feed: Feed, { reduced, fence }: Rows): Promise<void> {
  const ids = new Map((await listSeries(db, feed.id)).map(({ key, id }) => [key, id]));
  const success = await lake.get(successKey(feed.id));
  const files = readSuccess((await success?.text()) ?? "");
  for (const piece of inPiecesOfSize(reduced, ({ removed }) => removed.length, factsPerBatch)) {
    const rows = piece.flatMap(({ before, facts, content }) => {
      const file = files.get(before.path);
      return file ? [{ ...file, rows: facts.length, content, confirmedBy: null }] : [];
    });
    const emptied = piece.filter(({ facts }) => facts.length === 0).map(({ before }) => before.path);
    const removed = piece.flatMap((partition) => partition.removed);
    const statements = [
      ...deleteFacts(feed.id, removed, ids),
      ...savePartitions(feed.id, rows),
      deletePartitions(feed.id, emptied),
    ];
    await writeFenced(db, feed, { fence, statements });
  }
}
