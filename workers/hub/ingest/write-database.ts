/** Upserts what a publication changes: series, observations, revisions and what is known of the partitions. */
import { runBatch, type Statement } from "../../../shared/db/database.ts";
import { type SeriesIds, saveFacts, saveRevisions } from "../../../shared/db/observations.ts";
import { confirmPartitions, listPartitions, loadPartition, savePartitions } from "../../../shared/db/partitions.ts";
import { listSeries, saveSeries } from "../../../shared/db/series.ts";
import { checkTurn, whileInTurn } from "../../../shared/db/turns.ts";
import { partitionPath } from "../../../shared/lake/keys.ts";
import { type Merged, mergeFacts, type Source } from "../../../shared/lake/merge.ts";
import { groupByPartition, type KnownPartition } from "../../../shared/lake/plan.ts";
import type { Hub } from "../hub.ts";
import type { Publication } from "./publication.ts";
import type { LakeWritten, WrittenPartition } from "./write-lake.ts";

export interface DatabaseWritten {
  readonly observationsWritten: number;
  readonly revisions: number;
}

/** Facts in one transaction; with their partition rows, so that a partition is known exactly when its facts are. */
const factsPerBatch = 20_000;

/** Returns null when another run has taken the turn: nothing more was written then. */
export async function writeDatabase(
  hub: Hub,
  publication: Publication,
  lake: LakeWritten,
  turn: { readonly source: Source; readonly fence: number },
): Promise<DatabaseWritten | null> {
  const { feed, facts } = publication;
  const guard = () => checkTurn(feed.id, turn.fence);
  const keys = [...new Set(facts.map((fact) => fact.series))];
  if (!(await whileInTurn(() => runBatch(hub.db, [guard(), saveSeries(feed, keys)])))) return null;
  const ids: SeriesIds = new Map((await listSeries(hub.db, feed.id)).map(({ key, id }) => [key, id]));

  const incoming = groupByPartition(facts, (period) => partitionPath(feed, period));
  const known = new Map((await listPartitions(hub.db, feed.id)).map((partition) => [partition.path, partition]));
  const total = { observationsWritten: 0, revisions: 0 };
  for (const group of groupBySize(lake.merged)) {
    const statements: Statement[] = [guard()];
    const changes: Change[] = [];
    for (const written of group) {
      const before = known.get(written.path);
      const stored = before ? await loadPartition(hub.db, feed.id, before) : [];
      changes.push({ written, before, merged: mergeFacts(stored, incoming.get(written.path) ?? [], turn.source) });
    }
    const toWrite = changes.flatMap(factsToWrite);
    const revisions = changes.flatMap(({ merged }) => merged.revisions);
    statements.push(...saveFacts(feed.id, toWrite, ids), ...saveRevisions(feed.id, revisions, ids));
    statements.push(savePartitions(feed.id, changes.map(partitionRow)));
    if (!(await whileInTurn(() => runBatch(hub.db, statements)))) return null;
    total.observationsWritten += changes.reduce((sum, { merged }) => sum + merged.written.length, 0);
    total.revisions += revisions.length;
  }
  const rest = [
    guard(),
    ...noteHealed(feed.id, lake, known),
    confirmPartitions(feed.id, lake.confirmed, turn.source.ingest),
  ];
  return (await whileInTurn(() => runBatch(hub.db, rest))) ? total : null;
}

interface Change {
  readonly written: WrittenPartition;
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

function partitionRow({ written, before, merged }: Change) {
  const confirmedBy = merged.written.length > 0 ? null : (before?.confirmedBy?.ingest ?? null);
  return { ...written, confirmedBy };
}

function noteHealed(feed: string, lake: LakeWritten, known: ReadonlyMap<string, KnownPartition>): Statement[] {
  if (lake.healed.length === 0) return [];
  const rows = lake.healed.map((written) => ({
    ...written,
    confirmedBy: known.get(written.path)?.confirmedBy?.ingest ?? null,
  }));
  return [savePartitions(feed, rows)];
}

function groupBySize(partitions: readonly WrittenPartition[]): WrittenPartition[][] {
  const groups: WrittenPartition[][] = [];
  let size = Number.POSITIVE_INFINITY;
  for (const partition of partitions) {
    if (size + partition.rows > factsPerBatch) {
      groups.push([]);
      size = 0;
    }
    groups.at(-1)?.push(partition);
    size += partition.rows;
  }
  return groups;
}
