/** Applies a plan to the database: series, observations, retractions, revisions and the rows of the partitions. */
import { type Database, inPiecesOfSize, type Statement } from "../../../shared/db/database.ts";
import { markAccepted } from "../../../shared/db/ingests.ts";
import { type SeriesIds, saveFacts, saveRevisions } from "../../../shared/db/observations.ts";
import {
  confirmPartitions,
  deletePartitions,
  type PartitionRow,
  savePartitions,
} from "../../../shared/db/partitions.ts";
import { deleteRetractions, saveRetractions } from "../../../shared/db/retractions.ts";
import { listSeries, saveSeries } from "../../../shared/db/series.ts";
import type { Feed } from "../../../shared/feeds/feed.ts";
import { hasValue } from "../../../shared/lake/fact.ts";
import { successKey } from "../../../shared/lake/keys.ts";
import type { StoredFact } from "../../../shared/lake/merge.ts";
import type { KnownPartition, PartitionChange } from "../../../shared/lake/plan.ts";
import { type FilePartition, readSuccess } from "../../../shared/lake/success.ts";
import type { Hub } from "../hub.ts";
import type { PlannedIngest } from "./plan-publication.ts";
import { writeFenced } from "./write-fenced.ts";

export interface DatabaseWritten {
  readonly observationsWritten: number;
  readonly revisions: number;
}

/**
 * Facts in one transaction, together with the rows of their partitions, so that a recorded partition always has its
 * facts.
 */
const factsPerBatch = 20_000;

/**
 * Writes the changes of a plan to the database. Reads the digests of the files from `_SUCCESS`, so that a flow that was
 * revived after the lake was written has them too. Idempotent: a plan may be applied again, in whole or in part.
 *
 * @throws Overtaken once another run has taken the lease; nothing is written after that.
 */
export async function writeDatabase(
  { db, lake, now }: Pick<Hub, "db" | "lake" | "now">,
  { feed, plan, series }: Pick<PlannedIngest, "feed" | "plan" | "series">,
  fence: number,
): Promise<DatabaseWritten> {
  const write = (statements: readonly Statement[]) => writeFenced(db, feed, { fence, statements });
  await write(saveSeries(feed, series));
  const ids = await seriesIds(db, feed);
  const files = await filesInLake(lake, feed);

  for (const piece of inPiecesOfSize(plan.changes, ({ merged }) => merged.facts.length, factsPerBatch)) {
    const facts = piece.flatMap(factsToWrite);
    const emptied = piece.filter(({ merged }) => !merged.facts.some(hasValue)).map(({ path }) => path);
    await write([
      ...saveFacts(feed.id, facts, ids),
      ...saveRetractions(feed.id, facts, ids),
      ...deleteRetractions(
        feed.id,
        piece.flatMap(({ merged }) => merged.restored),
        ids,
      ),
      ...saveRevisions(
        feed.id,
        piece.flatMap(({ merged }) => merged.revisions),
        ids,
      ),
      ...savePartitions(
        feed.id,
        piece
          .filter(({ path }) => !emptied.includes(path))
          .map((change) => changedRow(change, fileOf(files, change.path))),
      ),
      deletePartitions(feed.id, emptied),
    ]);
  }
  const healed = plan.heal.map((known) => healedRow(known, fileOf(files, known.path)));
  const confirmed = confirmPartitions(feed.id, plan.confirm, plan.source.ingest);
  const accepted = markAccepted(plan.source.ingest, now().toISOString());
  await write([...savePartitions(feed.id, healed), confirmed, accepted]);
  return {
    observationsWritten: plan.changes.reduce((sum, { merged }) => sum + merged.written.filter(hasValue).length, 0),
    revisions: plan.changes.reduce((sum, { merged }) => sum + merged.revisions.length, 0),
  };
}

async function seriesIds(db: Database, feed: Feed): Promise<SeriesIds> {
  return new Map((await listSeries(db, feed.id)).map(({ key, id }) => [key, id]));
}

async function filesInLake(lake: R2Bucket, feed: Feed): Promise<ReadonlyMap<string, FilePartition>> {
  const success = await lake.get(successKey(feed.id));
  if (!success) throw new Error(`${successKey(feed.id)} was deleted after the lake was written. Retry this flow.`);
  return readSuccess(await success.text());
}

function fileOf(files: ReadonlyMap<string, FilePartition>, path: string): FilePartition {
  const file = files.get(path);
  if (!file) throw new Error(`_SUCCESS no longer lists ${path}. Retry this flow.`);
  return file;
}

/**
 * Returns the facts whose rows change. One mark confirms all facts of a partition. Once a fact differs, the mark is
 * removed and the confirmation is written to every row.
 */
function factsToWrite({ merged, before }: PartitionChange): readonly StoredFact[] {
  return merged.written.length > 0 && before?.confirmedBy ? merged.facts : merged.written;
}

function changedRow({ before, merged, content }: PartitionChange, file: FilePartition): PartitionRow {
  const confirmedBy = merged.written.length > 0 ? null : (before?.confirmedBy?.ingest ?? null);
  return { ...file, rows: merged.facts.filter(hasValue).length, content, confirmedBy };
}

function healedRow(known: KnownPartition, { sha256, etag }: FilePartition): PartitionRow {
  return { ...known, sha256, etag, confirmedBy: known.confirmedBy?.ingest ?? null };
}
