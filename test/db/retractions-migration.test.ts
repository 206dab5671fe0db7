/** The migration that adds retractions copies the revisions of earlier versions. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";

test("revisions of earlier versions stay, and a revision may have no value", () => {
  const database = new DatabaseSync(":memory:");
  const names = readdirSync("migrations").sort();
  const at = names.findIndex((name) => name.endsWith("_retractions.sql"));
  const apply = (name: string) => database.exec(readFileSync(join("migrations", name), "utf8"));
  names.slice(0, at).forEach(apply);
  const ingest = "INSERT INTO ingests (id, feed, flow_id, raw_key, rank, arrived_at, stats) VALUES";
  database.exec(`${ingest} (1, 'f', 'a', 'a', '1', '', '{}'), (2, 'f', 'b', 'b', '2', '', '{}');
    INSERT INTO series (id, feed, key, dimensions) VALUES (1, 'f', '[]', '{}');
    INSERT INTO revisions (feed, period, series_id, variable, value, ingest_id, superseded_by)
      VALUES ('f', '2026-11-20', 1, 'price', 20.25, 1, 2)`);
  const revisions = () => database.prepare("SELECT period, value, ingest_id, superseded_by FROM revisions").all();
  const before = revisions();
  names.slice(at).forEach(apply);
  expect(revisions()).toEqual(before);
  expect(before).toEqual([{ period: "2026-11-20", value: 20.25, ingest_id: 1, superseded_by: 2 }]);
  database.exec("INSERT INTO revisions VALUES ('f', '2026-11-21', 1, 'price', NULL, 1, 2)");
  expect(() => database.exec("INSERT INTO revisions VALUES ('f', '2026-11-22', 9, 'price', 1, 1, 2)")).toThrow();
});
