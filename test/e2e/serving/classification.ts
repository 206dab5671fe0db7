/** Tests a classification from a file of hours, or from files of events, to the answers, with commands only. */
import { expect, test } from "vitest";
import { singleAnswerShape } from "../../../shared/api/predict.ts";
import { transactionsJson } from "../../../shared/feeds/transactions-json.ts";
import { customers } from "../../../shared/forecasts/customers.ts";
import { sickness } from "../../../shared/forecasts/sickness.ts";
import { targetSourceOf } from "../../../shared/forecasts/source.ts";
import { successShape } from "../../../shared/lake/success.ts";
import { addDays } from "../../../shared/lib/calendar.ts";
import { cardShape } from "../../../shared/registry/card.ts";
import { flowEnded } from "../../../trainer/flows.ts";
import { cardShop } from "../../support/card-shop.ts";
import { lastJson } from "../../support/command.ts";
import { almanacHere } from "../../support/command-here.ts";
import { airFile } from "../../support/simulated-air.ts";
import { hub } from "./platform.ts";

async function ingest(days: number): Promise<string> {
  const { name, bytes } = airFile(1, days);
  const { flow } = await hub.api.uploadPublication({ feed: targetSourceOf(sickness).feed, file: name, body: bytes });
  expect(await flowEnded(hub, flow)).toMatchObject({ state: "done" });
  return addDays(name.slice(-15, -5), 1);
}

const train = (forecast = sickness.id) =>
  almanacHere(
    ["train", forecast, "--trials", "1", "--threads", "1", "--only", "logistic", "--json", "--url", hub.url],
    {
      env: { ALMANAC_TOKEN: "test-token" },
    },
  );

async function ask(query = ""): Promise<ReturnType<typeof singleAnswerShape.parse>> {
  const answer = await hub.request(`/predict/${sickness.id}${query}`);
  return singleAnswerShape.parse(await answer.json());
}

test("a classification is trained, promoted, answers in both protocols, and is trained again on more days", async () => {
  const target = await ingest(150);
  const output = lastJson(await train());
  const { champion } = await hub.api.getChampion({ forecast: sickness.id });
  expect(champion?.version).toBe(output.champion);
  const version = String(output.champion);
  const { bytes } = await hub.api.downloadArtefact({ forecast: sickness.id, version, artefact: "card.json" });
  const card = cardShape.parse(JSON.parse(new TextDecoder().decode(bytes)));
  expect(card).toMatchObject({ task: "classification", decision: { labels: sickness.labels } });
  expect(output.contenders).toContainEqual(
    expect.objectContaining({ name: card.judged.naive, brier: expect.any(Number) }),
  );

  const plain = await ask();
  const { threshold } = card.decision ?? {};
  expect(plain).toMatchObject({ target_period: target, threshold, model: { version: output.champion } });
  const probability = Number(plain.probability);
  expect(plain.label).toBe(probability >= (threshold ?? 0) ? "sick" : "healthy");
  // An answer has the features that the model reads; a baseline reads few.
  const supplied = await ask("?ozone=30&dust=1&features=true");
  const read = card.features.map(({ name }) => name);
  expect(Object.keys(supplied.features ?? {}).sort()).toEqual(read.toSorted());
  const values = Object.entries({ ozone_max: 30, dust_max: 1 }).filter(([name]) => read.includes(name));
  expect(supplied.features).toMatchObject(Object.fromEntries(values));

  const columns = ["carbon_monoxide", "nitrogen_dioxide", "sulphur_dioxide", "ozone", "dust"];
  const body = JSON.stringify({ dataframe_split: { columns, data: [[200, 20, 3, 60, 10]] } });
  const headers = { "Content-Type": "application/json" };
  const scored = await hub.request(`/invocations/${sickness.id}`, { method: "POST", body, headers });
  expect(await scored.json()).toEqual({
    predictions: [{ probability: expect.any(Number), label: expect.stringMatching(/^(sick|healthy)$/), threshold }],
  });

  // The same data again registers nothing.
  expect(lastJson(await train())).toMatchObject({ champion: output.champion, versions: [] });
  await ingest(160);
  const again = lastJson(await train());
  expect(again.champion).not.toBe(output.champion);
  expect((await hub.api.getChampion({ forecast: sickness.id })).champion).toMatchObject({
    version: again.champion,
    number: 2,
  });
}, 180_000);

test("a file of events is cleaned, marked by _SUCCESS, trained on, promoted because it is better, and served only with the token", async () => {
  const { files, lastDay, lastByCard } = cardShop(170);
  const init = { headers: { Authorization: `Bearer ${hub.personalToken}` } };
  for (const { feed, name, bytes } of files) {
    const { flow } = await hub.api.uploadPublication({ feed, file: name, body: bytes });
    expect(await flowEnded(hub, flow)).toMatchObject({ state: "done", stats: { problems: 0 } });
    const marker = await hub.request(`/feeds/${feed}/lake/_SUCCESS`, init);
    expect(successShape.parse(await marker.json()).partitions.length).toBeGreaterThan(0);
  }
  const output = lastJson(await train(customers.id));
  const { champion } = await hub.api.getChampion({ forecast: customers.id });
  const { models } = await hub.api.listModels({ query: { forecast: customers.id, stage: "champion" } });
  expect(models).toMatchObject([{ version: output.champion, candidate: "logistic" }]);
  expect(models[0]?.skill).toBeGreaterThan(0.5);
  expect(champion).toMatchObject({ version: output.champion, rule: "first" });

  for (const [id, isCard] of [...lastByCard].slice(0, 4)) {
    const answer = await hub.request(`/predict/${customers.id}?customer_id=${id}`, init);
    const { target_period, ...prediction } = singleAnswerShape.parse(await answer.json());
    expect(target_period).toBe(addDays(lastDay, 1));
    expect(Number(prediction[customers.output]) > 0.5, id).toBe(isCard);
  }
  for (const path of [`/predict/${customers.id}?customer_id=1`, `/feeds/${transactionsJson.id}/lake/_SUCCESS`])
    expect((await fetch(hub.url + path)).status, path).toBe(401);
}, 120_000);
