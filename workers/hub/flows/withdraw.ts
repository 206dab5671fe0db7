/**
 * The flow `withdraw`: removes what a publication brought in. Its facts get the values of the other publications that
 * contain them, also those that it retracted; a fact that no other publication contains is removed.
 *
 * The database stores only the newest publication of each fact, so the other publications are read again, the newest
 * first, until no fact of the withdrawn one is left. Idempotent, and independent of the order of ingests and withdrawals.
 */
import { z } from "zod";
import { inPieces } from "../../../shared/db/database.ts";
import type { Outcome } from "../../../shared/db/flows.ts";
import { findIngest, type Ingest, listAccepted } from "../../../shared/db/ingests.ts";
import type { Feed } from "../../../shared/feeds/feed.ts";
import { findFeed } from "../../../shared/feeds/index.ts";
import { partitionPrefix } from "../../../shared/lake/keys.ts";
import type { Hub } from "../hub.ts";
import { markIngestWithdrawn, withdrawnPaths } from "../ingest/mark-withdrawn.ts";
import { planPublication } from "../ingest/plan-publication.ts";
import { readPublication } from "../ingest/publication.ts";
import { removeWithdrawn } from "../ingest/remove-withdrawn.ts";
import { writeDatabase } from "../ingest/write-database.ts";
import { writeLake } from "../ingest/write-lake.ts";
import type { Flow } from "./flow.ts";
import { historyStep } from "./history-step.ts";
import { type Lease, lostLeases, withLease } from "./with-lease.ts";

export const withdrawParams = z.object({ feed: z.string(), ingest: z.int().min(1), who: z.string(), why: z.string() });

type WithdrawEffects = Pick<Hub, "db" | "lake" | "snapshots" | "fingerprints" | "now">;

export async function withdraw(hub: WithdrawEffects, flow: Flow): Promise<Outcome> {
  const params = withdrawParams.parse(flow.run.params);
  const feed = findFeed(params.feed);
  if (!feed) return { state: "failed", reason: `There is no feed ${params.feed}.`, stats: null };
  const ingest = await findIngest(hub.db, feed.id, params.ingest);
  if (!ingest) return { state: "failed", reason: `${feed.id} has no ingest ${params.ingest}.`, stats: null };
  const work = (lease: Lease) => restore(hub, { feed, ingest, lease });
  const stats = await withLease(hub, flow, { feed: feed.id, work });
  if (!stats) return { state: "failed", reason: lostLeases, stats: null };
  return { state: "done", reason: `${params.who} withdrew ingest ${ingest.id}: ${params.why}`, stats };
}

/** Publications of a feed with `identity` that one step reads again: a Workflow has a limited number of steps. */
const readPerStep = 10;

interface Withdrawal {
  readonly feed: Feed;
  readonly ingest: Ingest;
  readonly lease: Lease;
}

/** Returns null once another run has taken the lease. */
async function restore(hub: WithdrawEffects, { feed, ingest, lease }: Withdrawal) {
  const marked = await lease.step("mark", async () => {
    await markIngestWithdrawn(hub, feed, { ingest, lease });
    return { paths: (await withdrawnPaths(hub, feed)).length };
  });
  if (!marked) return null;

  let left = await withdrawnPaths(hub, feed);
  let reread = 0;
  // The newest publication of an identity may state it in another partition, from which nothing is missing: all are read.
  const readsAll = feed.identity !== undefined;
  for (const piece of inPieces(await listAccepted(hub.db, feed.id), readsAll ? readPerStep : 1)) {
    const others = piece.filter((other) => readsAll || left.some((path) => mayContain(other, path)));
    if (others.length === 0) continue;
    const name = `read ingest ${others.map(({ id }) => id).join(", ")} again`;
    const read = await lease.step(name, () => ingestAgain(hub, feed, { others, lease }));
    if (!read) return null;
    reread += others.length;
    left = await withdrawnPaths(hub, feed);
  }

  const removed = await lease.step("remove", () => removeWithdrawn(hub, feed, lease));
  if (!removed) return null;
  const histories = await historyStep(hub, lease, feed);
  if (!histories) return null;
  return { ingest: ingest.id, reread, ...removed, ...histories };
}

/** Returns whether a publication has periods in the range of a partition. */
function mayContain({ firstPeriod, lastPeriod }: Ingest, path: string): boolean {
  const prefix = partitionPrefix(path);
  return firstPeriod !== null && lastPeriod !== null && lastPeriod >= prefix && firstPeriod <= `${prefix}\u007f`;
}

interface Others {
  readonly others: readonly Ingest[];
  readonly lease: Lease;
}

/** Merges publications again. Their values replace those of withdrawn publications only. */
async function ingestAgain(hub: WithdrawEffects, feed: Feed, { others, lease }: Others) {
  let observationsWritten = 0;
  for (const other of others) {
    const publication = await readPublication(hub, feed, other.rawKey);
    const planned = await planPublication(hub, publication, { ingest: other.id, checkLease: lease.check });
    await writeLake(hub, planned, lease.check);
    observationsWritten += (await writeDatabase(hub, planned, lease.fence)).observationsWritten;
  }
  return { observationsWritten };
}
