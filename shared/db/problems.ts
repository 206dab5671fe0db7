import { sql } from "drizzle-orm";
import type { Problem } from "../feeds/feed.ts";
import { inPieces, type Statement, statement } from "./database.ts";

/** Keeps what an ingest refused. A problem that an earlier publication already showed is not stored again. */
export function saveProblems(feed: string, ingest: number, problems: readonly Problem[]): Statement[] {
  return inPieces(problems, 4_000).map((piece) => {
    const rows = piece.map((p) => [p.reason, p.row, p.column, p.period, p.found, p.expected, p.values]);
    return statement(sql`
      INSERT INTO problems (feed, ingest_id, reason, "row", "column", period, found, expected, lost)
      SELECT ${feed}, ${ingest}, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6
      FROM json_each(${JSON.stringify(rows)}) WHERE true
      ON CONFLICT DO NOTHING`);
  });
}
