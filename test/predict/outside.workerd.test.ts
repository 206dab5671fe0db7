/**
 * Models that the built-in engine cannot run, evaluated by the onnx Worker's code, with real KV, R2 and
 * onnxruntime-web.
 */
import { beforeEach, expect, test } from "vitest";
import type { OnnxRequest, OnnxRunner } from "../../shared/api/onnx.ts";
import { singleAnswerShape } from "../../shared/api/predict.ts";
import { runnerOf, sessionBudgetBytes } from "../../workers/onnx/runner.ts";
import { predictApp } from "../../workers/predict/app.ts";
import { partsOf, type ServiceParts, serviceOf } from "../../workers/predict/service.ts";
import { freshMs } from "../../workers/predict/snapshot-store.ts";
import { bindings, listForecasts, promote } from "../support/predict-worker.ts";
import { forecast, historyOf, instanceOf, type ServableStory, servable } from "../support/served.ts";

const real = runnerOf({
  lake: bindings.LAKE,
  budgetBytes: sessionBudgetBytes,
  nowMs: () => 0,
  wait: () => new Promise<never>(() => {}),
});

/** The real onnx Worker. It records its requests, and can be made to fail. */
class Watched implements OnnxRunner {
  readonly requests: OnnxRequest[] = [];
  fails: Error | null = null;

  async run(request: OnnxRequest) {
    this.requests.push(request);
    if (this.fails) throw this.fails;
    return real.run(request);
  }
}

beforeEach(async () => {
  await listForecasts();
  await bindings.SNAPSHOTS.put(`history:${forecast.id}`, JSON.stringify(historyOf()));
});

const noon = Date.parse("2026-11-21T12:00:00Z");

function worker(changes: Partial<ServiceParts> = {}) {
  const clock = { ms: noon };
  const now = () => new Date(clock.ms);
  const app = predictApp(serviceOf({ ...partsOf(bindings), now, ...changes }));
  const ask = async (path: string, body?: unknown) => {
    const background: Promise<unknown>[] = [];
    const json = { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
    const answer = await app(new Request(`http://predict.test${path}`, body === undefined ? {} : json), {
      waitUntil: (work) => background.push(work),
    });
    await Promise.all(background);
    return answer;
  };
  return { ask, clock };
}

const query = `/predict?${new URLSearchParams(Object.entries(instanceOf(0)).map(([name, value]) => [name, String(value)]))}`;
const features = Object.fromEntries(
  servable().card.features.map(({ name, dtype }) => [name, dtype === "float" ? 2 : "a"]),
);
const records = { dataframe_records: [features, { ...features, Precio_lag1: 4 }] };
const tensors = {
  inputs: Object.entries(features).map(([name, value]) => ({
    name,
    shape: [1, 1],
    datatype: typeof value === "number" ? "FP32" : "BYTES",
    data: [value],
  })),
};

test("all three protocols answer as if the built-in engine ran the model", async () => {
  const ask = async (story: ServableStory) => {
    await promote(story);
    const { ask } = worker({ onnx: new Watched() });
    const answers = [
      await ask(query),
      await ask("/invocations", records),
      await ask("/v2/models/milk-mx/infer", tensors),
    ];
    return Promise.all(answers.map((answer) => answer.json()));
  };
  const ours = await ask({ version: "v1.0" });
  const theirs = await ask({ version: "v1.0", isOutside: true });
  expect(theirs).toEqual(ours);
  expect(singleAnswerShape.parse(theirs[0])).toMatchObject({ predicted_price: 25.75, stale: false });
  expect(theirs[1]).toEqual({ predictions: [2.5, 4.5] });
});

test("the distribution of a model is the same on both engines, in all three protocols", async () => {
  const ask = async (story: ServableStory) => {
    await promote({ ...story, version: "v1.0", hasChanges: true });
    const { ask } = worker({ onnx: new Watched() });
    const answers = [
      await ask(`${query}&above=25.4`),
      await ask("/invocations", records),
      await ask("/v2/models/milk-mx"),
      await ask("/v2/models/milk-mx/infer", tensors),
    ];
    return Promise.all(answers.map((answer) => answer.json()));
  };
  const ours = await ask({});
  expect(await ask({ isOutside: true })).toEqual(ours);
  expect(singleAnswerShape.parse(ours[0])).toMatchObject({
    predicted_price: 25.25,
    probabilities: { same: expect.closeTo(31 / 51, 3) },
    above: { probability: expect.closeTo(15 / 51, 3) },
  });
});

test("a batch needs one call of the Worker, and a model that the built-in engine runs needs none", async () => {
  const onnx = new Watched();
  await promote({ version: "v1.0", isOutside: true });
  const { ask } = worker({ onnx });
  await ask("/predict", { instances: [instanceOf(0), instanceOf(1), instanceOf(2)] });
  expect(onnx.requests.map(({ inputs }) => inputs.Precio_lag1?.length)).toEqual([2, 3]);
  expect((await ask("/predict?partial=true", { instances: [{}] })).status).toBe(200);
  expect(onnx.requests).toHaveLength(2);
  await promote({ version: "v2.0" });
  expect((await worker({ onnx }).ask(query)).status).toBe(200);
  expect(onnx.requests).toHaveLength(2);
});

test("a row that the Worker rejects is refused alone: 422 for a batch, and beside the other answers if partial", async () => {
  const onnx: OnnxRunner = {
    run: async (request) =>
      Array.from<unknown>(request.inputs.Precio_lag1 ?? []).includes(999)
        ? { ok: false, reason: "inputs", detail: "unknown category" }
        : real.run(request),
  };
  await promote({ version: "v1.0", isOutside: true });
  const { ask } = worker({ onnx });
  const instances = [instanceOf(0), instanceOf(1, { Precio_lag1: 999 }), instanceOf(2)];
  const refused = await ask("/predict", { instances });
  expect([refused.status, await refused.json()]).toMatchObject([
    422,
    { index: 1, found: expect.stringContaining("999") },
  ]);
  const partial = await ask("/predict?partial=true", { instances });
  expect([partial.status, await partial.json()]).toMatchObject([
    200,
    { predictions: [{ series: instanceOf(0) }, { index: 1, error: { status: 422 } }, { series: instanceOf(2) }] },
  ]);
  expect((await ask("/predict", instances[1])).status).toBe(422);
});

test("a row of raw features that the Worker rejects is refused alone too, if the request allows that", async () => {
  const onnx: OnnxRunner = {
    run: async (request) =>
      Array.from<unknown>(request.inputs.Precio_lag1 ?? []).includes(999)
        ? { ok: false, reason: "inputs", detail: "unknown category" }
        : real.run(request),
  };
  await promote({ version: "v1.0", isOutside: true });
  const { ask } = worker({ onnx });
  const rows = { dataframe_records: [features, { ...features, Precio_lag1: 999 }, { ...features, Precio_lag1: 4 }] };
  const inputs = tensors.inputs.map((tensor) => ({
    ...tensor,
    shape: [2, 1],
    data: tensor.name === "Precio_lag1" ? [999, 4] : [...tensor.data, ...tensor.data],
  }));
  const received = async (path: string, body: unknown) => {
    const answer = await ask(path, body);
    return [answer.status, await answer.json()];
  };
  const reason = expect.stringContaining("Row 1: the model rejects it: onnxruntime-web: unknown category");
  expect(await received("/invocations", rows)).toMatchObject([400, { message: reason }]);
  expect(await received("/invocations?partial=true", rows)).toEqual([
    200,
    { predictions: [2.5, null, 4.5], errors: [{ row: 1, message: reason }] },
  ]);
  expect(await received("/v2/models/milk-mx/infer?partial=true", { inputs })).toMatchObject([
    200,
    { parameters: { refused_rows: "0" }, outputs: [{ data: [null, 4.5] }, { data: [null, 2] }] },
  ]);
});

test("ENGINE runs every model on the Worker, with the same answer", async () => {
  await promote({ version: "v1.0" });
  const onnx = new Watched();
  const parts = { ...partsOf({ ...bindings, ENGINE: "onnxruntime-web" }), onnx };
  const forced = await worker(parts).ask(query);
  // The real clock is later than the schedule of the stored data; the other worker has the clock of these tests.
  const { stale, stale_reason: _, ...answer } = (await forced.json()) as Record<string, unknown>;
  expect(stale).toBe(true);
  expect({ ...answer, stale: false }).toEqual(await (await worker({ onnx: null }).ask(query)).json());
  expect(onnx.requests).toHaveLength(2);
  expect(partsOf({ ...bindings, ENGINE: "tabular" }).onnxOnlyReason).toBeNull();
});

test("it cannot be explained, and the refusal names the operator", async () => {
  await promote({ version: "v1.0", isOutside: true });
  const answer = await worker({ onnx: new Watched() }).ask(`${query}&explain=true`);
  expect([answer.status, await answer.json()]).toMatchObject([
    422,
    {
      field: "explain",
      detail: expect.stringMatching(/^Version v1\.0 cannot be explained: it runs in onnxruntime-web.+IsNaN/),
    },
  ]);
});

test("without the Worker such a model is 503, and the refusal names the operator", async () => {
  await promote({ version: "v1.0", isOutside: true });
  const answer = await worker({ onnx: null }).ask(query);
  expect([answer.status, answer.headers.get("Retry-After")]).toEqual([503, "2"]);
  expect(await answer.json()).toMatchObject({
    detail: expect.stringMatching(/no onnx Worker is bound.+operator ai.onnx:IsNaN/),
  });
});

test("while the Worker fails, every protocol answers 503 with Retry-After", async () => {
  const onnx = new Watched();
  await promote({ version: "v1.0", isOutside: true });
  const { ask } = worker({ onnx });
  expect((await ask(query)).status).toBe(200);
  onnx.fails = new Error("it was evicted");
  for (const [path, body] of [
    [query, undefined],
    ["/invocations", records],
    ["/v2/models/milk-mx/infer", tensors],
  ] as const) {
    const answer = await ask(path, body);
    expect([path, answer.status, answer.headers.get("Retry-After")]).toEqual([path, 503, "2"]);
    expect(await answer.text()).toContain("it was evicted");
  }
  onnx.fails = null;
  expect((await ask(query)).status).toBe(200);
});

test("if a new champion cannot be verified on the Worker, the previous one serves and is stale", async () => {
  const onnx = new Watched();
  await promote({ version: "v1.0", number: 1 });
  const { ask, clock } = worker({ onnx });
  await ask(query);
  onnx.fails = new Error("it is down");
  await promote({ version: "v2.0", number: 2, bias: 2, isOutside: true });
  clock.ms += freshMs;
  await ask(query);
  expect(await (await ask(query)).json()).toMatchObject({ model: { version: "v1.0" }, stale: true });
  onnx.fails = null;
  clock.ms += freshMs;
  await ask(query);
  expect(await (await ask(query)).json()).toMatchObject({
    model: { version: "v2.0" },
    stale: false,
    predicted_price: 27.25,
  });
});

test("a model whose golden rows differ on the Worker never serves", async () => {
  const { card } = servable();
  const golden = { ...card.golden, outputs: { ...card.golden.outputs, prediction: [9, 9] } };
  await promote({ version: "v1.0", isOutside: true, card: { golden } });
  const answer = await worker({ onnx: new Watched() }).ask(query);
  expect([answer.status, await answer.json()]).toMatchObject([
    503,
    { detail: expect.stringContaining("golden row 1: prediction is 2.5, expected 9") },
  ]);
});

test("a table without rows gets no predictions, without a call of the Worker", async () => {
  await promote({ version: "v1.0", isOutside: true });
  const onnx = new Watched();
  const { ask } = worker({ onnx });
  const table = { dataframe_split: { columns: Object.keys(features), data: [] } };
  const empty = await ask("/invocations", table);
  expect([empty.status, await empty.json()]).toEqual([200, { predictions: [] }]);
  const inputs = tensors.inputs.map((tensor) => ({ ...tensor, shape: [0, 1], data: [] }));
  expect(await (await ask("/v2/models/milk-mx/infer", { inputs })).json()).toMatchObject({
    outputs: [
      { name: "prediction", shape: [0, 1], data: [] },
      { name: "change_probability", shape: [0, 1], data: [] },
    ],
  });
  expect(onnx.requests).toHaveLength(1);
});
