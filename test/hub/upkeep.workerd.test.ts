import { createScheduledController, reset } from "cloudflare:test";
import { beforeEach, expect, test } from "vitest";
import { requestFlow } from "../../shared/db/flows.ts";
import { findFeed } from "../../shared/feeds/index.ts";
import { sha256Hex } from "../../shared/hash.ts";
import { hubApp } from "../../workers/hub/app.ts";
import { recover } from "../../workers/hub/flows/recover.ts";
import { scheduleFetches } from "../../workers/hub/flows/schedule.ts";
import worker from "../../workers/hub/index.ts";
import { keepRaw, requestIngest } from "../../workers/hub/ingest/raw.ts";
import { asAdmin, ended, hub, migrate, query, testEnv } from "../support/hub.ts";
import { publication, someCities } from "../support/sniim.ts";

let world = 0;
beforeEach(async () => {
  await reset();
  await migrate();
  world++;
});

const milk = findFeed("sniim-milk");
if (!milk) throw new Error("there is no feed sniim-milk");

async function kept() {
  const bytes = publication([{ day: "2025-01-03", cities: someCities(3) }]);
  return keepRaw(hub, {
    feed: milk as NonNullable<typeof milk>,
    name: `Leche03012025-u${world}.xlsx`,
    sha256: sha256Hex(bytes),
    body: bytes,
    arrivedAt: new Date(0),
  });
}

test("an unknown cron throws", async () => {
  const controller = createScheduledController({ cron: "1 2 3 4 *", scheduledTime: new Date(0) });
  await expect(worker.scheduled(controller, testEnv)).rejects.toThrow('no job for cron "1 2 3 4 *"');
});

test("a schedule that fires twice runs once", async () => {
  const at = new Date(`2025-01-${10 + world}T23:30:00Z`);
  await scheduleFetches(hub, [milk], at);
  await scheduleFetches(hub, [milk], at);
  expect(await query("SELECT kind, attempt FROM flow_runs")).toEqual([{ kind: "fetch", attempt: 1 }]);
});

test("a flow whose message was lost is started by recover", async () => {
  const { run } = await requestIngest({ ...hub, boot: "an earlier boot" }, await kept());
  expect(await recover(hub)).toEqual([run.key]);
  expect(await ended(run.id)).toMatchObject({ state: "done" });
  expect(await recover(hub)).toEqual([]);
});

test("recover leaves alone what this boot has just started", async () => {
  await requestIngest(hub, await kept());
  expect(await recover(hub)).toEqual([]);
});

test("a flow that no Workflow runs is called failed, and does not stop the others", async () => {
  await requestFlow(
    hub.db,
    { kind: "unknown", key: "unknown:1", params: {} },
    { now: "2020-01-01T00:00:00Z", boot: "old" },
  );
  const { run } = await requestIngest({ ...hub, boot: "old" }, await kept());
  await recover(hub);
  expect(await ended(run.id)).toMatchObject({ state: "done" });
  expect(await query("SELECT state, reason FROM flow_runs WHERE kind = 'unknown'")).toEqual([
    { state: "failed", reason: "no Workflow runs flows of kind unknown" },
  ]);
});

test("a message that cannot be read ends as a failed flow that says why", async () => {
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
  const letters = await query("SELECT id, state, reason FROM flow_runs WHERE kind = 'dead-letter' ORDER BY reason");
  expect(letters).toMatchObject([
    { state: "failed", reason: "no-feed is not a feed of this platform" },
    { state: "failed", reason: expect.stringContaining("not an R2 event notification") },
  ]);
  const [, unreadable] = letters as { id: string }[];
  expect((await asAdmin(`/flows/${unreadable?.id}/retry`, { method: "POST" })).status).toBe(422);
}, 30_000);

test("a dead letter that can be read is sent again by a person and starts its flow", async () => {
  const object = await kept();
  const body = {
    account: "",
    action: "PutObject",
    bucket: "b",
    object: { key: object.key, eTag: object.etag },
    eventTime: "",
  };
  const message = { id: "1", timestamp: new Date(), body, attempts: 3, ack() {}, retry() {} };
  await worker.queue(
    {
      queue: "lake-events-dead",
      messages: [message],
      metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } },
      ackAll() {},
      retryAll() {},
    },
    testEnv,
  );
  const [letter] = (await query("SELECT id FROM flow_runs WHERE kind = 'dead-letter'")) as { id: string }[];
  expect((await asAdmin(`/flows/${letter?.id}/retry`, { method: "POST" })).status).toBe(202);
  const { run } = await requestIngest(hub, object);
  expect(await ended(run.id)).toMatchObject({ state: "done" });
  expect((await asAdmin(`/flows/${letter?.id}/retry`, { method: "POST" })).status).toBe(409);
});

test("without ADMIN_TOKEN every write is closed", async () => {
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
