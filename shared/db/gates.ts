/** The gate's decisions. They also record the periods on which a replacement was already judged. */
import { and, desc, eq, sql } from "drizzle-orm";
import type { Verdict } from "../registry/gate.ts";
import type { Database } from "./database.ts";
import { gates } from "./schema.ts";

export type GateRow = typeof gates.$inferSelect;

/** Returns the last period on which a replacement of this forecast was judged, or null. */
export async function usedThrough(db: Database, forecast: string): Promise<string | null> {
  const [row] = await db
    .select({ last: sql<string | null>`max(used_through)` })
    .from(gates)
    .where(eq(gates.forecast, forecast));
  return row?.last ?? null;
}

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

export interface Decision {
  readonly flowId: string;
  readonly forecast: string;
  readonly version: string;
  readonly incumbent: string | null;
  readonly decidedAt: string;
  readonly verdict: Verdict;
  /** Result of `usedThrough` when the verdict was computed. */
  readonly usedThroughBefore: string | null;
}

/** Records a decision. Returns false if another decision has used periods since, because the verdict would use them twice. */
export async function saveGate(db: Database, decision: Decision): Promise<boolean> {
  const { flowId, forecast, version, incumbent, decidedAt, verdict, usedThroughBefore } = decision;
  const { rule, kind, periods, pNaive, pIncumbent, reason } = verdict;
  const rows = await db.all(sql`
    INSERT INTO gates (flow_id, forecast, version, incumbent, rule, kind, periods, p_naive, p_incumbent, used_through,
      reason, decided_at)
    SELECT ${flowId}, ${forecast}, ${version}, ${incumbent}, ${rule}, ${kind}, ${periods}, ${pNaive}, ${pIncumbent},
      ${verdict.usedThrough}, ${reason}, ${decidedAt}
    WHERE (SELECT max(used_through) FROM gates WHERE forecast = ${forecast}) IS ${usedThroughBefore}
    RETURNING id`);
  return rows.length > 0;
}
