/** A forecast of one series, from the file that grows by a line a day to what the command line prints. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { singleAnswerShape } from "../../shared/api/predict.ts";
import { gold } from "../../shared/forecasts/gold.ts";
import { targetSourceOf } from "../../shared/forecasts/source.ts";
import type { Fact } from "../../shared/lake/fact.ts";
import { addDays } from "../../shared/lib/calendar.ts";
import { sha256Hex } from "../../shared/lib/hash.ts";
import { answerRows, prepareRows } from "../../shared/predict/predict.ts";
import type { HubClient } from "../../trainer/hub-client.ts";
import { RegistryClient } from "../../trainer/registry-client.ts";
import { almanac, lastJson } from "../support/command.ts";
import { TestPlatform } from "../support/platform.ts";
import { goldFacts, goldHistory, goldModel, goldSnapshot } from "../support/served-gold.ts";

const platform = new TestPlatform();
let hub: HubClient;

beforeAll(async () => {
  hub = await platform.start();
});
afterAll(() => platform.dispose());

const facts = goldFacts();

/** Facts as the source writes them: a line a day, months first, thousands by commas. */
function dailyCsv(all: readonly Fact[]): Uint8Array<ArrayBuffer> {
  const days = Map.groupBy(all, ({ period }) => period);
  const currencies = targetSourceOf(gold).variables;
  const lines = [...days].sort().map(([day, prices]) => {
    const [year, month, date] = day.split("-").map(Number);
    const cells = currencies.map((currency) => {
      const price = prices.find(({ variable }) => variable === currency)?.value;
      return price === undefined ? "#N/A" : `"${price.toLocaleString("en-US", { minimumFractionDigits: 1 })}"`;
    });
    return [`${month}/${date}/${year}`, ...cells].join(",");
  });
  return Uint8Array.from(new TextEncoder().encode(`${["Date", ...currencies].join(",")}\n${lines.join("\n")}\n`));
}

async function ingest(all: readonly Fact[]): Promise<void> {
  const bytes = dailyCsv(all);
  const file = { sha256: sha256Hex(bytes), length: bytes.length, body: new Blob([bytes]).stream() };
  const { flow } = await hub.upload(targetSourceOf(gold).feed, "Daily.csv", file);
  expect(await hub.ended(flow)).toMatchObject({ state: "done" });
}

async function serve(): Promise<void> {
  const registry = new RegistryClient(hub.connection, "Ana");
  const { model, card } = goldModel();
  const cardBytes = new TextEncoder().encode(JSON.stringify(card));
  const address = { forecast: gold.id, version: card.version };
  await registry.uploadArtefact({ ...address, name: "model.onnx" }, model);
  await registry.uploadArtefact({ ...address, name: "card.json" }, cardBytes);
  await registry.register(address, { model: { sha256: sha256Hex(model) }, card: { sha256: sha256Hex(cardBytes) } });
  const { flow } = await registry.promote(address, { why: "a test", force: true });
  expect(await hub.ended(flow)).toMatchObject({ state: "done" });
}

async function ask(query = "") {
  const answer = await hub.request(`/predict/${gold.id}?${query}`);
  return singleAnswerShape.parse(await hub.connection.checked(answer));
}

/** What the same history answers without any Worker. */
function expected(instance: Record<string, unknown>) {
  const snapshot = goldSnapshot(goldHistory(facts));
  const prepared = prepareRows(
    snapshot,
    { kind: "single", instance },
    { textNumbers: true, partial: false, explain: null },
  );
  if (!prepared.ok) throw new Error(JSON.stringify(prepared.refusal));
  return singleAnswerShape.parse(answerRows(snapshot, { ...prepared, kind: "single", stale: false }));
}

test("a published file is answered from, with the change against the price, today or of a day that is given", async () => {
  await ingest(facts);
  await serve();
  await expect.poll(async () => (await hub.request(`/predict/${gold.id}`)).status, { timeout: 15_000 }).toBe(200);
  expect(await ask()).toEqual(expected({}));
  expect(await ask("Date=2023-10-01&EUR=1200")).toEqual(expected({ Date: "2023-10-01", EUR: "1200" }));
  expect(await ask("Date=1/2/2017&EUR=1200")).toEqual(expected({ Date: "2017-01-02", EUR: "1200" }));
  expect((await hub.request(`/predict/${gold.id}?EUR=-1`)).status).toBe(422);
});

test("the other protocols answer the same", async () => {
  const { predicted_price, features } = await ask();
  const post = async (path: string, body: unknown) => {
    const headers = { "Content-Type": "application/json" };
    return hub.connection.checked(await hub.request(path, { method: "POST", headers, body: JSON.stringify(body) }));
  };
  const table = { columns: ["weekday"], data: [[features.weekday]] };
  expect(await post(`/invocations/${gold.id}`, { dataframe_split: table })).toEqual({ predictions: [predicted_price] });
  const inputs = Object.entries(features).map(([name, value]) => ({
    name,
    shape: [1],
    datatype: "FP32",
    data: [value],
  }));
  expect(await post(`/v2/models/${gold.id}/infer`, { inputs })).toMatchObject({
    outputs: [{ data: [predicted_price] }],
  });
});

test("the command line prints it as a table, as JSON, and as CSV in the columns of the original", async () => {
  const predict = (...more: string[]) => almanac(["predict", gold.id, "--url", hub.url, ...more]);
  const { predicted_price, gold_diff, last } = await ask();
  const { version } = goldModel().card;
  const csv = `Date,Actual_EUR,Predicted_Next_Day_Change,model_run_id\r\n${last?.period},${last?.value},${gold_diff},${version}\r\n`;
  expect(await predict("--all", "--csv")).toEqual({ code: 0, err: "", out: csv });
  expect(await predict("--csv")).toEqual({ code: 0, err: "", out: csv });
  expect(lastJson(await predict("Date=2023-10-01", "EUR=1200", "--json"))).toMatchObject({ hypothetical: true });
  const table = await predict("--explain");
  expect(table).toMatchObject({ code: 0, err: "" });
  expect(table.out).toContain(String(predicted_price));
  expect(table.out).toContain("EUR_dif1");
  const refused = await predict("EUR=abc");
  expect(refused).toMatchObject({ code: 1, out: "", err: expect.stringContaining("Found: abc.") });
  expect((await predict("--all", "EUR=5")).err).toContain("leave out EUR=5");
});

test("a longer file adds, a corrected value revises, and both are answered from", async () => {
  const next = addDays("2016-12-30", 3);
  const more = facts.filter(({ period }) => period === "2016-12-30").map((fact) => ({ ...fact, period: next }));
  const corrected = facts.map((fact) =>
    fact.period === "2016-12-30" && fact.variable === "EUR" ? { ...fact, value: fact.value + 10 } : fact,
  );
  await ingest([...corrected, ...more]);
  const one = `/feeds/${targetSourceOf(gold).feed}/observations?from=2016-12-30&to=2016-12-30`;
  const { observations } = (await hub.connection.checked(await hub.request(one))) as { observations: Fact[] };
  const known = corrected.find(({ period, variable }) => period === "2016-12-30" && variable === "EUR");
  expect(observations.find(({ variable }) => variable === "EUR")?.value).toBe(known?.value);
  await expect.poll(async () => (await ask()).data_as_of, { timeout: 60_000 }).toBe(next);
  const told = await ask();
  const before = corrected.find(({ period, variable }) => period === "2016-12-30" && variable === "EUR")?.value ?? 0;
  expect(told.target_period).toBe("2017-01-03");
  expect(told.features.EUR_dif1).toBeCloseTo(Math.log((before - 10) / before), 6);
});
