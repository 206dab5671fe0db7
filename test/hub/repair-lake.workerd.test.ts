/** Tests that the hourly upkeep writes missing, damaged and truncated files of the lake again, without another ingest. */
import { createScheduledController } from "cloudflare:test";
import { beforeEach, expect, test } from "vitest";
import { takeLease } from "../../shared/db/leases.ts";
import { listPartitions } from "../../shared/db/partitions.ts";
import { findFeed } from "../../shared/feeds/index.ts";
import { readSuccess } from "../../shared/lake/success.ts";
import { addDays } from "../../shared/lib/calendar.ts";
import type { Hub } from "../../workers/hub/hub.ts";
import worker from "../../workers/hub/index.ts";
import { repairLake } from "../../workers/hub/ingest/repair-lake.ts";
import { emptyStores } from "../support/empty-stores.ts";
import { hub, migrate, query, state, testEnv } from "../support/hub.ts";
import { ingestHere } from "../support/ingest-here.ts";
import { publication, someCities } from "../support/sniim.ts";

const found = findFeed("sniim-milk");
if (!found) throw new Error("there is no feed sniim-milk");
const milk = found;

const folder = "clean/sniim-milk/";
const pathOf = (day: string) => `year=2025/month=01/day=${day}`;
const partOf = (day: string) => `${folder}${pathOf(day)}/part.parquet`;
const success = `${folder}_SUCCESS`;

beforeEach(async () => {
  await emptyStores();
  await migrate();
  const bytes = publication(["03", "06", "08"].map((day) => ({ day: `2025-01-${day}`, cities: someCities(3) })));
  expect(await ingestHere(hub, { name: "Leche08012025.xlsx", bytes })).toMatchObject({ state: "done" });
  // The test ran the flow. Upkeep would revive it, because no Workflow has recorded its end.
  await testEnv.DB.exec("UPDATE flow_runs SET state = 'done'");
});

const upkeep = () => worker.scheduled(createScheduledController({ cron: "7 * * * *" }), testEnv);

async function bytesOf(key: string): Promise<Uint8Array> {
  const object = await hub.lake.get(key);
  return new Uint8Array((await object?.arrayBuffer()) ?? new ArrayBuffer(0));
}

const replaced = (key: string, change: (bytes: Uint8Array) => Uint8Array) => async () =>
  void (await hub.lake.put(key, change(await bytesOf(key))));

test("upkeep repairs a truncated file of the lake from the database", async () => {
  const before = await state();
  await hub.lake.put(partOf("06"), (await bytesOf(partOf("06"))).slice(0, -100));
  expect(await state()).not.toEqual(before);
  await upkeep();
  await expectRepaired(before);
});

test.each([
  ["a file with one other byte", replaced(partOf("06"), (bytes) => bytes.with(bytes.length - 60, 1))],
  ["missing files and a missing list", () => hub.lake.delete([partOf("03"), partOf("08"), success])],
  ["a truncated list", replaced(success, (bytes) => bytes.slice(0, 200))],
])("a repair replaces %s", async (_, damage) => {
  const before = await state();
  await damage();
  await repairLake(hub, milk);
  await expectRepaired(before);
});

/** Checks that lake and database are as before and agree with each other, and that another run finds nothing. */
async function expectRepaired(before: unknown): Promise<void> {
  expect(await state()).toEqual(before);
  const listed = readSuccess(new TextDecoder().decode(await bytesOf(success)));
  for (const row of await listPartitions(hub.db, milk.id)) {
    expect(listed.get(row.path)).toMatchObject({ etag: row.etag, sha256: row.sha256 });
    expect((await hub.lake.head(`${folder}${row.path}/part.parquet`))?.etag).toBe(row.etag);
  }
  expect(await repairLake(hub, milk)).toEqual([]);
  expect(await query("SELECT holder FROM feed_turns")).toEqual([{ holder: null }]);
}

/** Returns a hub on which reading one object gives `body`, with the metadata of the intact object. Counts the reads. */
function reading(key: string, body: () => ReadableStream): { readonly on: Hub; readonly reads: string[] } {
  const reads: string[] = [];
  const lake = new Proxy(hub.lake, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      if (name !== "get") return value.bind(target);
      return async (wanted: string) => {
        reads.push(wanted);
        const object = await target.get(wanted);
        if (wanted !== key || object === null) return object;
        await object.body.cancel();
        return { etag: object.etag, size: object.size, body: body() };
      };
    },
  });
  return { on: { ...hub, lake }, reads };
}

test.each([
  ["whose disk lost its end", () => new Blob([new Uint8Array(40)]).stream()],
  [
    "that cannot be read",
    () => new ReadableStream({ start: (stream) => stream.error(new Error("the disk is broken")) }),
  ],
])("a file %s is written again although its ETag is the recorded one", async (_, body) => {
  const key = partOf("06");
  const old = await hub.lake.head(key);
  const { on } = reading(key, body);
  expect(await repairLake(on, milk)).toEqual([pathOf("06")]);
  const now = await hub.lake.head(key);
  expect(now?.etag).toBe(old?.etag);
  expect(now?.version).not.toBe(old?.version);
});

test("the bytes of an intact lake are read once in each run, and nothing is written", async () => {
  const { on, reads } = reading("", () => new Blob([]).stream());
  const before = await hub.lake.list({ prefix: folder });
  expect(await repairLake(on, milk)).toEqual([]);
  expect(reads.sort()).toEqual([success, ...["03", "06", "08"].map(partOf)].sort());
  const after = await hub.lake.list({ prefix: folder });
  expect(after.objects.map(({ version }) => version)).toEqual(before.objects.map(({ version }) => version));
});

test("a lake of thousands of files is read in turns, and a missing file is found in any of them", async () => {
  const days = Array.from({ length: 1_500 }, (_, at) => addDays("2020-01-01", at));
  const rows = days.map((day) => {
    const [year, month, date] = day.split("-");
    return `year=${year}/month=${month}/day=${date}`;
  });
  await testEnv.DB.prepare(
    `INSERT INTO partitions (feed, path, rows, content, sha256, etag)
     SELECT 'sniim-milk', value, 1, 'x', 'x', 'e' FROM json_each(?)`,
  )
    .bind(JSON.stringify(rows))
    .run();
  const first = partOf("03");
  const lake = new Proxy(hub.lake, {
    get(target, name) {
      if (name === "list") {
        const objects = rows.map((path) => ({ key: `${folder}${path}/part.parquet`, etag: "e" }));
        return async () => ({ objects, truncated: false });
      }
      if (name === "get")
        return async (key: string) => {
          reads.add(key);
          return key === success ? target.get(key) : null;
        };
      return Reflect.get(target, name);
    },
  });
  const reads = new Set<string>();
  const hours = [0, 1].map((hour) => new Date(Date.parse("2026-11-29T10:00:00Z") + hour * 3_600_000));
  const counts: number[] = [];
  for (const now of hours) {
    const before = reads.size;
    // Another run changes the feed, so nothing is repaired here.
    await takeLease(hub.db, milk.id, "an ingest", now);
    expect(await repairLake({ ...hub, lake, now: () => now }, milk)).toEqual([]);
    counts.push(reads.size - before);
  }
  expect(counts.sort((a, b) => a - b)).toEqual([500, 1_001]);
  expect(reads.has(first)).toBe(false);
});

test("while an ingest changes the feed, upkeep changes nothing, and repairs the lake in the next hour", async () => {
  const before = await state();
  await hub.lake.delete(partOf("06"));
  await takeLease(hub.db, milk.id, "an ingest", hub.now());
  const damaged = await state();
  expect(await repairLake(hub, milk)).toEqual([]);
  expect(await state()).toEqual(damaged);
  const later = { ...hub, now: () => new Date(hub.now().getTime() + 3_600_000) };
  expect(await repairLake(later, milk)).toEqual([pathOf("06")]);
  expect(await state()).toEqual(before);
});
