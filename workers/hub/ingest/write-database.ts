/** Upserts what a publication changes: series, observations, revisions and what is known of the partitions. */
import { runBatch, type Statement } from "../../../shared/db/database.ts";
import { type SeriesIds, saveFacts, saveRevisions } from "../../../shared/db/observations.ts";
import {
  confirmPartitions,
  listPartitions,
  loadPartition,
  type PartitionRow,
  savePartitions,
} from "../../../shared/db/partitions.ts";
import { listSeries, saveSeries } from "../../../shared/db/series.ts";
import { checkTurn, whileInTurn } from "../../../shared/db/turns.ts";
import type { Feed } from "../../../shared/feeds/feed.ts";
import { contentHash } from "../../../shared/lake/content.ts";
import type { Fact } from "../../../shared/lake/fact.ts";
import { partitionPath, successKey } from "../../../shared/lake/keys.ts";
import { type Merged, mergeFacts, type Source } from "../../../shared/lake/merge.ts";
import { groupByPartition, type KnownPartition, planLake } from "../../../shared/lake/plan.ts";
import { type FilePartition, readSuccess } from "../../../shared/lake/success.ts";
import type { Hub } from "../hub.ts";
import { inParallel } from "./in-parallel.ts";
import type { Publication } from "./publication.ts";

export interface DatabaseWritten {
  readonly observationsWritten: number;
  readonly revisions: number;
}

/** Facts in one transaction; with their partition rows, so that a partition is known exactly when its facts are. */
const factsPerBatch = 20_000;

/**
 * Brings the database to what the lake holds since the step before: the plan is made again from the same publication and
 * the same rows, and what the files are stands in `_SUCCESS`. Returns null when another run has taken the turn: nothing
 * more was written then.
 */
export async function writeDatabase(
  hub: Hub,
  publication: Publication,
  turn: { readonly source: Source; readonly fence: number },
): Promise<DatabaseWritten | null> {
  const { feed, facts } = publication;
  const write = (statements: readonly Statement[]) =>
    whileInTurn(() => runBatch(hub.db, [checkTurn(feed.id, turn.fence), ...statements]));
  if (!(await write([saveSeries(feed, [...new Set(facts.map((fact) => fact.series))])]))) return null;
  const ids: SeriesIds = new Map((await listSeries(hub.db, feed.id)).map(({ key, id }) => [key, id]));

  const files = await filesInLake(hub, feed);
  const known = new Map((await listPartitions(hub.db, feed.id)).map((partition) => [partition.path, partition]));
  const incoming = groupByPartition(facts, (period) => partitionPath(feed, period));
  const etags = new Map(Array.from(files.values(), ({ path, etag }) => [path, etag]));
  const plan = planLake(incoming, [...known.values()], etags, turn.source);

  const total = { observationsWritten: 0, revisions: 0 };
  for (const group of groupBySize(plan.merge.map((merge) => ({ ...merge, file: fileOf(files, merge.path) })))) {
    const changes = await inParallel(group, async ({ path, file, facts }): Promise<Change> => {
      const before = known.get(path);
      const stored = before ? await loadPartition(hub.db, feed.id, before) : [];
      return { file, before, merged: mergeFacts(stored, facts, turn.source) };
    });
    const revisions = changes.flatMap(({ merged }) => merged.revisions);
    const saved = await write([
      ...saveFacts(feed.id, changes.flatMap(factsToWrite), ids),
      ...saveRevisions(feed.id, revisions, ids),
      ...savePartitions(feed.id, changes.map(partitionRow)),
    ]);
    if (!saved) return null;
    total.observationsWritten += changes.reduce((sum, { merged }) => sum + merged.written.length, 0);
    total.revisions += revisions.length;
  }
  const healed = plan.heal.flatMap((path) => healedRow(known.get(path), fileOf(files, path)));
  const confirmed = confirmPartitions(feed.id, plan.confirm, turn.source.ingest);
  return (await write([...savePartitions(feed.id, healed), confirmed])) ? total : null;
}

async function filesInLake(hub: Hub, feed: Feed): Promise<ReadonlyMap<string, FilePartition>> {
  const success = await hub.lake.get(successKey(feed.id));
  if (!success) throw new Error(`${successKey(feed.id)} is gone since the lake was written; retry this flow`);
  return readSuccess(await success.text());
}

function fileOf(files: ReadonlyMap<string, FilePartition>, path: string): FilePartition {
  const file = files.get(path);
  if (!file) throw new Error(`_SUCCESS does not name ${path} any more; retry this flow`);
  return file;
}

interface Change {
  readonly file: FilePartition;
  readonly before: KnownPartition | undefined;
  readonly merged: Merged;
}

/**
 * The facts whose rows change. A partition that was confirmed as a whole loses that mark once one of its facts differs,
 * so what the mark said is then written to every row.
 */
function factsToWrite({ merged, before }: Change): Merged["facts"] {
  return merged.written.length > 0 && before?.confirmedBy ? merged.facts : merged.written;
}

function partitionRow({ file, before, merged }: Change): PartitionRow {
  const confirmedBy = merged.written.length > 0 ? null : (before?.confirmedBy?.ingest ?? null);
  return { ...file, rows: merged.facts.length, content: contentHash(merged.facts), confirmedBy };
}

function healedRow(known: KnownPartition | undefined, { sha256, etag }: FilePartition): PartitionRow[] {
  return known ? [{ ...known, sha256, etag, confirmedBy: known.confirmedBy?.ingest ?? null }] : [];
}

interface Sized {
  readonly path: string;
  readonly facts: readonly Fact[];
  readonly file: FilePartition;
}

function groupBySize(partitions: readonly Sized[]): Sized[][] {
  const groups: Sized[][] = [];
  let size = Number.POSITIVE_INFINITY;
  for (const partition of partitions) {
    if (size + partition.file.rows > factsPerBatch) {
      groups.push([]);
      size = 0;
    }
    groups.at(-1)?.push(partition);
    size += partition.file.rows;
  }
  return groups;
}
