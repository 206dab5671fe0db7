/** A classification from a file of hours to the answers of every protocol, by commands alone. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { singleAnswerShape } from "../../shared/api/predict.ts";
import { sickness } from "../../shared/forecasts/sickness.ts";
import { targetSourceOf } from "../../shared/forecasts/source.ts";
import { addDays } from "../../shared/lib/calendar.ts";
import { sha256Hex } from "../../shared/lib/hash.ts";
import { cardShape } from "../../shared/registry/card.ts";
import type { HubClient } from "../../trainer/hub-client.ts";
import { RegistryClient } from "../../trainer/registry-client.ts";
import { almanac, lastJson } from "../support/command.ts";
import { TestPlatform } from "../support/platform.ts";
import { airFile } from "../support/simulated-air.ts";

const platform = new TestPlatform();
let hub: HubClient;
let registry: RegistryClient;

beforeAll(async () => {
  hub = await platform.start();
  registry = new RegistryClient(hub.connection);
});
afterAll(() => platform.dispose());

async function ingest(days: number): Promise<string> {
  const { name, bytes } = airFile(1, days);
  const file = { sha256: sha256Hex(bytes), length: bytes.length, body: new Blob([bytes]).stream() };
  const { flow } = await hub.upload(targetSourceOf(sickness).feed, name, file);
  expect(await hub.ended(flow)).toMatchObject({ state: "done" });
  return addDays(name.slice(-15, -5), 1);
}

const train = (...more: string[]) =>
  almanac(["train", sickness.id, "--trials", "1", "--json", "--url", hub.url, ...more], {
    env: { ALMANAC_TOKEN: "test-token" },
  });

async function ask(query = ""): Promise<ReturnType<typeof singleAnswerShape.parse>> {
  const answer = await hub.request(`/predict/${sickness.id}${query}`);
  return singleAnswerShape.parse(await answer.json());
}

test("trained, promoted by the gate, asked by name and by MLflow, trained again on more days", async () => {
  const target = await ingest(150);
  const told = lastJson(await train());
  const { champion } = await registry.champion(sickness.id);
  expect(champion?.version).toBe(told.champion);
  const bytes = await registry.downloadArtefact({
    forecast: sickness.id,
    version: String(told.champion),
    name: "card.json",
  });
  const card = cardShape.parse(JSON.parse(new TextDecoder().decode(bytes)));
  expect(card).toMatchObject({ task: "classification", decision: { labels: sickness.labels } });
  expect(told.contenders).toContainEqual(
    expect.objectContaining({ name: card.judged.naive, brier: expect.any(Number) }),
  );

  const plain = await ask();
  const { threshold } = card.decision ?? {};
  expect(plain).toMatchObject({ target_period: target, threshold, model: { version: told.champion } });
  const probability = Number(plain.probability);
  expect(plain.label).toBe(probability >= (threshold ?? 0) ? "sick" : "healthy");
  expect(await ask("?ozone=30&dust=1")).toMatchObject({ features: { ozone_max: 30, dust_max: 1 } });

  const columns = ["carbon_monoxide", "nitrogen_dioxide", "sulphur_dioxide", "ozone", "dust"];
  const body = JSON.stringify({ dataframe_split: { columns, data: [[200, 20, 3, 60, 10]] } });
  const headers = { "Content-Type": "application/json" };
  const scored = await hub.request(`/invocations/${sickness.id}`, { method: "POST", body, headers });
  expect(await scored.json()).toEqual({
    predictions: [{ probability: expect.any(Number), label: expect.stringMatching(/^(sick|healthy)$/), threshold }],
  });

  // The same data again: nothing is registered.
  expect(lastJson(await train())).toMatchObject({ champion: told.champion, versions: [] });
  await ingest(160);
  const again = lastJson(await train());
  expect(again.champion).not.toBe(told.champion);
  expect((await registry.champion(sickness.id)).champion).toMatchObject({ version: again.champion, number: 2 });
}, 180_000);
