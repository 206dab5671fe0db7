/** Runs flows step by step, so that a test can act between two steps. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { feedState } from "../../shared/db/feeds.ts";
import { findFlow, markRunning, requestFlow } from "../../shared/db/flows.ts";
import { milkMarket } from "../../trainer/simulate/milk-market.ts";
import { writeSniimWorkbook } from "../../trainer/simulate/sniim-workbook.ts";
import { fetchFeed } from "../../workers/hub/flows/fetch.ts";
import type { Flow } from "../../workers/hub/flows/flow.ts";
import { ingest } from "../../workers/hub/flows/ingest.ts";
import { type Hub, hubOf } from "../../workers/hub/hub.ts";
import { requestIngest } from "../../workers/hub/ingest/raw.ts";
import { readVariables } from "../../workers/hub/variables.ts";
import { answer } from "../support/air-quality.ts";
import { emptyStores } from "../support/empty-stores.ts";
import { hub, migrate, query, state, testEnv } from "../support/hub.ts";
import { smallMilk as small, storedMilk } from "../support/stored-milk.ts";

beforeEach(async () => {
  await emptyStores();
  await migrate();
});
afterEach(() => vi.restoreAllMocks());

/** Returns a flow whose steps run in the test. Calls `before` before each step. */
async function flowFor(id: string, before: (step: string) => Promise<void> = async () => {}) {
  await markRunning(hub.db, id, "2025-01-03T00:00:00Z");
  const run = await findFlow(hub.db, id);
  if (!run) throw new Error(`no flow ${id}`);
  const steps: string[] = [];
  /** The result of each step as a Workflow would store it, by name. */
  const results = new Map<string, string>();
  const flow: Flow = {
    run,
    async step(name, work) {
      await before(name);
      steps.push(name);
      const text = JSON.stringify((await work()).value ?? null);
      results.set(name, text);
      return JSON.parse(text);
    },
  };
  return { flow, steps, results };
}

async function requested(bytes: Uint8Array, name: string, on: Hub = hub): Promise<string> {
  return (await requestIngest(on, await storedMilk(name, bytes, on))).run.id;
}

test.each(["lake", "database", "history"])(
  "a run that loses its lease before its step %s writes nothing stale and starts another round",
  async (stolenAt) => {
    const { flow: calm } = await flowFor(await requested(small, "Leche03012025-a.xlsx"));
    expect(await ingest(hub, calm)).toMatchObject({ state: "done" });
    const expected = await state();
    await emptyStores();
    await migrate();

    const steal = async (step: string) => {
      if (step !== stolenAt) return;
      // Another run takes the lease, as if it had expired, and has already finished.
      await testEnv.DB.exec(
        "UPDATE feed_turns SET fence = fence + 1, holder = 'another run', expires_at = '2000-01-01'",
      );
    };
    const { flow, steps } = await flowFor(await requested(small, "Leche03012025-a.xlsx"), steal);
    expect(await ingest(hub, flow)).toMatchObject({ state: "done" });
    expect(steps).toContain("take lease (round 2)");
    expect(steps.slice(-2)).toEqual(["release lease (round 2)", "request reports"]);
    expect(await state()).toEqual(expected);
  },
);

/** A publication of 120 days and more than 20,000 observations, which needs more than one transaction. */
const large = (() => {
  const market = milkMarket({ seed: "fifty thousand", firstDay: "2024-01-01" });
  const day = market.publicationDays("2026-11-20").slice(0, 120).at(-1) ?? "";
  return writeSniimWorkbook(market, day);
})();

/** Returns a hub whose database passes every statement to `seen` before it prepares it. */
function observed(onStatement: (sql: string) => void): Hub {
  const database = new Proxy(testEnv.DB, {
    get(target, name) {
      const value = Reflect.get(target, name);
      if (name === "prepare") {
        return (sql: string) => {
          onStatement(sql);
          return target.prepare(sql);
        };
      }
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  return hubOf({ ...testEnv, DB: database });
}

// One test of three guarantees, because parsing the large publication takes most of its time.
test("20,000 observations need few statements and small step results, and a database step that failed between two transactions continues after the first", async () => {
  let batches = 0;
  let statements = 0;
  const breaking = observed((sql) => {
    if (/INSERT INTO partitions/.test(sql) && ++batches === 2) throw new Error("the database is down");
    if (/INSERT INTO (observations|series|partitions)/.test(sql)) statements++;
  });
  const { flow, results } = await flowFor(await requested(large, "Leche.xlsx", breaking));
  await expect(ingest(breaking, flow)).rejects.toThrow("the database is down");
  expect(results.get("lake")).toBe('{"filesWritten":120,"filesHealed":0}');
  const [half] = (await query("SELECT count(*) AS known FROM partitions")) as { known: number }[];
  expect(half?.known).toBeGreaterThan(0);
  expect(half?.known).toBeLessThan(120);

  expect(await ingest(breaking, flow)).toMatchObject({ state: "done" });
  // Of both attempts.
  expect(statements).toBeLessThan(20);
  // The stored results do not grow with the number of files.
  for (const text of results.values()) expect(text.length).toBeLessThan(2_000);
  const sql = `SELECT count(*) AS known, sum(rows) = (SELECT count(*) FROM observations) AS complete,
    sum(rows) > 20000 AS enough FROM partitions`;
  expect(await query(sql)).toEqual([{ known: 120, complete: 1, enough: 1 }]);
  const { objects } = await hub.lake.list({ prefix: "clean/sniim-milk/year=" });
  expect(
    (await query("SELECT etag FROM partitions ORDER BY path")).map((row) => (row as { etag: string }).etag),
  ).toEqual(objects.map(({ etag }) => etag));
});

/** Returns a publisher that answers for some files. */
function publisherWith(answers: Record<string, () => Response>) {
  const requested: string[] = [];
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input) => {
    const name = String(input).split("/").at(-1) ?? "";
    requested.push(name);
    return answers[name]?.() ?? new Response("<html>404</html>", { status: 404 });
  });
  return requested;
}

const found =
  (etag = '"e"') =>
  () =>
    new Response(small, { headers: { "Content-Type": "application/zip", ETag: etag } });

async function fetchOn(day: string, of = "sniim-milk") {
  const params = { feed: of, scheduledAt: `${day}T23:30:00.000Z` };
  const { run } = await requestFlow(
    hub.db,
    { kind: "fetch", key: `fetch:${of}:${day}`, params },
    { now: params.scheduledAt, boot: "" },
  );
  return fetchFeed(hub, (await flowFor(run.id)).flow);
}

test("a fetch tries the newest day first, and continues with the day before if there is no publication", async () => {
  const requested = publisherWith({ "Leche03012025.xlsx": found('"first"') });
  expect(await fetchOn("2025-01-09")).toMatchObject({
    state: "done",
    stats: { kept: ["Leche03012025.xlsx"], missing: 2 },
  });
  expect(requested).toEqual(["Leche08012025.xlsx", "Leche06012025.xlsx", "Leche03012025.xlsx"]);
  expect(await feedState(hub.db, "sniim-milk")).toMatchObject({ cursor: "2025-01-03", etag: '"first"' });
  expect(await query("SELECT count(*) AS raw FROM flow_runs WHERE kind = 'ingest'")).toEqual([{ raw: 1 }]);
});

test("the newest stored file is requested again, and an unchanged one is not ingested", async () => {
  publisherWith({ "Leche03012025.xlsx": found() });
  await fetchOn("2025-01-03");
  const requested = publisherWith({ "Leche03012025.xlsx": () => new Response(null, { status: 304 }) });
  expect(await fetchOn("2025-01-07")).toMatchObject({
    state: "done",
    stats: { kept: [], unchanged: ["Leche03012025.xlsx"] },
  });
  expect(requested).toEqual(["Leche06012025.xlsx", "Leche03012025.xlsx"]);
});

test("another content type for the newest day is reported, and an older day is still ingested", async () => {
  const html = () => new Response("<html>", { headers: { "Content-Type": "text/html" } });
  publisherWith({ "Leche08012025.xlsx": html, "Leche06012025.xlsx": found() });
  expect(await fetchOn("2025-01-08")).toMatchObject({
    state: "done",
    reason: expect.stringContaining("is text/html"),
    stats: { kept: ["Leche06012025.xlsx"], failed: ["Leche08012025.xlsx"] },
  });
  expect(await feedState(hub.db, "sniim-milk")).toMatchObject({ cursor: "2025-01-06" });

  publisherWith({ "Leche10012025.xlsx": html, "Leche08012025.xlsx": html, "Leche06012025.xlsx": html });
  expect(await fetchOn("2025-01-10")).toMatchObject({
    state: "failed",
    reason: expect.stringContaining("is text/html"),
  });
});

/** Returns an API that answers a request by its first day. Every answer has one hour. */
function apiWith(answers: Record<string, () => Response>) {
  const requested: string[] = [];
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input) => {
    const first = new URL(String(input)).searchParams.get("start_date") ?? "";
    requested.push(first);
    const times = [`${first}T00:00`];
    return answers[first]?.() ?? Response.json(answer({ times }));
  });
  return requested;
}

const air = "open-meteo-air-quality";

test("a piece that fails ends the fetch, and the next fetch begins with this piece", async () => {
  const no = () => Response.json({ error: true, reason: "Parameter 'start_date' is out of range" }, { status: 400 });
  const requested = apiWith({ "2025-11-20": no });
  expect(await fetchOn("2026-11-20", air)).toMatchObject({
    state: "done",
    reason: expect.stringContaining(
      `answered 400, expected 200, with the reason "Parameter 'start_date' is out of range"`,
    ),
    stats: { kept: ["air-quality-2025-05-21_2025-11-19.json"], failed: ["air-quality-2025-11-20_2026-05-21.json"] },
  });
  expect(requested).toEqual(["2025-05-21", "2025-11-20"]);
  expect(await feedState(hub.db, air)).toMatchObject({ cursor: "2025-11-19" });

  const again = apiWith({});
  expect(await fetchOn("2026-11-21", air)).toMatchObject({ state: "done", reason: null });
  expect(again).toEqual(["2025-11-14", "2026-05-16", "2026-11-15"]);
  expect(await feedState(hub.db, air)).toMatchObject({ cursor: "2026-11-21" });
});

test.each([400, 200])(
  "a refusal with status %d stores nothing, and the reason of the publisher is reported",
  async (status) => {
    apiWith({ "2025-05-21": () => Response.json({ error: true, reason: "Too many requests today" }, { status }) });
    expect(await fetchOn("2026-11-20", air)).toMatchObject({
      state: "failed",
      reason: expect.stringContaining("Too many requests today"),
    });
    expect(await feedState(hub.db, air)).toMatchObject({ cursor: null });
    expect((await hub.lake.list()).objects).toEqual([]);
  },
);

/** Fetches air quality. Returns the arrival times by file name. */
async function arrivalsOf(at: { readonly scheduled: string; readonly requested: string; readonly fetched: string }) {
  apiWith({});
  const params = { feed: air, scheduledAt: at.scheduled };
  const key = `fetch:${air}:${at.scheduled.slice(0, 10)}`;
  const { run } = await requestFlow(hub.db, { kind: "fetch", key, params }, { now: at.requested, boot: "" });
  const on = { ...hub, now: () => new Date(at.fetched) };
  expect(await fetchFeed(on, (await flowFor(run.id)).flow)).toMatchObject({ state: "done" });
  const { objects } = await hub.lake.list({ prefix: "raw/", include: ["customMetadata"] });
  return [...new Set(objects.map(({ customMetadata }) => customMetadata?.arrived))];
}

test("a fetch that is retried days later records the time at which its bytes arrive", async () => {
  const scheduled = "2026-11-20T23:30:00.000Z";
  const fetched = "2026-11-24T08:15:00.000Z";
  expect(await arrivalsOf({ scheduled, requested: scheduled, fetched })).toEqual([fetched]);
});

test("a fetch of a simulated day records a time of that day", async () => {
  const [requested, fetched] = ["2027-03-01T10:00:00.000Z", "2027-03-01T10:00:02.000Z"];
  const scheduled = "2026-11-20T23:30:00.000Z";
  expect(await arrivalsOf({ scheduled, requested, fetched })).toEqual(["2026-11-20T23:30:02.000Z"]);
});

test("a malformed ALLOW_LOOPBACK fails the fetch, and the reason has the expected values", async () => {
  const on = { ...hub, variables: readVariables((name) => (name === "ALLOW_LOOPBACK" ? "yes" : "")) };
  const params = { feed: air, scheduledAt: "2026-11-20T23:30:00.000Z" };
  const at = { now: params.scheduledAt, boot: "" };
  const { run } = await requestFlow(hub.db, { kind: "fetch", key: "fetch:loopback", params }, at);
  expect(await fetchFeed(on, (await flowFor(run.id)).flow)).toMatchObject({
    state: "failed",
    reason: expect.stringContaining('ALLOW_LOOPBACK is "yes", expected "true" or "false"'),
  });
});

test("a growing file is requested with the etag of the last copy, and an unchanged one is not ingested", async () => {
  const tags: (string | null)[] = [];
  vi.spyOn(globalThis, "fetch").mockImplementation(async (_, init) => {
    tags.push(new Headers(init?.headers).get("If-None-Match"));
    if (tags.length > 1) return new Response(null, { status: 304 });
    return new Response("Date,EUR\n1/2/1979,137.3\n", { headers: { "Content-Type": "text/csv", ETag: '"one"' } });
  });
  const withBase = hubOf({ ...testEnv, GOLD_CSV_BASE_URL: "https://www.gold.org/mirror" } as typeof testEnv);
  for (const day of ["2026-11-19", "2026-11-20"]) {
    const params = { feed: "gold-csv", scheduledAt: `${day}T23:30:00.000Z` };
    const at = { now: params.scheduledAt, boot: "" };
    const { run } = await requestFlow(hub.db, { kind: "fetch", key: `fetch:gold:${day}`, params }, at);
    expect(await fetchFeed(withBase, (await flowFor(run.id)).flow)).toMatchObject({ state: "done" });
  }
  expect(tags).toEqual([null, '"one"']);
});
