/** The registry as the trainer meets it: its client, a listening hub, and a power cut in the middle of a promotion. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { championPointerShape } from "../../shared/api/champion.ts";
import { trialsMax } from "../../shared/api/runs.ts";
import { findForecast } from "../../shared/forecasts/index.ts";
import { sha256Hex } from "../../shared/lib/hash.ts";
import { shaped } from "../../shared/lib/validate-json.ts";
import { championKey } from "../../shared/registry/keys.ts";
import { Failure } from "../../trainer/failure.ts";
import type { HubClient } from "../../trainer/hub-client.ts";
import { RegistryClient } from "../../trainer/registry-client.ts";
import { bytesOf, type TinyStory, tinyModel } from "../support/card.ts";
import { recoverAll, TestPlatform } from "../support/platform.ts";

const platform = new TestPlatform();
const forecast = findForecast("milk-mx");
if (!forecast) throw new Error("there is no forecast milk-mx");

let hub: HubClient;
let registry: RegistryClient;

async function start() {
  hub = await platform.start();
  registry = new RegistryClient(hub.connection, "Ana");
}
beforeAll(start);
afterAll(() => platform.dispose());

async function register(version: string, story: Partial<TinyStory> = {}, run?: string) {
  const { model, card } = tinyModel({ forecast: forecast as NonNullable<typeof forecast>, version, ...story });
  const address = { forecast: card.forecast, version };
  const file = bytesOf(card);
  await registry.uploadArtefact({ ...address, name: "model.onnx" }, model);
  await registry.uploadArtefact({ ...address, name: "card.json" }, file);
  const digests = { model: { sha256: sha256Hex(model) }, card: { sha256: sha256Hex(file) } };
  return {
    address,
    model,
    registered: await registry.register(address, { ...digests, ...(run !== undefined && { run }) }),
  };
}

const naive = { candidate: "naive", losses: { challenger: 2, naive: 2 } };

test("a training, its version, its promotion and the way back go through the client", async () => {
  const run = await registry.createRun(forecast.id, { seed: 1, codeVersion: "test" });
  const trial = { candidate: "tiny", state: "done" as const, parameters: {}, scores: [1], seconds: 1, note: null };
  const trials = Array.from({ length: trialsMax + 1 }, (_, number) => ({ ...trial, number }));
  await registry.logTrials(run.id, trials);
  expect(await registry.endRun(run.id, { state: "done" })).toMatchObject({ state: "done" });
  expect(await registry.listRuns(forecast.id)).toMatchObject([{ id: run.id }]);

  const { address, model, registered } = await register("v1.0", naive, run.id);
  expect(registered).toMatchObject({ stage: "registered", run: run.id });
  expect(await registry.downloadArtefact({ ...address, name: "model.onnx" })).toEqual(model);
  expect(await registry.champion(forecast.id)).toMatchObject({ champion: null });
  const { flow } = await registry.promote(address, { why: "something must serve" });
  expect(await hub.ended(flow)).toMatchObject({ state: "done" });

  const next = await register("v1.1", { ...naive, bias: 3 });
  expect(await hub.ended((await registry.promote(next.address, { why: "newer" })).flow)).toMatchObject({
    state: "done",
  });
  expect(await registry.compare(forecast.id, "v1.0", "v1.1")).toMatchObject({
    parameters: [{ name: "bias", a: 0.5, b: 3 }],
  });
  expect(await registry.rollback(forecast.id, { why: "a test" })).toMatchObject({
    champion: { version: "v1.0", number: 3, who: "Ana" },
  });
  expect(await registry.listModels({ forecast: forecast.id, stage: "retired" })).toMatchObject([{ version: "v1.1" }]);
  expect(await registry.setTag(address, { name: "note", value: "steady", why: "a test" })).toEqual({ note: "steady" });
  expect(await registry.setTag(address, { name: "note", value: null })).toEqual({});
  expect(await registry.getModel(address)).toMatchObject({ stage: "champion", gates: [{ rule: "naive" }] });
  expect((await registry.audit({ forecast: forecast.id, limit: 1 })).map(({ what, who }) => [what, who])).toEqual([
    ["tag.removed", "Ana"],
  ]);
});

test("a refusal is a sentence that says what was found and expected", async () => {
  const wrong = registry.register(
    { forecast: forecast.id, version: "v9.0" },
    { model: { sha256: sha256Hex("") }, card: { sha256: sha256Hex("") } },
  );
  await expect(wrong).rejects.toThrow(Failure);
  await expect(wrong).rejects.toThrow(/model\.onnx does not lie in R2: .+ Found: nothing\. Expected: sha256 e3b0c442/);
  await expect(registry.champion("milk-xm")).rejects.toThrow(/There is no forecast milk-xm\..+Did you mean milk-mx\?/);
});

test("a promotion that a power cut interrupted is finished at the next start, and KV names the champion of D1", async () => {
  const { address } = await register("v2.0", { ...naive, bias: 5 });
  const { flow } = await registry.promote(address, { why: "before the power cut" });
  await platform.kill();
  await start();
  await recoverAll(hub);
  expect(await hub.ended(flow)).toMatchObject({ state: "done" });
  const { champion, changes } = await registry.champion(forecast.id);
  expect(champion).toMatchObject({ version: "v2.0", why: "before the power cut" });
  expect(changes.filter(({ version }) => version === "v2.0")).toHaveLength(1);
  const pointer = shaped(championPointerShape, JSON.parse(platform.snapshot(championKey(forecast.id))));
  expect(pointer).toMatchObject({ ok: true, value: { version: "v2.0", number: champion?.number } });
});
