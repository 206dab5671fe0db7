import type { z } from "zod";
import type { FeedProblemsPage, feedProblemsQueryShape } from "../../../shared/api/feed-problems.ts";
import type { Refusal } from "../../../shared/api/problem.ts";
import { countProblems, listProblems as listRows } from "../../../shared/db/problems.ts";
import { type Result, success } from "../../../shared/lib/result.ts";
import type { Hub } from "../hub.ts";
import { requireFeed } from "./require.ts";

/** Lists the problems that the parser of a feed found, oldest first, a page at a time. */
export async function listProblems(
  { db }: Pick<Hub, "db">,
  feedId: string,
  { reason, ingest, cursor: after, limit }: z.infer<typeof feedProblemsQueryShape>,
): Promise<Result<FeedProblemsPage, Refusal>> {
  const feed = requireFeed(feedId);
  if (!feed.ok) return feed;
  const { id } = feed.value;
  const [rows, byReason] = await Promise.all([
    listRows(db, id, { reason, ingest, after, limit: limit + 1 }),
    countProblems(db, id),
  ]);
  const problems = rows.slice(0, limit);
  const next = rows.length > limit ? String(problems.at(-1)?.id) : null;
  return success({ feed: id, byReason, problems, next });
}
