/**
 * Applies the migrations to the local database. They are recorded in wrangler's table, so that `wrangler d1 migrations` agrees; its own
 * command needs twelve seconds for the same work.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The members of a D1 database that migrations need. */
export interface MigratableDatabase<Statement = unknown> {
  prepare(sql: string): Statement & {
    bind(...values: readonly string[]): Statement;
    all(): Promise<{ readonly results: unknown[] }>;
    run(): Promise<unknown>;
  };
  batch(statements: Statement[]): Promise<unknown>;
}

/** The statement with which wrangler creates its table. */
const createTable = `CREATE TABLE IF NOT EXISTS d1_migrations(
		id         INTEGER PRIMARY KEY AUTOINCREMENT,
		name       TEXT UNIQUE,
		applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
)`;

/**
 * Applies the migrations that the database does not have, in the order of their names, each in one transaction. Returns their names.
 * @param folder the SQL files
 * @throws Error of D1 if a migration fails; the database then has the migrations before it
 */
export async function applyMigrations<Statement>(
  database: MigratableDatabase<Statement>,
  folder: string,
): Promise<string[]> {
  await database.prepare(createTable).run();
  const { results } = await database.prepare("SELECT name FROM d1_migrations").all();
  const applied = new Set((results as { readonly name: string }[]).map(({ name }) => name));
  const files = readdirSync(folder).filter((name) => name.endsWith(".sql"));
  const missing = files.sort().filter((name) => !applied.has(name));
  for (const name of missing) {
    // Local D1 runs all statements of a text.
    const migration = database.prepare(readFileSync(join(folder, name), "utf8"));
    const record = database.prepare("INSERT INTO d1_migrations (name) VALUES (?)").bind(name);
    await database.batch([migration, record]);
  }
  return missing;
}
