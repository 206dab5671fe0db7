import { introspectWorkflowInstance } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test } from "vitest";
import { ingestKey } from "../../shared/api/lake-event.ts";
import { flowId } from "../../shared/db/flow-id.ts";
import { instanceId } from "../../shared/db/flows.ts";
import { rawKey } from "../../shared/lake/keys.ts";
import { sha256Hex } from "../../shared/lib/hash.ts";
import { emptyStores } from "../support/empty-stores.ts";
import { asAdmin, ended, flowOf, hub, ingested, migrate, query, request, state } from "../support/hub.ts";
import { type Block, type City, publication, revisedCities, someCities } from "../support/sniim.ts";

// `emptyStores` empties every store except the state of Workflows, so the tests must request different flows.
let testNumber = 0;

async function newWorld(): Promise<void> {
  await emptyStores();
  await migrate();
  testNumber++;
}

beforeEach(newWorld);

const days = ["2025-01-03", "2025-01-06", "2025-01-08", "2025-01-10"] as const;
const block = (index: 0 | 1 | 2 | 3, cities: readonly City[] = someCities(4)): Block => ({ day: days[index], cities });

interface File {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A publication whose name contains its last day. */
function file(blocks: readonly Block[], suffix = ""): File {
  const [year, month, day] = (blocks.at(-1)?.day ?? "").split("-");
  return { name: `Leche${day}${month}${year}${suffix}`, bytes: publication(blocks) };
}

const nameHere = ({ name }: File) => `${name}-${testNumber}.xlsx`;
const take = (given: File) => ingested(nameHere(given), given.bytes);

test("a publication is written to the lake, the database and the history in KV", async () => {
  expect(await take(file([block(0)]))).toMatchObject({ state: "done", reason: null });
  const listed = await hub.lake.list();
  expect(listed.objects.map((object) => object.key.replace(/[0-9a-f]{16}/, "…"))).toEqual([
    "clean/sniim-milk/_SUCCESS",
    "clean/sniim-milk/year=2025/month=01/day=03/part.parquet",
    `raw/sniim-milk/…-Leche03012025-${testNumber}.xlsx`,
  ]);
  expect(await query("SELECT count(*) AS facts FROM observations")).toEqual([{ facts: 16 }]);
  expect(JSON.parse((await hub.snapshots.get("history:milk-mx")) ?? "")).toMatchObject({
    periods: ["2025-01-03"],
    dimensions: ["Estado", "Ciudad", "Tipo", "Canal"],
  });
});

describe("the order in which publications arrive", () => {
  // The second publication revises the first day, lacks one city and adds another.
  const revised = revisedCities(4);
  const files = [
    file([block(0), block(1)]),
    file([block(0, revised), block(1), block(2)]),
    file([block(0, revised.slice(0, 3)), block(1), block(2), block(3, someCities(5))]),
  ];
  const orders = [
    [0, 1, 2],
    [2, 1, 0],
    [1, 2, 0, 1],
    [2, 0, 0, 1, 2],
  ];

  test("does not change facts, parquet, _SUCCESS or history", async () => {
    const ends = [];
    for (const order of orders) {
      for (const index of order) expect(await take(files[index] ?? file([]))).toMatchObject({ state: "done" });
      ends.push(await state());
      await newWorld();
    }
    for (const end of ends) expect(end).toEqual(ends[0]);
  });

  test("a newer publication revises the older even if the older arrives later, and the revision names both", async () => {
    const expected = { value: 20, was: "Leche06012025", by: "Leche08012025" };
    const sql = `SELECT r.value, substr(o.raw_key, 33, 13) AS was, substr(n.raw_key, 33, 13) AS by FROM revisions r
      JOIN ingests o ON o.id = r.ingest_id JOIN ingests n ON n.id = r.superseded_by ORDER BY r.value LIMIT 1`;
    for (const order of [
      [0, 1],
      [1, 0],
    ]) {
      for (const index of order) await take(files[index] ?? file([]));
      expect(await query(sql)).toEqual([expected]);
      expect(await query("SELECT min(value) AS low FROM observations WHERE period = '2025-01-03'")).toEqual([
        { low: 21 },
      ]);
      await newWorld();
    }
  });

  test("a value that a newer publication omits remains", async () => {
    for (const index of [1, 2]) await take(files[index] ?? file([]));
    const facts = await query("SELECT count(*) AS facts FROM observations WHERE period = '2025-01-03'");
    expect(facts).toEqual([{ facts: 16 }]);
  });

  test("a publication between two others does not change a value that both state", async () => {
    const [a, b, c] = [
      file([block(0), block(1)]),
      file([block(0, revised), block(1), block(2)]),
      file([block(0), block(1), block(2), block(3)]),
    ];
    for (const each of [a, c, b]) await take(each);
    expect(await query("SELECT min(value) AS low FROM observations WHERE period = '2025-01-03'")).toEqual([
      { low: 20 },
    ]);
  });
});

test("the same file twice is two arrivals, and the second changes no fact and no file of the lake", async () => {
  const given = file([block(0), block(1)]);
  const { id: first } = await take(given);
  const clean = async () => (await hub.lake.list({ prefix: "clean/" })).objects.map(({ key, etag }) => [key, etag]);
  const [before, files] = [await state(), await clean()];
  const again = await asAdmin(`/feeds/sniim-milk/files/${nameHere(given)}`, { method: "PUT", body: given.bytes });
  expect(again.status).toBe(202);
  const second = await again.json<{ flow: string; known: boolean; key: string }>();
  expect(second).toMatchObject({ known: true, state: "queued", key: expect.stringMatching(/\.2-Leche06012025/) });
  expect(second.flow).not.toBe(first);
  expect(await ended(second.flow)).toMatchObject({
    state: "done",
    stats: { ingest: 2, revisions: 0, filesWritten: 0 },
  });
  expect([await state(), await clean()]).toEqual([before, files]);
  expect(await query("SELECT id FROM ingests ORDER BY id")).toEqual([{ id: 1 }, { id: 2 }]);
});

test("the notification of R2 and the message of the hub for one object start one run", async () => {
  const { id } = await take(file([block(0)]));
  const [object] = (await hub.lake.list({ prefix: "raw/" })).objects;
  const event = {
    account: "a",
    action: "PutObject",
    bucket: "almanac-lake",
    object: { key: object?.key ?? "", size: 1, eTag: object?.etag ?? "" },
    eventTime: "2025-01-03T12:00:00Z",
  };
  await hub.events.send(event);
  await hub.events.send(event);
  await scheduler.wait(1_000);
  expect(await query(`SELECT id, attempt FROM flow_runs WHERE key LIKE '%-${testNumber}.xlsx@%'`)).toEqual([
    { id, attempt: 1 },
  ]);
  expect((await flowOf(id)).steps.every(({ tries }) => tries === 1)).toBe(true);
});

test("a publication without a fifth of the series is held, and is ingested once a person releases it", async () => {
  await take(file([block(0)]));
  const before = await state();
  const held = await take(file([block(0, someCities(3)), block(1, someCities(3))]));
  expect(held).toMatchObject({
    state: "held",
    reason: expect.stringContaining("4 of 16 known series are missing (25 %)"),
  });
  expect(await state()).toEqual(before);
  expect((await asAdmin(`/flows/${held.id}/release`, { method: "POST" })).status).toBe(202);
  expect(await ended(held.id)).toMatchObject({ state: "done", attempt: 2 });
  expect(await query("SELECT max(period) AS last FROM observations")).toEqual([{ last: "2025-01-06" }]);
});

test("a publication of mostly unreadable prices is held with the most frequent reason", async () => {
  const bad = someCities(4).map((city): City => ({ ...city, prices: ["s/d", "s/d", 0, 20] }));
  expect(await take(file([block(0, bad)]))).toMatchObject({
    state: "held",
    reason: expect.stringContaining("75 % of the values were rejected"),
  });
});

test("a file that is not a workbook fails, and the reason shows its first bytes", async () => {
  const flow = await ingested(`Leche03012025-${testNumber}.xlsx`, new TextEncoder().encode("<html>Not found</html>"));
  expect(flow).toMatchObject({
    state: "failed",
    reason: expect.stringContaining('not-a-workbook: found 22 bytes starting with "<html>'),
  });
  expect((await hub.lake.list({ prefix: "raw/" })).objects.length).toBe(1);
});

/**
 * Returns the flow and the Workflow that an upload of these bytes starts. The etag of local R2 is the MD5 of the
 * content.
 */
async function foretell({ bytes, ...given }: File) {
  const md5 = Array.from(new Uint8Array(await crypto.subtle.digest("MD5", bytes)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
  const key = rawKey({ feed: "sniim-milk", name: nameHere({ bytes, ...given }), arrival: 1 }, sha256Hex(bytes));
  const id = flowId(ingestKey({ feed: "sniim-milk", key, etag: md5 }));
  return { id, instance: instanceId({ id, kind: "ingest", attempt: 1 }) };
}

test("a step that fails once at any place is retried, and the result is the same", async () => {
  const given = file([block(0), block(1)]);
  await take(given);
  const expected = await state();
  for (const step of ["parse", "take lease", "lake", "database", "history"]) {
    await newWorld();
    const { instance } = await foretell(given);
    await using introspected = await introspectWorkflowInstance(env.INGEST_FLOW, instance);
    await introspected.modify(async (modify) => {
      await modify.disableRetryDelays();
      await modify.mockStepError({ name: step }, new Error("the network is down"), 1);
    });
    expect(await take(given)).toMatchObject({ state: "done" });
    expect(await state()).toEqual(expected);
  }
});

test("a flow whose step has no retries left fails with the reason, and a retry of the flow completes it", async () => {
  const given = file([block(0)]);
  const { id, instance } = await foretell(given);
  {
    await using introspected = await introspectWorkflowInstance(env.INGEST_FLOW, instance);
    await introspected.modify(async (modify) => {
      await modify.disableRetryDelays();
      await modify.mockStepError({ name: "lake" }, new Error("R2 is down"));
    });
    expect(await take(given)).toMatchObject({
      id,
      state: "failed",
      reason: expect.stringContaining("R2 is down"),
    });
  }
  expect(await query("SELECT holder FROM feed_turns")).toEqual([{ holder: null }]);
  expect((await asAdmin(`/flows/${id}/retry`, { method: "POST" })).status).toBe(202);
  expect(await ended(id)).toMatchObject({ state: "done", attempt: 2 });
  expect((await request(`/flows/${id}/retry`, { method: "POST" })).status).toBe(401);
});

test("a file whose flow failed is ingested when it is uploaded again, as a new arrival", async () => {
  const given = file([block(0)]);
  const { id, instance } = await foretell(given);
  {
    await using introspected = await introspectWorkflowInstance(env.INGEST_FLOW, instance);
    await introspected.modify(async (modify) => {
      await modify.disableRetryDelays();
      await modify.mockStepError({ name: "parse" }, new Error("R2 is down"));
    });
    expect(await take(given)).toMatchObject({ id, state: "failed" });
  }
  const again = await take(given);
  expect(again).toMatchObject({ state: "done", attempt: 1 });
  expect(again.id).not.toBe(id);
});

test("the next publication restores a lost or changed file of the lake, and deletes a file without a partition", async () => {
  await take(file([block(0), block(1)]));
  const expected = await state();
  const part = (day: string) => `clean/sniim-milk/year=2025/month=01/day=${day}/part.parquet`;
  await hub.lake.delete(part("03"));
  await hub.lake.put(part("06"), "spoilt");
  await hub.lake.put(part("31"), "stray");
  // Another file with the same facts.
  await take(file([block(0), block(1)], "-bis"));
  expect(await state()).toEqual(expected);
});
