/** The queue message with which predict reports that it cannot load a champion, or can load it again. The hub reads it. */
import { z } from "zod";

const servingReportShape = z.object({
  kind: z.literal("serving"),
  forecast: z.string().min(1).max(100),
  /** Number of the champion change that the pointer states. */
  number: z.int().min(1),
  champion: z.string().min(1).max(64),
  /** The version that answers: the champion, a fallback, or null if none can be loaded. */
  served: z.string().min(1).max(64).nullable(),
  /** Why the champion cannot be loaded; null if it is loaded. */
  reason: z.string().nullable(),
  at: z.iso.datetime({ precision: 3 }),
});
export type ServingReport = z.infer<typeof servingReportShape>;

/** Returns the report in a queue message; null for another message. */
export function readServingReport(body: unknown): ServingReport | null {
  const parsed = servingReportShape.safeParse(body);
  return parsed.success ? parsed.data : null;
}
