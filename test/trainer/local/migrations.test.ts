import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { afterAll, beforeAll, expect, test } from "vitest";
import { applyMigrations } from "../../../trainer/local/migrations.ts";

const folder = mkdtempSync(join(tmpdir(), "almanac-migrations-"));
const worker = {
  name: "hub",
  modules: true,
  script: "export default {}",
  d1Databases: ["EMPTY", "FAILING", "STARTED"],
};
const miniflare = new Miniflare(convertV4MiniflareOptions({ cf: false, workers: [worker] }));
beforeAll(() => miniflare.ready);
afterAll(async () => {
  await miniflare.dispose();
  rmSync(folder, { recursive: true, force: true });
});

const write = (name: string, sql: string) => writeFileSync(join(folder, name), sql);
write("0002_second.sql", "-- a comment; it has a semicolon\nALTER TABLE facts ADD COLUMN note TEXT;");
write(
  "0001_first.sql",
  `CREATE TABLE facts (value TEXT NOT NULL); -- of a period
  CREATE TRIGGER only_once BEFORE UPDATE ON facts BEGIN
    SELECT RAISE(ABORT, 'a fact is stored once; it does not change');
  END;
  INSERT INTO facts VALUES ('first; with a semicolon');`,
);
write("README.md", "not a migration");

async function rowsOf(database: Awaited<ReturnType<Miniflare["getD1Database"]>>, sql: string): Promise<unknown[]> {
  return (await database.prepare(sql).all()).results;
}

test("an empty database gets every migration in order and once, with triggers and comments", async () => {
  const database = await miniflare.getD1Database("EMPTY");
  expect(await applyMigrations(database, folder)).toEqual(["0001_first.sql", "0002_second.sql"]);
  expect(await rowsOf(database, "SELECT * FROM facts")).toEqual([{ value: "first; with a semicolon", note: null }]);
  await expect(database.prepare("UPDATE facts SET value = ''").run()).rejects.toThrow("a fact is stored once");
  expect(await applyMigrations(database, folder)).toEqual([]);
});

test("a database that wrangler has begun to migrate gets the others, and a later migration of it stays", async () => {
  const database = await miniflare.getD1Database("STARTED");
  await database.exec(
    "CREATE TABLE d1_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)",
  );
  await database.exec("CREATE TABLE facts (value TEXT NOT NULL)");
  await database.exec("INSERT INTO d1_migrations (name) VALUES ('0001_first.sql'), ('0009_of_a_later_version.sql')");
  expect(await applyMigrations(database, folder)).toEqual(["0002_second.sql"]);
  expect(await rowsOf(database, "SELECT name FROM d1_migrations ORDER BY id")).toEqual([
    { name: "0001_first.sql" },
    { name: "0009_of_a_later_version.sql" },
    { name: "0002_second.sql" },
  ]);
});

test("a migration that fails leaves no trace, is not recorded, and is applied once it is corrected", async () => {
  const database = await miniflare.getD1Database("FAILING");
  write("0003_third.sql", "CREATE TABLE others (value TEXT); INSERT INTO nowhere VALUES (1);");
  await expect(applyMigrations(database, folder)).rejects.toThrow("no such table: nowhere");
  const names = "SELECT name FROM d1_migrations UNION ALL SELECT name FROM sqlite_master WHERE name = 'others'";
  expect(await rowsOf(database, names)).toEqual([{ name: "0001_first.sql" }, { name: "0002_second.sql" }]);
  write("0003_third.sql", "CREATE TABLE others (value TEXT);");
  expect(await applyMigrations(database, folder)).toEqual(["0003_third.sql"]);
});
