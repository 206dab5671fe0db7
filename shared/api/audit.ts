/** Query and answer of `/audit`. */
import { z } from "zod";
import { auditKinds } from "../registry/states.ts";
import { statsField, timeField } from "./fields.ts";
import { integerField, limitField } from "./paging.ts";

export const auditQueryShape = z.strictObject({
  forecast: z.string().optional(),
  version: z.string().optional(),
  what: z.enum(auditKinds).optional(),
  cursor: integerField(0, Number.MAX_SAFE_INTEGER).optional().describe("`next` of the previous page"),
  limit: limitField(1_000, 100),
});

export const auditShape = z
  .object({
    id: z.number(),
    at: timeField,
    who: z.string(),
    what: z.enum(auditKinds),
    why: z.string(),
    forecast: z.string(),
    version: z.string().nullable(),
    run: z.string().nullable(),
    before: statsField.nullable(),
    after: statsField.nullable(),
  })
  .meta({ id: "AuditEntry" });

export const auditPageShape = z
  .object({ audit: z.array(auditShape), next: z.number().nullable() })
  .meta({ id: "AuditPage" });
export type AuditPage = z.infer<typeof auditPageShape>;
