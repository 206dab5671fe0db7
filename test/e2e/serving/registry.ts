/** Tests the registry through the typed client and a listening hub, with a power cut during a promotion. */
import { expect, test } from "vitest";
import { championPointerShape } from "../../../shared/api/champion.ts";
import { trialsMax } from "../../../shared/api/runs.ts";
import { milkMx as forecast } from "../../../shared/forecasts/milk-mx.ts";
import { sha256Hex } from "../../../shared/lib/hash.ts";
import { validateJson } from "../../../shared/lib/validate-json.ts";
import { championKey } from "../../../shared/registry/keys.ts";
import { Failure } from "../../../trainer/failure.ts";
import { flowEnded } from "../../../trainer/flows.ts";
import { bytesOf, type TinyStory, tinyModel } from "../../support/card.ts";
import { recoverAll } from "../../support/platform.ts";
import { hub, platform, start } from "./platform.ts";

async function register(version: string, story: Partial<TinyStory> = {}, run?: string) {
  const { model, card } = tinyModel({ forecast, version, ...story });
  const address = { forecast: card.forecast, version };
  const file = bytesOf(card);
  await hub.api.uploadArtefact({ ...address, artefact: "model.onnx", body: model });
  await hub.api.uploadArtefact({ ...address, artefact: "card.json", body: file });
  const digests = { model: { sha256: sha256Hex(model) }, card: { sha256: sha256Hex(file) } };
  return {
    address,
    model,
    registered: await hub.api.registerModel({ ...address, body: { ...digests, ...(run !== undefined && { run }) } }),
  };
}

const naive = { candidate: "naive", losses: { challenger: 2, naive: 2 } };

test("a training run, its version, its promotion and a rollback work through the client", async () => {
  const run = await hub.api.createRun({ forecast: forecast.id, body: { seed: 1, codeVersion: "test" } });
  const trial = { candidate: "tiny", state: "done" as const, parameters: {}, scores: [1], seconds: 1, note: null };
  const trials = Array.from({ length: trialsMax }, (_, number) => ({ ...trial, number }));
  expect(await hub.api.logTrials({ run: run.id, body: { trials } })).toMatchObject({ logged: trialsMax });
  expect(await hub.api.endRun({ run: run.id, body: { state: "done" } })).toMatchObject({ state: "done" });
  expect(await hub.api.listRuns({ forecast: forecast.id })).toMatchObject({ runs: [{ id: run.id }] });

  const { address, model, registered } = await register("v1.0", naive, run.id);
  expect(registered).toMatchObject({ stage: "registered", run: run.id });
  expect((await hub.api.downloadArtefact({ ...address, artefact: "model.onnx" })).bytes).toEqual(model);
  expect(await hub.api.getChampion({ forecast: forecast.id })).toMatchObject({ champion: null });
  const { flow } = await hub.api.promoteModel({ ...address, body: { why: "something must serve" } });
  expect(await flowEnded(hub, flow)).toMatchObject({ state: "done" });

  const next = await register("v1.1", { ...naive, bias: 3 });
  expect(
    await flowEnded(hub, (await hub.api.promoteModel({ ...next.address, body: { why: "newer" } })).flow),
  ).toMatchObject({
    state: "done",
  });
  expect(await hub.api.compareModels({ forecast: forecast.id, query: { a: "v1.0", b: "v1.1" } })).toMatchObject({
    parameters: [{ name: "bias", a: 0.5, b: 3 }],
  });
  expect(await hub.api.rollBack({ forecast: forecast.id, body: { why: "a test" } })).toMatchObject({
    champion: { version: "v1.0", number: 3, who: "Ana" },
  });
  expect(await hub.api.listModels({ query: { forecast: forecast.id, stage: "retired" } })).toMatchObject({
    models: [{ version: "v1.1" }],
  });
  const tag = { ...address, name: "note" };
  const { tags } = await hub.api.setTag({ ...tag, body: { value: "steady", why: "a test" } });
  expect(tags).toEqual({ note: "steady" });
  expect((await hub.api.removeTag(tag)).tags).toEqual({});
  expect(await hub.api.getModel(address)).toMatchObject({ stage: "champion", gates: [{ rule: "naive" }] });
  const { audit } = await hub.api.listAudit({ query: { forecast: forecast.id, limit: 1 } });
  expect(audit.map(({ what, who }) => [what, who])).toEqual([["tag.removed", "Ana"]]);
});

test("a refusal is a sentence with the found and the expected value", async () => {
  const empty = { sha256: sha256Hex("") };
  const wrong = hub.api.registerModel({ forecast: forecast.id, version: "v9.0", body: { model: empty, card: empty } });
  await expect(wrong).rejects.toThrow(Failure);
  await expect(wrong).rejects.toThrow(/model\.onnx is not in R2\. .+ Found: nothing\. Expected: sha256 e3b0c442/);
  await expect(hub.api.getChampion({ forecast: "milk-xm" })).rejects.toThrow(
    /There is no forecast milk-xm\..+Did you mean milk-mx\?/,
  );
});

test("the next start finishes a promotion that a power cut interrupted, and KV has the champion of D1", async () => {
  const { address } = await register("v2.0", { ...naive, bias: 5 });
  const { flow } = await hub.api.promoteModel({ ...address, body: { why: "before the power cut" } });
  await platform.kill();
  await start();
  await recoverAll(platform, hub);
  expect(await flowEnded(hub, flow)).toMatchObject({ state: "done" });
  const { champion, changes } = await hub.api.getChampion({ forecast: forecast.id });
  expect(champion).toMatchObject({ version: "v2.0", why: "before the power cut" });
  expect(changes.filter(({ version }) => version === "v2.0")).toHaveLength(1);
  const pointer = validateJson(championPointerShape, JSON.parse(platform.snapshot(championKey(forecast.id))));
  expect(pointer).toMatchObject({ ok: true, value: { version: "v2.0", number: champion?.number } });
});
