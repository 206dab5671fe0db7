/** The database port: Drizzle over SQLite with D1's one-transaction batches. `drizzle(env.DB, { schema })` satisfies it. */

import type { BatchItem } from "drizzle-orm/batch";
import type { BaseSQLiteDatabase } from "drizzle-orm/sqlite-core";
import type * as schema from "./schema.ts";

export interface Written {
  readonly meta: { readonly changes?: number };
}

type Orm = BaseSQLiteDatabase<"async", Written, typeof schema>;

export interface Database
  extends Pick<Orm, "all" | "delete" | "get" | "insert" | "query" | "run" | "select" | "selectDistinct" | "update"> {
  batch(statements: readonly [Statement, ...Statement[]]): Promise<unknown>;
}

export type Statement = BatchItem<"sqlite">;

/** Runs statements as one transaction; none is no transaction. */
export async function runBatch(db: Database, statements: readonly Statement[]): Promise<void> {
  const [first, ...rest] = statements;
  if (first) await db.batch([first, ...rest]);
}

/** Cuts rows into pieces whose JSON stays far below D1's 2 MB a bound parameter. */
export function inPieces<T>(rows: readonly T[], size = 10_000): T[][] {
  const pieces: T[][] = [];
  for (let from = 0; from < rows.length; from += size) pieces.push(rows.slice(from, from + size));
  return pieces;
}
