import type { z } from "zod";
import type { AuditPage, auditQueryShape } from "../../../shared/api/audit.ts";
import { listAudit as listRows } from "../../../shared/db/audit.ts";
import type { Hub } from "../hub.ts";

/** Lists changes, newest first, a page at a time. */
export async function listAudit(
  { db }: Pick<Hub, "db">,
  { cursor, limit, ...filter }: z.infer<typeof auditQueryShape>,
): Promise<AuditPage> {
  const rows = await listRows(db, { ...filter, before: cursor, limit: limit + 1 });
  const audit = rows.slice(0, limit);
  return { audit, next: rows.length > limit ? (audit.at(-1)?.id ?? null) : null };
}
