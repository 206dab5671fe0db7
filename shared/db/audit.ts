/** The audit: who changed what and why. An entry is written in the transaction of the change. */
import { and, desc, eq, lt } from "drizzle-orm";
import type { auditKinds } from "../registry/states.ts";
import type { Database, Statement } from "./database.ts";
import { audit, type Stats } from "./schema.ts";

export type AuditEntry = typeof audit.$inferSelect;

/** The person or program that requests a change, the reason and the time. */
export interface Actor {
  readonly who: string;
  readonly why: string;
  readonly at: string;
}

export interface Change {
  readonly what: (typeof auditKinds)[number];
  readonly forecast: string;
  readonly version?: string;
  readonly run?: string;
  readonly before?: Stats | null;
  readonly after?: Stats | null;
}

export function audited(db: Database, actor: Actor, change: Change): Statement {
  return db
    .insert(audit)
    .values({ ...actor, ...change })
    .toSQL();
}

export interface AuditFilter {
  readonly forecast?: string | undefined;
  readonly version?: string | undefined;
  readonly what?: (typeof auditKinds)[number] | undefined;
  /** Lists only entries before this id, the last one of the previous page. */
  readonly before?: number | undefined;
  readonly limit: number;
}

/** Lists audit entries, newest first. */
export function listAudit(db: Database, filter: AuditFilter): Promise<AuditEntry[]> {
  const { forecast, version, what, before, limit } = filter;
  return db
    .select()
    .from(audit)
    .where(
      and(
        forecast === undefined ? undefined : eq(audit.forecast, forecast),
        version === undefined ? undefined : eq(audit.version, version),
        what === undefined ? undefined : eq(audit.what, what),
        before === undefined ? undefined : lt(audit.id, before),
      ),
    )
    .orderBy(desc(audit.id))
    .limit(limit);
}
