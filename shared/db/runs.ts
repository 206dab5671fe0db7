/** Training runs: their data, code version and outcome. */
import { and, desc, eq, getTableColumns, lt, or, sql } from "drizzle-orm";
import type { RunState } from "../registry/states.ts";
import { type Actor, audited } from "./audit.ts";
import { type Database, runBatch, statement } from "./database.ts";
import { type Stats, trainingRuns } from "./schema.ts";

const { sendsHeartbeats: _, ...runColumns } = getTableColumns(trainingRuns);

export type TrainingRun = Omit<typeof trainingRuns.$inferSelect, "sendsHeartbeats">;

export interface NewRun {
  readonly id: string;
  readonly forecast: string;
  readonly seed: number;
  readonly codeVersion: string;
  /** SHA-256 of the training observations; null if the trainer did not send it. */
  readonly dataHash: string | null;
}

export async function createRun(db: Database, run: NewRun, actor: Actor): Promise<void> {
  const row = { ...run, state: "running" as const, startedAt: actor.at, heartbeatAt: actor.at };
  await runBatch(db, [
    db.insert(trainingRuns).values(row).toSQL(),
    audited(db, actor, { what: "run.created", forecast: run.forecast, run: run.id, after: { seed: run.seed } }),
  ]);
}

export async function findRun(db: Database, id: string): Promise<TrainingRun | null> {
  const [row] = await db.select(runColumns).from(trainingRuns).where(eq(trainingRuns.id, id));
  return row ?? null;
}

/** Lists the runs of a forecast, newest first. */
export function listRuns(db: Database, forecast: string, limit: number): Promise<TrainingRun[]> {
  return db
    .select(runColumns)
    .from(trainingRuns)
    .where(eq(trainingRuns.forecast, forecast))
    .orderBy(desc(trainingRuns.startedAt), trainingRuns.id)
    .limit(limit);
}

export interface RunEnd {
  readonly state: Exclude<RunState, "running">;
  readonly reason: string | null;
  readonly stats: Stats | null;
}

/** Ends a running run. Changes and audits nothing if the run has ended already. */
export async function endRun(db: Database, run: TrainingRun, end: RunEnd, { who, why, at }: Actor): Promise<void> {
  const after = JSON.stringify({ state: end.state, reason: end.reason });
  await runBatch(db, [
    statement(sql`
      INSERT INTO audit (at, who, what, why, forecast, run, before, after)
      SELECT ${at}, ${who}, 'run.ended', ${why}, forecast, id, json_object('state', state), ${after}
      FROM training_runs WHERE id = ${run.id} AND state = 'running'`),
    db
      .update(trainingRuns)
      .set({ ...end, endedAt: at, heartbeatAt: at })
      .where(and(eq(trainingRuns.id, run.id), eq(trainingRuns.state, "running")))
      .toSQL(),
  ]);
}

/** Stores a heartbeat of a running training. It is not audited, because a training sends one every few minutes. */
export async function saveHeartbeat(db: Database, id: string, at: string): Promise<void> {
  await db
    .update(trainingRuns)
    .set({ heartbeatAt: at, sendsHeartbeats: true })
    .where(and(eq(trainingRuns.id, id), eq(trainingRuns.state, "running")));
}

export interface SilentSince {
  /** For trainings whose trainer sends heartbeats. */
  readonly withHeartbeats: string;
  /** For trainings whose trainer sends only trials. */
  readonly trialsOnly: string;
}

/** Lists running trainings without a heartbeat since the given times, with the kind of their trainer. */
export function listSilentRuns(
  db: Database,
  { withHeartbeats, trialsOnly }: SilentSince,
): Promise<(typeof trainingRuns.$inferSelect)[]> {
  const { state, heartbeatAt, sendsHeartbeats } = trainingRuns;
  const isSilent = or(lt(heartbeatAt, trialsOnly), and(eq(sendsHeartbeats, true), lt(heartbeatAt, withHeartbeats)));
  return db
    .select()
    .from(trainingRuns)
    .where(and(eq(state, "running"), isSilent));
}
