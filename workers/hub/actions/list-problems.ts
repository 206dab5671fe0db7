import type { z } from "zod";
import type { FeedProblemsPage, feedProblemsQueryShape } from "../../../shared/api/feed-problems.ts";
import type { Refusal } from "../../../shared/api/problem.ts";
import { countProblems, listProblems as listRows } from "../../../shared/db/problems.ts";
import { type Result, success } from "../../../shared/lib/result.ts";
import type { Hub } from "../hub.ts";
import { requireFeed } from "./require.ts";

interface ProblemsQuery extends z.infer<typeof feedProblemsQueryShape> {
  readonly hasToken: boolean;
}

/** Shown instead of a cell of an uploaded file. */
const hiddenCell = "(only with the token)";

/**
 * Lists the problems that the parser of a feed found, oldest first, a page at a time. The files of a feed that is not
 * fetched were uploaded, possibly by mistake, so their cells are shown only with the token.
 */
export async function listProblems(
  { db, variables }: Pick<Hub, "db" | "variables">,
  feedId: string,
  { reason, ingest, cursor: after, limit, hasToken }: ProblemsQuery,
): Promise<Result<FeedProblemsPage, Refusal>> {
  const feed = requireFeed(feedId);
  if (!feed.ok) return feed;
  const { id } = feed.value;
  const [rows, byReason] = await Promise.all([
    listRows(db, id, { reason, ingest, after, limit: limit + 1 }),
    countProblems(db, id),
  ]);
  const isPublic = hasToken || variables.baseUrl(feed.value) !== "";
  const page = rows.slice(0, limit);
  const problems = isPublic ? page : page.map((row) => ({ ...row, found: hiddenCell }));
  const next = rows.length > limit ? String(problems.at(-1)?.id) : null;
  return success({ feed: id, byReason, problems, next });
}
