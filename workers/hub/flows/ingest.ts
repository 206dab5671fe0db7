/** The flow `ingest`: writes a raw publication to the lake, the database and the history in KV. */
import { runBatch } from "../../../shared/db/database.ts";
import type { Outcome } from "../../../shared/db/flows.ts";
import { saveIngest } from "../../../shared/db/ingests.ts";
import { releaseLease, renewLease, takeLease } from "../../../shared/db/leases.ts";
import { saveProblems } from "../../../shared/db/problems.ts";
import type { Stats } from "../../../shared/db/schema.ts";
import { listSeries } from "../../../shared/db/series.ts";
import { contradictionReason } from "../../../shared/feeds/contradictions.ts";
import type { Feed } from "../../../shared/feeds/feed.ts";
import { countReasons, reasonToHold } from "../../../shared/feeds/hold.ts";
import { findFeed } from "../../../shared/feeds/index.ts";
import { forecastsFedBy } from "../../../shared/forecasts/index.ts";
import type { Source } from "../../../shared/lake/merge.ts";
import type { Hub } from "../hub.ts";
import { Overtaken } from "../ingest/lake-files.ts";
import { type PlannedIngest, planPublication } from "../ingest/plan-publication.ts";
import { ingestParams, type Publication, readPublication } from "../ingest/publication.ts";
import { writeDatabase } from "../ingest/write-database.ts";
import { writeHistories } from "../ingest/write-history.ts";
import { writeLake } from "../ingest/write-lake.ts";
import type { Flow, Retries, StepResult } from "./flow.ts";

/** Tries to take the lease for half an hour. The lease of a run that has died expires after two minutes. */
const leaseRetries: Retries = { limit: 900, delay: "2 seconds", backoff: "constant" };
const roundsMax = 5;

interface Recorded {
  readonly source: Source;
  readonly stats: Stats;
  readonly outcome: Outcome | null;
}

type IngestEffects = Pick<Hub, "db" | "lake" | "snapshots" | "now">;

export async function ingest(hub: IngestEffects, flow: Flow): Promise<Outcome> {
  const { feed: feedId } = ingestParams.parse(flow.run.params);
  const feed = findFeed(feedId);
  if (!feed) return { state: "failed", reason: `There is no feed ${feedId}.`, stats: null };
  let publication: Publication | undefined;
  // Read once per process. A revived flow reads again only if a remaining step needs it.
  const read = async () => {
    publication ??= await readPublication(hub, feed, flow.run);
    return publication;
  };

  const recorded = await flow.step("parse", async () => {
    const value = await recordPublication(hub, flow, await read());
    return { value, stats: value.stats };
  });
  if (recorded.outcome) return recorded.outcome;

  for (let round = 1; round <= roundsMax; round++) {
    const fence = await waitForLease(hub, flow, feed.id, round);
    try {
      const written = await write(hub, flow, { read, source: recorded.source, fence, feed, round });
      if (written?.kind === "held") return { state: "held", reason: written.reason, stats: recorded.stats };
      if (written) return { state: "done", reason: null, stats: { ...recorded.stats, ...written.stats } };
    } finally {
      await flow.step(stepName("release lease", round), async () => ({
        value: await releaseLease(hub.db, feed.id, fence),
      }));
    }
  }
  return {
    state: "failed",
    reason: `another run took the lease ${roundsMax} times in a row; retry this flow`,
    stats: recorded.stats,
  };
}

/** Records the publication and its problems, and decides whether it is ingested, held or failed. */
async function recordPublication(hub: Pick<Hub, "db">, flow: Flow, publication: Publication): Promise<Recorded> {
  const { feed, facts, problems, skipped, doubt, key, ...rest } = publication;
  const series = new Set(facts.map((fact) => fact.series));
  const stats: Stats = {
    observations: facts.length,
    series: series.size,
    periods: new Set(facts.map((fact) => fact.period)).size,
    firstPeriod: rest.firstPeriod,
    lastPeriod: rest.lastPeriod,
    problems: problems.length,
    problemsByReason: countReasons(problems),
    skipped,
  };
  const id = await saveIngest(hub.db, { feed: feed.id, flowId: flow.run.id, rawKey: key, stats, ...rest });
  await runBatch(hub.db, saveProblems(feed.id, id, problems));
  const source = { ingest: id, rank: rest.rank };

  const [first] = problems;
  if (facts.length === 0) {
    const reason = first
      ? `${first.reason}: found ${first.found}, expected ${first.expected}`
      : "The publication contains no observation. Upload a file with observations.";
    return { source, stats, outcome: { state: "failed", reason, stats } };
  }
  if (ingestParams.parse(flow.run.params).released) return { source, stats, outcome: null };
  const known = (await listSeries(hub.db, feed.id)).map((row) => row.key);
  const reason = reasonToHold({ observations: facts.length, problems, series, doubt }, known, feed.limits);
  return { source, stats, outcome: reason === null ? null : { state: "held", reason, stats } };
}

async function waitForLease(hub: Pick<Hub, "db" | "now">, flow: Flow, feed: string, round: number): Promise<number> {
  const take = async () => {
    const value = await takeLease(hub.db, feed, flow.run.id, hub.now());
    if (value === null) throw new Error(`another run holds the lease of ${feed}`);
    return { value };
  };
  return flow.step(stepName("take lease", round), take, leaseRetries);
}

interface Writing {
  readonly read: () => Promise<Publication>;
  readonly source: Source;
  readonly feed: Feed;
  readonly fence: number;
  readonly round: number;
}

type Written =
  | { readonly kind: "written"; readonly stats: Stats }
  /** The publication contradicts too many stored values, so nothing was written. */
  | { readonly kind: "held"; readonly reason: string };

/**
 * Writes the lake first, the database second, the history in KV last. Returns null once another run has taken the
 * lease.
 */
async function write(
  hub: IngestEffects,
  flow: Flow,
  { read, source, fence, feed, round }: Writing,
): Promise<Written | null> {
  const checkLease = async () => {
    if (!(await renewLease(hub.db, feed.id, fence, hub.now()))) {
      throw new Overtaken(`another run has taken the lease of ${feed.id}`);
    }
  };
  const plan = async () => planPublication(hub, await read(), { source, checkLease });
  let planned: PlannedIngest | undefined;

  const judged = await flow.step(stepName("judge", round), () =>
    unlessOvertaken(async () => {
      planned = await plan();
      const { contradictions } = planned;
      const isReleased = ingestParams.parse(flow.run.params).released;
      const { restated, contradicted } = contradictions;
      return { restated, contradicted, reason: isReleased ? null : contradictionReason(contradictions, feed.limits) };
    }),
  );
  if (!judged) return null;
  if (judged.reason !== null) return { kind: "held", reason: judged.reason };

  const lake = await flow.step(stepName("lake", round), () =>
    unlessOvertaken(async () => {
      // A second attempt plans again, because the first may have replaced some files.
      const current = planned ?? (await plan());
      planned = undefined;
      const value = await writeLake(hub, current, checkLease);
      planned = current;
      return value;
    }),
  );
  if (!lake) return null;

  const database = await flow.step(stepName("database", round), () =>
    unlessOvertaken(async () => {
      await checkLease();
      // A flow that was revived after the lake step plans again.
      planned ??= await plan();
      return writeDatabase(hub, planned, fence);
    }),
  );
  planned = undefined;
  if (!database) return null;

  const histories = await flow.step(stepName("history", round), async () => {
    const value = (await renewLease(hub.db, feed.id, fence, hub.now()))
      ? await writeHistories(hub, forecastsFedBy(feed.id))
      : null;
    return { value, stats: value ? { keysWritten: value.length } : { overtaken: true } };
  });
  if (!histories) return null;
  const stats = { ...database, filesWritten: lake.filesWritten, keysWritten: histories.length };
  return { kind: "written", stats };
}

/** Runs a step that applies the plan. Returns null if another run was faster; then the flow starts another round. */
async function unlessOvertaken<T extends object>(work: () => Promise<T>): Promise<StepResult<T | null>> {
  try {
    const value = await work();
    return { value, stats: Object.fromEntries(Object.entries(value)) };
  } catch (error) {
    if (error instanceof Overtaken) return { value: null, stats: { overtaken: true } };
    throw error;
  }
}

/** Workflows identify finished steps by name, so each round needs different names. */
function stepName(step: string, round: number): string {
  return round === 1 ? step : `${step} (round ${round})`;
}
