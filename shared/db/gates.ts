/** The gate's decisions. */
import { and, desc, eq, sql } from "drizzle-orm";
import type { Verdict } from "../registry/gate.ts";
import { type Database, runBatch, statement } from "./database.ts";
import { type LookData, saveLook } from "./looks.ts";
import { gates } from "./schema.ts";

export type GateRow = typeof gates.$inferSelect;

/** Returns the decision of a flow, or null if there is none yet. */
export async function findGate(db: Database, flowId: string): Promise<GateRow | null> {
  const [row] = await db.select().from(gates).where(eq(gates.flowId, flowId));
  return row ?? null;
}

/** Lists the decisions about a version, newest first. */
export function listGates(db: Database, forecast: string, version: string): Promise<GateRow[]> {
  return db
    .select()
    .from(gates)
    .where(and(eq(gates.forecast, forecast), eq(gates.version, version)))
    .orderBy(desc(gates.id));
}

export interface GateDecision {
  readonly flowId: string;
  readonly forecast: string;
  readonly version: string;
  readonly incumbent: string | null;
  readonly decidedAt: string;
  readonly verdict: Verdict;
  /** Number of the forecast's looks when the verdict was computed. */
  readonly looksBefore: number;
  readonly data: LookData;
}

/**
 * Records a decision and the look of its training, and returns its row. Returns null if another look was recorded since the verdict was
 * computed, because both would use the same periods.
 */
export async function saveGate(db: Database, decision: GateDecision): Promise<GateRow | null> {
  const { flowId, forecast, version, incumbent, decidedAt, verdict, looksBefore } = decision;
  const { rule, kind, periods, pNaive, pIncumbent, ahead, tested, look, reason } = verdict;
  // A refresh, a baseline and a hold use no periods for their own decision; the look is recorded with them.
  const isTested = (rule === "first" || rule === "replacement") && kind !== "hold";
  const gate = statement(sql`
    INSERT INTO gates (flow_id, forecast, version, incumbent, rule, kind, periods, p_naive, p_incumbent, used_through,
      reason, decided_at, ahead, tested)
    SELECT ${flowId}, ${forecast}, ${version}, ${incumbent}, ${rule}, ${kind}, ${periods}, ${pNaive}, ${pIncumbent},
      ${isTested ? (look?.to ?? null) : null}, ${reason}, ${decidedAt}, ${ahead}, ${tested}
    WHERE (SELECT count(*) FROM looks WHERE forecast = ${forecast}) = ${looksBefore}`);
  const place = { forecast, flowId, at: decidedAt };
  await runBatch(db, look ? [gate, saveLook(place, look, decision.data)] : [gate]);
  return findGate(db, flowId);
}
