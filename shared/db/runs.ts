/** Trainings: what was tried, by which code, and how it ended. */
import { and, desc, eq, lt } from "drizzle-orm";
import type { RunState } from "../registry/states.ts";
import { type Actor, audited } from "./audit.ts";
import { type Database, runBatch } from "./database.ts";
import { type Stats, trainingRuns } from "./schema.ts";

export type TrainingRun = typeof trainingRuns.$inferSelect;

export interface NewRun {
  readonly id: string;
  readonly forecast: string;
  readonly seed: number;
  readonly codeVersion: string;
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

/** Ends a run that is running; one that has ended stays as it is. */
export async function endRun(db: Database, run: TrainingRun, end: RunEnd, actor: Actor): Promise<void> {
  const isRunning = and(eq(trainingRuns.id, run.id), eq(trainingRuns.state, "running"));
  await runBatch(db, [
    db
      .update(trainingRuns)
      .set({ ...end, endedAt: actor.at, heartbeatAt: actor.at })
      .where(isRunning)
      .toSQL(),
    audited(db, actor, {
      what: "run.ended",
      forecast: run.forecast,
      run: run.id,
      before: { state: run.state },
      after: { state: end.state, reason: end.reason },
    }),
  ]);
}

/** Running trainings that have not been heard of since `before`. */
export function listSilentRuns(db: Database, before: string): Promise<TrainingRun[]> {
  return db
    .select()
    .from(trainingRuns)
    .where(and(eq(trainingRuns.state, "running"), lt(trainingRuns.heartbeatAt, before)));
}
