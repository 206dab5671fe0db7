/** `/api/v1`: the original service's requests for the milk price in Chile, and the ordinary actions behind them. */
import { beforeAll, describe, expect, test } from "vitest";
import { buildHistory, type History, historyText } from "../../shared/api/history.ts";
import { batchAnswerShape, singleAnswerShape } from "../../shared/api/predict.ts";
import { datasetOf } from "../../shared/features/dataset.ts";
import { toleranceOf } from "../../shared/forecasts/forecast.ts";
import { milkCl } from "../../shared/forecasts/milk-cl.ts";
import type { Fact } from "../../shared/lake/fact.ts";
import { historyKey } from "../../shared/lake/keys.ts";
import { sha256Hex } from "../../shared/lib/hash.ts";
import { addPeriods } from "../../shared/period.ts";
import { answerRows, prepareRows } from "../../shared/predict/predict.ts";
import type { Snapshot } from "../../shared/predict/snapshot.ts";
import type { Card } from "../../shared/registry/card.ts";
import { artefactKey } from "../../shared/registry/keys.ts";
import { predictionsCsv } from "../../shared/reports/predictions-csv.ts";
import { type FactsByFeed, forecastPanel } from "../../shared/sources/facts.ts";
import { predictionsToPublish } from "../../shared/track-record/publish-snapshot.ts";
import { writePredictions } from "../../shared/track-record/published-prediction.ts";
import { answerOf } from "../sources/toys.ts";
import { bytesOf } from "../support/card.ts";
import { seededNormal, seededRandom } from "../support/chance.ts";
import { hubInNode } from "../support/hub-in-node.ts";
import type { Answer } from "../support/predict-in-node.ts";
import { loadSnapshot } from "../support/snapshot.ts";
import { published } from "../training/publishing.ts";

const [first, last] = ["1990-01", "2018-12"];

/** Makes monthly values of every variable that the forecast reads. */
function monthlyFacts(): FactsByFeed {
  const random = seededRandom(11);
  const seasons = Array.from({ length: 12 }, (_, month) => 1 + 0.02 * Math.sin((month * Math.PI) / 6));
  return new Map(
    milkCl.sources.map(({ feed, variables }) => {
      const facts = variables.flatMap((variable): Fact[] => {
        const values: Fact[] = [];
        let level = 100;
        for (let period = first; period <= last; period = addPeriods(period, 1)) {
          level *= (seasons[Number(period.slice(5)) - 1] ?? 1) * (1 + 0.01 * seededNormal(random));
          values.push({ period, series: "[]", variable, value: Math.round(level * 100) / 100 });
        }
        return values;
      });
      return [feed, facts];
    }),
  );
}

const publishedAt = "2019-01-20T08:00:00.000Z";
const predictionsFile = "forecasts/milk-cl/part.parquet";

let card: Card;
let history: History;
let snapshot: Snapshot;
let ask: Answer;
/** The addresses for which predict was asked. */
const callers: (string | null)[] = [];

beforeAll(async () => {
  const facts = monthlyFacts();
  const data = datasetOf(forecastPanel(milkCl, facts), { features: milkCl.features, tolerance: toleranceOf(milkCl) });
  const trained = await published({
    forecast: milkCl,
    data,
    recipe: { candidate: "ridge", parameters: { alpha: 10 } },
  });
  card = trained.card;
  history = buildHistory(milkCl, facts);
  snapshot = loadSnapshot({ forecast: milkCl, card, model: trained.model, history });
  const bytes = bytesOf(card);
  const toPublish = await predictionsToPublish({ snapshot, baseline: null, publishedAt });
  if (!toPublish.ok) throw new Error("the snapshot predicts nothing");
  const { id } = milkCl;
  ask = await hubInNode({
    rows: `
      INSERT INTO models (forecast, version, model_sha256, model_bytes, card_sha256, candidate, recipe, producer, test_from, test_to, published_from, published_to, registered_at)
        VALUES ('${id}', '${card.version}', '${card.model.sha256}', 1, '${sha256Hex(bytes)}', 'ridge', 'r', 'almanac', 'a', 'b', 'a', 'b', '2018-12-31T00:00:00.000Z');
      INSERT INTO champions (forecast, number, version, rule, who, why, since) VALUES ('${id}', 1, '${card.version}', 'first', 'test', 'test', '2018-12-31T00:00:00.000Z');
      INSERT INTO reports (forecast, origin, role, revision, history, change, reason, state, requested_at, version, target, predictions, published_at, counts)
        VALUES ('${id}', '${last}', 'champion', 1, 1, 1, 'publication', 'published', '${publishedAt}', '${card.version}', '2019-01', '${predictionsFile}', '${publishedAt}', 'headline');`,
    files: [
      [artefactKey(id, card.version, "card.json"), bytes],
      [predictionsFile, writePredictions(milkCl, toPublish.value)],
    ],
    texts: { [historyKey(id)]: historyText(history, 1) },
    predict: async (request) => {
      expect(new URL(request.url).pathname).toBe(`/predict/${id}`);
      callers.push(request.headers.get("CF-Connecting-IP"));
      const found = answerOf(snapshot, JSON.parse(await request.text()));
      return Response.json(found, { status: "kind" in found ? 422 : 200 });
    },
  });
});

interface JsonAnswer {
  readonly status: number;
  readonly body: { readonly prediction: number };
}

const jsonOf = async (answer: Response): Promise<JsonAnswer> => ({
  status: answer.status,
  body: (await answer.json()) as JsonAnswer["body"],
});
const plainPrediction = () => Number(singleAnswerShape.parse(answerOf(snapshot, {}))["prediction"]);
const online = async (data: unknown) =>
  jsonOf(
    await ask("/api/v1/get_online_prediction", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ data }),
    }),
  );
const newest = (name: string) => (history.series[0]?.others?.[name] ?? []).slice(-3);
const prices = () => (history.series[0]?.values ?? []).slice(-3).map(Number);

describe("get_prediction", () => {
  test("returns the prediction of a past month, labelled as made later", async () => {
    const found = card.backfill.find(({ period }) => period === "2014-10");
    const answer = await jsonOf(await ask("/api/v1/get_prediction?year=2014&month=10"));
    expect(answer).toEqual({
      status: 200,
      body: {
        prediction: found?.prediction,
        period: "2014-10",
        record: "backfill",
        trained_to: found?.trainedTo,
        version: card.version,
      },
    });
    expect(found?.trainedTo).toMatch(/^20(0\d|1[0-4])-/);
  });

  test("refuses a month without one and names the months there are, from 2009 on", async () => {
    expect(await jsonOf(await ask("/api/v1/get_prediction?year=2008&month=12"))).toMatchObject({
      status: 404,
      body: { detail: "There is no prediction of 2008-12.", expected: "a period from 2009-01 to 2018-12" },
    });
    for (const query of ["year=2014&month=13", "year=2014", "year=soon&month=1", "year=0x7de&month=10"]) {
      const refused = await ask(`/api/v1/get_prediction?${query}`);
      expect([400, 422]).toContain(refused.status);
      expect(await refused.text()).toMatch(/(year|month): expected a whole number from \d+ to \d+/);
    }
  });

  test("returns the prediction that was published before the month, if there is one", async () => {
    const { status, body } = await jsonOf(await ask("/api/v1/get_prediction?year=2019&month=1"));
    const { prediction, ...rest } = body;
    expect([status, rest]).toEqual([
      200,
      { period: "2019-01", record: "published", published_at: publishedAt, version: card.version },
    ]);
    // The published median is the prediction in published digits.
    expect(prediction).toBeCloseTo(plainPrediction(), 1);
  });

  test("is the same record as the ordinary address", async () => {
    const { body } = await jsonOf(await ask("/forecasts/milk-cl/backfill"));
    expect(body).toEqual({ forecast: "milk-cl", version: card.version, unit: "CLP/l", predictions: card.backfill });
    expect((await ask("/forecasts/gold/backfill")).status).toBe(404);
  });
});

describe("get_online_prediction", () => {
  test("with the values of the history is the prediction of the next month", async () => {
    const plain = plainPrediction();
    for (const data of [{}, { Precio_leche: prices() }, { Los_Rios: newest("Los_Rios") }]) {
      const { status, body } = await online(data);
      expect(status).toBe(200);
      expect(body).toMatchObject({ period: "2019-01", hypothetical: true, version: card.version });
      expect(body.prediction).toBeCloseTo(plain, 4);
    }
  });

  test("with other values replaces the last three months of these columns only", async () => {
    const [a = 0, b = 0, c = 0] = prices();
    const { body } = await online({ Precio_leche: [a, b, c * 1.1] });
    const plain = plainPrediction();
    expect(body.prediction / plain).toBeGreaterThan(1.05);
    const rained = await online({ Los_Rios: [500, 600, 700] });
    expect(rained.body.prediction).not.toBe(plain);
    expect(rained.body.prediction / plain).toBeCloseTo(1, 0);
  });

  test("refuses unknown columns, other numbers of values, and values that are not numbers", async () => {
    expect(await online({ Precio_lech: [1, 2, 3] })).toMatchObject({
      status: 422,
      body: { field: "Precio_lech", didYouMean: "Precio_leche" },
    });
    for (const values of [[1, 2], [1, 2, 3, 4], []])
      expect(await online({ Precio_leche: values })).toMatchObject({
        status: 422,
        body: { field: "Precio_leche", found: String(values.length), expected: "3 numbers" },
      });
    expect((await online({ Precio_leche: ["1", 2, 3] })).status).toBe(422);
    expect((await online(null)).status).toBe(422);
    for (const Precio_leche of [
      [220, 221, -1],
      [0, 220, 221],
      [1e308, 220, 221],
    ])
      expect(await online({ Precio_leche })).toMatchObject({ status: 422, body: { field: "Precio_leche" } });
  });
});

test("a request counts for the address of its caller, also in predict", async () => {
  const headers = { "Content-Type": "application/json", "CF-Connecting-IP": "192.0.2.7" };
  const body = JSON.stringify({ data: {} });
  expect((await ask("/api/v1/get_online_prediction", { method: "POST", headers, body })).status).toBe(200);
  expect(callers.at(-1)).toBe("192.0.2.7");
});

test("the predictions as CSV have the columns and the months of the original", () => {
  const prepared = prepareRows(
    snapshot,
    { kind: "batch", instances: [{}] },
    { textNumbers: false, partial: false, explain: null },
  );
  if (!prepared.ok) throw new Error(prepared.error.detail);
  const answer = batchAnswerShape.parse(answerRows(snapshot, { ...prepared.value, kind: "batch", stale: false }));
  const [header, row] = predictionsCsv(milkCl, answer).split("\r\n");
  expect(header).toBe("Periodo,preds");
  expect(row).toMatch(/^2019-1,\d+\.\d+$/);
});
