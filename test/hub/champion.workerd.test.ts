/** Tests the champion after it was promoted: its pointer, rollback, and reports of predict that it cannot load it. */
import { createExecutionContext, createScheduledController, waitOnExecutionContext } from "cloudflare:test";
import { beforeEach, describe, expect, test } from "vitest";
import { type Serving, servingShape } from "../../shared/api/serving.ts";
import type { ServingReport } from "../../shared/api/serving-report.ts";
import { forecasts } from "../../shared/forecasts/index.ts";
import { sha256Hex } from "../../shared/lib/hash.ts";
import { artefactKey, championKey } from "../../shared/registry/keys.ts";
import type { Hub } from "../../workers/hub/hub.ts";
import worker from "../../workers/hub/index.ts";
import { consume } from "../../workers/hub/queue.ts";
import { writePointer } from "../../workers/hub/registry/pointer.ts";
import { repairPointers } from "../../workers/hub/serving/repair-pointers.ts";
import { predictApp } from "../../workers/predict/app.ts";
import { serviceOf } from "../../workers/predict/service.ts";
import { retryMs } from "../../workers/predict/snapshot-store.ts";
import { emptyStores } from "../support/empty-stores.ts";
import { hub, migrate, query, testEnv } from "../support/hub.ts";
import { ingestHere } from "../support/ingest-here.ts";
import { better, forecast, naive, Registry } from "../support/registry.ts";
import { publication, someCities } from "../support/sniim.ts";

let registry: Registry;
beforeEach(async () => {
  await emptyStores();
  await migrate();
  registry = new Registry();
});

/** Returns a KV that calls `before` before its next write. */
function snapshotsWhere(beforePut: () => Promise<void>): Hub["snapshots"] {
  let done = false;
  return new Proxy(hub.snapshots, {
    get(target, name) {
      const value = Reflect.get(target, name);
      if (name !== "put") return typeof value === "function" ? value.bind(target) : value;
      return async (key: string, text: string) => {
        if (!done) {
          done = true;
          await beforePut();
        }
        await target.put(key, text);
      };
    },
  });
}

describe("the pointer", () => {
  test("is written again after a slower flow wrote it last", async () => {
    await registry.served("v1.0", naive);
    await registry.registered("v2.0", naive);
    const other = registry;
    registry = new Registry({ snapshots: snapshotsWhere(async () => void (await other.promote("v2.0"))) });
    await registry.registered("v1.1", naive);
    await hub.snapshots.delete(championKey(forecast.id));
    // This flow makes change 2. Change 3 is written to D1 and KV before this flow writes change 2 to KV.
    const nextPromotion = registry.promote("v1.1");
    expect(await nextPromotion).toMatchObject({ state: "done", stats: { number: 2, pointer: 3 } });
    expect(await registry.champion()).toMatchObject({ version: "v2.0", number: 3 });
    expect(await registry.pointer()).toMatchObject({ version: "v2.0", number: 3 });
  });

  test("is repaired every hour if a crash prevented its write", async () => {
    await registry.registered("v1.0", naive);
    registry.before = async (step) => {
      if (step === "pointer") throw new Error("killed");
    };
    await registry.promote("v1.0");
    expect(await registry.champion()).toMatchObject({ version: "v1.0" });
    expect(await registry.pointer()).toBeNull();

    const context = createExecutionContext();
    await worker.scheduled(createScheduledController({ cron: "7 * * * *", scheduledTime: new Date() }), testEnv);
    await waitOnExecutionContext(context);
    expect(await registry.pointer()).toMatchObject({ version: "v1.0", number: 1 });
    expect(await repairPointers(hub, forecasts)).toEqual([]);
  });

  test("is deleted if D1 has no champion", async () => {
    await hub.snapshots.put(championKey(forecast.id), '{"version":"ghost"}');
    expect(await repairPointers(hub, forecasts)).toEqual([championKey(forecast.id)]);
    expect(await registry.pointer()).toBeNull();
    expect(await writePointer(hub, forecast)).toBeNull();
  });
});

describe("a rollback", () => {
  const back = (body: unknown) => registry.call("POST", `/forecasts/${forecast.id}/rollback`, body);

  test("is a new numbered change in the audit and in KV, and a second rollback goes one version further back", async () => {
    for (const version of ["v1.0", "v1.1", "v1.2"]) await registry.served(version, naive);
    expect(await back({ why: "it drifts" })).toMatchObject({
      status: 200,
      body: { champion: { version: "v1.1", number: 4, rule: "rollback", why: "it drifts" } },
    });
    expect(await registry.pointer()).toMatchObject({ version: "v1.1", number: 4 });
    expect(await back({ why: "still" })).toMatchObject({ body: { champion: { version: "v1.0", number: 5 } } });
    expect(await back({ why: "more" })).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining("had no champion before") },
    });
    const { body } = await registry.call("GET", "/audit?what=champion.rolled-back");
    expect(body.audit).toMatchObject([
      { version: "v1.0", before: { version: "v1.1", number: 4 }, after: { version: "v1.0", number: 5 } },
      { version: "v1.1", why: "it drifts" },
    ]);
    expect(await back({ why: "forward", to: "v1.2" })).toMatchObject({
      body: { champion: { version: "v1.2", number: 6 } },
    });
    expect((await registry.call("GET", `/forecasts/${forecast.id}/champion`)).body.changes).toHaveLength(6);
  });

  test("is refused without a champion, and to a version that never served, serves now or is corrupted", async () => {
    expect(await back({ why: "w" })).toMatchObject({ status: 409 });
    await registry.served("v1.0", naive);
    await registry.served("v1.1", naive);
    await registry.registered("v1.2", naive);
    expect(await back({ why: "w", to: "v1.2" })).toMatchObject({ status: 422, body: { allowed: ["v1.0", "v1.1"] } });
    expect(await back({ why: "w", to: "v1.1" })).toMatchObject({ status: 409 });
    expect(await back({ why: " " })).toMatchObject({ status: 422 });
    await hub.lake.put(artefactKey(forecast.id, "v1.0", "model.onnx"), "corrupted");
    expect(await back({ why: "w" })).toMatchObject({ status: 422, body: { found: sha256Hex("corrupted") } });
    expect(await registry.champion()).toMatchObject({ version: "v1.1", number: 2 });
  });

  test("lets a rejected version be judged again, because the champion is another one", async () => {
    await registry.served("v1.0", naive);
    await registry.served("v1.1", naive);
    await registry.registered("v2.0", better("two", "v1.0"));
    expect(await registry.promote("v2.0")).toMatchObject({ state: "held" });
    await back({ why: "w" });
    expect(await registry.promote("v2.0")).toMatchObject({ state: "done", key: `promote:${forecast.id}:v2.0:3` });
  });
});

const report: ServingReport = {
  kind: "serving",
  forecast: forecast.id,
  number: 2,
  champion: "v2.0",
  served: "v1.0",
  reason: "models/milk-mx/v2.0/model.onnx is damaged",
  at: "2026-11-30T12:00:00.000Z",
};

/** Delivers messages to the hub and returns what it did with each. */
async function deliver(...bodies: readonly unknown[]): Promise<string[]> {
  const outcomes = bodies.map(() => "none");
  const messages = bodies.map((body, at) => ({
    id: String(at),
    timestamp: new Date(),
    attempts: 1,
    body,
    ack: () => {
      outcomes[at] = "ack";
    },
    retry: () => {
      outcomes[at] = "retry";
    },
  }));
  await consume(registry.hub, { queue: "predictions", messages });
  return outcomes;
}

/** An isolate of predict on the hub's KV and R2, with a clock. */
function predictHere() {
  let nowMs = Date.parse("2026-11-30T12:00:00Z");
  const reports: unknown[] = [];
  const service = serviceOf({
    snapshots: hub.snapshots,
    lake: hub.lake,
    cache: null,
    rateLimit: null,
    costLimits: null,
    token: undefined,
    recording: null,
    reports: {
      send: async (body) => ({ metadata: { metrics: { backlogCount: reports.push(body), backlogBytes: 0 } } }),
    },
    onnx: null,
    onnxOnlyReason: null,
    codeVersion: "test",
    now: () => new Date(nowMs),
    wait: (ms) => scheduler.wait(ms),
  });
  const app = predictApp(service);
  return {
    reports,
    pass: (ms: number) => {
      nowMs += ms;
    },
    async serving(): Promise<Serving> {
      const background: Promise<unknown>[] = [];
      const request = new Request(`http://predict.test/serving/${forecast.id}`);
      const response = await app(request, { waitUntil: (work) => background.push(work) });
      await Promise.all(background);
      return servingShape.parse(await response.json());
    },
  };
}

const modelKey = artefactKey(forecast.id, "v2.0", "model.onnx");
const failures = () => query("SELECT number, served, reason FROM load_failures");

describe("reports of predict", () => {
  beforeEach(async () => {
    await registry.registered("v1.0", { candidate: "naive", losses: { challenger: 2, naive: 2 } });
    await registry.promote("v1.0");
    await registry.registered("v2.0", { incumbent: "v1.0", losses: { challenger: 1, naive: 2, incumbent: 2 } });
    await registry.promote("v2.0");
  });

  test("a damaged champion is replaced as soon as predict reports it, and serves again only after its file is restored", async () => {
    const good = (await (await hub.lake.get(modelKey))?.arrayBuffer()) ?? new ArrayBuffer(0);
    await hub.lake.put(modelKey, new Uint8Array(good.byteLength));
    expect(await repairPointers(hub, [forecast])).toEqual([]);
    expect(await deliver(report, { ...report, at: "2026-11-30T12:00:01.000Z" })).toEqual(["ack", "ack"]);
    expect(await registry.champion()).toMatchObject({
      version: "v1.0",
      number: 3,
      rule: "fallback",
      why: expect.stringMatching(/^v2\.0 cannot run: The digest of model\.onnx/),
    });
    expect(await registry.pointer()).toMatchObject({ version: "v1.0", number: 3 });
    // A report about an earlier champion changes nothing.
    expect(await deliver(report)).toEqual(["ack"]);
    await repairPointers(hub, [forecast]);
    expect(await registry.champion()).toMatchObject({ version: "v1.0", number: 3 });

    await hub.lake.put(modelKey, good);
    await repairPointers(hub, [forecast]);
    expect(await registry.champion()).toMatchObject({ version: "v2.0", number: 4, rule: "fallback" });
    expect(await failures()).toEqual([]);
  });

  test("predict answers with a fallback until the hub has replaced the champion, and then all views state the same", async () => {
    const bytes = publication([
      { day: "2026-11-18", cities: someCities(3) },
      { day: "2026-11-20", cities: someCities(3) },
    ]);
    expect(await ingestHere(registry.hub, { name: "Leche20112026.xlsx", bytes })).toMatchObject({ state: "done" });
    const size = (await hub.lake.head(modelKey))?.size ?? 0;
    await hub.lake.put(modelKey, new Uint8Array(size));
    const predict = predictHere();
    const damaged =
      /^v2\.0 cannot be loaded, so v1\.0 serves until it can: models\/milk-mx\/v2\.0\/model\.onnx is damaged/;
    expect((await predict.serving()).model).toMatchObject({
      version: "v1.0",
      stage: "fallback",
      decision: expect.stringMatching(damaged),
    });
    expect(await deliver(...predict.reports)).toEqual(["ack"]);
    predict.pass(retryMs);
    const { model } = await predict.serving();
    expect(model).toMatchObject({ version: "v1.0", stage: "champion" });
    expect(model.decision).toMatch(/^The baseline has served since .+ as a fallback\. v2\.0 cannot run: The digest/);
    const views = await Promise.all(
      ["/models?stage=champion", `/forecasts/${forecast.id}/champion`, "/health"].map((path) =>
        registry.call("GET", path),
      ),
    );
    const { decision, since } = model;
    expect(views.map(({ body }) => body)).toMatchObject([
      { models: [{ version: "v1.0", decision }] },
      { champion: { version: "v1.0", since }, decision },
      { forecasts: [{ forecast: forecast.id, version: "v1.0", since, decision }] },
    ]);
  });

  test("a champion that only predict cannot load remains champion, and the failure is recorded until predict can load it", async () => {
    expect(await deliver(report)).toEqual(["ack"]);
    expect(await registry.champion()).toMatchObject({ version: "v2.0", number: 2 });
    expect(await failures()).toEqual([{ number: 2, served: "v1.0", reason: report.reason }]);
    expect((await registry.call("GET", "/health")).body.forecasts).toMatchObject([
      { version: "v2.0", decision: `v2.0 cannot be loaded, so v1.0 serves until it can: ${report.reason}.` },
    ]);
    await deliver({ ...report, served: "v2.0", reason: null, at: "2026-11-30T12:01:00.000Z" });
    expect(await failures()).toEqual([]);
  });

  test("a report about an unknown forecast is accepted, and one that cannot be handled is retried", async () => {
    expect(await deliver({ ...report, forecast: "gone" })).toEqual(["ack"]);
    registry = new Registry({
      lake: new Proxy(hub.lake, { get: () => () => Promise.reject(new Error("R2 is down")) }),
    });
    expect(await deliver(report)).toEqual(["retry"]);
  });
});
