/** Rows of reports and scores: what counts, what is listed, and two runs that score a period at once. */
import { sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { beforeEach, expect, test } from "vitest";
import type { Database } from "../../shared/db/database.ts";
import { findReport, listPublished, markPredicted, markPublished, requestRevision } from "../../shared/db/reports.ts";
import * as schema from "../../shared/db/schema.ts";
import { listScoreSums, saveScores } from "../../shared/db/scores.ts";
import { noSums } from "../../shared/track-record/score-sums.ts";
import { D1InNode } from "../support/d1-in-node.ts";

const at = "2026-11-20T18:00:00.000Z";
const predictions = { key: "k", bytes: 10, sha256: "a".repeat(64) };
const predicted = { version: "v1", target: "2026-11-23", predictions, summary: [], at };

let db: Database;
beforeEach(() => {
  // Drizzle reads only these members of a D1 database.
  db = drizzle(new D1InNode() as unknown as Parameters<typeof drizzle>[0], { schema });
});

const request = (origin: string, { forecast = "milk-mx", history = 1 } = {}) =>
  requestRevision(db, { forecast, origin, history, change: 1, reason: "publication", at });

async function publish(origin: string, { forecast = "milk-mx", history = 1, publishedAt = at } = {}) {
  const row = await request(origin, { forecast, history });
  await markPredicted(db, row, predicted);
  await markPublished(db, row, { files: [], at: publishedAt, isBeforeTarget: true });
  return (await findReport(db, row))?.counts;
}

test("a report counts only if no later period was known: not even one whose publication was withdrawn since", async () => {
  expect(await publish("2026-11-18")).toBe("headline");
  expect(await publish("2026-11-18", { history: 2 })).toBe("revision");
  await request("2026-11-23");
  // The withdrawal has made 2026-11-20 the last period again.
  expect(await publish("2026-11-20", { history: 3 })).toBe("backfill");
});

test("a list without some forecasts has as many reports as it may have", async () => {
  await publish("2026-11-18", { publishedAt: "2026-11-18T18:00:00.000Z" });
  for (const origin of ["2026-11-19", "2026-11-20"]) await publish(origin, { forecast: "customers" });
  const listed = await listPublished(db, { without: ["customers"], limit: 1 });
  expect(listed.map(({ forecast, origin }) => [forecast, origin])).toEqual([["milk-mx", "2026-11-18"]]);
  expect(await listPublished(db, { without: [], limit: 5 })).toHaveLength(3);
});

test("of two runs that score a period at once, the sums are those of the newest revision, in any order", async () => {
  const target = "2026-11-20";
  const save = (revision: number, hash: string, loss: number) => {
    const row = { forecast: "milk-mx", target, revision, key: `k${revision}`, madeFrom: hash.repeat(64), scoredAt: at };
    const sums = { ...noSums, target, step: 1, set: "series", rows: 1, loss, compared: 1 };
    return saveScores(db, { ...row, bytes: 10, sha256: "b".repeat(64) }, [sums]);
  };
  const losses = async () =>
    (await listScoreSums(db, { forecast: "milk-mx", set: "series", step: 1 })).map(({ loss }) => loss);
  await save(2, "b", 2);
  await save(1, "a", 1);
  expect(await losses()).toEqual([2]);
  // A run that finds its revision taken by other values changes nothing.
  await save(2, "c", 3);
  expect(await losses()).toEqual([2]);
  await save(3, "d", 4);
  expect(await losses()).toEqual([4]);
  expect(await db.all(sql`SELECT revision FROM scored ORDER BY revision`)).toHaveLength(3);
});
