/** Recording never delays or breaks an answer, also while the queue is down. */
import { beforeAll, expect, test, vi } from "vitest";
import type { PredictionMessage } from "../../shared/api/prediction-message.ts";
import { predictApp } from "../../workers/predict/app.ts";
import { partsOf, serviceOf } from "../../workers/predict/service.ts";
import { bindings, json, query, serve } from "../support/predict-worker.ts";
import { workerWithQueue } from "../support/recording-worker.ts";
import { instanceOf } from "../support/served.ts";

beforeAll(serve);

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

test("the answer is sent before the queue is called, even if the queue never answers", async () => {
  let isTold = false;
  const { ask } = workerWithQueue(() => {
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
    const { ask, settled } = workerWithQueue(down);
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
  const { ask, settled } = workerWithQueue(async (messages) => {
    if (++sent === 2) throw new Error("once");
    for (const { rows } of messages) recorded += rows.length;
  });
  await ask("/predict", json({ instances: Array.from({ length: 1_000 }, () => instanceOf(0)) }));
  await settled();
  expect(recorded).toBeGreaterThan(0);
  expect(logged).toHaveBeenCalledExactlyOnceWith(expect.stringContaining(`${1_000 - recorded} rows are lost: once`));
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
