/** The flow `ingest`: from a raw publication to the lake, the database and the online history. */
import { runBatch } from "../../../shared/db/database.ts";
import type { Outcome } from "../../../shared/db/flows.ts";
import { saveIngest } from "../../../shared/db/ingests.ts";
import { saveProblems } from "../../../shared/db/problems.ts";
import type { Stats } from "../../../shared/db/schema.ts";
import { listSeries } from "../../../shared/db/series.ts";
import { endTurn, renewTurn, takeTurn } from "../../../shared/db/turns.ts";
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

/** Half an hour of asking for the turn; a holder that died gives it up after two minutes. */
const untilFree: Retries = { limit: 900, delay: "2 seconds", backoff: "constant" };
const turnsMax = 5;

interface Taken {
  readonly source: Source;
  readonly stats: Stats;
  readonly outcome: Outcome | null;
}

type IngestEffects = Pick<Hub, "db" | "lake" | "snapshots" | "now">;

export async function ingest(hub: IngestEffects, flow: Flow): Promise<Outcome> {
  const { feed: feedId } = ingestParams.parse(flow.run.params);
  const feed = findFeed(feedId);
  if (!feed) return { state: "failed", reason: `${feedId} is not a feed of this platform`, stats: null };
  let publication: Publication | undefined;
  // Read once per life of the process: a revived flow reads again only if a step that needs it is still to come.
  const read = async () => {
    publication ??= await readPublication(hub, feed, flow.run);
    return publication;
  };

  const taken = await flow.step("parse", async () => {
    const value = await takeIn(hub, flow, await read());
    return { value, stats: value.stats };
  });
  if (taken.outcome) return taken.outcome;

  for (let turn = 1; turn <= turnsMax; turn++) {
    const fence = await waitForTurn(hub, flow, feed.id, turn);
    try {
      const written = await write(hub, flow, { read, source: taken.source, fence, feed, turn });
      if (written?.kind === "held") return { state: "held", reason: written.reason, stats: taken.stats };
      if (written) return { state: "done", reason: null, stats: { ...taken.stats, ...written.stats } };
    } finally {
      await flow.step(named("release turn", turn), async () => ({ value: await endTurn(hub.db, feed.id, fence) }));
    }
  }
  return {
    state: "failed",
    reason: `another run took the turn ${turnsMax} times in a row; retry this flow`,
    stats: taken.stats,
  };
}

/** Records what the publication says and whether it may come in. */
async function takeIn(hub: Pick<Hub, "db">, flow: Flow, publication: Publication): Promise<Taken> {
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
      : "it holds no observation";
    return { source, stats, outcome: { state: "failed", reason, stats } };
  }
  if (ingestParams.parse(flow.run.params).released) return { source, stats, outcome: null };
  const known = (await listSeries(hub.db, feed.id)).map((row) => row.key);
  const reason = reasonToHold({ observations: facts.length, problems, series, doubt }, known, feed.limits);
  return { source, stats, outcome: reason === null ? null : { state: "held", reason, stats } };
}

async function waitForTurn(hub: Pick<Hub, "db" | "now">, flow: Flow, feed: string, turn: number): Promise<number> {
  const take = async () => {
    const value = await takeTurn(hub.db, feed, flow.run.id, hub.now());
    if (value === null) throw new Error(`another run has the turn of ${feed}`);
    return { value };
  };
  return flow.step(named("take turn", turn), take, untilFree);
}

interface Writing {
  readonly read: () => Promise<Publication>;
  readonly source: Source;
  readonly feed: Feed;
  readonly fence: number;
  readonly turn: number;
}

type Written =
  | { readonly kind: "written"; readonly stats: Stats }
  /** The publication contradicts too many stored values, so nothing was written. */
  | { readonly kind: "held"; readonly reason: string };

/** Writes the lake first, the database second, the online history last. Null once another run has taken the turn. */
async function write(
  hub: IngestEffects,
  flow: Flow,
  { read, source, fence, feed, turn }: Writing,
): Promise<Written | null> {
  const checkTurn = async () => {
    if (!(await renewTurn(hub.db, feed.id, fence, hub.now()))) {
      throw new Overtaken(`another run has taken the turn of ${feed.id}`);
    }
  };
  const plan = async () => planPublication(hub, await read(), { source, checkTurn });
  let planned: PlannedIngest | undefined;

  const judged = await flow.step(named("judge", turn), () =>
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

  const lake = await flow.step(named("lake", turn), () =>
    unlessOvertaken(async () => {
      // Planned again at each further attempt: one that failed has replaced some of the files.
      const current = planned ?? (await plan());
      planned = undefined;
      const value = await writeLake(hub, current, checkTurn);
      planned = current;
      return value;
    }),
  );
  if (!lake) return null;

  const database = await flow.step(named("database", turn), () =>
    unlessOvertaken(async () => {
      await checkTurn();
      // A flow that was revived after the step before plans again.
      planned ??= await plan();
      return writeDatabase(hub, planned, fence);
    }),
  );
  planned = undefined;
  if (!database) return null;

  const histories = await flow.step(named("history", turn), async () => {
    const value = (await renewTurn(hub.db, feed.id, fence, hub.now()))
      ? await writeHistories(hub, forecastsFedBy(feed.id))
      : null;
    return { value, stats: value ? { keysWritten: value.length } : { overtaken: true } };
  });
  if (!histories) return null;
  const stats = { ...database, filesWritten: lake.filesWritten, keysWritten: histories.length };
  return { kind: "written", stats };
}

/** The result of a step that applies the plan; null, so that the flow takes another turn, once it was overtaken. */
async function unlessOvertaken<T extends object>(work: () => Promise<T>): Promise<StepResult<T | null>> {
  try {
    const value = await work();
    return { value, stats: Object.fromEntries(Object.entries(value)) };
  } catch (error) {
    if (error instanceof Overtaken) return { value: null, stats: { overtaken: true } };
    throw error;
  }
}

/** Steps are remembered by name: a second turn does its steps anew. */
function named(step: string, turn: number): string {
  return turn === 1 ? step : `${step} (turn ${turn})`;
}
