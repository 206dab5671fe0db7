/** The database port: Drizzle over SQLite, and D1's one-transaction batches. `drizzle(env.DB, { schema })` satisfies it. */
import type { SQL } from "drizzle-orm";
import { type BaseSQLiteDatabase, SQLiteAsyncDialect } from "drizzle-orm/sqlite-core";
import type * as schema from "./schema.ts";

type Orm = BaseSQLiteDatabase<"async", unknown, typeof schema>;
type OrmMethod = "all" | "delete" | "insert" | "run" | "select" | "selectDistinct" | "update";

export interface Database extends Pick<Orm, OrmMethod> {
  readonly $client: {
    prepare(sql: string): Prepared;
    batch(statements: Prepared[]): Promise<unknown>;
  };
}

interface Prepared {
  bind(...parameters: unknown[]): Prepared;
}

/** One SQL statement with its parameters, not yet run. */
export interface Statement {
  readonly sql: string;
  readonly params: readonly unknown[];
}

const dialect = new SQLiteAsyncDialect();

/** A statement out of Drizzle's `sql` template. (Drizzle's own batch loses the parameters of raw statements on D1.) */
export function statement(query: SQL): Statement {
  return dialect.sqlToQuery(query);
}

/** Runs statements as one transaction. */
export async function runBatch(db: Database, statements: readonly Statement[]): Promise<void> {
  if (statements.length === 0) return;
  await db.$client.batch(statements.map(({ sql, params }) => db.$client.prepare(sql).bind(...params)));
}

/** Cuts rows into pieces whose JSON stays far below D1's 2 MB a bound parameter. */
export function inPieces<T>(rows: readonly T[], size = 10_000): T[][] {
  const pieces: T[][] = [];
  for (let from = 0; from < rows.length; from += size) pieces.push(rows.slice(from, from + size));
  return pieces;
}

/** Cuts items into pieces of at most `sizeMax` in sum; an item that is larger is a piece of its own. */
export function inPiecesOfSize<T>(items: readonly T[], sizeOf: (item: T) => number, sizeMax: number): T[][] {
  const pieces: T[][] = [];
  let size = Number.POSITIVE_INFINITY;
  for (const item of items) {
    if (size + sizeOf(item) > sizeMax) {
      pieces.push([]);
      size = 0;
    }
    pieces.at(-1)?.push(item);
    size += sizeOf(item);
  }
  return pieces;
}
