/** A purchase that a later file states as failed, or of another customer, is not counted, until that file is withdrawn. */
import { beforeEach, expect, test } from "vitest";
import { panelOfHistory } from "../../shared/api/history.ts";
import { transactionsJson } from "../../shared/feeds/transactions-json.ts";
import { readParquet } from "../../shared/lake/parquet.ts";
import { readSuccess } from "../../shared/lake/success.ts";
import { emptyStores } from "../support/empty-stores.ts";
import { hub, migrate, query, state } from "../support/hub.ts";
import { ingestHere } from "../support/ingest-here.ts";
import { withdrawHere } from "../support/withdraw-here.ts";

beforeEach(async () => {
  await emptyStores();
  await migrate();
});

const feed = transactionsJson.id;
const line = (transaction_id: string, customer_id: number, more: object = {}) => ({
  transaction_id,
  customer_id,
  amount: 250.5,
  currency: "USD",
  timestamp: "2026-10-18T14:32:00Z",
  payment_method: "Cash",
  status: "Completed",
  ...more,
});
const october = [line("T1", 1), line("T2", 1, { amount: 20 }), line("T3", 2)];
const november = { timestamp: "2026-11-03T09:00:00Z" };
/** Files by name, in the order of their arrival. */
const files = {
  october,
  failed: [line("T1", 1, { status: "Failed" })],
  moved: [line("T1", 2, november), line("T2", 2, { amount: 20 })],
  again: [line("T1", 1, { amount: 99 })],
} as const;
type Name = keyof typeof files;
const names: readonly string[] = Object.keys(files);

type Step = (name: string, work: () => Promise<unknown>) => Promise<unknown>;

/** Runs every step twice, as after a crash before its result was recorded. */
const twice: Step = async (name, work) => {
  const result = await work();
  return name.startsWith("take lease") ? result : work();
};

async function take(name: Name, step?: Step): Promise<number> {
  const arrivedAt = new Date(`2026-11-2${names.indexOf(name)}T08:00:00Z`);
  const bytes = new TextEncoder().encode(JSON.stringify(files[name]));
  const outcome = await ingestHere(hub, { feed, name: `${name}.json`, bytes, arrivedAt }, step);
  expect(outcome, name).toMatchObject({ state: "done" });
  return Number(outcome.stats?.ingest);
}

const takeBack = (ingest: number) => withdrawHere(ingest, hub, (_, work) => work(), feed);

/** Returns the number of purchases of each customer in the history that predictions read. */
async function purchases(): Promise<Record<string, number>> {
  const { series } = panelOfHistory(JSON.parse((await hub.snapshots.get("history:customers")) ?? ""));
  return Object.fromEntries(series.map(({ is, timeline }) => [is.join(), timeline?.target.times.length ?? 0]));
}

/** Returns the amounts in the files of the lake, which training reads, by their series. */
async function amounts(): Promise<Record<string, number>> {
  const success = await hub.lake.get(`clean/${feed}/_SUCCESS`);
  const facts = [];
  for (const path of readSuccess((await success?.text()) ?? "").keys()) {
    const object = await hub.lake.get(`clean/${feed}/${path}/part.parquet`);
    facts.push(...(await readParquet(transactionsJson, new Uint8Array((await object?.arrayBuffer()) ?? []))));
  }
  return Object.fromEntries(
    facts.filter(({ variable }) => variable === "amount").map(({ series, value }) => [series, value]),
  );
}

test("a failed purchase leaves the history and the lake, and withdrawing the file brings it back", async () => {
  await take("october");
  const before = await state();
  expect(await purchases()).toEqual({ 1: 2, 2: 1 });
  const ingest = await take("failed");
  expect(await purchases()).toEqual({ 1: 1, 2: 1 });
  expect(await amounts()).toEqual({ '["1","T2"]': 20, '["2","T3"]': 250.5 });
  expect(await query("SELECT variable, value, superseded_by FROM revisions ORDER BY variable")).toEqual([
    { variable: "amount", value: 250.5, superseded_by: ingest },
    { variable: "payment_method", value: 0, superseded_by: ingest },
    { variable: "second_of_day", value: 52_320, superseded_by: ingest },
  ]);
  expect(await query(`SELECT reason, period, found FROM problems WHERE ingest_id = ${ingest}`)).toEqual([
    {
      reason: "retracted-value",
      period: "2026-10-18",
      found: "no value of amount, 1, T1, for which ingest 1 has 250.5",
    },
  ]);
  expect(await takeBack(ingest)).toMatchObject({ state: "done" });
  expect(await purchases()).toEqual({ 1: 2, 2: 1 });
  expect(await state()).toEqual(before);
  expect(await query("SELECT count(*) AS count FROM retractions")).toEqual([{ count: 0 }]);
});

test("a purchase that moves to another customer and month counts once, also if every step runs twice, and a later file states it again", async () => {
  await take("october");
  await take("moved", twice);
  expect(await purchases()).toEqual({ 2: 3 });
  expect(await query("SELECT count(*) AS count FROM retractions")).toEqual([{ count: 6 }]);
  expect(await amounts()).toEqual({ '["2","T1"]': 250.5, '["2","T2"]': 20, '["2","T3"]': 250.5 });
  await take("again");
  expect(await purchases()).toEqual({ 1: 1, 2: 2 });
  expect(await amounts()).toEqual({ '["1","T1"]': 99, '["2","T2"]': 20, '["2","T3"]': 250.5 });
  // November has no purchase any more, so it has no file.
  expect(await query("SELECT path, rows FROM partitions")).toEqual([{ path: "year=2026/month=10", rows: 9 }]);
  expect((await hub.lake.list({ prefix: `clean/${feed}/year=2026/month=11` })).objects).toEqual([]);
});

test("a publication that was retracted whole is restored by a withdrawal", async () => {
  await take("failed");
  expect(await query("SELECT count(*) AS count FROM partitions")).toEqual([{ count: 0 }]);
  const again = await take("again");
  expect(await amounts()).toEqual({ '["1","T1"]': 99 });
  await takeBack(again);
  expect(await query("SELECT count(*) AS count FROM observations")).toEqual([{ count: 0 }]);
  expect(await query("SELECT count(*) AS count FROM retractions")).toEqual([{ count: 1 }]);
});

test.each([
  // The newest file of T1 is `again`, of T2 `moved`.
  { order: ["moved", "failed", "october", "again"], withdrawn: [], T1: [1, 99], T2: 2 },
  // Only `october` and `failed` are left.
  { order: ["moved", "again", "failed", "october"], withdrawn: ["again", "moved"], T1: null, T2: 1 },
] as const)(
  "the newest file of a purchase counts after $order without $withdrawn",
  async ({ order, withdrawn, T1, T2 }) => {
    const ingests = new Map<Name, number>();
    for (const name of order) ingests.set(name, await take(name));
    for (const name of withdrawn) await takeBack(ingests.get(name) ?? 0);
    const counted = { ...(T1 && { [`["${T1[0]}","T1"]`]: T1[1] }), [`["${T2}","T2"]`]: 20, '["2","T3"]': 250.5 };
    expect(await amounts()).toEqual(counted);
    const stored = await query(
      "SELECT s.key, o.value FROM observations o JOIN series s ON s.id = o.series_id WHERE variable = 'amount'",
    );
    expect(
      Object.fromEntries((stored as { key: string; value: number }[]).map(({ key, value }) => [key, value])),
    ).toEqual(counted);
  },
);

test("a flow that an earlier version interrupted after the lake, which had no retractions, ends with them in lake and database", async () => {
  await take("october");
  const finished = new Map<string, unknown>([["lake", { filesWritten: 0, filesHealed: 0 }]]);
  const durable = async (name: string, work: () => Promise<unknown>) => {
    if (!finished.has(name)) finished.set(name, await work());
    return finished.get(name);
  };
  const dies = (name: string, work: () => Promise<unknown>) => {
    if (name === "database") throw new Error("killed");
    return name.startsWith("release lease") ? Promise.resolve(null) : durable(name, work);
  };
  await expect(take("failed", dies)).rejects.toThrow("killed");
  await take("failed", durable);
  expect(await amounts()).toEqual({ '["1","T2"]': 20, '["2","T3"]': 250.5 });
  expect(await purchases()).toEqual({ 1: 1, 2: 1 });
  const [partition] = await query("SELECT rows, etag FROM partitions");
  const file = await hub.lake.head(`clean/${feed}/year=2026/month=10/part.parquet`);
  expect(partition).toEqual({ rows: 6, etag: file?.etag });
});

test("a file that retracts most of its purchases is held, and they stay in use", async () => {
  const eight = (more: object) => JSON.stringify(Array.from({ length: 8 }, (_, at) => line(`T${at}`, 1, more)));
  const arrive = (name: string, text: string) => ingestHere(hub, { feed, name, bytes: new TextEncoder().encode(text) });
  await arrive("bought.json", eight({}));
  expect(await arrive("failed.json", eight({ status: "Failed" }))).toMatchObject({
    state: "held",
    reason: "8 of its 8 series lose a stored value (100 %); the limit is 5 %",
  });
  expect(await purchases()).toEqual({ 1: 8 });
});
