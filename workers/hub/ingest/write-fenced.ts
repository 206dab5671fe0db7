import { type Database, runBatch, type Statement } from "../../../shared/db/database.ts";
import { checkLease, writeWithLease } from "../../../shared/db/leases.ts";
import type { Feed } from "../../../shared/feeds/feed.ts";
import { Overtaken } from "./lake-files.ts";

interface FencedBatch {
  readonly fence: number;
  readonly statements: readonly Statement[];
}

/** Runs statements in one transaction under the lease of a feed. @throws Overtaken, with nothing written, once another run has taken it */
export async function writeFenced(
  db: Database,
  { id }: Pick<Feed, "id">,
  { fence, statements }: FencedBatch,
): Promise<void> {
  const isWritten = await writeWithLease(() => runBatch(db, [checkLease(id, fence), ...statements]));
  if (!isWritten) throw new Overtaken(`another run has taken the lease of ${id}`);
}
