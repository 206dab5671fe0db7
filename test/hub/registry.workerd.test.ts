/** Files, cards and versions of models in the registry. */
import { beforeEach, describe, expect, test } from "vitest";
import { forecasts } from "../../shared/forecasts/index.ts";
import { sha256Hex } from "../../shared/lib/hash.ts";
import { artefactKey } from "../../shared/registry/keys.ts";
import { bytesOf, tinyModel } from "../support/card.ts";
import { emptyStores } from "../support/empty-stores.ts";
import { hub, migrate, query } from "../support/hub.ts";
import { digestOf, forecast, Registry } from "../support/registry.ts";

beforeEach(async () => {
  await emptyStores();
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
