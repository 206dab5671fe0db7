/** Query and answer of `/feeds/:feed/problems`: what the parsers rejected. */
import { z } from "zod";
import { integerField, limitField, nextField } from "./paging.ts";

export const feedProblemsQueryShape = z.strictObject({
  reason: z.string().optional().describe("A reason of `byReason`"),
  ingest: integerField(1, Number.MAX_SAFE_INTEGER).optional().describe("Number of an ingest"),
  cursor: integerField(0, Number.MAX_SAFE_INTEGER).default(0).describe("`next` of the previous page"),
  limit: limitField(10_000, 1_000),
});

const feedProblemShape = z
  .object({
    id: z.number(),
    feed: z.string(),
    ingestId: z.number(),
    reason: z.string(),
    row: z.number().nullable().describe("Counted from 1"),
    column: z.string().nullable(),
    period: z.string().nullable(),
    found: z.string(),
    expected: z.string(),
    lost: z.number().describe("Number of values that were not stored because of it; 0 for a remark"),
  })
  .meta({ id: "FeedProblem" });

export const feedProblemsPageShape = z
  .object({
    feed: z.string(),
    byReason: z.record(z.string(), z.number()).describe("Number of problems by reason, most frequent first"),
    problems: z.array(feedProblemShape),
    next: nextField,
  })
  .meta({ id: "FeedProblemsPage" });
export type FeedProblemsPage = z.infer<typeof feedProblemsPageShape>;
