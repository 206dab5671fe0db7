import { and, asc, count, eq, gt, sql } from "drizzle-orm";
import type { Problem } from "../feeds/feed.ts";
import { type Database, inPieces, type Statement, statement } from "./database.ts";
import { problems } from "./schema.ts";

/** Records the problems of an ingest. A problem that an earlier publication had as well is not stored again. */
export function saveProblems(feed: string, ingest: number, found: readonly Problem[]): Statement[] {
  return inPieces(found, 4_000).map((piece) => {
    const rows = piece.map((p) => [p.reason, p.row, p.column, p.period, p.found, p.expected, p.values]);
    return statement(sql`
      INSERT INTO problems (feed, ingest_id, reason, "row", "column", period, found, expected, lost)
      SELECT ${feed}, ${ingest}, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6
      FROM json_each(${JSON.stringify(rows)}) WHERE true
      ON CONFLICT DO NOTHING`);
  });
}

export interface ProblemFilter {
  readonly reason: string | undefined;
  readonly ingest: number | undefined;
  readonly after: number;
  readonly limit: number;
}

/** Lists problems in the order in which they were first found. */
export function listProblems(db: Database, feed: string, filter: ProblemFilter) {
  return db
    .select()
    .from(problems)
    .where(
      and(
        eq(problems.feed, feed),
        filter.reason === undefined ? undefined : eq(problems.reason, filter.reason),
        filter.ingest === undefined ? undefined : eq(problems.ingestId, filter.ingest),
        gt(problems.id, filter.after),
      ),
    )
    .orderBy(asc(problems.id))
    .limit(filter.limit);
}

/** Counts problems by reason, most frequent first. */
export async function countProblems(db: Database, feed: string): Promise<Record<string, number>> {
  const rows = await db
    .select({ reason: problems.reason, times: count() })
    .from(problems)
    .where(eq(problems.feed, feed))
    .groupBy(problems.reason)
    .orderBy(sql`count(*) DESC, reason`);
  return Object.fromEntries(rows.map(({ reason, times }) => [reason, times]));
}
