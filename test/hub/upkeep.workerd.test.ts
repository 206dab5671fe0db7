import { createScheduledController } from "cloudflare:test";
import { beforeEach, expect, test, vi } from "vitest";
import type { LakeEvent } from "../../shared/api/lake-event.ts";
import { markStepStarted, requestFlow } from "../../shared/db/flows.ts";
import { findFeed } from "../../shared/feeds/index.ts";
import { forecasts } from "../../shared/forecasts/index.ts";
import { sha256Hex } from "../../shared/lib/hash.ts";
import { launch } from "../../workers/hub/flows/launch.ts";
import { recover } from "../../workers/hub/flows/recover.ts";
import { scheduleFetches } from "../../workers/hub/flows/schedule.ts";
import { hubApp } from "../../workers/hub/http/app.ts";
import { type Hub, hubOf } from "../../workers/hub/hub.ts";
import worker from "../../workers/hub/index.ts";
import { requestIngest, storeRaw } from "../../workers/hub/ingest/raw.ts";
import { consume } from "../../workers/hub/queue.ts";
import { runUpkeep } from "../../workers/hub/upkeep.ts";
import { readVariables } from "../../workers/hub/variables.ts";
import { emptyStores } from "../support/empty-stores.ts";
import { asAdmin, ended, hub, ingested, migrate, query, request, testEnv } from "../support/hub.ts";
import { publication, someCities } from "../support/sniim.ts";

let testNumber = 0;
beforeEach(async () => {
  await emptyStores();
  await migrate();
  testNumber++;
});

const milk = findFeed("sniim-milk");
if (!milk) throw new Error("there is no feed sniim-milk");

async function storeObject() {
  const bytes = publication([{ day: "2025-01-03", cities: someCities(3) }]);
  return storeRaw(hub, {
    feed: milk as NonNullable<typeof milk>,
    name: `Leche03012025-u${testNumber}.xlsx`,
    sha256: sha256Hex(bytes),
    body: bytes,
    arrivedAt: new Date("2026-11-29T12:00:00Z"),
    by: "upkeep",
  });
}

test("an unknown cron throws", async () => {
  const controller = createScheduledController({ cron: "1 2 3 4 *", scheduledTime: new Date(0) });
  await expect(worker.scheduled(controller, testEnv)).rejects.toThrow('no job for cron "1 2 3 4 *"');
});

test("hourly upkeep runs every job even if one fails, and the error names the failed one", async () => {
  const { run } = await requestIngest({ ...hub, boot: "an earlier boot" }, await storeObject());
  await hub.snapshots.put("champion:milk-mx", "a pointer to nothing");
  const malformed = { ...hub, variables: readVariables(() => "ninety") };
  await expect(runUpkeep(malformed, forecasts)).rejects.toThrow(
    /1 of \d+ jobs failed\. purge predictions: PREDICTIONS_KEPT_DAYS is "ninety"/,
  );
  expect(await ended(run.id)).toMatchObject({ state: "done" });
  expect(await hub.snapshots.get("champion:milk-mx")).toBeNull();
});

test("a pointer that cannot be repaired does not prevent the repair of the others", async () => {
  const [first, second] = forecasts;
  await hub.snapshots.put(`champion:${second?.id}`, "a pointer to nothing");
  const snapshots = new Proxy(hub.snapshots, {
    get(target, name) {
      const value = Reflect.get(target, name);
      if (name !== "get") return typeof value === "function" ? value.bind(target) : value;
      return (key: string) =>
        key === `champion:${first?.id}` ? Promise.reject(new Error("KV is down")) : target.get(key);
    },
  });
  await expect(runUpkeep({ ...hub, snapshots }, forecasts)).rejects.toThrow(`repair pointer ${first?.id}: KV is down`);
  expect(await hub.snapshots.get(`champion:${second?.id}`)).toBeNull();
});

test("a second cron event of one day starts no second fetch", async () => {
  const at = new Date(`2025-01-${10 + testNumber}T23:30:00Z`);
  await scheduleFetches(hub, [milk], at);
  await scheduleFetches(hub, [milk], at);
  expect(await query("SELECT kind, attempt FROM flow_runs")).toEqual([{ kind: "fetch", attempt: 1 }]);
});

test("a feed without a base URL is not fetched", async () => {
  const without = {
    ...hub,
    variables: readVariables((name) => (name === "SNIIM_MILK_BASE_URL" ? "none" : "")),
  };
  await scheduleFetches(without, [milk], new Date("2025-01-10T23:30:00Z"));
  expect(await query("SELECT kind FROM flow_runs")).toEqual([]);
});

test("recover starts a flow whose message was lost", async () => {
  const { run } = await requestIngest({ ...hub, boot: "an earlier boot" }, await storeObject());
  expect(await recover(hub)).toEqual([run.key]);
  expect(await ended(run.id)).toMatchObject({ state: "done" });
  expect(await recover(hub)).toEqual([]);
});

test("recover does not touch flows that this boot has just started", async () => {
  await requestIngest(hub, await storeObject());
  expect(await recover(hub)).toEqual([]);
});

test("a flow without a Workflow is marked failed, and does not stop the others", async () => {
  await requestFlow(
    hub.db,
    { kind: "unknown", key: "unknown:1", params: {} },
    { now: "2020-01-01T00:00:00Z", boot: "old" },
  );
  const { run } = await requestIngest({ ...hub, boot: "old" }, await storeObject());
  await recover(hub);
  expect(await ended(run.id)).toMatchObject({ state: "done" });
  expect(await query("SELECT state, reason FROM flow_runs WHERE kind = 'unknown'")).toEqual([
    { state: "failed", reason: "no Workflow runs flows of kind unknown" },
  ]);
});

test("a message that cannot be parsed becomes a failed flow with the reason", async () => {
  await testEnv.LAKE_EVENTS.send({ hello: "world" });
  await testEnv.LAKE_EVENTS.send({
    account: "",
    action: "PutObject",
    bucket: "b",
    object: { key: "raw/no-feed/0123456789abcdef-a.xlsx", eTag: "1" },
    eventTime: "",
  });
  for (
    let tries = 0;
    tries < 200 && (await query("SELECT 1 FROM flow_runs WHERE kind = 'dead-letter'")).length < 2;
    tries++
  )
    await scheduler.wait(100);
  const letters = await query(
    "SELECT id, state, reason FROM flow_runs WHERE kind = 'dead-letter' ORDER BY reason DESC",
  );
  expect(letters).toMatchObject([
    { state: "failed", reason: "There is no feed no-feed." },
    { state: "failed", reason: expect.stringContaining("not an R2 event notification") },
  ]);
  const [, unreadable] = letters as { id: string }[];
  expect((await asAdmin(`/flows/${unreadable?.id}/retry`, { method: "POST" })).status).toBe(422);
}, 30_000);

/** Passes a message to the consumer of dead letters. Returns what the consumer did with it. */
async function bury(body: unknown, { on = hub, attempts = 1 } = {}) {
  const fate: { acked: boolean; retriedIn: number | null } = { acked: false, retriedIn: null };
  const message = {
    id: "1",
    timestamp: new Date(),
    body,
    attempts,
    ack() {
      fate.acked = true;
    },
    retry(options?: QueueRetryOptions) {
      fate.retriedIn = options?.delaySeconds ?? 0;
    },
  };
  await consume(on, { queue: "lake-events-dead", messages: [message] });
  return fate;
}

const eventFor = (object: { readonly key: string; readonly etag: string }) => ({
  account: "",
  action: "PutObject",
  bucket: "b",
  object: { key: object.key, eTag: object.etag },
  eventTime: "",
});

async function letterOf(): Promise<{ id: string; state: string; reason: string }> {
  const [letter] = await query("SELECT id, state, reason FROM flow_runs WHERE kind = 'dead-letter'");
  return letter as { id: string; state: string; reason: string };
}

test("a dead letter shows its message and its reason only with the token", async () => {
  const secret = "what a caller sent";
  await bury({ secret });
  const { id } = await letterOf();
  for (const path of ["/flows", "/flows?kind=dead-letter", `/flows/${id}`]) {
    const open = await (await request(path)).text();
    expect(open).toContain('"queue":"lake-events"');
    expect(open).not.toContain(secret);
    expect(await (await asAdmin(path, {})).text()).toContain(secret);
    expect((await request(path, { headers: { Authorization: "Bearer wrong" } })).status).toBe(401);
  }
});

test("a rejected cell of a feed that is only uploaded is shown only with the token", async () => {
  await ingested("gold.csv", new TextEncoder().encode("Date,EUR\n1/2/1979,a name\n1/3/1979,137.3\n"), "gold-csv");
  const path = "/feeds/gold-csv/problems";
  const open = await (await request(path)).text();
  expect(open).toContain('"found":"(only with the token)"');
  expect(open).not.toContain("a name");
  expect(await (await asAdmin(path, {})).text()).toContain('"found":"a name"');
});

/** Requests an ingest in an earlier process that ended it `times` times while it parsed the file. */
async function interrupted(times: number) {
  const old = { ...hub, boot: "an earlier boot" };
  const { run } = await requestIngest(old, await storeObject());
  const step = { flowId: run.id, attempt: run.attempt, name: "parse", now: "2025-01-03T00:00:00Z" };
  for (let tries = 0; tries < times; tries++) await markStepStarted(hub.db, step);
  return run;
}

test("recover fails a flow whose step has ended its process three times, and a person can retry it", async () => {
  const run = await interrupted(3);
  await recover(hub);
  const failed = await ended(run.id);
  expect(failed).toMatchObject({ state: "failed", attempt: 1, steps: [{ name: "parse", state: "failed", tries: 3 }] });
  expect(failed.reason).toContain('The step "parse" ended without an outcome 3 times');
  await asAdmin(`/flows/${run.id}/retry`, { method: "POST" });
  expect(await ended(run.id)).toMatchObject({ state: "done", attempt: 2 });
});

test("recover resumes a flow whose step was interrupted twice", async () => {
  const run = await interrupted(2);
  await recover(hub);
  const flow = await ended(run.id);
  expect(flow).toMatchObject({ state: "done", attempt: 1 });
  expect(flow.steps.find(({ name }) => name === "parse")).toMatchObject({ tries: 3, interrupted: 2 });
});

test("a step that was interrupted three times is not run again by its Workflow either", async () => {
  const run = await interrupted(3);
  await launch(hub, run);
  expect(await ended(run.id)).toMatchObject({ state: "failed", steps: [{ name: "parse", tries: 4, interrupted: 3 }] });
});

test("a person can send a valid dead letter again, and it starts its flow", async () => {
  const object = await storeObject();
  expect(await bury(eventFor(object))).toEqual({ acked: true, retriedIn: null });
  const { id } = await letterOf();
  expect((await asAdmin(`/flows/${id}/retry`, { method: "POST" })).status).toBe(202);
  const { run } = await requestIngest(hub, object);
  expect(await ended(run.id)).toMatchObject({ state: "done" });
  expect((await asAdmin(`/flows/${id}/retry`, { method: "POST" })).status).toBe(409);
});

const retryOn = (on: Hub, id: string) =>
  hubApp(on).request(`/flows/${id}/retry`, { method: "POST", headers: { Authorization: "Bearer test-token" } });

/** Returns a hub whose queue passes every message to `send`. */
const queueing = (send: (body: LakeEvent) => Promise<void>): Hub => ({
  ...hub,
  events: new Proxy(hub.events, {
    get: (target, name) => (name === "send" ? send : Reflect.get(target, name)),
  }),
});

test("a dead letter that could not be sent remains, and can be sent again", async () => {
  const event = eventFor(await storeObject());
  await bury(event);
  const { id } = await letterOf();
  const broken = queueing(() => Promise.reject(new Error("the queue is down")));
  expect((await retryOn(broken, id)).status).toBe(500);
  expect(await letterOf()).toMatchObject({ state: "failed", reason: expect.stringContaining("no flow could") });

  const sent: LakeEvent[] = [];
  const working = queueing(async (body) => void sent.push(body));
  expect((await retryOn(working, id)).status).toBe(202);
  expect(sent).toEqual([event]);
  expect(await letterOf()).toMatchObject({ state: "done", reason: "sent again" });
});

test("a dead letter that fails again before it is marked as sent is not lost", async () => {
  const event = eventFor(await storeObject());
  await bury(event);
  const { id } = await letterOf();
  const returning = queueing(async (body) => void (await bury(body)));
  expect((await retryOn(returning, id)).status).toBe(202);
  expect(await letterOf()).toMatchObject({ state: "failed" });
});

test("a message that is delivered twice starts one flow", async () => {
  const object = await storeObject();
  await bury(eventFor(object));
  const { id } = await letterOf();
  const twice = queueing(async (body) => {
    for (let times = 0; times < 2; times++) await hub.events.send(body);
  });
  expect((await retryOn(twice, id)).status).toBe(202);
  const { run } = await requestIngest(hub, object);
  expect(await ended(run.id)).toMatchObject({ state: "done", attempt: 1 });
  expect(await query("SELECT count(*) AS flows FROM flow_runs WHERE kind = 'ingest'")).toEqual([{ flows: 1 }]);
});

test("while the database is down a dead letter is retried with growing delays and is not lost", async () => {
  const event = eventFor(await storeObject());
  let isDown = true;
  const database = new Proxy(testEnv.DB, {
    get(target, name) {
      if (isDown) throw new Error("D1 is down");
      const value = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const on = hubOf({ ...testEnv, DB: database });
  const logged = vi.spyOn(console, "error").mockImplementation(() => {});
  const delays: (number | null)[] = [];
  for (const attempts of [1, 2, 6, 7, 100]) {
    const { acked, retriedIn } = await bury(event, { on, attempts });
    expect(acked).toBe(false);
    delays.push(retriedIn);
  }
  expect(delays).toEqual([60, 120, 1_920, 3_600, 3_600]);
  expect(logged).toHaveBeenLastCalledWith(expect.stringContaining(JSON.stringify(event)));
  logged.mockRestore();

  isDown = false;
  expect(await bury(event, { on, attempts: 101 })).toEqual({ acked: true, retriedIn: null });
  expect(await letterOf()).toMatchObject({ state: "failed" });
});

test("without ADMIN_TOKEN every write is disabled", async () => {
  const app = hubApp({ ...hub, adminToken: undefined });
  for (const [method, path] of [
    ["PUT", "/feeds/sniim-milk/files/a.xlsx"],
    ["POST", "/flows/1/retry"],
    ["POST", "/flows/1/release"],
  ] as const) {
    const answer = await app.request(path, { method, headers: { Authorization: "Bearer " } });
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ detail: expect.stringContaining("ADMIN_TOKEN is not set") });
  }
});
