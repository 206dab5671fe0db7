/** The database port: Drizzle over SQLite with D1's transactional batches. `drizzle(env.DB, { schema })` implements it. */
import type { SQL } from "drizzle-orm";
import { type BaseSQLiteDatabase, SQLiteAsyncDialect } from "drizzle-orm/sqlite-core";
import type * as schema from "./schema.ts";

type Orm = BaseSQLiteDatabase<"async", unknown, typeof schema>;
type OrmMethod = "all" | "delete" | "insert" | "run" | "select" | "selectDistinct" | "update";

export interface Database extends Pick<Orm, OrmMethod> {
  readonly $client: {
    prepare(sql: string): Prepared;
    batch(statements: Prepared[]): Promise<readonly { readonly results: readonly unknown[] }[]>;
  };
}

interface Prepared {
  bind(...parameters: unknown[]): Prepared;
}

/** An SQL statement with its parameters, before it is run. */
export interface Statement {
  readonly sql: string;
  readonly params: readonly unknown[];
}

const dialect = new SQLiteAsyncDialect();

/** Converts Drizzle's `sql` template to a statement. Drizzle's own batch loses the parameters of raw statements on D1. */
export function statement(query: SQL): Statement {
  return dialect.sqlToQuery(query);
}

/** Runs statements in one transaction and one request. Returns the rows of the last statement. */
export async function runBatch<Row>(db: Database, statements: readonly Statement[]): Promise<readonly Row[]> {
  if (statements.length === 0) return [];
  const results = await db.$client.batch(statements.map(({ sql, params }) => db.$client.prepare(sql).bind(...params)));
  return (results.at(-1)?.results ?? []) as readonly Row[];
}

/** Splits rows into pieces whose JSON stays far below D1's limit of 2 MB per bound parameter. */
export function inPieces<T>(rows: readonly T[], size = 10_000): T[][] {
  const pieces: T[][] = [];
  for (let from = 0; from < rows.length; from += size) pieces.push(rows.slice(from, from + size));
  return pieces;
}

/** Splits items into pieces with a total size of at most `sizeMax`. A larger item is a separate piece. */
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
