/** The predict Worker in its own runtime, with real KV, R2 and cache. */
import { SELF } from "cloudflare:test";
import { beforeEach, describe, expect, test } from "vitest";
import { batchAnswerShape, singleAnswerShape } from "../../shared/api/predict.ts";
import { artefactKey } from "../../shared/registry/keys.ts";
import { cacheAddress } from "../../workers/predict/artefacts.ts";
import { fullAnswerShape } from "../support/full-answer.ts";
import { type Ask, bindings, json, promote, query, serve, worker } from "../support/predict-worker.ts";
import { forecast, instanceOf, servable } from "../support/served.ts";
import { milkBaselines } from "../support/step-baselines.ts";

beforeEach(serve);

test("the deployed entry gives the same answers to GET and POST, for the default forecast and by name", async () => {
  const answers = await Promise.all([
    SELF.fetch(`http://predict.test/predict${query}`),
    SELF.fetch(`http://predict.test/predict/milk-mx${query}`),
    SELF.fetch("http://predict.test/predict", json(instanceOf(0))),
    SELF.fetch("http://predict.test/predict/milk-mx", json(instanceOf(0))),
  ]);
  const bodies = await Promise.all(answers.map((answer) => answer.json()));
  expect(singleAnswerShape.parse(bodies[0])).toMatchObject({ predicted_price: 25.75 });
  for (const body of bodies) expect(body).toEqual(bodies[0]);
});

test("numbers in a query are parsed, and options are not fields", async () => {
  const answer = await worker()(`/predict${query}&Precio_lag1=23.45&d%C3%ADa=23&partial=true`);
  expect(await answer.json()).toMatchObject({ predicted_price: 23.95, target_period: "2026-11-23" });
});

test("above is an option of GET and POST, and an invalid one is 422 with what was found", async () => {
  const ask = worker();
  for (const answer of [
    await ask(`/predict${query}&above=25.4`),
    await ask("/predict?above=25.4", json({ instances: [instanceOf(0)] })),
    await ask("/predict", json({ instances: [instanceOf(0)], above: 25.4 })),
  ]) {
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('"above":{"value":25.4,"probability":null,"note":"version');
  }
  const refused = await ask(`/predict${query}&above=abc`);
  expect([refused.status, await refused.json()]).toMatchObject([422, { field: "above", found: "abc" }]);
  const twice = await ask(`/predict${query}&above=25&above=26`);
  expect([twice.status, await twice.json()]).toMatchObject([422, { field: "above", found: "repeated" }]);
});

test("steps, until and the name of a group are options of GET and POST for one instance", async () => {
  await promote({ version: "v3.0", number: 3, card: { baselines: milkBaselines, steps: [...forecast.steps] } });
  const ask = worker();
  const path = [1, 2, 3].map((step) => ({ step }));
  const answers = await Promise.all([
    ask(`/predict${query}&steps=3`),
    ask(`/predict${query}&until=2026-11-27`),
    ask("/predict?steps=3", json(instanceOf(0))),
  ]);
  const [first, ...others] = await Promise.all(answers.map((answer) => answer.json()));
  expect(singleAnswerShape.parse(first)).toMatchObject({ predicted_price: 25.75, path });
  for (const other of others) expect(other).toEqual(first);
  const group = await ask("/predict/milk-mx?Estado=Jalisco&steps=3");
  expect(await group.json()).toMatchObject({ group: "state", series_count: 3, served_by: "drift", path });
  const tag = group.headers.get("ETag") ?? "";
  expect((await ask("/predict?Estado=Jalisco", { headers: { "If-None-Match": tag } })).status).toBe(304);
  expect(await (await ask("/predict?group=nation")).json()).toMatchObject({ group: "nation", series_count: 4 });
  expect(await (await ask("/predict", json({ Estado: "México" }))).json()).toMatchObject({ series_count: 1 });
  for (const [address, init, found] of [
    [
      "/predict?Estado=Jalisco&Ciudad=Zapopan",
      {},
      {
        field: "Tipo",
        detail: expect.stringMatching(/^Tipo is required to name a series\. A series of milk-mx needs Estado/),
      },
    ],
    ["/predict?Estado=Jalsco", {}, { field: "Estado", didYouMean: "Jalisco" }],
    [`/predict${query}&steps=99`, {}, { field: "steps", found: "99" }],
    [`/predict${query}&steps=2&steps=3`, {}, { field: "steps", found: "repeated" }],
    [`/predict${query}&group=nation`, {}, { field: "group" }],
    ["/predict?steps=2", json({ all: true }), { field: "steps", found: "several instances" }],
    [
      "/predict",
      json({ ...instanceOf(0), steps: 2 }),
      { field: "steps", expected: expect.stringContaining("?steps=3") },
    ],
  ] as const) {
    const refused = await ask(address, init);
    expect([refused.status, await refused.json()]).toMatchObject([422, found]);
  }
});

test("the protocols of raw features refuse options of a path, in the query and in the body, with what to send", async () => {
  const ask = worker();
  const invocation = { dataframe_records: [{}] };
  const tensors = { inputs: [] };
  const infer = `/v2/models/${forecast.id}/infer`;
  for (const [address, body, name] of [
    ["/invocations?steps=3", invocation, "steps"],
    ["/invocations", { ...invocation, params: { until: "2026-12-31" } }, "until"],
    [`${infer}?until=2026-12-31`, tensors, "until"],
    [infer, { ...tensors, parameters: { steps: 3 } }, "steps"],
    [`${infer}?group=nation`, tensors, "group"],
  ] as const) {
    const refused = await ask(address, json(body));
    expect(refused.status).toBe(400);
    const text = `${name} is an option of /predict, and raw features are for the next period. Send GET /predict/FORECAST?DIMENSION=VALUE&${name}=… once for each series or group.`;
    expect(await refused.text()).toContain(text);
  }
});

test("an explanation is part of the answer if it is requested, with GET and POST", async () => {
  const ask = worker();
  const bodies = await Promise.all(
    [ask(`/predict${query}&explain=true`), ask("/predict?explain=true", json(instanceOf(0)))].map(async (answer) =>
      singleAnswerShape.parse(await (await answer).json()),
    ),
  );
  expect(bodies[0]).toMatchObject({ predicted_price: 25.75, explanation: { base: 25.75, exact: true } });
  expect(bodies[1]).toEqual(bodies[0]);
});

test("a missing model file is 503 for a request with an explanation only", async () => {
  const ask = worker({ cache: null });
  expect((await ask(`/predict${query}`)).status).toBe(200);
  await bindings.LAKE.delete(artefactKey(forecast.id, "v1.0", "model.onnx"));
  const refused = await ask(`/predict${query}&explain=true`);
  expect([refused.status, refused.headers.get("Retry-After")]).toEqual([503, "2"]);
  expect(await refused.json()).toMatchObject({ detail: expect.stringContaining("Try again") });
  expect((await ask(`/predict${query}`)).status).toBe(200);
});

test("too many instances to explain are refused before the file is read", async () => {
  const instances = Array.from({ length: 101 }, () => instanceOf(0));
  const refused = await worker()("/predict?explain=true", json({ instances }));
  expect(refused.status).toBe(422);
  expect(await refused.json()).toMatchObject({ field: "explain", found: "101 instances" });
});

test("a batch is answered in order, and partially if that is requested", async () => {
  const ask = worker();
  const instances = [instanceOf(1), { Estado: "Jalisco" }];
  const refused = await ask("/predict", json({ instances }));
  expect([refused.status, refused.headers.get("Content-Type")]).toEqual([
    422,
    "application/problem+json; charset=utf-8",
  ]);
  expect(await refused.json()).toMatchObject({ index: 1, field: "Ciudad" });
  const partial = await ask("/predict?partial=true", json({ instances }));
  expect(batchAnswerShape.parse(await partial.json()).predictions).toMatchObject([
    { series: instanceOf(1) },
    { index: 1 },
  ]);
});

describe("when something is down", () => {
  const down = async () => {
    throw new Error("it is down");
  };

  test("a service without a snapshot is 503 with Retry-After, in the form of each protocol", async () => {
    const ask = worker({ snapshots: { get: down } as unknown as KVNamespace });
    const [own, mlflow, v2, ping] = await Promise.all([
      ask(`/predict${query}`),
      ask("/invocations", json({ instances: [] })),
      ask("/v2/models/milk-mx/infer", json({})),
      ask("/ping"),
    ]);
    for (const answer of [own, mlflow, v2, ping]) {
      expect([answer.status, answer.headers.get("Retry-After")]).toEqual([503, "2"]);
    }
    expect(await own.json()).toMatchObject({ status: 503, detail: expect.stringContaining("it is down") });
    expect(await mlflow.json()).toMatchObject({ error_code: "TEMPORARILY_UNAVAILABLE" });
    expect(await v2.json()).toEqual({ error: expect.stringContaining("it is down") });
    expect((await ask("/v2/health/ready")).status).toBe(503);
    expect((await ask("/v2/health/live")).status).toBe(200);
  });

  test("a loaded snapshot continues to serve and is marked stale", async () => {
    let nowMs = Date.parse("2026-11-21T12:00:00Z");
    let isDown = false;
    const snapshots = {
      get: (key: string) => (isDown ? down() : bindings.SNAPSHOTS.get(key)),
    } as unknown as KVNamespace;
    const ask = worker({ snapshots, now: () => new Date(nowMs) });
    await ask(`/predict${query}`);
    isDown = true;
    nowMs += 60_000;
    await ask(`/predict${query}`);
    const stale = await ask(`/predict${query}`);
    expect(await stale.json()).toMatchObject({ stale: true, predicted_price: 25.75 });
    expect(stale.headers.get("Cache-Control")).toBe("public, max-age=0");
  });

  test("a damaged model in R2 never serves", async () => {
    await promote({ version: "v9.0", number: 9 });
    await bindings.LAKE.put(artefactKey(forecast.id, "v9.0", "model.onnx"), "not a model");
    const answer = await worker()(`/predict${query}`);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ detail: expect.stringContaining("v9.0/model.onnx is damaged") });
  });

  test("the cache replaces R2, a damaged entry is replaced, and without a cache answers continue", async () => {
    const { pointer, model } = servable({ version: "v1.0", number: 1 });
    const address = {
      forecast: forecast.id,
      version: "v1.0",
      name: "model.onnx",
      sha256: pointer.model.sha256,
    } as const;
    await caches.default.put(
      cacheAddress(address),
      new Response("damaged", { headers: { "Cache-Control": "max-age=60" } }),
    );
    expect((await worker()(`/predict${query}`)).status).toBe(200);
    const cached = await caches.default.match(cacheAddress(address));
    expect(new Uint8Array((await cached?.arrayBuffer()) ?? new ArrayBuffer(0))).toEqual(model);
    const withoutLake = { get: down } as unknown as R2Bucket;
    expect((await worker({ lake: withoutLake })(`/predict${query}`)).status).toBe(200);
    expect((await worker({ lake: withoutLake, cache: null })(`/predict${query}`)).status).toBe(503);
    expect((await worker({ cache: null })(`/predict${query}`)).status).toBe(200);
    const broken = { match: down, put: down };
    expect((await worker({ cache: broken })(`/predict${query}`)).status).toBe(200);
  });
});

describe("the scoring protocols", () => {
  const features = async (ask: Ask) => {
    const answer = await ask(`/predict${query}&features=true`);
    return fullAnswerShape.parse(await answer.json()).features;
  };

  test("MLflow's protocol answers JSON and CSV with the predictions of /predict", async () => {
    const ask = worker();
    const row = await features(ask);
    const records = await ask("/invocations/milk-mx", json({ dataframe_records: [row, row] }));
    expect([records.status, await records.json()]).toEqual([200, { predictions: [25.75, 25.75] }]);
    const csv = `${Object.keys(row).join()}\n${Object.values(row).join()}\n`;
    const typed = { method: "POST", body: csv, headers: { "Content-Type": "text/csv; charset=utf-8" } };
    expect(await (await ask("/invocations", typed)).json()).toEqual({ predictions: [25.75] });
    const missing = await ask("/invocations", json({ dataframe_records: [{ ...row, Precio_lag1: null }] }));
    expect(await missing.json()).toEqual({ predictions: [null] });
  });

  test("MLflow's protocol refuses with its own codes: 400, 415, 404", async () => {
    const ask = worker();
    const bad = await ask("/invocations", json({ inputs: [], instances: [] }));
    expect([bad.status, await bad.json()]).toMatchObject([
      400,
      { error_code: "BAD_REQUEST", message: expect.any(String) },
    ]);
    const typed = (type: string) =>
      ask("/invocations", { method: "POST", body: "{}", headers: { "Content-Type": type } });
    expect((await typed("application/octet-stream")).status).toBe(415);
    expect((await typed("text/csv; charset=utf-16")).status).toBe(415);
    const other = await ask("/invocations/silver", json({ instances: [] }));
    expect([other.status, await other.json()]).toMatchObject([404, { error_code: "RESOURCE_DOES_NOT_EXIST" }]);
    const ping = await ask("/ping");
    expect([ping.status, await ping.text()]).toEqual([200, "\n"]);
    expect(await (await ask("/version")).text()).toMatch(/^\d+\.\d+\.\d+$/);
  });

  test("Open Inference v2 describes server and model, and infers", async () => {
    const ask = worker();
    const get = async (path: string) => {
      const answer = await ask(path);
      return [answer.status, await answer.json()];
    };
    expect(await get("/v2")).toMatchObject([200, { name: "almanac", extensions: ["binary_tensor_data"] }]);
    expect(await get("/v2/health/live")).toEqual([200, { live: true }]);
    expect(await get("/v2/health/ready")).toEqual([200, { ready: true }]);
    expect(await get("/v2/models/milk-mx")).toMatchObject([
      200,
      { name: "milk-mx", versions: ["v1.0"], platform: "onnx_onnxv1" },
    ]);
    expect(await get("/v2/models/milk-mx/versions/v1.0/ready")).toEqual([200, { name: "milk-mx", ready: true }]);
    expect(await get("/v2/models/milk-mx/versions/v0.9")).toEqual([404, { error: expect.stringContaining("v0.9") }]);
    expect(await get("/v2/models/silver/ready")).toEqual([404, { error: expect.stringContaining("silver") }]);

    const inputs = Object.entries(await features(ask)).map(([name, value]) => ({
      name,
      shape: [1, 1],
      datatype: typeof value === "string" ? "BYTES" : "FP64",
      data: [value],
    }));
    for (const path of ["/v2/models/milk-mx/infer", "/v2/models/milk-mx/versions/v1.0/infer"]) {
      const answer = await ask(path, json({ id: "7", inputs, outputs: [{ name: "prediction" }] }));
      expect([answer.status, await answer.json()]).toEqual([
        200,
        {
          model_name: "milk-mx",
          model_version: "v1.0",
          id: "7",
          outputs: [{ name: "prediction", shape: [1, 1], datatype: "FP32", data: [25.75] }],
        },
      ]);
    }
    const bad = await ask("/v2/models/milk-mx/infer", json({ inputs: [] }));
    expect([bad.status, await bad.json()]).toEqual([400, { error: expect.stringContaining("missing") }]);
    const cut = await ask("/v2/models/milk-mx/infer", json({ inputs }, { "Inference-Header-Content-Length": "9" }));
    expect([cut.status, await cut.json()]).toEqual([400, { error: "The body is not JSON." }]);
  });
});
