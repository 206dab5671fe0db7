/** A withdrawn publication leaves no trace: facts return to what the other publications say. */
import { beforeEach, expect, test } from "vitest";
import { type Hub, hubOf } from "../../workers/hub/hub.ts";
import { emptyStores } from "../support/empty-stores.ts";
import { asAdmin, ended, hub, migrate, query, request, state, testEnv } from "../support/hub.ts";
import { type ArrivedFile, ingestHere } from "../support/ingest-here.ts";
import { publication, revisedCities, someCities } from "../support/sniim.ts";
import { withdrawHere } from "../support/withdraw-here.ts";

async function newWorld() {
  await emptyStores();
  await migrate();
}
beforeEach(newWorld);

const block = (day: string, cities = someCities(4)) => ({ day: `2026-11-${day}`, cities });
/** Publications of milk. `b` revises a price of the first day and adds a city; `c` states neither. */
const files = {
  a: { name: "Leche13112026.xlsx", bytes: publication([block("11"), block("13")]) },
  b: {
    name: "Leche16112026.xlsx",
    bytes: publication([block("11", revisedCities(4)), block("13"), block("16", someCities(5))]),
  },
  c: { name: "Leche18112026.xlsx", bytes: publication([block("13"), block("16"), block("18")]) },
} satisfies Record<string, ArrivedFile>;
type Name = keyof typeof files;

async function take(name: Name, on: Hub = hub): Promise<number> {
  const outcome = await ingestHere(on, { ...files[name], isReleased: true });
  expect(outcome).toMatchObject({ state: "done" });
  return Number(outcome.stats?.ingest);
}

/** What readers see, and the rows that decide about later publications. */
async function everything() {
  return {
    state: await state(),
    partitions: await query("SELECT path, rows, content FROM partitions ORDER BY path"),
    newest: await query(`SELECT s.key, o.period, o.variable,
      substr(max(iif(i.withdrawn_at IS NULL, i.rank, ''), iif(c.rank IS NULL OR c.withdrawn_at IS NOT NULL, '', c.rank)), 1, 10) AS day
      FROM observations o JOIN series s ON s.id = o.series_id JOIN ingests i ON i.id = o.ingest_id
      LEFT JOIN partitions p ON p.feed = o.feed AND p.path = 'year=2026/month=11/day=' || substr(o.period, 9, 2)
      LEFT JOIN ingests c ON c.id = p.confirmed_by ORDER BY 1, 2, 3`),
  };
}

/** The end of a platform that never had the other publications. */
async function endOf(names: readonly Name[]) {
  await newWorld();
  for (const name of names) await take(name);
  const end = await everything();
  await newWorld();
  return end;
}

test.each([
  ["a", ["a", "b", "c"]],
  ["b", ["a", "b", "c"]],
  ["b", ["c", "b", "a"]],
  ["c", ["a", "b", "c"]],
  ["c", ["c", "a", "b"]],
] as const)("withdrawing %s after %j gives the state of a platform that never had it", async (withdrawn, order) => {
  const expected = await endOf(order.filter((name) => name !== withdrawn));
  const ingests = new Map<Name, number>();
  for (const name of order) ingests.set(name, await take(name));
  expect(await withdrawHere(ingests.get(withdrawn) ?? 0)).toMatchObject({ state: "done" });
  const end = await everything();
  expect(end.state).toEqual(expected.state);
  expect(end.partitions).toEqual(expected.partitions);
});

test("the order of ingests and withdrawals has no effect", async () => {
  const expected = await endOf(["c"]);
  const ends = [];
  for (const order of [
    ["a", "b", "c", "-a", "-b"],
    ["a", "b", "-b", "c", "-a"],
    ["a", "-a", "b", "-b", "c"],
    ["c", "b", "a", "-b", "-a"],
  ]) {
    const ingests = new Map<string, number>();
    for (const each of order) {
      const name = each.replace("-", "") as Name;
      if (each.startsWith("-")) await withdrawHere(ingests.get(name) ?? 0);
      else ingests.set(name, await take(name));
    }
    ends.push((await everything()).state);
    await newWorld();
  }
  for (const end of ends) expect(end).toEqual(expected.state);
});

test("a later publication is merged as if the withdrawn one had never been there", async () => {
  const expected = await endOf(["a", "c"]);
  await take("a");
  const b = await take("b");
  await withdrawHere(b);
  await take("c");
  const end = await everything();
  expect([end.state, end.newest]).toEqual([expected.state, expected.newest]);
});

test("every step twice, and twice the whole flow, end in the same state", async () => {
  const expected = await endOf(["a", "c"]);
  const ingests: number[] = [];
  for (const name of ["a", "b", "c"] as const) ingests.push(await take(name));
  const twice = async (name: string, work: () => Promise<unknown>) => {
    const result = await work();
    return name.startsWith("take lease") ? result : work();
  };
  expect(await withdrawHere(ingests[1] ?? 0, hub, twice)).toMatchObject({ state: "done" });
  expect((await everything()).state).toEqual(expected.state);
  expect(await withdrawHere(ingests[1] ?? 0)).toMatchObject({ state: "done", stats: { removed: 0, reread: 0 } });
  expect((await everything()).state).toEqual(expected.state);
});

/** The hub whose n-th call of a method fails. */
function failingOnce(call: "put" | "batch" | "delete", at: number): Hub {
  let calls = 0;
  const failing = <T extends object>(target: T): T =>
    new Proxy(target, {
      get(inner, name) {
        const value: unknown = Reflect.get(inner, name);
        if (typeof value !== "function") return value;
        if (name !== call) return value.bind(inner);
        return (...parameters: unknown[]) => {
          if (++calls === at) throw new Error(`${call} ${at} failed`);
          return Reflect.apply(value, inner, parameters);
        };
      },
    });
  return hubOf({ ...testEnv, LAKE: failing(testEnv.LAKE), DB: failing(testEnv.DB) });
}

test.each([
  { call: "batch" as const, at: 1 },
  { call: "batch" as const, at: 3 },
  { call: "batch" as const, at: 4 },
  { call: "put" as const, at: 2 },
])("$call $at fails, and the step is tried again", async ({ call, at }) => {
  const expected = await endOf(["c"]);
  await take("c");
  const b = await take("b");
  const a = await take("a");
  await withdrawHere(a);
  let failures = 0;
  const outcome = await withdrawHere(b, failingOnce(call, at), (_, work) =>
    work().catch(() => {
      failures++;
      return work();
    }),
  );
  expect([outcome.state, failures]).toEqual(["done", 1]);
  expect((await everything()).state).toEqual(expected.state);
});

test("withdrawing the only publication empties lake, database and history, and the same file can be ingested again", async () => {
  const expected = await endOf(["a"]);
  const a = await take("a");
  expect(await withdrawHere(a)).toMatchObject({ state: "done", stats: { removed: 32, partitionsRemoved: 2 } });
  expect(await query("SELECT count(*) AS facts FROM observations")).toEqual([{ facts: 0 }]);
  expect((await hub.lake.list({ prefix: "clean/sniim-milk/year" })).objects).toEqual([]);
  expect(JSON.parse((await hub.snapshots.get("history:milk-mx")) ?? "")).toMatchObject({ periods: [], series: [] });
  expect(await ingestHere(hub, { ...files.a, arrival: "again" })).toMatchObject({
    state: "done",
    stats: { ingest: 2 },
  });
  expect((await everything()).state).toEqual(expected.state);
});

test("a publication that was withdrawn before its ingest is not ingested", async () => {
  const early = async (name: string, work: () => Promise<unknown>) => {
    if (name === "take lease") await withdrawHere(1, hub);
    return work();
  };
  expect(await ingestHere(hub, files.a, early)).toMatchObject({
    state: "failed",
    reason: expect.stringContaining("Ingest 1 was withdrawn"),
  });
  expect(await query("SELECT count(*) AS facts FROM observations")).toEqual([{ facts: 0 }]);
});

test("series that only a withdrawn publication had do not hold later publications", async () => {
  await take("a");
  const bogus = { name: "Leche20112026.xlsx", bytes: publication([block("20", someCities(20))]) };
  const outcome = await ingestHere(hub, bogus);
  await withdrawHere(Number(outcome.stats?.ingest));
  expect(await ingestHere(hub, files.c)).toMatchObject({ state: "done" });
  const { series } = await (await request("/feeds/sniim-milk")).json<{ series: unknown[] }>();
  expect(series.length).toBe(16);
});

test("the API withdraws once, lists the flow with who and why, and refuses an unknown ingest with the known ones", async () => {
  await take("a");
  const b = await take("b");
  const post = (body: unknown, headers = {}) =>
    asAdmin("/feeds/sniim-milk/withdraw", {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "Content-Type": "application/json", "X-Almanac-Actor": "maria", ...headers },
    });
  const unknown = await post({ ingest: 99, why: "a draft" });
  expect(unknown.status).toBe(404);
  expect(await unknown.json()).toMatchObject({
    detail: expect.stringContaining("sniim-milk has no ingest 99"),
    expected: "an ingest of the feed; the last ones are 2 (Leche16112026.xlsx), 1 (Leche13112026.xlsx)",
  });
  expect((await post({ ingest: b })).status).toBe(422);
  const unauthorized = await request("/feeds/sniim-milk/withdraw", { method: "POST" });
  expect(unauthorized.status).toBe(401);

  const first = await post({ ingest: b, why: "a draft" });
  expect(first.status).toBe(202);
  const { flow } = await first.json<{ flow: string }>();
  expect(await ended(flow)).toMatchObject({ state: "done", reason: "maria withdrew ingest 2: a draft" });
  expect(await (await post({ ingest: b, why: "a draft" })).json()).toMatchObject({ flow, known: true, state: "done" });
  const { flows } = await (await request("/flows?kind=withdraw")).json<{ flows: unknown[] }>();
  expect(flows.length).toBe(1);
  expect(await query("SELECT max(value) AS high FROM observations WHERE period = '2026-11-11'")).toEqual([
    { high: 23.75 },
  ]);
});
