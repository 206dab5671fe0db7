import { createScheduledController } from "cloudflare:test";
import { beforeEach, expect, test } from "vitest";
import { markStepStarted, requestFlow } from "../../shared/db/flows.ts";
import { findFeed } from "../../shared/feeds/index.ts";
import { forecasts } from "../../shared/forecasts/index.ts";
import { launch } from "../../workers/hub/flows/launch.ts";
import { recover } from "../../workers/hub/flows/recover.ts";
import { scheduleFetches } from "../../workers/hub/flows/schedule.ts";
import { hubApp } from "../../workers/hub/http/app.ts";
import worker from "../../workers/hub/index.ts";
import { requestIngest } from "../../workers/hub/ingest/raw.ts";
import { runUpkeep } from "../../workers/hub/upkeep.ts";
import { readVariables } from "../../workers/hub/variables.ts";
import { emptyStores } from "../support/empty-stores.ts";
import { asAdmin, ended, hub, ingested, migrate, query, request, testEnv } from "../support/hub.ts";
import { storedMilk } from "../support/stored-milk.ts";

let testNumber = 0;
beforeEach(async () => {
  await emptyStores();
  await migrate();
  testNumber++;
});

const milk = findFeed("sniim-milk");
if (!milk) throw new Error("there is no feed sniim-milk");

const storeObject = () => storedMilk(`Leche03012025-u${testNumber}.xlsx`);

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
