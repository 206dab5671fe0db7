import { beforeEach, expect, test, vi } from "vitest";
import type { LakeEvent } from "../../shared/api/lake-event.ts";
import { hubApp } from "../../workers/hub/http/app.ts";
import { type Hub, hubOf } from "../../workers/hub/hub.ts";
import { requestIngest } from "../../workers/hub/ingest/raw.ts";
import { consume } from "../../workers/hub/queue.ts";
import { emptyStores } from "../support/empty-stores.ts";
import { asAdmin, ended, hub, migrate, query, request, testEnv } from "../support/hub.ts";
import { storedMilk } from "../support/stored-milk.ts";

let testNumber = 0;
beforeEach(async () => {
  await emptyStores();
  await migrate();
  testNumber++;
});

const storeObject = () => storedMilk(`Leche03012025-d${testNumber}.xlsx`);

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
