/** Each answer is recorded once in the queue, after it was sent. */
import { SELF } from "cloudflare:test";
import { beforeAll, expect, test, vi } from "vitest";
import { singleAnswerShape } from "../../shared/api/predict.ts";
import { readShare } from "../../workers/predict/recorder.ts";
import { partsOf } from "../../workers/predict/service.ts";
import { fullAnswerShape } from "../support/full-answer.ts";
import { bindings, json, listForecasts, query } from "../support/predict-worker.ts";
import { queryOf, recording, serveWith } from "../support/recording-worker.ts";
import { dimensionValues, forecast, historyOf, instanceOf } from "../support/served.ts";
import { milkBaselines } from "../support/step-baselines.ts";

beforeAll(async () => {
  await listForecasts();
  await serveWith({ version: "v1.0", number: 3 }, historyOf());
});

test("GET and POST record one message each, with the answer and the request's id", async () => {
  const { ask, settled, sent } = recording();
  const answer = await ask(`/predict${query}&Precio_lag1=23.5&features=true`, { headers: { "X-Request-Id": "abc-1" } });
  const received = fullAnswerShape.parse(await answer.json());
  await ask("/predict", json({ instances: [instanceOf(1), instanceOf(2)] }));
  await settled();
  expect(sent.map(({ rows }) => rows.length)).toEqual([1, 2]);
  const [first] = sent;
  expect(first).toMatchObject({
    requestId: "abc-1",
    at: "2026-11-21T12:00:00.000Z",
    forecast: forecast.id,
    version: "v1.0",
    number: 3,
    protocol: "predict",
    origin: "caller",
    features: Object.keys(received.features),
    rows: [
      {
        series: [...dimensionValues[0]],
        target: received.target_period,
        prediction: received.predicted_price,
        intervals: { interval80: received.interval80, interval95: received.interval95 },
        change: received.change_probability,
        values: Object.values(received.features),
        given: [Object.keys(received.features).indexOf("Precio_lag1")],
        hypothetical: false,
      },
    ],
  });
});

test("a path is recorded in one message: its row is step 1, and `path` has the answer's entries of the further steps", async () => {
  const stepped = { baselines: milkBaselines, steps: [...forecast.steps] };
  await serveWith({ version: "v2.0", number: 4, hasChanges: true, card: stepped }, historyOf("2026-11-20", 80));
  const { ask, settled, sent } = recording();
  const answer = singleAnswerShape.parse(await (await ask(`/predict${query}&steps=3`)).json());
  await ask(`/predict${query}&steps=1`);
  await ask(`/predict${query}`);
  await ask("/predict?Estado=Jalisco&steps=3");
  await settled();
  await serveWith({ version: "v1.0", number: 5 }, historyOf());
  const rows = sent.map((message) => message.rows);
  expect(rows.map(({ length }) => length)).toEqual([1, 1, 1]);
  expect(rows.map(([row]) => row?.path?.length ?? null)).toEqual([2, null, null]);
  const [row] = rows[0] ?? [];
  expect(row).toMatchObject({ position: 0, target: answer.target_period, prediction: answer["predicted_price"] });
  expect(row?.path).toEqual(answer.path?.slice(1));
  expect(row?.path?.map((entry) => `${entry.step} ${entry.target_period}`)).toEqual(["2 2026-11-25", "3 2026-11-27"]);
});

test("both scoring protocols are recorded with their raw features", async () => {
  const { ask, settled, sent } = recording();
  const { features } = fullAnswerShape.parse(await (await ask(`/predict${query}&features=true`)).json());
  await ask("/invocations", json({ dataframe_records: [features, { ...features, Precio_lag1: null }] }));
  const inputs = Object.entries(features).map(([name, value]) => ({
    name,
    shape: [1, 1],
    datatype: typeof value === "string" ? "BYTES" : "FP64",
    data: [value],
  }));
  await ask(`/v2/models/${forecast.id}/infer`, json({ inputs, outputs: [{ name: "prediction" }] }));
  await settled();
  const [, mlflow, v2] = sent;
  const series = [...dimensionValues[0]];
  expect(mlflow).toMatchObject({
    protocol: "mlflow",
    rows: [
      { position: 0, series, target: null, prediction: 25.75, given: null },
      { position: 1, series, prediction: null },
    ],
  });
  expect(v2).toMatchObject({
    protocol: "open-inference",
    rows: [{ series, prediction: 25.75, change: expect.any(Number), values: Object.values(features) }],
  });
});

test("simultaneous answers are sent together, one message per request, in batches of the allowed size", async () => {
  const { ask, settled, sent, batches } = recording();
  const ids = Array.from({ length: 130 }, (_, at) => `id-${at}`);
  await Promise.all(ids.map((id) => ask(`/predict${query}`, { headers: { "X-Request-Id": id } })));
  await settled();
  expect(sent.map(({ requestId }) => requestId).sort()).toEqual(ids.sort());
  expect(new Set(sent.map(({ answer }) => answer)).size).toBe(ids.length);
  expect(batches.length).toBeLessThan(ids.length / 2);
  expect(Math.max(...batches)).toBeLessThanOrEqual(100);
});

test("without a caller's id, an answer is named by its generated id", async () => {
  const { ask, settled, sent } = recording();
  const ids = await Promise.all(
    [0, 0, 1].map(async (at) => (await ask(`/predict${queryOf(instanceOf(at))}`)).headers.get("X-Request-Id")),
  );
  await settled();
  expect(sent.map(({ requestId }) => requestId)).toEqual(ids);
  expect(sent.map(({ answer }) => answer)).toEqual(ids.map((id) => id?.replaceAll("-", "")));
});

test("of a partial answer only the answered instances are recorded", async () => {
  const { ask, settled, sent } = recording();
  await ask("/predict?partial=true", json({ instances: [{ Estado: "Jalisco" }, instanceOf(1), {}] }));
  await settled();
  expect(sent.map(({ rows }) => rows.map(({ position }) => position))).toEqual([[1]]);
});

test("refusals, HEAD, 304 and answers without rows are not recorded", async () => {
  const { ask, settled, sent } = recording();
  const tag = (await ask(`/predict${query}`, { method: "HEAD" })).headers.get("ETag") ?? "";
  expect((await ask(`/predict${query}`, { headers: { "If-None-Match": tag } })).status).toBe(304);
  expect((await ask("/predict?Estado=Jalisco")).status).toBe(422);
  expect((await ask("/predict", json({ instances: [instanceOf(0), {}] }))).status).toBe(422);
  expect((await ask("/invocations", json({ instances: [{}] }))).status).toBe(400);
  expect((await ask("/invocations", json({ dataframe_records: [] }))).status).toBe(400);
  expect((await ask(`/v2/models/${forecast.id}/infer`, json({ inputs: [] }))).status).toBe(400);
  expect((await ask("/predict?partial=true", json({ instances: [{}] }))).status).toBe(200);
  await settled();
  expect(sent).toEqual([]);
});

test("a thousand instances are recorded in several messages with one answer id", async () => {
  const { ask, settled, sent } = recording();
  await ask("/predict", json({ instances: Array.from({ length: 1_000 }, (_, at) => instanceOf(at % 4)) }));
  await settled();
  expect(sent.length).toBeGreaterThan(1);
  expect(new Set(sent.map(({ answer }) => answer)).size).toBe(1);
  const positions = sent.flatMap(({ rows }) => rows.map(({ position }) => position));
  expect(positions).toEqual(Array.from({ length: 1_000 }, (_, at) => at));
});

test("equal requests with the same id have one answer id; another request or id has another", async () => {
  const { ask, settled, sent } = recording();
  const send = (at: number, id: string) =>
    ask(`/predict${queryOf(instanceOf(at))}`, { headers: { "X-Request-Id": id } });
  for (const [at, id] of [
    [0, "a"],
    [0, "a"],
    [1, "a"],
    [0, "b"],
  ] as const) {
    await send(at, id);
    await settled();
  }
  const [one, again, ...others] = sent.map(({ answer }) => answer);
  expect(again).toBe(one);
  expect(new Set([one, ...others]).size).toBe(3);
});

test("a share of zero records nothing, and a share of one half always the same half", async () => {
  const none = recording(0);
  await none.ask(`/predict${query}`);
  await none.settled();
  expect(none.sent).toEqual([]);
  const halves = [recording(0.5), recording(0.5)];
  for (const { ask, settled } of halves) {
    for (let at = 0; at < 40; at++) await ask(`/predict${query}`, { headers: { "X-Request-Id": `id-${at}` } });
    await settled();
  }
  const [one, other] = halves.map(({ sent }) =>
    sent
      .filter(({ rows }) => rows.length > 0)
      .map(({ requestId }) => requestId)
      .sort(),
  );
  // The inputs of the other half are counted.
  expect(halves.map(({ sent }) => sent.length)).toEqual([40, 40]);
  expect(halves[0]?.sent.every(({ rows, sums = [] }) => rows.length + sums.length > 0)).toBe(true);
  expect(one).toEqual(other);
  expect(one?.length).toBeGreaterThan(5);
  expect(one?.length).toBeLessThan(35);
});

test("an invalid share is logged, and everything is recorded", () => {
  const logged = vi.spyOn(console, "error").mockImplementation(() => {});
  expect(["0.25", "0", "1", "", undefined].map(readShare)).toEqual([0.25, 0, 1, 1, 1]);
  expect(logged).not.toHaveBeenCalled();
  for (const wrong of ["10%", "-1", "2", "NaN"]) expect(readShare(wrong)).toBe(1);
  expect(logged).toHaveBeenCalledTimes(4);
  expect(logged).toHaveBeenLastCalledWith(expect.stringContaining("PREDICTIONS_SAMPLE is NaN, expected"));
  logged.mockRestore();
});

test("the deployed entry is bound to the queue", async () => {
  expect(partsOf(bindings).recording).toMatchObject({ share: 1, queue: { sendBatch: expect.any(Function) } });
  expect((await SELF.fetch(`http://predict.test/predict${query}`)).status).toBe(200);
});
