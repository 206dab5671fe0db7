/** The flow `ingest`: writes a raw publication to the lake, the database and the history in KV. */
import { runBatch } from "../../../shared/db/database.ts";
import type { Outcome } from "../../../shared/db/flows.ts";
import { findIngest, saveIngest } from "../../../shared/db/ingests.ts";
import { saveProblems } from "../../../shared/db/problems.ts";
import type { Stats } from "../../../shared/db/schema.ts";
import { listObservedSeries } from "../../../shared/db/series.ts";
import { contradictionReason } from "../../../shared/feeds/contradictions.ts";
import type { Feed, Problem } from "../../../shared/feeds/feed.ts";
import { countReasons, reasonToHold } from "../../../shared/feeds/hold.ts";
import { findFeed } from "../../../shared/feeds/index.ts";
import { retractionReason } from "../../../shared/feeds/retractions.ts";
import { forecastsFedBy } from "../../../shared/forecasts/index.ts";
import { movedSeries } from "../../../shared/lake/moved-series.ts";
import { reasonOf } from "../../../shared/lib/error-reason.ts";
import type { Hub } from "../hub.ts";
import { blankProblems } from "../ingest/blank-problems.ts";
import { type PlannedIngest, planPublication } from "../ingest/plan-publication.ts";
import { ingestParams, type Publication, readPublication } from "../ingest/publication.ts";
import { retractionProblems } from "../ingest/retraction-problems.ts";
import { writeDatabase } from "../ingest/write-database.ts";
import { writeLake } from "../ingest/write-lake.ts";
import type { Flow } from "./flow.ts";
import { historyStep } from "./history-step.ts";
import { requestReport } from "./request-report.ts";
import { type Lease, lostLeases, withLease } from "./with-lease.ts";

interface Recorded {
  readonly source: { readonly ingest: number };
  readonly stats: Stats;
  readonly outcome: Outcome | null;
}

type IngestEffects = Pick<Hub, "db" | "lake" | "snapshots" | "fingerprints" | "workflows" | "boot" | "now">;

export async function ingest(hub: IngestEffects, flow: Flow): Promise<Outcome> {
  const { feed: feedId, key } = ingestParams.parse(flow.run.params);
  const feed = findFeed(feedId);
  if (!feed) return { state: "failed", reason: `There is no feed ${feedId}.`, stats: null };
  let publication: Publication | undefined;
  // Read once per process. A revived flow reads again only if a remaining step needs it.
  const read = async () => {
    publication ??= await readPublication(hub, feed, key);
    return publication;
  };

  const recorded = await flow.step("parse", async () => {
    const value = await recordPublication(hub, flow, await read());
    return { value, stats: value.stats };
  });
  const { stats, outcome, source } = recorded;
  if (outcome) return outcome;
  const work = (lease: Lease) => write(hub, flow, { read, ingest: source.ingest, feed, lease });
  const written = await withLease(hub, flow, { feed: feed.id, work });
  if (!written) return { state: "failed", reason: lostLeases, stats };
  if (written.kind !== "written") return { state: written.kind, reason: written.reason, stats };
  const reports = await flow
    .step("request reports", async () => ({ value: await requestReports(hub, feed) }))
    .catch((error): string[] => {
      // The publication is ingested. The cron tick starts the reports that are due.
      console.error(`${flow.run.key}: could not request reports: ${reasonOf(error)}`);
      return [];
    });
  return { state: "done", reason: null, stats: { ...stats, ...written.stats, ...(reports.length > 0 && { reports }) } };
}

/** Starts the reports of the periods that are complete now. Returns the keys of their flows. */
async function requestReports(hub: IngestEffects, { id }: Feed): Promise<string[]> {
  const keys: string[] = [];
  for (const forecast of forecastsFedBy(id)) {
    const requested = await requestReport(hub, forecast, "data");
    if (requested) keys.push(requested.run.key);
  }
  return keys;
}

/** Records the publication and its problems, and decides whether it is ingested, held or failed. */
async function recordPublication(hub: Pick<Hub, "db">, flow: Flow, publication: Publication): Promise<Recorded> {
  const { feed, facts, retracted, problems: rejected, skipped, doubt, key, blanks: _, ...rest } = publication;
  const known = (await listObservedSeries(hub.db, feed.id)).map((row) => row.key);
  const problems = [...rejected, ...movedSeries(feed, facts, known)];
  const series = new Set(facts.map((fact) => fact.series));
  const counts: Stats = {
    observations: facts.length,
    series: series.size,
    periods: new Set(facts.map((fact) => fact.period)).size,
    firstPeriod: rest.firstPeriod,
    lastPeriod: rest.lastPeriod,
    problems: problems.length,
    problemsByReason: countReasons(problems),
    skipped,
  };
  const id = await saveIngest(hub.db, { feed: feed.id, flowId: flow.run.id, rawKey: key, stats: counts, ...rest });
  await runBatch(hub.db, saveProblems(feed.id, id, problems));
  const source = { ingest: id };
  const stats: Stats = { ingest: id, ...counts };

  if (facts.length + retracted.length === 0) {
    const reason = whyEmpty(feed, problems);
    return { source, stats, outcome: { state: "failed", reason, stats } };
  }
  if (ingestParams.parse(flow.run.params).released) return { source, stats, outcome: null };
  const reason = reasonToHold(
    { observations: facts.length + retracted.length, problems, series, doubt, personal: feed.personal },
    known,
    feed.limits,
  );
  return { source, stats, outcome: reason === null ? null : { state: "held", reason, stats } };
}

/** Returns the problem that lost the most values as one sentence. Of a personal feed without what was found. */
function whyEmpty({ personal }: Feed, problems: readonly Problem[]): string {
  const [worst] = [...problems].sort((a, b) => b.values - a.values);
  return worst
    ? `${worst.reason}: ${personal ? "" : `found ${worst.found}, `}expected ${worst.expected}`
    : "The publication contains no observation. Upload a file with observations.";
}

interface Writing {
  readonly read: () => Promise<Publication>;
  readonly ingest: number;
  readonly feed: Feed;
  readonly lease: Lease;
}

type Written =
  | { readonly kind: "written"; readonly stats: Stats }
  /** Held: it contradicts too many stored values. Failed: it was withdrawn. Nothing was written. */
  | { readonly kind: "held" | "failed"; readonly reason: string };

/**
 * Writes the lake first, the database second, the history in KV last. Returns null once another run has taken the
 * lease.
 */
async function write(
  hub: IngestEffects,
  flow: Flow,
  { read, ingest: id, feed, lease }: Writing,
): Promise<Written | null> {
  const plan = async () => planPublication(hub, await read(), { ingest: id, checkLease: lease.check });
  let planned: PlannedIngest | undefined;
  /** For a flow that was revived after the lake step. An earlier version may have written the lake by another plan. */
  const planAgain = async () => {
    const value = await plan();
    await writeLake(hub, value, lease.check);
    return value;
  };

  const checked = await lease.step("check", async () => {
    if ((await findIngest(hub.db, feed.id, id))?.withdrawnAt) return { refusal: withdrawn(id) };
    planned = await plan();
    const { contradictions, blanked, retracted } = planned;
    const remarks = [...blankProblems(feed, blanked), ...retractionProblems(feed, retracted)];
    await runBatch(hub.db, saveProblems(feed.id, id, remarks));
    const { restated, contradicted } = contradictions;
    const reason = ingestParams.parse(flow.run.params).released ? null : whyHeld(planned);
    const refusal = reason === null ? null : { kind: "held" as const, reason };
    return { restated, contradicted, blanked: blanked.length, retracted: retracted.length, refusal };
  });
  if (!checked || checked.refusal) return checked?.refusal ?? null;

  const lake = await lease.step("lake", async () => {
    // A second attempt plans again, because the first may have replaced some files.
    const current = planned ?? (await plan());
    planned = undefined;
    const value = await writeLake(hub, current, lease.check);
    planned = current;
    return value;
  });
  if (!lake) return null;

  const database = await lease.step("database", async () => {
    await lease.check();
    const current = planned ?? (await planAgain());
    return writeDatabase(hub, current, lease.fence);
  });
  planned = undefined;
  if (!database) return null;

  const histories = await historyStep(hub, lease, feed);
  if (!histories) return null;
  // A flow of an earlier version has no such numbers.
  const { blanked = 0, retracted = 0 } = checked;
  return { kind: "written", stats: { ...database, blanked, retracted, filesWritten: lake.filesWritten, ...histories } };
}

/** Returns why a publication is held for the stored values that it contradicts or retracts, or null. */
function whyHeld({ feed, contradictions, retracted, series }: PlannedIngest): string | null {
  const lost = new Set(retracted.map((fact) => fact.series));
  const reason = contradictionReason(contradictions, feed.limits);
  return reason ?? retractionReason({ retracted: lost, stated: new Set(series) }, feed.limits);
}

function withdrawn(id: number) {
  const reason = `Ingest ${id} was withdrawn. To ingest the file again, upload it again: that is a new arrival.`;
  return { kind: "failed" as const, reason };
}
