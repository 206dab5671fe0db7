/** Whether the database of a state folder has every migration, without wrangler, which needs seconds to answer. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/**
 * Returns false if it cannot be known: there is no database, several, or one that cannot be read. wrangler then migrates it, or
 * reports what is wrong with it.
 * @param simulatorState folder of wrangler's `--persist-to`
 * @param migrations folder of the SQL files
 */
export function isMigrated(simulatorState: string, migrations: string): boolean {
  const folder = join(simulatorState, "v3", "d1");
  try {
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
    const [name, ...others] = files.filter((file) => /[0-9a-f]{64}\.sqlite$/.test(file));
    if (name === undefined || others.length > 0) return false;
    const applied = appliedTo(join(folder, name));
    return readdirSync(migrations).every((file) => !file.endsWith(".sql") || applied.has(file));
  } catch {
    return false;
  }
}

function appliedTo(file: string): ReadonlySet<string> {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const rows = database.prepare("SELECT name FROM d1_migrations").all();
    return new Set(rows.map(({ name }) => String(name)));
  } finally {
    database.close();
  }
}
