/** The HTTP behaviour of predict in every protocol: headers, methods, bodies, tokens and rate limits. */
import { beforeEach, describe, expect, test } from "vitest";
import { bodyBytesMax } from "../../shared/api/predict-limits.ts";
import { json, promote, query, serve, worker } from "../support/predict-worker.ts";
import { instanceOf } from "../support/served.ts";

beforeEach(serve);

describe("HTTP", () => {
  test("every answer has the id of the request or a new one, and allows any origin", async () => {
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

  test("an answer to GET may be cached for a minute, and has an ETag that changes with the data", async () => {
    const ask = worker({ codeVersion: "build-1" });
    const first = await ask(`/predict${query}`);
    const tag = first.headers.get("ETag") ?? "";
    expect(tag).toMatch(/^"v1\.0\.1\.1\.[0-9a-f]{16}\.build-1"$/);
    expect(first.headers.get("Cache-Control")).toBe("public, max-age=60");
    const again = await ask(`/predict${query}`, { headers: { "If-None-Match": `"x", W/${tag}` } });
    expect([again.status, await again.text(), again.headers.get("ETag")]).toEqual([304, "", tag]);
    const deployed = await worker({ codeVersion: "build-2" })(`/predict${query}`, {
      headers: { "If-None-Match": tag },
    });
    expect(deployed.status).toBe(200);
    await promote({ version: "v2.0", number: 2 });
    const changed = await worker({ codeVersion: "build-1" })(`/predict${query}`, { headers: { "If-None-Match": tag } });
    expect(changed.status).toBe(200);
    expect((await ask("/predict", json(instanceOf(0)))).headers.get("Cache-Control")).toBeNull();
  });

  test("CORS headers allow any page; a POST without Origin gets no headers for browsers", async () => {
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

  test("HEAD is GET without a body; OPTIONS lists the methods; any other method is 405", async () => {
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

  test("a refusal before the handler has the form of the path's protocol", async () => {
    const [ask, closed] = [worker(), worker({ token: "secret" })];
    const limited = worker({ rateLimit: { limit: async () => ({ success: false }) } });
    const infer = "/v2/models/milk-mx/infer";
    const received = async (answer: Promise<Response>) => {
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
      expect(await received(answer)).toEqual([status, ...v2]);
    }
    const mlflow = ["application/json", ["error_code", "message"]];
    for (const [status, answer] of [
      [405, ask("/invocations/milk-mx")],
      [404, ask("/invocations/milk-mx/x")],
      [401, closed("/invocations", json({}))],
      [429, limited("/invocations", json({}))],
    ] as const) {
      expect(await received(answer)).toEqual([status, ...mlflow]);
    }
    const unknown = await ask("/v2/models/milk-xm/infer", json({ inputs: [] }));
    expect(await unknown.json()).toEqual({ error: expect.stringContaining("Found: milk-xm. Allowed: milk-mx, ") });
  });

  test("a body that is not JSON, of another type, or too large is refused with the matching status", async () => {
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

  test("an incomplete body, or one with invalid chunks, is 400", async () => {
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
      expect([own.status, await own.json()]).toMatchObject([400, { detail: expect.stringContaining("incomplete") }]);
      expect((await post("/invocations")).status).toBe(400);
      expect((await post("/v2/models/milk-mx/infer")).status).toBe(400);
    }
  });

  test("the content coding identity may be written in capitals", async () => {
    const answer = await worker()("/predict", json(instanceOf(0), { "Content-Encoding": "Identity" }));
    expect(answer.status).toBe(200);
  });

  test("unknown forecasts and options, and repeated fields, are refused with the allowed names", async () => {
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
        found: "repeated",
      });
    }
  });

  test("a name in a path may be percent-encoded; an invalid encoding is used unchanged", async () => {
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

  test("an option in the body is refused, and the refusal shows the right place", async () => {
    const ask = worker();
    for (const body of [{ instances: [instanceOf(0)] }, instanceOf(0), { all: true }]) {
      for (const name of ["explain", "partial", "features"]) {
        const refused = await ask("/predict/milk-mx", json({ ...body, [name]: true }));
        expect([refused.status, await refused.json()]).toMatchObject([
          422,
          { field: name, expected: `${name}=true in the query, as in /predict/milk-mx?${name}=true` },
        ]);
      }
    }
  });

  test("an empty body is refused as empty", async () => {
    const empty = await worker()("/predict", {
      method: "POST",
      body: "",
      headers: { "Content-Type": "application/json" },
    });
    expect([empty.status, await empty.json()]).toMatchObject([400, { detail: "The body is empty." }]);
  });

  test("a query parameter that is only allowed in a body is refused with an example", async () => {
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

describe("access", () => {
  test("with a token configured, requests need it and probes do not", async () => {
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

  test("a caller whose requests have used the computing time waits, in the form of the protocol; other callers do not", async () => {
    const ask = worker({ costLimits: { perSecond: 1_000, burst: 20_000 } });
    const from = { "CF-Connecting-IP": "192.0.2.1" };
    const instances = Array.from({ length: 100 }, () => instanceOf(0));
    expect((await ask("/predict", json({ instances }, from))).status).toBe(200);
    for (const path of [`/predict${query}`, "/v2/models/milk-mx"]) {
      const refused = await ask(path, { headers: from });
      expect(refused.status).toBe(429);
      expect(Number(refused.headers.get("Retry-After"))).toBeGreaterThan(1);
      expect(await refused.text()).toContain("computing time");
    }
    expect((await ask("/ping", { headers: from })).status).toBe(200);
    expect((await ask(`/predict${query}`, { headers: { "CF-Connecting-IP": "192.0.2.2" } })).status).toBe(200);
    const closed = worker({ token: "secret", costLimits: { perSecond: 1, burst: 1 } });
    const withToken = { ...from, Authorization: "Bearer secret" };
    for (const _ of [1, 2]) expect((await closed("/predict", json({ instances }, withToken))).status).toBe(200);
  });

  test("beyond the rate limit, 429 has Retry-After; if the rate limiter fails, requests are allowed", async () => {
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
