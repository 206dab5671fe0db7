/** Flows: requested, running and ended. A row is written before its Workflow or queue message exists. */

import { and, desc, eq, inArray, lt, ne, or, sql } from "drizzle-orm";
import type { FlowState } from "../api/flow-states.ts";
import { activeStates } from "../api/flow-states.ts";
import { sha256Hex } from "../lib/hash.ts";
import { type Database, runBatch } from "./database.ts";
import { flowId } from "./flow-id.ts";
import { flowRuns, flowSteps, type Stats } from "./schema.ts";

export type FlowRun = typeof flowRuns.$inferSelect;
export type FlowStep = typeof flowSteps.$inferSelect;

/** Returns the id of an attempt's Workflow instance: letters, digits and dashes, never reused. */
export function instanceId(run: Pick<FlowRun, "id" | "kind" | "attempt">): string {
  return `${run.kind}-${run.id}-${run.attempt}`;
}

export interface NewFlow {
  readonly kind: string;
  readonly key: string;
  readonly params: Stats;
}

/** Records a requested flow, unless its key exists. Returns the row in both cases. */
export async function requestFlow(
  db: Database,
  flow: NewFlow,
  at: { readonly now: string; readonly boot: string },
): Promise<{ readonly run: FlowRun; readonly isNew: boolean }> {
  const id = flowId(flow.key);
  const row = { id, ...flow, state: "queued" as const, boot: at.boot, createdAt: at.now, heartbeatAt: at.now };
  const [created] = await db.insert(flowRuns).values(row).onConflictDoNothing().returning();
  const run = created ?? (await findFlow(db, id));
  if (!run) throw new Error(`the database did not store the flow ${flow.key}`);
  return { run, isNew: created !== undefined };
}

export async function findFlow(db: Database, id: string): Promise<FlowRun | null> {
  const [row] = await db.select().from(flowRuns).where(eq(flowRuns.id, id));
  return row ?? null;
}

/** Lists queued or running flows that another process started or that have had no heartbeat since `before`. */
export function listUnfinished(db: Database, boot: string, before: string): Promise<FlowRun[]> {
  return db
    .select()
    .from(flowRuns)
    .where(and(inArray(flowRuns.state, activeStates), or(ne(flowRuns.boot, boot), lt(flowRuns.heartbeatAt, before))))
    .orderBy(flowRuns.createdAt, flowRuns.id);
}

export async function markAdopted(
  db: Database,
  id: string,
  at: { readonly now: string; readonly boot: string },
): Promise<void> {
  await db.update(flowRuns).set({ boot: at.boot, heartbeatAt: at.now }).where(eq(flowRuns.id, id));
}

/** Marks a queued flow as running. Returns null for a flow that has ended. */
export async function markRunning(db: Database, id: string, now: string): Promise<FlowRun | null> {
  const [run] = await db
    .update(flowRuns)
    .set({ state: "running", startedAt: sql`coalesce(started_at, ${now})`, heartbeatAt: now })
    .where(and(eq(flowRuns.id, id), inArray(flowRuns.state, activeStates)))
    .returning();
  return run ?? null;
}

export interface Outcome {
  readonly state: Extract<FlowState, "done" | "held" | "failed">;
  readonly reason: string | null;
  readonly stats: Stats | null;
}

/** Ends an attempt. Does nothing if a later attempt has replaced it. */
export async function markEnded(
  db: Database,
  run: Pick<FlowRun, "id" | "attempt">,
  outcome: Outcome,
  now: string,
): Promise<void> {
  await db
    .update(flowRuns)
    .set({ ...outcome, endedAt: now, heartbeatAt: now })
    .where(and(eq(flowRuns.id, run.id), eq(flowRuns.attempt, run.attempt)));
}

/** Queues another attempt of a flow that is in one of the given states. Returns null if it is in none of them. */
export async function requeueFlow(
  db: Database,
  id: string,
  from: readonly FlowState[],
  change: { readonly params?: Stats; readonly now: string; readonly boot: string },
): Promise<FlowRun | null> {
  const [row] = await db
    .update(flowRuns)
    .set({
      state: "queued",
      attempt: sql`attempt + 1`,
      params: sql`json_patch(params, ${JSON.stringify(change.params ?? {})})`,
      reason: null,
      stats: null,
      startedAt: null,
      endedAt: null,
      heartbeatAt: change.now,
      boot: change.boot,
    })
    .where(and(eq(flowRuns.id, id), inArray(flowRuns.state, [...from])))
    .returning();
  return row ?? null;
}

export interface DeadLetter {
  /** The queue to which it was sent. */
  readonly queue: string;
  readonly body: unknown;
  readonly reason: string;
  readonly now: string;
  readonly boot: string;
}

/**
 * Records a message that could not be processed as a failed flow, so that a person can read it and send it again. Each
 * further failure is another attempt.
 */
export async function saveDeadLetter(db: Database, letter: DeadLetter): Promise<void> {
  const key = `dead-letter:${sha256Hex(JSON.stringify(letter.body)).slice(0, 16)}`;
  const failed = { state: "failed" as const, reason: letter.reason, endedAt: letter.now, heartbeatAt: letter.now };
  await db
    .insert(flowRuns)
    .values({
      id: flowId(key),
      kind: deadLetterKind,
      key,
      params: { queue: letter.queue, body: letter.body },
      boot: letter.boot,
      createdAt: letter.now,
      ...failed,
    })
    .onConflictDoUpdate({ target: flowRuns.id, set: { ...failed, attempt: sql`attempt + 1` } });
}

export const deadLetterKind = "dead-letter";

export interface StepStart {
  readonly flowId: string;
  readonly attempt: number;
  readonly name: string;
  readonly now: string;
}

/** Records a try before it runs. Returns the number of earlier tries that ended without an outcome. */
export async function markStepStarted(db: Database, step: StepStart): Promise<number> {
  const { now: startedAt, ...key } = step;
  const heartbeat = db.update(flowRuns).set({ heartbeatAt: startedAt }).where(eq(flowRuns.id, key.flowId));
  const start = db
    .insert(flowSteps)
    .values({ ...key, state: "running", startedAt })
    .onConflictDoUpdate({
      target: [flowSteps.flowId, flowSteps.attempt, flowSteps.name],
      set: {
        state: "running",
        tries: sql`tries + 1`,
        // The previous try recorded no end.
        interrupted: sql`${flowSteps.interrupted} + (${flowSteps.state} = 'running')`,
        startedAt,
        error: null,
        endedAt: null,
      },
    })
    .returning({ interrupted: flowSteps.interrupted });
  const [row] = await runBatch<{ readonly interrupted: number }>(db, [heartbeat.toSQL(), start.toSQL()]);
  return row?.interrupted ?? 0;
}

/** Returns the step of a flow's current attempt that has recorded no end; null if there is none. */
export async function findOpenStep(db: Database, run: Pick<FlowRun, "id" | "attempt">): Promise<FlowStep | null> {
  const [step] = await db
    .select()
    .from(flowSteps)
    .where(and(eq(flowSteps.flowId, run.id), eq(flowSteps.attempt, run.attempt), eq(flowSteps.state, "running")))
    .orderBy(desc(flowSteps.startedAt))
    .limit(1);
  return step ?? null;
}

export async function markStepEnded(
  db: Database,
  step: StepStart,
  ended: { readonly state: "done" | "failed"; readonly error: string | null; readonly stats: Stats | null },
): Promise<void> {
  await db
    .update(flowSteps)
    .set({ ...ended, endedAt: step.now })
    .where(and(eq(flowSteps.flowId, step.flowId), eq(flowSteps.attempt, step.attempt), eq(flowSteps.name, step.name)));
}

export interface FlowFilter {
  readonly kind?: string | undefined;
  readonly state?: FlowState | undefined;
  readonly limit: number;
  readonly offset: number;
}

/** Lists flows, newest first. */
export function listFlows(db: Database, filter: FlowFilter): Promise<FlowRun[]> {
  return db
    .select()
    .from(flowRuns)
    .where(
      and(
        filter.kind === undefined ? undefined : eq(flowRuns.kind, filter.kind),
        filter.state === undefined ? undefined : eq(flowRuns.state, filter.state),
      ),
    )
    .orderBy(desc(flowRuns.createdAt), flowRuns.id)
    .limit(filter.limit)
    .offset(filter.offset);
}

export function listSteps(db: Database, id: string): Promise<FlowStep[]> {
  return db.select().from(flowSteps).where(eq(flowSteps.flowId, id)).orderBy(flowSteps.attempt, flowSteps.startedAt);
}
