/** The predict Worker in its own runtime, with real KV, R2 and cache. */
import { SELF } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test } from "vitest";
import { batchAnswerShape, singleAnswerShape } from "../../shared/api/predict.ts";
import { bodyBytesMax } from "../../shared/api/predict-limits.ts";
import { artefactKey } from "../../shared/registry/keys.ts";
import { predictApp } from "../../workers/predict/app.ts";
import { cacheAddress } from "../../workers/predict/artefacts.ts";
import { type PredictEnv, partsOf, type ServiceParts, serviceOf } from "../../workers/predict/service.ts";
import { forecast, historyOf, instanceOf, type ServableStory, servable } from "../support/served.ts";

const bindings = env as unknown as PredictEnv;

async function promote(story: ServableStory): Promise<void> {
  const { pointer, model, cardBytes } = servable(story);
  await bindings.LAKE.put(artefactKey(forecast.id, pointer.version, "model.onnx"), model);
  await bindings.LAKE.put(artefactKey(forecast.id, pointer.version, "card.json"), cardBytes);
  await bindings.SNAPSHOTS.put(`champion:${forecast.id}`, JSON.stringify(pointer));
}

beforeEach(async () => {
  await promote({ version: "v1.0", number: 1 });
  await bindings.SNAPSHOTS.put(`history:${forecast.id}`, JSON.stringify(historyOf()));
});

type Ask = (path: string, init?: RequestInit) => Promise<Response>;

/** A Worker of its own, whose clock stands still unless a test moves it. */
function worker(changes: Partial<ServiceParts> = {}): Ask {
  const now = () => new Date("2026-11-21T12:00:00Z");
  const app = predictApp(serviceOf({ ...partsOf(bindings), now, ...changes }));
  return async (path, init) => {
    const background: Promise<unknown>[] = [];
    const answer = await app(new Request(`http://predict.test${path}`, init), {
      waitUntil: (work) => background.push(work),
    });
    await Promise.all(background);
    return answer;
  };
}

const query = `?${new URLSearchParams(Object.entries(instanceOf(0)).map(([name, value]) => [name, String(value)]))}`;
const json = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method: "POST",
  body: JSON.stringify(body),
  headers: { "Content-Type": "application/json", ...headers },
});

test("the deployed entry answers GET and POST alike, for the default forecast and by name", async () => {
  const answers = await Promise.all([
    SELF.fetch(`http://predict.test/predict${query}`),
    SELF.fetch(`http://predict.test/predict/milk-mx${query}`),
    SELF.fetch("http://predict.test/predict", json(instanceOf(0))),
    SELF.fetch("http://predict.test/predict/milk-mx", json(instanceOf(0))),
  ]);
  const bodies = await Promise.all(answers.map((answer) => answer.json()));
  expect(singleAnswerShape.parse(bodies[0])).toMatchObject({ predicted_price: 25.75, stale: false });
  for (const body of bodies) expect(body).toEqual(bodies[0]);
});

test("a query's numbers are numbers, and its options are no fields", async () => {
  const answer = await worker()(`/predict${query}&Precio_lag1=23.45&d%C3%ADa=23&partial=true`);
  expect(await answer.json()).toMatchObject({ predicted_price: 23.95, target_period: "2026-11-23" });
});

test("an explanation comes with the answer where it is asked for, in a query as with a body", async () => {
  const ask = worker();
  const bodies = await Promise.all(
    [ask(`/predict${query}&explain=true`), ask("/predict?explain=true", json(instanceOf(0)))].map(async (answer) =>
      singleAnswerShape.parse(await (await answer).json()),
    ),
  );
  expect(bodies[0]).toMatchObject({ predicted_price: 25.75, explanation: { base: 25.75, exact: true } });
  expect(bodies[1]).toEqual(bodies[0]);
});

test("a file that has gone is 503 for who asks why, and no harm to who does not", async () => {
  const ask = worker({ cache: null });
  expect((await ask(`/predict${query}`)).status).toBe(200);
  await bindings.LAKE.delete(artefactKey(forecast.id, "v1.0", "model.onnx"));
  const refused = await ask(`/predict${query}&explain=true`);
  expect([refused.status, refused.headers.get("Retry-After")]).toEqual([503, "2"]);
  expect(await refused.json()).toMatchObject({ detail: expect.stringContaining("try again") });
  expect((await ask(`/predict${query}`)).status).toBe(200);
});

test("too many instances to be explained are refused before the file is asked for", async () => {
  const instances = Array.from({ length: 101 }, () => instanceOf(0));
  const refused = await worker()("/predict?explain=true", json({ instances }));
  expect(refused.status).toBe(422);
  expect(await refused.json()).toMatchObject({ field: "explain", found: "101 instances" });
});

test("a batch answers in order, and partially where that is asked for", async () => {
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

describe("HTTP", () => {
  test("every answer has an id of its own, or the one that was sent, and may be read by any page", async () => {
    const ask = worker();
    const own = await ask(`/predict${query}`);
    expect(own.headers.get("X-Request-Id")).toMatch(/^[0-9a-f-]{36}$/);
    expect(own.headers.get("Access-Control-Allow-Origin")).toBe("*");
    expect(own.headers.get("Server-Timing")).toMatch(/^snapshot;dur=[\d.]+, features;dur=[\d.]+, model;dur=[\d.]+$/);
    const sent = await ask("/nowhere", { headers: { "X-Request-Id": "abc-1" } });
    expect([sent.status, sent.headers.get("X-Request-Id")]).toEqual([404, "abc-1"]);
    const strange = await ask(`/predict${query}`, { headers: { "X-Request-Id": "a b" } });
    expect(strange.headers.get("X-Request-Id")).not.toBe("a b");
  });

  test("a GET may be kept until the day of the next publication, and is not sent again while nothing changed", async () => {
    const ask = worker();
    const first = await ask(`/predict${query}`);
    const tag = first.headers.get("ETag") ?? "";
    expect(tag).toMatch(/^"v1\.0\.1\.[0-9a-f]{16}"$/);
    expect(first.headers.get("Cache-Control")).toBe(`public, max-age=${36 * 3600}`);
    const again = await ask(`/predict${query}`, { headers: { "If-None-Match": `"x", W/${tag}` } });
    expect([again.status, await again.text(), again.headers.get("ETag")]).toEqual([304, "", tag]);
    await promote({ version: "v2.0", number: 2 });
    const changed = await worker()(`/predict${query}`, { headers: { "If-None-Match": tag } });
    expect(changed.status).toBe(200);
    expect((await ask("/predict", json(instanceOf(0)))).headers.get("Cache-Control")).toBeNull();
  });

  test("any page may ask, and is told what it may read; a program that posts is spared what pages need", async () => {
    const ask = worker();
    const page = { Origin: "https://somewhere.example" };
    const forPages = {
      "Access-Control-Expose-Headers": expect.stringContaining("X-Request-Id"),
      "X-Content-Type-Options": "nosniff",
    };
    const headersOf = async (path: string, init?: RequestInit) => Object.fromEntries((await ask(path, init)).headers);
    const lower = (headers: object) =>
      Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
    for (const headers of [
      await headersOf(`/predict${query}`),
      await headersOf("/predict", json(instanceOf(0), page)),
    ]) {
      expect(headers).toMatchObject(lower({ ...forPages, "Access-Control-Allow-Origin": "*" }));
    }
    const program = await headersOf("/predict", json(instanceOf(0)));
    expect(program).toMatchObject(lower({ "Access-Control-Allow-Origin": "*" }));
    for (const name of Object.keys(lower(forPages))) expect(program).not.toHaveProperty(name);
  });

  test("HEAD is GET without a body; OPTIONS says what may be done; anything else is 405", async () => {
    const ask = worker();
    const head = await ask(`/predict${query}`, { method: "HEAD" });
    expect([head.status, await head.text(), head.headers.has("ETag")]).toEqual([200, "", true]);
    const options = await ask("/predict/milk-mx", { method: "OPTIONS" });
    expect([options.status, options.headers.get("Access-Control-Allow-Methods")]).toEqual([
      204,
      "GET, HEAD, POST, OPTIONS",
    ]);
    for (const [method, path, allow] of [
      ["PUT", "/predict", "GET, HEAD, POST, OPTIONS"],
      ["GET", "/invocations", "POST, OPTIONS"],
      ["POST", "/v2", "GET, HEAD, OPTIONS"],
    ] as const) {
      const answer = await ask(path, { method });
      expect([answer.status, answer.headers.get("Allow")]).toEqual([405, allow]);
    }
  });

  test("what is refused before a protocol is reached is refused in its words all the same", async () => {
    const [ask, closed] = [worker(), worker({ token: "secret" })];
    const limited = worker({ rateLimit: { limit: async () => ({ success: false }) } });
    const infer = "/v2/models/milk-mx/infer";
    const told = async (answer: Promise<Response>) => {
      const { status, headers } = await answer;
      return [status, headers.get("Content-Type")?.split(";")[0], Object.keys(await (await answer).json())];
    };
    const v2 = ["application/json", ["error"]];
    for (const [status, answer] of [
      [405, ask(infer)],
      [404, ask("/v2/repository")],
      [401, closed(infer, json({}))],
      [429, limited(infer, json({}))],
    ] as const) {
      expect(await told(answer)).toEqual([status, ...v2]);
    }
    const mlflow = ["application/json", ["error_code", "message"]];
    for (const [status, answer] of [
      [405, ask("/invocations/milk-mx")],
      [404, ask("/invocations/milk-mx/x")],
      [401, closed("/invocations", json({}))],
      [429, limited("/invocations", json({}))],
    ] as const) {
      expect(await told(answer)).toEqual([status, ...mlflow]);
    }
    const unknown = await ask("/v2/models/milk-xm/infer", json({ inputs: [] }));
    expect(await unknown.json()).toEqual({ error: expect.stringContaining("Found: milk-xm. Allowed: milk-mx, ") });
  });

  test("a body that is no JSON, of another type, or too large is refused as such", async () => {
    const ask = worker();
    const post = (body: BodyInit, headers: Record<string, string> = { "Content-Type": "application/json" }) =>
      ask("/predict", { method: "POST", body, headers });
    expect((await post("{")).status).toBe(400);
    const broken = Uint8Array.of(0x22, 0xff, 0x22);
    const measured = { "Content-Type": "application/json", "Content-Length": "3" };
    for (const answer of [post(broken, measured), post(new Blob([broken]).stream())]) {
      const { status, detail } = await (await answer).json<{ status: number; detail: string }>();
      expect([status, detail]).toEqual([400, "The body is not UTF-8."]);
    }
    const marked = new TextEncoder().encode(`\uFEFF${JSON.stringify(instanceOf(0))}`);
    expect((await post(marked)).status).toBe(200);
    for (const type of ["text/csv", "application/x-www-form-urlencoded", "application/json; charset=latin1"]) {
      expect((await post("{}", { "Content-Type": type })).status).toBe(415);
    }
    expect((await post("{}", { "Content-Type": "application/json", "Content-Encoding": "gzip" })).status).toBe(415);
    const large = new Blob([" ".repeat(bodyBytesMax + 1)]);
    expect((await post(large)).status).toBe(413);
    expect((await post(large.stream())).status).toBe(413);
    expect(
      (await post(JSON.stringify(instanceOf(0)), { "Content-Type": 'application/json; charset="UTF-8"' })).status,
    ).toBe(200);
  });

  test("a body that breaks off, or comes in broken pieces, is the sender's failure and not ours", async () => {
    const ask = worker();
    const broken = () =>
      new ReadableStream({
        start(controller) {
          controller.enqueue(new TextEncoder().encode('{"Estado": "Jal'));
          controller.error(new Error("Network connection lost."));
        },
      });
    for (const length of [{}, { "Content-Length": "100" }]) {
      const headers = { "Content-Type": "application/json", ...length };
      const post = (path: string) => ask(path, { method: "POST", body: broken(), headers });
      const own = await post("/predict");
      expect([own.status, await own.json()]).toMatchObject([400, { detail: expect.stringContaining("broke off") }]);
      expect((await post("/invocations")).status).toBe(400);
      expect((await post("/v2/models/milk-mx/infer")).status).toBe(400);
    }
  });

  test("a content coding that changes nothing may be named in capitals", async () => {
    const answer = await worker()("/predict", json(instanceOf(0), { "Content-Encoding": "Identity" }));
    expect(answer.status).toBe(200);
  });

  test("unknown forecasts, options and repeated fields are refused with what there is", async () => {
    const ask = worker();
    const other = await ask(`/predict/milk-xm${query}`);
    expect([other.status, await other.json()]).toMatchObject([
      404,
      { didYouMean: "milk-mx", allowed: expect.arrayContaining(["milk-mx"]) },
    ]);
    expect(await (await ask("/predict?explan=true", json(instanceOf(0)))).json()).toMatchObject({ field: "explan" });
    expect(await (await ask(`/predict${query}&partial=maybe`)).json()).toMatchObject({ field: "partial" });
    for (const repeated of ["Estado=Puebla", "explain=true&explain=false"]) {
      expect(await (await ask(`/predict${query}&${repeated}`)).json()).toMatchObject({
        field: repeated.split("=")[0],
        found: "twice",
      });
    }
  });

  test("a path's name may be escaped, as any address may be; what cannot be read is a name as it stands", async () => {
    const ask = worker();
    expect((await ask(`/predict/milk%2Dmx${query}`)).status).toBe(200);
    expect((await ask("/v2/models/%6Dilk-mx/versions/v1%2E0/ready")).status).toBe(200);
    for (const [name, found] of [
      ["milk%2Fmx", "milk/mx"],
      ["milk-m%FF", "milk-m%FF"],
      ["m%C3%ADlk-mx", "mílk-mx"],
    ]) {
      const unknown = await ask(`/predict/${name}`);
      expect([unknown.status, await unknown.json()]).toMatchObject([404, { found, didYouMean: "milk-mx" }]);
    }
  });

  test("an option that stands in the body is told where it belongs", async () => {
    const ask = worker();
    for (const body of [{ instances: [instanceOf(0)] }, instanceOf(0), { all: true }]) {
      for (const name of ["explain", "partial"]) {
        const refused = await ask("/predict/milk-mx", json({ ...body, [name]: true }));
        expect([refused.status, await refused.json()]).toMatchObject([
          422,
          { field: name, expected: `${name}=true in the address, as in /predict/milk-mx?${name}=true` },
        ]);
      }
    }
  });

  test("an empty body is told that it is", async () => {
    const empty = await worker()("/predict", {
      method: "POST",
      body: "",
      headers: { "Content-Type": "application/json" },
    });
    expect([empty.status, await empty.json()]).toMatchObject([400, { detail: "The body is empty." }]);
  });

  test("a query that wants what only a body or an option can say is told how", async () => {
    const ask = worker();
    for (const name of ["all", "instances"]) {
      const refused = await ask(`/predict?${name}=true`);
      expect([refused.status, await refused.json()]).toMatchObject([
        422,
        { field: name, expected: expect.stringMatching(`^POST with a body of {"${name}": `) },
      ]);
    }
    expect(await (await ask(`/predict${query}&explian=true`)).json()).toMatchObject({ didYouMean: "explain" });
    expect(await (await ask("/predict?explian=true", json(instanceOf(0)))).json()).toMatchObject({
      didYouMean: "explain",
    });
  });
});

describe("who may ask", () => {
  test("with a token set, only who knows it, but probes go through", async () => {
    const ask = worker({ token: "secret" });
    const status = async (path: string, token?: string) =>
      (await ask(path, token === undefined ? {} : { headers: { Authorization: `Bearer ${token}` } })).status;
    expect(await status(`/predict${query}`)).toBe(401);
    expect(await status(`/predict${query}`, "secre")).toBe(401);
    expect(await status("/v2/models/milk-mx")).toBe(401);
    expect(await status(`/predict${query}`, "secret")).toBe(200);
    expect(await status("/ping")).toBe(200);
    const answer = await ask(`/predict${query}`, { headers: { Authorization: "bearer  secret" } });
    expect(answer.headers.get("Cache-Control")).toMatch(/^private/);
  });

  test("beyond the rate, 429 says when to come back; a limit that fails lets everyone through", async () => {
    const keys: string[] = [];
    const limited = worker({ rateLimit: { limit: async ({ key }) => ({ success: keys.push(key) <= 1 }) } });
    const from = { headers: { "CF-Connecting-IP": "192.0.2.1" } };
    expect((await limited(`/predict${query}`, from)).status).toBe(200);
    const refused = await limited(`/predict${query}`, from);
    expect([refused.status, refused.headers.get("Retry-After")]).toEqual([429, "60"]);
    expect(await refused.json()).toMatchObject({ detail: expect.stringContaining("wait a minute") });
    expect(keys).toEqual(["192.0.2.1", "192.0.2.1"]);
    const broken = worker({ rateLimit: { limit: () => Promise.reject(new Error("down")) } });
    expect((await broken(`/predict${query}`)).status).toBe(200);
  });
});

describe("when something is down", () => {
  const down = async () => {
    throw new Error("it is down");
  };

  test("nothing to serve is 503 with Retry-After, in the words of each protocol", async () => {
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

  test("what was loaded serves on and says that it is stale", async () => {
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

  test("a damaged model in R2 never answers", async () => {
    await promote({ version: "v9.0", number: 9 });
    await bindings.LAKE.put(artefactKey(forecast.id, "v9.0", "model.onnx"), "not a model");
    const answer = await worker()(`/predict${query}`);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ detail: expect.stringContaining("v9.0/model.onnx is damaged") });
  });

  test("the cache stands in for R2, a damaged entry of it is replaced, and without a cache all goes on", async () => {
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
    const kept = await caches.default.match(cacheAddress(address));
    expect(new Uint8Array((await kept?.arrayBuffer()) ?? new ArrayBuffer(0))).toEqual(model);
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
    const answer = await ask(`/predict${query}`);
    return singleAnswerShape.parse(await answer.json()).features;
  };

  test("MLflow's answers numbers for JSON and CSV, and /predict says the same", async () => {
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

  test("MLflow's refuses with its own codes: 400, 415, 404", async () => {
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

  test("Open Inference v2 tells of server and model, and infers", async () => {
    const ask = worker();
    const get = async (path: string) => {
      const answer = await ask(path);
      return [answer.status, await answer.json()];
    };
    expect(await get("/v2")).toMatchObject([200, { name: "almanac", extensions: [] }]);
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
    const binary = await ask("/v2/models/milk-mx/infer", json({ inputs }, { "Inference-Header-Content-Length": "9" }));
    expect(binary.status).toBe(415);
  });
});
