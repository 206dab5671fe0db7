/** Tests promotion: the checks of a version, the gate, simultaneous promotions. */
import { beforeEach, describe, expect, test } from "vitest";
import { championPointerShape } from "../../shared/api/champion.ts";
import { success } from "../../shared/lib/result.ts";
import { validateJson } from "../../shared/lib/validate-json.ts";
import { artefactKey } from "../../shared/registry/keys.ts";
import { emptyStores } from "../support/empty-stores.ts";
import { asAdmin, ended, hub, migrate, query } from "../support/hub.ts";
import { better, forecast, naive, Registry } from "../support/registry.ts";

let registry: Registry;
beforeEach(async () => {
  await emptyStores();
  await migrate();
  registry = new Registry();
});

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
  expect(await registry.champion()).toMatchObject({
    version: "v1.0",
    number: 1,
    rule: "first",
    who: "Ana",
    why: "first model",
  });
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
  await registry.served("v1.0", naive);
  await registry.registered("v2.0", better("other", "v1.0"));
  const first = await registry.call("POST", `/models/${forecast.id}/v2.0/promote`, { why: "better" });
  expect(await registry.champion()).toMatchObject({ version: "v2.0", number: 2, rule: "replacement" });
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
    expect(await registry.champion()).toBeNull();
  });

  test("when the code of the features has changed since it was registered", async () => {
    await registry.registered("v1.0");
    await query("DELETE FROM served");
    registry = new Registry({ fingerprints: () => ["fedcba9876543210"] });
    expect(await registry.promote("v1.0", { why: "w", force: true })).toMatchObject({
      state: "failed",
      reason: expect.stringContaining("fingerprint differs"),
    });
    expect(await registry.champion()).toBeNull();
  });

  test("when its outputs for the golden rows differ, even if a person forces the promotion", async () => {
    await registry.registered("v1.0");
    registry = new Registry({ evaluate: () => success({ prediction: [0, 0, 0] }) });
    expect(await registry.promote("v1.0", { why: "I insist", force: true })).toMatchObject({
      state: "failed",
      reason: expect.stringContaining("golden row 1: prediction is 0, expected 3.5"),
    });
    expect(await registry.champion()).toBeNull();
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
    expect(await registry.champion()).toBeNull();
  });

  test("when it was judged against another champion, and the reason names the current one", async () => {
    await registry.served("v1.0", naive);
    await registry.registered("v2.0", { recipe: "other" });
    const flow = await registry.promote("v2.0");
    expect(flow).toMatchObject({
      state: "held",
      reason: expect.stringContaining(`Judge it again against v1.0 with \`almanac import ${forecast.id} FILE`),
    });
    expect(await registry.call("POST", `/flows/${flow.id}/release`)).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining("promote with force") },
    });
    expect(await registry.champion()).toMatchObject({ version: "v1.0" });
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

test("the same recipe on newer data serves, and uses no periods", async () => {
  await registry.served("v1.0");
  await registry.served("v1.1", {
    ...better("tiny", "v1.0", "2026-01-05"),
    losses: { challenger: 1, naive: 2, incumbent: 1.2 },
  });
  expect(await registry.champion()).toMatchObject({ version: "v1.1", rule: "refresh" });
  expect(await query("SELECT rule, used_through FROM gates ORDER BY id")).toEqual([
    { rule: "first", used_through: "2026-03-01" },
    { rule: "refresh", used_through: null },
  ]);
});

test("a person may promote a held version with a reason, and the reason is recorded", async () => {
  await registry.served("v1.0", naive);
  await registry.registered("v2.0", { recipe: "other" });
  expect(await registry.promote("v2.0")).toMatchObject({ state: "held" });
  expect(await registry.promote("v2.0", { why: "the incumbent's feed is broken", force: true })).toMatchObject({
    state: "done",
    key: `promote:${forecast.id}:v2.0:1:forced`,
    reason: "A person decided: the incumbent's feed is broken",
  });
  expect(await registry.champion()).toMatchObject({
    version: "v2.0",
    rule: "person",
    why: "the incumbent's feed is broken",
  });
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
      reason: expect.stringContaining("Version v1.1 became champion during"),
    });
    expect(await registry.champion()).toMatchObject({ version: "v1.1", number: 1 });
    expect(await registry.pointer()).toMatchObject({ version: "v1.1", number: 1 });
    expect(await query("SELECT version FROM champions")).toEqual([{ version: "v1.1" }]);
  });

  test("that read the same periods at the same moment use them once", async () => {
    await registry.served("v1.0", naive);
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
    await registry.served("v1.0", naive);
    const insert = (number: number) =>
      query(
        `INSERT INTO champions (forecast, number, version, rule, who, why, since) VALUES ('${forecast.id}', ${number}, 'v1.0', 'person', 'w', 'w', '')`,
      );
    await expect(insert(1)).rejects.toThrow(/overtaken/);
    await expect(insert(3)).rejects.toThrow(/overtaken/);
    await expect(insert(2)).rejects.toThrow(/UNIQUE/);
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

test("a promotion reads the card and the model once", async () => {
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
  for (const step of ["golden rows", "served.json", "gate", "champion", "pointer"]) {
    expect(ofArtefacts(step), step).toEqual([]);
  }
});
