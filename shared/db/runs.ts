/** Training runs: their data, code version and outcome. */
import { and, desc, eq, lt, sql } from "drizzle-orm";
import type { RunState } from "../registry/states.ts";
import { type Actor, audited } from "./audit.ts";
import { type Database, runBatch, statement } from "./database.ts";
import { type Stats, trainingRuns } from "./schema.ts";

export type TrainingRun = typeof trainingRuns.$inferSelect;

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
  const [row] = await db.select().from(trainingRuns).where(eq(trainingRuns.id, id));
  return row ?? null;
}

/** Lists the runs of a forecast, newest first. */
export function listRuns(db: Database, forecast: string, limit: number): Promise<TrainingRun[]> {
  return db
    .select()
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

/** Lists running trainings without a heartbeat since `before`. */
export function listSilentRuns(db: Database, before: string): Promise<TrainingRun[]> {
  return db
    .select()
    .from(trainingRuns)
    .where(and(eq(trainingRuns.state, "running"), lt(trainingRuns.heartbeatAt, before)));
}
