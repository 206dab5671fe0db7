import { reset } from "cloudflare:test";
import { beforeEach, describe, expect, test } from "vitest";
import { forecasts } from "../../shared/forecasts/index.ts";
import { sha256Hex } from "../../shared/lib/hash.ts";
import { artefactKey } from "../../shared/registry/keys.ts";
import { abandonSilentRuns } from "../../workers/hub/registry/silent-runs.ts";
import { bytesOf, tinyModel } from "../support/card.ts";
import { hub, migrate, query } from "../support/hub.ts";
import { digestOf, forecast, Registry } from "../support/registry.ts";

beforeEach(async () => {
  await reset();
  await migrate();
});

const registry = new Registry();
const tiny = (version = "v1.0") => tinyModel({ forecast, version });

describe("artefacts", () => {
  const path = `/models/${forecast.id}/v1.0/model.onnx`;
  const { model } = tiny();

  test("are created once: the same bytes again change nothing, other bytes are refused", async () => {
    expect(await registry.upload("v1.0", "model.onnx", model)).toMatchObject({ status: 201, body: { known: false } });
    expect(await registry.upload("v1.0", "model.onnx", model)).toMatchObject({ status: 200, body: { known: true } });
    const other = await registry.upload("v1.0", "model.onnx", new Uint8Array([1, 2, 3]));
    expect(other).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining("other bytes"), expected: `sha256 ${sha256Hex(model)}` },
    });
    const stored = await hub.lake.get(artefactKey(forecast.id, "v1.0", "model.onnx"));
    expect(new Uint8Array((await stored?.arrayBuffer()) ?? new ArrayBuffer(0))).toEqual(model);
    expect(await query("SELECT what FROM audit")).toEqual([{ what: "artefact.uploaded" }]);
  });

  test("of a registered version are stored again after a loss or damage, from the registered bytes only", async () => {
    const { card } = await registry.registered("v1.0");
    const bytes = tiny().model;
    const key = artefactKey(forecast.id, card.version, "model.onnx");
    await hub.lake.delete(key);
    expect(await registry.upload("v1.0", "model.onnx", new Uint8Array([1, 2, 3]))).toMatchObject({
      status: 409,
      body: { expected: `sha256 ${card.model.sha256}` },
    });
    expect(await registry.upload("v1.0", "model.onnx", bytes)).toMatchObject({ status: 201 });
    await hub.lake.put(key, new Uint8Array(bytes.length));
    expect(await registry.upload("v1.0", "model.onnx", bytes)).toMatchObject({ status: 201 });
    expect(new Uint8Array((await (await hub.lake.get(key))?.arrayBuffer()) ?? new ArrayBuffer(0))).toEqual(bytes);
  });

  test("with another digest than the stated one are refused and not stored", async () => {
    const answer = await registry.upload("v1.0", "model.onnx", model, sha256Hex("something else"));
    expect(answer).toMatchObject({ status: 422, body: { detail: expect.stringContaining("Content-Digest") } });
    expect(await hub.lake.head(artefactKey(forecast.id, "v1.0", "model.onnx"))).toBeNull();
  });

  test("need a digest, a length within the limit and one of the two names", async () => {
    const digest = { "Content-Digest": digestOf(sha256Hex(model)) };
    expect(await registry.call("PUT", path, model, { "Content-Length": "9" })).toMatchObject({ status: 400 });
    expect(await registry.call("PUT", path, model, digest)).toMatchObject({ status: 411 });
    const tooLarge = await registry.call("PUT", path, model, { ...digest, "Content-Length": "64000001" });
    expect(tooLarge).toMatchObject({ status: 413, body: { expected: "at most 64000000 bytes" } });
    const card = path.replace("model.onnx", "card.json");
    expect(await registry.call("PUT", card, model, { ...digest, "Content-Length": "4000001" })).toMatchObject({
      status: 413,
    });
    expect(await registry.call("PUT", path.replace("model.onnx", "notes.txt"), model)).toMatchObject({
      status: 422,
      body: { detail: expect.stringContaining("model.onnx") },
    });
    expect(await registry.call("PUT", path.replace("v1.0", "..%2Fx"), model)).toMatchObject({ status: 422 });
  });

  test("are returned unchanged with their etag", async () => {
    await registry.upload("v1.0", "card.json", bytesOf(tiny().card));
    const answer = await registry.call("GET", `/models/${forecast.id}/v1.0/card.json`);
    expect(answer.body).toEqual(tiny().card);
    expect(answer.headers.get("ETag")).toMatch(/^".+"$/);
    expect(await registry.call("GET", path)).toMatchObject({ status: 404 });
  });
});

describe("a version is refused", () => {
  const nothing = async () => expect(await query("SELECT * FROM models")).toEqual([]);

  test("before its files are uploaded, so a killed training registers nothing", async () => {
    const built = tiny();
    expect(await registry.register(built)).toMatchObject({
      status: 422,
      body: { detail: expect.stringContaining("model.onnx is not in R2") },
    });
    await registry.upload("v1.0", "model.onnx", built.model);
    expect(await registry.register(built)).toMatchObject({
      status: 422,
      body: { detail: expect.stringContaining("card.json is not in R2") },
    });
    await nothing();
    expect((await registry.call("GET", "/models")).body).toEqual({ models: [] });
  });

  test("when the digest of a file in R2 differs from the stated one", async () => {
    const built = tiny();
    await registry.uploadBoth(built);
    await hub.lake.put(artefactKey(forecast.id, "v1.0", "model.onnx"), "corrupted");
    expect(await registry.register(built)).toMatchObject({
      status: 422,
      body: { detail: "The digest of model.onnx in R2 differs from the stated one.", found: sha256Hex("corrupted") },
    });
    await nothing();
  });

  test("when the card has a learner of further steps and steps.onnx is absent or another file", async () => {
    const { model, card } = tiny();
    const { features, golden } = card;
    const file = { sha256: sha256Hex("steps"), bytes: 5, nodes: 0, trees: 0 };
    const inputs = features.map(({ name, dtype }) => ({ name, dtype }));
    const learner = { recipe: card.recipe, model: file, features: inputs, shapes: [], golden };
    const further = { gate: null, steps: [{ step: 2, serves: "pooled" as const, reason: "test" }], learner };
    const built = { model, card: { ...card, further } };
    await registry.uploadBoth(built);
    expect(await registry.register(built)).toMatchObject({
      status: 422,
      body: { detail: expect.stringContaining("steps.onnx is not in R2") },
    });
    await registry.upload("v1.0", "steps.onnx", bytesOf("other"));
    expect(await registry.register(built)).toMatchObject({
      status: 422,
      body: { detail: "The digest of steps.onnx in R2 differs from the stated one." },
    });
    await nothing();
  });

  test("when the card is invalid", async () => {
    const { model, card } = tiny();
    const built = { model, card: { ...card, steps: [0] } };
    await registry.uploadBoth(built);
    expect(await registry.register(built)).toMatchObject({
      status: 422,
      body: { detail: "card.json is invalid.", found: expect.stringContaining("steps") },
    });
    await nothing();
  });

  test.each([
    ["another forecast", { forecast: "no-such" }, "another forecast"],
    ["another version", { version: "v9.9" }, "another version"],
    ["other features than this code's", { fingerprint: "0123456789abcdef" }, "fingerprint"],
    ["another file", { model: { ...tiny().card.model, sha256: sha256Hex("") } }, "sha256"],
  ])("when the card is for %s", async (_, change, words) => {
    const { model, card } = tiny();
    const file = bytesOf({ ...card, ...change });
    await registry.upload("v1.0", "model.onnx", model);
    await registry.upload("v1.0", "card.json", file);
    const shas = { model: { sha256: sha256Hex(model) }, card: { sha256: sha256Hex(file) } };
    expect(await registry.call("POST", `/models/${forecast.id}/v1.0`, shas)).toMatchObject({
      status: 422,
      body: { detail: expect.stringContaining(words), found: expect.any(String), expected: expect.any(String) },
    });
    await nothing();
  });

  test("for an unknown forecast or run, or a reserved name", async () => {
    const built = tiny();
    await registry.uploadBoth(built);
    expect(
      await registry.call("POST", "/models/milk-xm/v1.0", {
        model: { sha256: sha256Hex("") },
        card: { sha256: sha256Hex("") },
      }),
    ).toMatchObject({
      status: 404,
      body: { allowed: forecasts.map(({ id }) => id), didYouMean: forecast.id },
    });
    expect(await registry.register(built, { run: "r" })).toMatchObject({
      status: 422,
      body: { detail: "There is no run r." },
    });
    expect(await registry.register(built, { colour: "red" })).toMatchObject({ status: 422, body: { found: "colour" } });
    const shas = { model: { sha256: sha256Hex("") }, card: { sha256: sha256Hex("") } };
    expect(await registry.call("POST", `/models/${forecast.id}/compare`, shas)).toMatchObject({
      status: 422,
      body: { found: "compare" },
    });
    await nothing();
  });

  test("whose card was corrupted after the registration is reported by every route that reads the card", async () => {
    const built = tiny();
    await registry.uploadBoth(built);
    expect(await registry.register(built)).toMatchObject({ status: 201 });
    await hub.lake.put(artefactKey(forecast.id, "v1.0", "card.json"), "corrupted");
    for (const path of ["v1.0", "compare?a=v1.0&b=v1.0"]) {
      expect(await registry.call("GET", `/models/${forecast.id}/${path}`)).toMatchObject({
        status: 500,
        body: { detail: expect.stringMatching(/^card\.json of milk-mx v1\.0 in R2 .*Restore it, or train again\./) },
      });
    }
  });

  test("when it is registered with other files, and the same files again change nothing", async () => {
    const built = await registry.registered("v1.0");
    expect(await registry.register(built)).toMatchObject({
      status: 200,
      body: { version: "v1.0", stage: "registered" },
    });
    const other = { ...built, card: { ...built.card, title: "Another" } };
    expect(await registry.register(other)).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining("already registered with other files") },
    });
    expect(await query("SELECT count(*) AS entries FROM audit WHERE what = 'model.registered'")).toEqual([
      { entries: 1 },
    ]);
  });
});

test("a version is read with its card, tags and audit, listed, and compared", async () => {
  const one = await registry.registered("v1.0");
  await registry.registered("v2.0", { bias: 9, recipe: "other" });
  const tag = `/models/${forecast.id}/v1.0/tags/note`;
  const actor = { "X-Almanac-Actor": "Ana" };
  expect(await registry.call("PUT", tag, { value: "steady", why: "for the report" }, actor)).toMatchObject({
    status: 200,
    body: { tags: { note: "steady" } },
  });
  await registry.call("PUT", tag, { value: "steady" });
  const { body } = await registry.call("GET", `/models/${forecast.id}/v1.0`);
  expect(body).toMatchObject({
    stage: "registered",
    candidate: "tiny",
    rmse: 1,
    card: one.card,
    tags: { note: "steady" },
    gates: [],
  });
  expect(body.audit).toMatchObject([
    { what: "tag.set", who: "Ana", why: "for the report", before: null, after: { note: "steady" } },
    { what: "model.registered", who: "token" },
    { what: "artefact.uploaded" },
    { what: "artefact.uploaded" },
  ]);
  expect(await registry.call("DELETE", `${tag}?why=done`)).toMatchObject({ status: 200, body: { tags: {} } });

  const { body: list } = await registry.call("GET", `/models?forecast=${forecast.id}&stage=registered`);
  expect(list.models).toHaveLength(2);
  expect((await registry.call("GET", "/models?stage=champion")).body).toEqual({ models: [] });
  expect(await registry.call("GET", "/models?stage=winner")).toMatchObject({ status: 422 });

  const { body: compared } = await registry.call("GET", `/models/${forecast.id}/compare?a=v1.0&b=v2.0`);
  expect(compared).toMatchObject({
    a: { version: "v1.0" },
    b: { version: "v2.0" },
    parameters: [{ name: "bias", a: 0.5, b: 9 }],
  });
  expect(await registry.call("GET", `/models/${forecast.id}/compare?a=v1.0&b=v2.1`)).toMatchObject({
    status: 404,
    body: { didYouMean: "v2.0" },
  });

  const { body: page } = await registry.call("GET", "/audit?limit=2");
  expect(page.audit).toMatchObject([{ what: "tag.removed", why: "done" }, { what: "tag.set" }]);
  expect((await registry.call("GET", `/audit?what=tag.set&cursor=${page.next}`)).body).toEqual({
    audit: [],
    next: null,
  });
});

describe("a training", () => {
  const begin = async () =>
    (await registry.call("POST", `/forecasts/${forecast.id}/runs`, { seed: 7, codeVersion: "abc" })).body.id;
  const trial = (number: number, change = {}) => ({
    candidate: "boosting",
    number,
    state: "done",
    parameters: { depth: 3, rate: 0.1, kind: "a", on: true, names: ["x"] },
    scores: [1.5, 0.1 + 0.2],
    seconds: 2,
    note: null,
    ...change,
  });

  test("stores every trial once, even if a batch is sent several times", async () => {
    const run = await begin();
    const batch = { trials: [trial(0), trial(1, { state: "failed", scores: [], note: "too deep" })] };
    expect(await registry.call("POST", `/runs/${run}/trials`, batch)).toMatchObject({
      status: 200,
      body: { logged: 2 },
    });
    await registry.call("POST", `/runs/${run}/trials`, batch);
    await registry.call("POST", `/runs/${run}/trials`, { trials: [trial(1)] });
    const { body } = await registry.call("GET", `/runs/${run}`);
    expect(body).toMatchObject({ forecast: forecast.id, seed: 7, state: "running", trials: [trial(0), trial(1)] });
  });

  test("that has ended accepts no trials, and ends only once", async () => {
    const run = await begin();
    const end = (state: string) => registry.call("POST", `/runs/${run}/end`, { state, stats: { trials: 0 } });
    expect(await end("done")).toMatchObject({ status: 200, body: { state: "done", stats: { trials: 0 } } });
    expect(await end("done")).toMatchObject({ status: 200 });
    expect(await end("failed")).toMatchObject({ status: 409, body: { found: "done" } });
    expect(await registry.call("POST", `/runs/${run}/trials`, { trials: [trial(0)] })).toMatchObject({ status: 409 });
    expect((await registry.call("GET", `/forecasts/${forecast.id}/runs`)).body.runs).toMatchObject([
      { id: run, state: "done" },
    ]);
    expect(await query("SELECT what, run FROM audit ORDER BY id")).toEqual([
      { what: "run.created", run },
      { what: "run.ended", run },
    ]);
  });

  test("without a heartbeat for 30 minutes is abandoned, and the reason names the command that continues it", async () => {
    const [killed, alive, trialsOnly] = [await begin(), await begin(), await begin()];
    const later = (minutes: number) => new Date(Date.now() + minutes * 60_000);
    for (const run of [killed, alive])
      expect(await registry.call("POST", `/runs/${run}/heartbeat`)).toMatchObject({ status: 200, body: { id: run } });
    await new Registry({ now: () => later(25) }).call("POST", `/runs/${alive}/heartbeat`);
    expect(await abandonSilentRuns({ ...hub, now: () => later(29) })).toEqual([]);
    expect(await abandonSilentRuns({ ...hub, now: () => later(40) })).toEqual([killed]);
    const { body } = await registry.call("GET", `/runs/${killed}`);
    expect(body).toMatchObject({ state: "abandoned", reason: expect.stringContaining(`--resume ${killed}`) });
    expect(body).not.toHaveProperty("sendsHeartbeats");
    expect(await registry.call("POST", `/runs/${killed}/heartbeat`)).toMatchObject({ status: 409 });
    expect((await registry.call("GET", `/runs/${trialsOnly}`)).body).toMatchObject({ state: "running" });
    expect(await query(`SELECT what FROM audit WHERE run = '${alive}'`)).toEqual([{ what: "run.created" }]);
  });

  test("of a trainer without heartbeats is abandoned after a day without a trial", async () => {
    const [silent, alive] = [await begin(), await begin()];
    const later = (hours: number) => new Date(Date.now() + hours * 3_600_000);
    const speaking = new Registry({ now: () => later(20) });
    await speaking.call("POST", `/runs/${alive}/trials`, { trials: [trial(0)] });
    expect(await abandonSilentRuns({ ...hub, now: () => later(23) })).toEqual([]);
    expect(await abandonSilentRuns({ ...hub, now: () => later(25) })).toEqual([silent]);
    expect((await registry.call("GET", `/runs/${silent}`)).body).toMatchObject({ state: "abandoned" });
  });

  test("refuses batches that are empty, too long, not JSON or invalid, and unknown runs", async () => {
    const run = await begin();
    const log = (body: unknown) => registry.call("POST", `/runs/${run}/trials`, body);
    expect(await log({ trials: [] })).toMatchObject({ status: 422 });
    expect(await log({ trials: Array.from({ length: 501 }, (_, index) => trial(index)) })).toMatchObject({
      status: 422,
    });
    expect(await log({ trials: [trial(0, { number: -1 })] })).toMatchObject({
      status: 422,
      body: { detail: expect.stringContaining("trials.0.number") },
    });
    expect(
      await registry.call("POST", `/runs/${run}/trials`, new TextEncoder().encode("{"), {
        "Content-Type": "application/json",
      }),
    ).toMatchObject({ status: 400 });
    expect(
      await registry.call("POST", `/runs/${run}/trials`, new TextEncoder().encode("a,b"), {
        "Content-Type": "text/csv",
      }),
    ).toMatchObject({ status: 415 });
    expect(await registry.call("POST", "/runs/none/end", { state: "done" })).toMatchObject({ status: 404 });
    expect(await registry.call("POST", "/runs/none/heartbeat")).toMatchObject({ status: 404 });
  });
});

test("every write of the registry is disabled without a configured token, and refused without the token", async () => {
  const closed = new Registry({ adminToken: undefined });
  const writes = [
    ["POST", `/forecasts/${forecast.id}/runs`],
    ["POST", "/runs/r/trials"],
    ["POST", "/runs/r/heartbeat"],
    ["POST", "/runs/r/end"],
    ["PUT", `/models/${forecast.id}/v1.0/model.onnx`],
    ["POST", `/models/${forecast.id}/v1.0`],
    ["POST", `/models/${forecast.id}/v1.0/promote`],
    ["POST", `/forecasts/${forecast.id}/rollback`],
    ["PUT", `/models/${forecast.id}/v1.0/tags/note`],
    ["DELETE", `/models/${forecast.id}/v1.0/tags/note`],
  ] as const;
  for (const [method, path] of writes) {
    expect(await closed.call(method, path)).toMatchObject({ status: 403 });
    expect(await registry.call(method, path, undefined, { Authorization: "Bearer guess" })).toMatchObject({
      status: 401,
    });
  }
});

test("rows of registered versions and of the audit cannot be changed", async () => {
  await registry.registered("v1.0");
  await expect(query("UPDATE models SET rmse = 0")).rejects.toThrow(/immutable/);
  await expect(query("UPDATE audit SET who = 'another'")).rejects.toThrow(/append-only/);
  await expect(query("DELETE FROM audit")).rejects.toThrow(/append-only/);
});
