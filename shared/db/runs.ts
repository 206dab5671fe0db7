/** Trainings: what was tried, by which code, and how it ended. */
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
  /** SHA-256 of the observations it learns from; null where the trainer does not say. */
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

/** Newest first. */
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

/** Ends a run that is running; of one that has ended nothing is changed, and nothing is audited. */
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

/** Running trainings that have not been heard of since `before`. */
export function listSilentRuns(db: Database, before: string): Promise<TrainingRun[]> {
  return db
    .select()
    .from(trainingRuns)
    .where(and(eq(trainingRuns.state, "running"), lt(trainingRuns.heartbeatAt, before)));
}
