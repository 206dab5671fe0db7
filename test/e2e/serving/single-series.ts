/** Tests a forecast of one series, from a file that grows by a line a day to the output of the command line. */
import { expect, test } from "vitest";
import { gold } from "../../../shared/forecasts/gold.ts";
import { targetSourceOf } from "../../../shared/forecasts/source.ts";
import type { Fact } from "../../../shared/lake/fact.ts";
import { addDays } from "../../../shared/lib/calendar.ts";
import { sha256Hex } from "../../../shared/lib/hash.ts";
import { answerRows, prepareRows } from "../../../shared/predict/predict.ts";
import { flowEnded } from "../../../trainer/flows.ts";
import { lastJson } from "../../support/command.ts";
import { almanacHere } from "../../support/command-here.ts";
import { fullAnswerShape } from "../../support/full-answer.ts";
import { goldFacts, goldHistory, goldModel, goldSnapshot } from "../../support/served-gold.ts";
import { hub } from "./platform.ts";

const facts = goldFacts();

/** Formats facts like the source: a line a day, months first, commas as thousands separators. */
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
  const { flow } = await hub.api.uploadPublication({ feed: targetSourceOf(gold).feed, file: "Daily.csv", body: bytes });
  expect(await flowEnded(hub, flow)).toMatchObject({ state: "done" });
}

async function serve(): Promise<void> {
  const { model, card } = goldModel();
  const cardBytes = new TextEncoder().encode(JSON.stringify(card));
  const address = { forecast: gold.id, version: card.version };
  await hub.api.uploadArtefact({ ...address, artefact: "model.onnx", body: model });
  await hub.api.uploadArtefact({ ...address, artefact: "card.json", body: cardBytes });
  await hub.api.registerModel({
    ...address,
    body: { model: { sha256: sha256Hex(model) }, card: { sha256: sha256Hex(cardBytes) } },
  });
  const { flow } = await hub.api.promoteModel({ ...address, body: { why: "a test", force: true } });
  expect(await flowEnded(hub, flow)).toMatchObject({ state: "done" });
}

async function ask(query: Readonly<Record<string, string>> = {}) {
  const answer = await hub.api.askPrediction({ forecast: gold.id, query: { ...query, features: "true" } });
  // The time and the reason of the promotion, and whether the data is old today, are not computed from the history.
  const full = fullAnswerShape.parse(answer);
  const { version, name, stage } = full.model;
  delete full.stale_reason;
  return Object.assign(full, { model: { version, name, stage }, stale: false });
}

/** Returns the answer for the same history without a Worker. */
function expected(instance: Record<string, unknown>) {
  const snapshot = goldSnapshot(goldHistory(facts));
  const prepared = prepareRows(
    snapshot,
    { kind: "single", instance },
    { textNumbers: true, partial: false, explain: null },
  );
  if (!prepared.ok) throw new Error(JSON.stringify(prepared.error));
  return fullAnswerShape.parse(answerRows(snapshot, { ...prepared.value, kind: "single", stale: false }));
}

test("predictions use the published file, with the change against the price of today or of a given day", async () => {
  await ingest(facts);
  await serve();
  await expect.poll(async () => (await hub.request(`/predict/${gold.id}`)).status, { timeout: 15_000 }).toBe(200);
  expect(await ask()).toEqual(expected({}));
  expect(await ask({ Date: "2023-10-01", EUR: "1200" })).toEqual(expected({ Date: "2023-10-01", EUR: "1200" }));
  expect(await ask({ Date: "1/2/2017", EUR: "1200" })).toEqual(expected({ Date: "2017-01-02", EUR: "1200" }));
  expect((await hub.request(`/predict/${gold.id}?EUR=-1`)).status).toBe(422);
});

test("the other protocols return the same prediction", async () => {
  const { predicted_price, features } = await ask();
  const table = { columns: ["weekday"], data: [[features.weekday]] };
  expect(await hub.api.invoke({ forecast: gold.id, body: { dataframe_split: table } })).toEqual({
    predictions: [predicted_price],
  });
  const inputs = Object.entries(features).map(([name, value]) => ({
    name,
    shape: [1],
    datatype: "FP32",
    data: [value],
  }));
  expect(await hub.api.inferModel({ forecast: gold.id, body: { inputs } })).toMatchObject({
    outputs: [{ data: [predicted_price] }],
  });
});

test("the command line prints predictions as a table, as JSON, and as CSV with the columns of the source", async () => {
  const predict = (...more: string[]) => almanacHere(["predict", gold.id, "--url", hub.url, ...more]);
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
  expect((await predict("--all", "EUR=5")).err).toContain("Remove EUR=5");
});

test("a longer file adds values, a corrected value revises, and predictions use both", async () => {
  const next = addDays("2016-12-30", 3);
  const more = facts.filter(({ period }) => period === "2016-12-30").map((fact) => ({ ...fact, period: next }));
  const corrected = facts.map((fact) =>
    fact.period === "2016-12-30" && fact.variable === "EUR" ? { ...fact, value: fact.value + 10 } : fact,
  );
  await ingest([...corrected, ...more]);
  const day = { from: "2016-12-30", to: "2016-12-30" };
  const { observations } = await hub.api.listObservations({ feed: targetSourceOf(gold).feed, query: day });
  const known = corrected.find(({ period, variable }) => period === "2016-12-30" && variable === "EUR");
  expect(observations.find(({ variable }) => variable === "EUR")?.value).toBe(known?.value);
  // Asking what serves makes predict read KV again, at most once a second.
  const refreshed = async () => {
    await hub.api.getServing({ forecast: gold.id });
    return (await ask()).data_as_of;
  };
  await expect.poll(refreshed, { timeout: 60_000 }).toBe(next);
  const answer = await ask();
  const before = corrected.find(({ period, variable }) => period === "2016-12-30" && variable === "EUR")?.value ?? 0;
  expect(answer.target_period).toBe("2017-01-03");
  expect(answer.features.EUR_dif1).toBeCloseTo(Math.log((before - 10) / before), 6);
});
