/** Tests promotion and rollback: the gate, simultaneous promotions, the pointer. */

import { createExecutionContext, createScheduledController, reset, waitOnExecutionContext } from "cloudflare:test";
import { beforeEach, describe, expect, test } from "vitest";
import { championPointerShape } from "../../shared/api/champion.ts";
import { requestFlow } from "../../shared/db/flows.ts";
import { saveGate } from "../../shared/db/gates.ts";
import { forecasts } from "../../shared/forecasts/index.ts";
import { sha256Hex } from "../../shared/lib/hash.ts";
import { success } from "../../shared/lib/result.ts";
import { validateJson } from "../../shared/lib/validate-json.ts";
import { artefactKey, championKey } from "../../shared/registry/keys.ts";
import type { Hub } from "../../workers/hub/hub.ts";
import worker from "../../workers/hub/index.ts";
import { writePointer } from "../../workers/hub/registry/pointer.ts";
import { repairPointers } from "../../workers/hub/serving/repair-pointers.ts";
import type { TinyStory } from "../support/card.ts";
import { asAdmin, ended, hub, migrate, query, testEnv } from "../support/hub.ts";
import { forecast, Registry } from "../support/registry.ts";

let registry: Registry;
beforeEach(async () => {
  await reset();
  await migrate();
  registry = new Registry();
});

const serving = async () => {
  const { champion } = (await registry.call("GET", `/forecasts/${forecast.id}/champion`)).body;
  return champion as { version: string; number: number; rule: string; who: string; why: string } | null;
};
const naive = { candidate: "naive", losses: { challenger: 2, naive: 2 } };
/** Another recipe that is better than all others. */
const better = (recipe: string, incumbent: string, from = "2026-01-01"): Partial<TinyStory> => ({
  recipe,
  incumbent,
  from,
  losses: { challenger: 1, naive: 2, incumbent: 2 },
});

async function served(version: string, story: Partial<TinyStory> = {}) {
  await registry.registered(version, story);
  const flow = await registry.promote(version);
  if (flow.state !== "done") throw new Error(JSON.stringify(flow));
  return flow;
}

test("a promoted version is the numbered champion in D1 and KV, with a public reason", async () => {
  const { card } = await registry.registered("v1.0");
  const answer = await registry.call(
    "POST",
    `/models/${forecast.id}/v1.0/promote`,
    { why: "first model" },
    { "X-Almanac-Actor": "Ana" },
  );
  expect(answer).toMatchObject({ status: 202, body: { state: "queued", known: false } });
  const { body: flow } = await registry.call("GET", `/flows/${answer.body.flow}`);
  expect(flow).toMatchObject({
    key: `promote:${forecast.id}:v1.0:0`,
    state: "done",
    reason: expect.stringContaining("beat the baseline"),
    stats: { rule: "first", periods: 60, number: 1, pointer: 1 },
  });
  expect((flow.steps as { name: string }[]).map(({ name }) => name)).toEqual([
    "verify",
    "golden rows",
    "served.json",
    "gate",
    "champion",
    "pointer",
  ]);
  expect(await serving()).toMatchObject({ version: "v1.0", number: 1, rule: "first", who: "Ana", why: "first model" });
  const pointer = validateJson(championPointerShape, await registry.pointer());
  const model = { sha256: card.model.sha256, bytes: card.model.bytes };
  expect(pointer).toMatchObject({ ok: true, value: { version: "v1.0", number: 1, model } });
  const { body } = await registry.call("GET", `/models/${forecast.id}/v1.0`);
  expect(body).toMatchObject({
    stage: "champion",
    gates: [{ kind: "promote", rule: "first", periods: 60, usedThrough: "2026-03-01" }],
  });
  expect((body.audit as unknown[])[0]).toMatchObject({
    what: "champion.promoted",
    who: "Ana",
    why: "first model",
    before: null,
    after: { version: "v1.0", number: 1, rule: "first" },
  });
});

test("the previous champion is retired, and a repeated request for the same promotion returns the same flow", async () => {
  await served("v1.0", naive);
  await registry.registered("v2.0", better("other", "v1.0"));
  const first = await registry.call("POST", `/models/${forecast.id}/v2.0/promote`, { why: "better" });
  expect(await serving()).toMatchObject({ version: "v2.0", number: 2, rule: "replacement" });
  expect((await registry.call("GET", "/models?stage=retired")).body.models).toMatchObject([{ version: "v1.0" }]);
  expect(await registry.call("POST", `/models/${forecast.id}/v2.0/promote`, { why: "again" })).toMatchObject({
    status: 409,
    body: { detail: `v2.0 is already the champion of ${forecast.id}.` },
  });
  expect(await query("SELECT count(*) AS flows FROM flow_runs WHERE key LIKE '%v2.0%'")).toEqual([{ flows: 1 }]);
  expect(first.body.known).toBe(false);
});

describe("a version does not serve", () => {
  test.each([
    ["model.onnx was corrupted", "model.onnx", "The digest of model.onnx in R2 differs"],
    ["card.json was corrupted", "card.json", "The digest of card.json in R2 differs"],
  ] as const)("when %s after it was registered", async (_, name, reason) => {
    await registry.registered("v1.0");
    await hub.lake.put(artefactKey(forecast.id, "v1.0", name), "corrupted");
    expect(await registry.promote("v1.0")).toMatchObject({ state: "failed", reason: expect.stringContaining(reason) });
    expect(await serving()).toBeNull();
  });

  test("when the code of the features has changed since it was registered", async () => {
    await registry.registered("v1.0");
    await query("DELETE FROM served");
    registry = new Registry({ fingerprints: () => ["fedcba9876543210"] });
    expect(await registry.promote("v1.0", { why: "w", force: true })).toMatchObject({
      state: "failed",
      reason: expect.stringContaining("fingerprint differs"),
    });
    expect(await serving()).toBeNull();
  });

  test("when its outputs for the golden rows differ, even if a person forces the promotion", async () => {
    await registry.registered("v1.0");
    registry = new Registry({ evaluate: () => success({ prediction: [0, 0, 0] }) });
    expect(await registry.promote("v1.0", { why: "I insist", force: true })).toMatchObject({
      state: "failed",
      reason: expect.stringContaining("golden row 1: prediction is 0, expected 3.5"),
    });
    expect(await serving()).toBeNull();
  });

  test("when the gate rejects it, and a repeated request uses no more periods", async () => {
    await registry.registered("v1.0", { losses: { challenger: 2, naive: 2 } });
    const flow = await registry.promote("v1.0");
    expect(flow).toMatchObject({
      state: "failed",
      reason: expect.stringMatching(/^Rejected: tiny did not beat the baseline .* over 60 publications/),
    });
    const again = await registry.promote("v1.0");
    expect(again).toMatchObject({ id: flow.id, attempt: 2, state: "failed", reason: flow.reason });
    expect(await query("SELECT count(*) AS decisions FROM gates")).toEqual([{ decisions: 1 }]);
    expect(await serving()).toBeNull();
  });

  test("when it was judged against another champion, and the reason names the current one", async () => {
    await served("v1.0", naive);
    await registry.registered("v2.0", { recipe: "other" });
    const flow = await registry.promote("v2.0");
    expect(flow).toMatchObject({ state: "held", reason: expect.stringContaining("Judge it again against v1.0") });
    expect(await registry.call("POST", `/flows/${flow.id}/release`)).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining("promote with force") },
    });
    expect(await serving()).toMatchObject({ version: "v1.0" });
  });

  test("when it is not registered", async () => {
    expect(await registry.call("POST", `/models/${forecast.id}/v1.0/promote`, { why: "w" })).toMatchObject({
      status: 404,
    });
    expect(await registry.call("POST", "/models/nothing/v1.0/promote", { why: "w" })).toMatchObject({ status: 404 });
    await registry.registered("v1.0");
    expect(await registry.call("POST", `/models/${forecast.id}/v1.0/promote`, {})).toMatchObject({
      status: 422,
      body: { detail: expect.stringContaining("why") },
    });
  });
});

test("a look uses only periods that no earlier look used", async () => {
  await served("v1.0", naive);
  await registry.registered("v2.0", { ...better("two", "v1.0"), losses: { challenger: 2, naive: 2, incumbent: 2 } });
  expect(await registry.promote("v2.0")).toMatchObject({ state: "failed" });

  await registry.registered("v3.0", better("three", "v1.0"));
  expect(await registry.promote("v3.0")).toMatchObject({
    state: "held",
    reason: expect.stringContaining("the test window has 0 of 60"),
  });
  await registry.registered("v3.1", better("three", "v1.0", "2026-01-30"));
  expect(await registry.promote("v3.1")).toMatchObject({
    state: "held",
    reason: expect.stringContaining("the test window has 29 of 60"),
  });
  await registry.registered("v3.2", better("three", "v1.0", "2026-01-31"));
  expect(await registry.promote("v3.2")).toMatchObject({
    state: "done",
    stats: { periods: 30, usedThrough: "2026-03-31" },
  });
});

test("the same recipe on newer data serves, and uses no periods", async () => {
  await served("v1.0");
  await served("v1.1", {
    ...better("tiny", "v1.0", "2026-01-05"),
    losses: { challenger: 1, naive: 2, incumbent: 1.2 },
  });
  expect(await serving()).toMatchObject({ version: "v1.1", rule: "refresh" });
  expect(await query("SELECT rule, used_through FROM gates ORDER BY id")).toEqual([
    { rule: "first", used_through: "2026-03-01" },
    { rule: "refresh", used_through: null },
  ]);
});

test("a person may promote a held version with a reason, and the reason is recorded", async () => {
  await served("v1.0", naive);
  await registry.registered("v2.0", { recipe: "other" });
  expect(await registry.promote("v2.0")).toMatchObject({ state: "held" });
  expect(await registry.promote("v2.0", { why: "the incumbent's feed is broken", force: true })).toMatchObject({
    state: "done",
    key: `promote:${forecast.id}:v2.0:1:forced`,
    reason: "A person decided: the incumbent's feed is broken",
  });
  expect(await serving()).toMatchObject({ version: "v2.0", rule: "person", why: "the incumbent's feed is broken" });
});

describe("two promotions at once", () => {
  test("that both passed the gate: one succeeds, and the refusal of the other names it", async () => {
    await registry.registered("v1.0", naive);
    await registry.registered("v1.1", { ...naive, bias: 2 });
    let overtook = false;
    registry.before = async (step) => {
      if (step !== "champion" || overtook) return;
      overtook = true;
      expect(await registry.promote("v1.1")).toMatchObject({ state: "done" });
    };
    expect(await registry.promote("v1.0")).toMatchObject({
      state: "failed",
      reason: expect.stringContaining("Version v1.1 (change 1) became champion during"),
    });
    expect(await serving()).toMatchObject({ version: "v1.1", number: 1 });
    expect(await registry.pointer()).toMatchObject({ version: "v1.1", number: 1 });
    expect(await query("SELECT version FROM champions")).toEqual([{ version: "v1.1" }]);
  });

  test("that read the same periods at the same moment use them once", async () => {
    await served("v1.0", naive);
    await registry.registered("v2.0", better("two", "v1.0"));
    await registry.registered("v3.0", better("three", "v1.0"));
    const flows = await Promise.all([registry.promote("v2.0"), registry.promote("v3.0")]);
    expect(flows.map(({ state }) => state).filter((state) => state === "done")).toHaveLength(1);
    expect(flows.find(({ state }) => state !== "done")?.reason).toMatch(
      /has 0 of 60|Version v.* became champion during/,
    );
    expect(await query("SELECT count(*) AS looked FROM gates WHERE used_through IS NOT NULL")).toEqual([{ looked: 1 }]);
    expect(await query("SELECT count(*) AS open FROM champions WHERE until IS NULL")).toEqual([{ open: 1 }]);
  });

  test("in the database: a number is unique and there is one champion", async () => {
    await served("v1.0", naive);
    const insert = (number: number) =>
      query(
        `INSERT INTO champions (forecast, number, version, rule, who, why, since) VALUES ('${forecast.id}', ${number}, 'v1.0', 'person', 'w', 'w', '')`,
      );
    await expect(insert(1)).rejects.toThrow(/overtaken/);
    await expect(insert(3)).rejects.toThrow(/overtaken/);
    await expect(insert(2)).rejects.toThrow(/UNIQUE/);
  });
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
    await served("v1.0", naive);
    await registry.registered("v2.0", naive);
    const other = registry;
    registry = new Registry({ snapshots: snapshotsWhere(async () => void (await other.promote("v2.0"))) });
    await registry.registered("v1.1", naive);
    await hub.snapshots.delete(championKey(forecast.id));
    // This flow makes change 2. Change 3 is written to D1 and KV before this flow writes change 2 to KV.
    const nextPromotion = registry.promote("v1.1");
    expect(await nextPromotion).toMatchObject({ state: "done", stats: { number: 2, pointer: 3 } });
    expect(await serving()).toMatchObject({ version: "v2.0", number: 3 });
    expect(await registry.pointer()).toMatchObject({ version: "v2.0", number: 3 });
  });

  test("is repaired every hour if a crash prevented its write", async () => {
    await registry.registered("v1.0", naive);
    registry.before = async (step) => {
      if (step === "pointer") throw new Error("killed");
    };
    await registry.promote("v1.0");
    expect(await serving()).toMatchObject({ version: "v1.0" });
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

test("repeated steps change nothing: the decision of the gate and the number of the champion remain", async () => {
  await registry.registered("v1.0");
  registry.forgetful = true;
  expect(await registry.promote("v1.0")).toMatchObject({ state: "done", stats: { number: 1, periods: 60 } });
  expect(await query("SELECT count(*) AS n FROM champions")).toEqual([{ n: 1 }]);
  expect(await query("SELECT count(*) AS n FROM gates")).toEqual([{ n: 1 }]);
  expect(await query("SELECT count(*) AS n FROM audit WHERE what = 'champion.promoted'")).toEqual([{ n: 1 }]);
});

describe("a rollback", () => {
  const back = (body: unknown) => registry.call("POST", `/forecasts/${forecast.id}/rollback`, body);

  test("is a new numbered change in the audit and in KV, and a second rollback goes one version further back", async () => {
    for (const version of ["v1.0", "v1.1", "v1.2"]) await served(version, naive);
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
    await served("v1.0", naive);
    await served("v1.1", naive);
    await registry.registered("v1.2", naive);
    expect(await back({ why: "w", to: "v1.2" })).toMatchObject({ status: 422, body: { allowed: ["v1.0", "v1.1"] } });
    expect(await back({ why: "w", to: "v1.1" })).toMatchObject({ status: 409 });
    expect(await back({ why: " " })).toMatchObject({ status: 422 });
    await hub.lake.put(artefactKey(forecast.id, "v1.0", "model.onnx"), "corrupted");
    expect(await back({ why: "w" })).toMatchObject({ status: 422, body: { found: sha256Hex("corrupted") } });
    expect(await serving()).toMatchObject({ version: "v1.1", number: 2 });
  });

  test("lets a rejected version be judged again, because the champion is another one", async () => {
    await served("v1.0", naive);
    await served("v1.1", naive);
    await registry.registered("v2.0", better("two", "v1.0"));
    expect(await registry.promote("v2.0")).toMatchObject({ state: "held" });
    await back({ why: "w" });
    expect(await registry.promote("v2.0")).toMatchObject({ state: "done", key: `promote:${forecast.id}:v2.0:3` });
  });
});

test("the real Workflow runs the flow, step by step", async () => {
  await registry.registered("v1.0");
  const answer = await asAdmin(`/models/${forecast.id}/v1.0/promote`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ why: "w" }),
  });
  expect(answer.status).toBe(202);
  const { flow } = await answer.json<{ flow: string }>();
  const { state, steps } = await ended(flow);
  expect([state, ...steps.map(({ name }) => name)]).toEqual([
    "done",
    "verify",
    "golden rows",
    "served.json",
    "gate",
    "champion",
    "pointer",
  ]);
  expect(await registry.pointer()).toMatchObject({ version: "v1.0", number: 1 });
});

test("a decision made before another look was recorded is not saved", async () => {
  await registry.registered("v1.0");
  await registry.promote("v1.0");
  await registry.registered("v2.0", better("two", "v1.0"));
  const { run } = await requestFlow(hub.db, { kind: "promote", key: "late", params: {} }, { now: "", boot: "" });
  const look = { key: "v2.0", from: "2026-01-01", to: "2026-03-01", halvings: 0 };
  const verdict = {
    kind: "promote",
    rule: "replacement",
    periods: 60,
    pNaive: 0,
    pIncumbent: 0,
    ahead: 1,
    tested: 1,
    look,
    reason: "",
  } as const;
  const place = { flowId: run.id, forecast: forecast.id, version: "v2.0", incumbent: "v1.0", decidedAt: "", verdict };
  const late = { ...place, data: { facts: sha256Hex("data"), readAt: "" } };
  expect(await saveGate(hub.db, { ...late, looksBefore: 0 })).toBeNull();
  expect(await saveGate(hub.db, { ...late, looksBefore: 1 })).toMatchObject({ usedThrough: "2026-03-01" });
});

describe("looks", () => {
  const looks = () => query("SELECT number, key, from_period, to_period, halvings FROM looks ORDER BY number");
  const used = { from_period: "2026-01-01", to_period: "2026-03-01", halvings: 0 };

  test("are recorded once per training, also if the baseline serves", async () => {
    const look = { from: "2026-01-01", to: "2026-03-01", halvings: 0 };
    await served("v1.0", { ...naive, look });
    expect(await looks()).toEqual([{ number: 1, key: "v1.0", ...used }]);
    await registry.registered("v2.0", better("two", "v1.0"));
    expect(await registry.promote("v2.0")).toMatchObject({ state: "held" });
    expect(await looks()).toHaveLength(1);
    const { body } = await registry.call("GET", `/forecasts/${forecast.id}/champion`);
    expect(body).toMatchObject({ looks: [{ key: "v1.0", ...look }], dataChanged: false });
  });

  const feed = "sniim-milk";
  const publication = (id: number, digest = `${id}`) =>
    query(`INSERT INTO ingests (id, feed, flow_id, raw_key, rank, arrived_at, stats)
      VALUES (${id}, '${feed}', 'f', 'raw/${feed}/${digest.padStart(16, "0")}.${id}-a.xlsx', '${id}',
        '2020-01-01T00:00:00.000Z', '{}')`);
  /** Replaces a value of publication 1 by one of publication 2, which may have the same bytes. */
  const restate = async (stored: number, corrected: number, { period = "2026-02-02", digest = "2" }) => {
    await publication(2, digest);
    await query(`INSERT INTO series (id, feed, key, dimensions) VALUES (1, '${feed}', '[]', '{}')`);
    await query(`INSERT INTO observations (feed, period, series_id, variable, value, ingest_id)
      VALUES ('${feed}', '${period}', 1, 'precio', ${corrected}, 2)`);
    await query(`INSERT INTO revisions (feed, period, series_id, variable, value, ingest_id, superseded_by)
      VALUES ('${feed}', '${period}', 1, 'precio', ${stored}, 1, 2)`);
  };

  test.each([
    { what: "a corrected value allows one more look at half the level", stored: 250, corrected: 25, again: true },
    { what: "a change below the tolerance does not", stored: 25, corrected: 25.004, again: false },
    { what: "a value after the look does not", stored: 250, corrected: 25, period: "2026-03-02", again: false },
    { what: "bytes that are sent again do not", stored: 250, corrected: 25, digest: "1", again: false },
  ])("$what", async ({ stored, corrected, again, ...more }) => {
    await publication(1);
    await registry.registered("v1.0", { losses: { challenger: 2, naive: 2 } });
    expect(await registry.promote("v1.0")).toMatchObject({ state: "failed" });
    await restate(stored, corrected, more);
    await registry.registered("v2.0", { recipe: "two", losses: { challenger: 1, naive: 2 } });
    const flow = await registry.promote("v2.0");
    if (!again) return expect(flow).toMatchObject({ state: "held" });
    expect(flow).toMatchObject({ state: "done", reason: expect.stringContaining("The level is 0.005") });
    // The correction was read by that look, so that there is no third.
    await registry.registered("v3.0", better("three", "v2.0"));
    expect(await registry.promote("v3.0")).toMatchObject({ state: "held" });
    expect(await looks()).toEqual([
      { number: 1, key: "v1.0", ...used },
      { number: 2, key: "v2.0", ...used, halvings: 1 },
    ]);
  });
});

test("each step of a promotion reads the card and the model at most once", async () => {
  const reads = new Map<string, string[]>();
  let current = "";
  const lake = new Proxy(hub.lake, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      if (name !== "get") return value.bind(target);
      return (...parameters: unknown[]) => {
        const file = String(parameters[0]).split("/").at(-1) ?? "";
        reads.set(current, [...(reads.get(current) ?? []), file]);
        return Reflect.apply(value, target, parameters);
      };
    },
  });
  registry = new Registry({ lake });
  await registry.registered("v1.0", naive);
  reads.clear();
  registry.before = async (step) => {
    current = step;
  };
  expect(await registry.promote("v1.0")).toMatchObject({ state: "done" });
  const ofArtefacts = (step: string) => reads.get(step)?.filter((file) => /^(card|model)\./.test(file)) ?? [];
  expect(ofArtefacts("verify").sort()).toEqual(["card.json", "model.onnx"]);
  expect(ofArtefacts("golden rows").sort()).toEqual(["card.json", "model.onnx"]);
  expect(ofArtefacts("gate")).toEqual(["card.json"]);
  expect(ofArtefacts("champion")).toEqual([]);
  expect(ofArtefacts("pointer")).toEqual([]);
});
