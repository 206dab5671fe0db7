/** Answers are recorded in the queue after they were sent, and recording never delays an answer. */
import { SELF } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, expect, test, vi } from "vitest";
import { singleAnswerShape } from "../../shared/api/predict.ts";
import { type PredictionMessage, predictionMessageShape } from "../../shared/api/prediction-message.ts";
import { artefactKey, servedKey } from "../../shared/registry/keys.ts";
import { predictApp } from "../../workers/predict/app.ts";
import { readShare } from "../../workers/predict/recorder.ts";
import { type PredictEnv, partsOf, serviceOf } from "../../workers/predict/service.ts";
import { fullAnswerShape } from "../support/full-answer.ts";
import { listForecasts } from "../support/predict-worker.ts";
import { dimensionValues, forecast, historyOf, instanceOf, type ServableStory, servable } from "../support/served.ts";
import { milkBaselines } from "../support/step-baselines.ts";

const bindings = env as unknown as PredictEnv;

beforeAll(async () => {
  await listForecasts();
  await serve({ version: "v1.0", number: 3 }, historyOf());
});

async function serve(story: ServableStory, history: ReturnType<typeof historyOf>): Promise<void> {
  const { pointer, model, servedText } = servable(story);
  await bindings.LAKE.put(artefactKey(forecast.id, pointer.version, "model.onnx"), model);
  await bindings.LAKE.put(servedKey(forecast.id, pointer.version, pointer.served?.sha256 ?? ""), servedText);
  await bindings.SNAPSHOTS.put(`champion:${forecast.id}`, JSON.stringify(pointer));
  await bindings.SNAPSHOTS.put(`history:${forecast.id}`, JSON.stringify(history));
}

type SendBatch = (messages: readonly PredictionMessage[]) => Promise<unknown>;

/** Returns a Worker whose queue is `sendBatch`. `settled` waits for its work after the answers. */
function worker(sendBatch: SendBatch, share = 1, rowsMax = 1_000) {
  const received = (batch: Iterable<MessageSendRequest<PredictionMessage>>) =>
    sendBatch([...batch].map(({ body }) => body));
  const queue = { sendBatch: received } as unknown as Queue<PredictionMessage>;
  const now = () => new Date("2026-11-21T12:00:00Z");
  const app = predictApp(serviceOf({ ...partsOf(bindings), now, recording: { queue, share, rowsMax } }));
  const background: Promise<unknown>[] = [];
  const ask = (path: string, init?: RequestInit) =>
    app(new Request(`http://predict.test${path}`, init), { waitUntil: (work) => void background.push(work) });
  return { ask, settled: () => Promise.all(background) };
}

/** Returns a Worker that collects its messages, serialized as in the queue. */
function recording(share = 1, rowsMax = 1_000) {
  const sent: PredictionMessage[] = [];
  const batches: number[] = [];
  const { ask, settled } = worker(
    async (messages) => {
      batches.push(messages.length);
      for (const message of messages) sent.push(predictionMessageShape.parse(JSON.parse(JSON.stringify(message))));
    },
    share,
    rowsMax,
  );
  return { ask, settled, sent, batches };
}

const queryOf = (instance: Record<string, unknown>) =>
  `?${new URLSearchParams(Object.entries(instance).map(([name, value]) => [name, String(value)]))}`;
const query = queryOf(instanceOf(0));
const json = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method: "POST",
  body: JSON.stringify(body),
  headers: { "Content-Type": "application/json", ...headers },
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
  await serve({ version: "v2.0", number: 4, hasChanges: true, card: stepped }, historyOf("2026-11-20", 80));
  const { ask, settled, sent } = recording();
  const answer = singleAnswerShape.parse(await (await ask(`/predict${query}&steps=3`)).json());
  await ask(`/predict${query}&steps=1`);
  await ask(`/predict${query}`);
  await ask("/predict?Estado=Jalisco&steps=3");
  await settled();
  await serve({ version: "v1.0", number: 5 }, historyOf());
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

test("a later request sends the messages of an aborted one", async () => {
  const sent: string[] = [];
  const queue = {
    sendBatch: async (batch: Iterable<MessageSendRequest<PredictionMessage>>) =>
      void sent.push(...[...batch].map(({ body }) => body.requestId)),
  } as unknown as Queue<PredictionMessage>;
  let ms = Date.parse("2026-11-21T12:00:00Z");
  const app = predictApp(
    serviceOf({ ...partsOf(bindings), now: () => new Date(ms), recording: { queue, share: 1, rowsMax: 100 } }),
  );
  const ask = (id: string, waitUntil: (work: Promise<unknown>) => void) =>
    app(new Request(`http://predict.test/predict${query}`, { headers: { "X-Request-Id": id } }), { waitUntil });
  const waiting = vi.spyOn(scheduler, "wait").mockReturnValueOnce(new Promise(() => {}));
  await ask("first", () => {});
  await ask("second", () => {});
  ms += 6_000;
  const background: Promise<unknown>[] = [];
  await ask("third", (work) => void background.push(work));
  await Promise.all(background);
  waiting.mockRestore();
  expect(sent).toEqual(["first", "second", "third"]);
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

test("the answer is sent before the queue is called, even if the queue never answers", async () => {
  let isTold = false;
  const { ask } = worker(() => {
    isTold = true;
    return new Promise(() => {});
  });
  const answer = await ask(`/predict${query}`);
  expect(isTold).toBe(false);
  expect(await answer.json()).toMatchObject({ predicted_price: 25.75 });
  await vi.waitUntil(() => isTold);
  expect((await ask(`/predict${query}`)).status).toBe(200);
});

test("with the queue down every answer is sent, and each loss is logged with its request id", async () => {
  const logged = vi.spyOn(console, "error").mockImplementation(() => {});
  for (const down of [() => Promise.reject(new Error("the queue is down")), () => fail("the queue is down")]) {
    const { ask, settled } = worker(down);
    const headers = { "X-Request-Id": "abc-2" };
    const answers = [
      await ask(`/predict${query}`, { headers }),
      await ask("/predict", json({ instances: [instanceOf(1), instanceOf(2)] }, headers)),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    await settled();
    expect(logged.mock.calls.flat()).toEqual([
      "predictions: request abc-2 is not recorded: 1 rows are lost: the queue is down",
      "predictions: request abc-2 is not recorded: 2 rows are lost: the queue is down",
    ]);
    logged.mockClear();
  }
  logged.mockRestore();
});

function fail(reason: string): never {
  throw new Error(reason);
}

test("a failed batch of a large answer does not affect the others", async () => {
  const logged = vi.spyOn(console, "error").mockImplementation(() => {});
  let sent = 0;
  let recorded = 0;
  const { ask, settled } = worker(async (messages) => {
    if (++sent === 2) throw new Error("once");
    for (const { rows } of messages) recorded += rows.length;
  });
  await ask("/predict", json({ instances: Array.from({ length: 1_000 }, () => instanceOf(0)) }));
  await settled();
  expect(recorded).toBeGreaterThan(0);
  expect(logged).toHaveBeenCalledExactlyOnceWith(expect.stringContaining(`${1_000 - recorded} rows are lost: once`));
  logged.mockRestore();
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

test("without a queue answers are not recorded", async () => {
  const background: Promise<unknown>[] = [];
  const app = predictApp(serviceOf({ ...partsOf(bindings), recording: null }));
  const answer = await app(new Request(`http://predict.test/predict${query}`), {
    waitUntil: (work) => void background.push(work),
  });
  await Promise.all(background);
  expect(answer.status).toBe(200);
});

test("the deployed entry is bound to the queue", async () => {
  expect(partsOf(bindings).recording).toMatchObject({ share: 1, queue: { sendBatch: expect.any(Function) } });
  expect((await SELF.fetch(`http://predict.test/predict${query}`)).status).toBe(200);
});
