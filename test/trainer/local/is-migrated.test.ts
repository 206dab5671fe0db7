import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, expect, test } from "vitest";
import { isMigrated } from "../../../trainer/local/is-migrated.ts";

const folder = mkdtempSync(join(tmpdir(), "almanac-migrated-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const migrations = join(folder, "migrations");
mkdirSync(migrations);
for (const name of ["0001_first.sql", "0002_second.sql", "README.md"]) writeFileSync(join(migrations, name), "");

let states = 0;
/** Makes a state folder whose database has these migrations; without a list it has no database. */
function stateWith(applied: readonly string[] | null, more: Readonly<Record<string, string>> = {}): string {
  const state = join(folder, `state ${++states}`);
  const d1 = join(state, "v3", "d1", "miniflare-D1DatabaseObject");
  mkdirSync(d1, { recursive: true });
  if (applied !== null) {
    const database = new DatabaseSync(join(d1, `${"a".repeat(64)}.sqlite`));
    database.exec("CREATE TABLE d1_migrations (id INTEGER PRIMARY KEY, name TEXT)");
    const insert = database.prepare("INSERT INTO d1_migrations (name) VALUES (?)");
    for (const name of applied) insert.run(name);
    database.close();
  }
  for (const [name, text] of Object.entries(more)) writeFileSync(join(d1, name), text);
  return state;
}

const all = ["0001_first.sql", "0002_second.sql"];

test("a database with every migration is not migrated again, also if it is from a later version", () => {
  expect(isMigrated(stateWith(all), migrations)).toBe(true);
  expect(isMigrated(stateWith([...all, "0003_later.sql"], { "metadata.sqlite": "other" }), migrations)).toBe(true);
});

test("a database that lacks a migration, is damaged, missing or not the only one is migrated", () => {
  expect(isMigrated(stateWith(all.slice(0, 1)), migrations)).toBe(false);
  expect(isMigrated(stateWith(null), migrations)).toBe(false);
  expect(isMigrated(join(folder, "nowhere"), migrations)).toBe(false);
  expect(isMigrated(stateWith(null, { [`${"b".repeat(64)}.sqlite`]: "garbage".repeat(1_000) }), migrations)).toBe(
    false,
  );
  expect(isMigrated(stateWith(all, { [`${"b".repeat(64)}.sqlite`]: "" }), migrations)).toBe(false);
});
