import { SELF } from "cloudflare:test";
import { Webhook } from "standardwebhooks";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { queueReport } from "../../shared/db/outbox.ts";
import { hubApp } from "../../workers/hub/http/app.ts";
import { deliverDue } from "../../workers/hub/outbox/deliver.ts";
import { asAdmin, hub, ingested, migrate, request, testEnv } from "../support/hub.ts";
import { publication, someCities } from "../support/sniim.ts";

const bytes = publication([
  { day: "2025-01-03", cities: someCities(3) },
  { day: "2025-01-06", cities: [...someCities(2), { state: "Sonora", city: "Nogales", prices: ["s/d", 0, 21, 22] }] },
]);

beforeAll(async () => {
  await migrate();
  expect(await ingested("Leche06012025.xlsx", bytes)).toMatchObject({ state: "done" });
});

const put = (path: string, headers: Record<string, string> = {}, body: BodyInit | null = bytes) =>
  asAdmin(path, { method: "PUT", headers, ...(body && { body }) });
const base64 = (data: Uint8Array) => btoa(String.fromCharCode(...data));
const digestOf = async (data: Uint8Array) =>
  `sha-256=:${base64(new Uint8Array(await crypto.subtle.digest("SHA-256", data)))}:`;

async function refusal(response: Response | Promise<Response>): Promise<Record<string, unknown>> {
  const answer = await response;
  expect(answer.headers.get("Content-Type")).toContain("application/problem+json");
  const details: Record<string, unknown> = await answer.json();
  expect(details.status).toBe(answer.status);
  return details;
}

describe("an upload is refused", () => {
  const file = "/feeds/sniim-milk/files/Leche08012025.xlsx";

  test("without a token, or with a wrong token", async () => {
    expect(await refusal(request(file, { method: "PUT", body: bytes }))).toMatchObject({ status: 401 });
    const wrong = { method: "PUT", body: bytes, headers: { Authorization: "Bearer guess" } };
    expect(await refusal(request(file, wrong))).toMatchObject({
      status: 401,
      detail: expect.stringContaining("does not match"),
    });
  });

  test("for an unknown feed, an invalid name or another content type", async () => {
    expect(await refusal(put("/feeds/snim-milk/files/a.xlsx"))).toMatchObject({
      status: 404,
      didYouMean: "sniim-milk",
    });
    expect(await refusal(put("/feeds/sniim-milk/files/..%2F..%2Fa.xlsx"))).toMatchObject({
      status: 422,
      found: "../../a.xlsx",
    });
    expect(await refusal(put("/feeds/sniim-milk/files/Leche.csv"))).toMatchObject({
      status: 415,
      expected: "a name ending in .xlsx",
    });
    expect(await refusal(put(file, { "Content-Type": "text/html" }))).toMatchObject({
      status: 415,
      found: "text/html",
    });
  });

  test("for a malformed digest, or a digest of another body", async () => {
    expect(await refusal(put(file, { "Content-Digest": "md5=abc" }))).toMatchObject({ status: 400, found: "md5=abc" });
    const other = await digestOf(new Uint8Array([1, 2, 3]));
    expect(await refusal(put(file, { "Content-Digest": other }))).toMatchObject({ status: 422 });
    expect(
      (await SELF.fetch("http://hub.test/flows?kind=ingest").then((answer) => answer.json<{ flows: unknown[] }>()))
        .flows.length,
    ).toBe(1);
  });

  test("for an empty body", async () => {
    const empty = { status: 422, found: "0 bytes", expected: "the bytes of a .xlsx file" };
    expect(await refusal(put(file, {}, null))).toMatchObject(empty);
    const chunks = () => new ReadableStream({ start: (controller) => controller.close() });
    expect(await refusal(put(file, {}, chunks()))).toMatchObject({
      ...empty,
      detail: expect.stringContaining("Send the file itself"),
    });
    const digest = await digestOf(new Uint8Array());
    expect(await refusal(put(file, { "Content-Digest": digest }, chunks()))).toMatchObject(empty);
    expect((await hub.lake.list({ prefix: "raw/" })).objects.length).toBe(1);
  });

  test("for a malformed length", async () => {
    for (const length of ["many", "-1", "1e3"]) {
      const answer = refusal(put(file, { "Content-Length": length }));
      expect(await answer).toMatchObject({ status: 400, found: length, expected: "a number of bytes" });
    }
  });
});

test("an upload with its digest is streamed and ingested under that digest", async () => {
  const more = publication([
    { day: "2025-01-03", cities: someCities(3) },
    { day: "2025-01-06", cities: someCities(3) },
  ]);
  const answer = await put(
    "/feeds/sniim-milk/files/Leche06012025-b.xlsx",
    { "Content-Digest": await digestOf(more), "Content-Length": String(more.length) },
    more,
  );
  expect(answer.status).toBe(202);
  const { sha256, key, flow } = await answer.json<{ sha256: string; key: string; flow: string }>();
  expect(key).toContain(`/${sha256.slice(0, 16)}-`);
  expect(answer.headers.get("Location")).toBe(`/flows/${flow}`);
});

describe("observations", () => {
  interface Page {
    readonly observations: readonly {
      readonly series: Record<string, unknown>;
      readonly period: string;
      readonly value: number;
    }[];
    readonly next: string | null;
  }
  const page = async (query: string): Promise<Page> =>
    (await request(`/feeds/sniim-milk/observations?${query}`)).json();

  test("come in pages that contain each row exactly once", async () => {
    const all = await page("limit=10000&to=2025-01-03");
    const paged: unknown[] = [];
    for (let cursor = ""; ; ) {
      const { observations, next } = await page(`limit=5&to=2025-01-03${cursor}`);
      paged.push(...observations);
      if (next === null) break;
      cursor = `&cursor=${encodeURIComponent(next)}`;
    }
    expect(all.observations.length).toBe(12);
    expect(paged).toEqual(all.observations);
  });

  test("are filtered by series, number and dates", async () => {
    const city = await page("series=Ciudad=Ciudad+A&from=2025-01-03&to=2025-01-03");
    expect(city.observations.map(({ value }) => value).sort()).toEqual([20, 20.25, 20.5, 20.75]);
    const [first] = city.observations;
    const one = await page(`series=${first?.series.id}&from=2025&to=2025-01-03`);
    expect(one.observations).toEqual([first]);
    expect((await page("from=2026")).observations).toEqual([]);
  });

  test("are CSV on request, with a link to the next page", async () => {
    const answer = await request("/feeds/sniim-milk/observations?limit=1", { headers: { Accept: "text/csv" } });
    expect(await answer.text()).toBe(
      "Estado,Ciudad,Tipo,Canal,period,variable,value\r\nJalisco,Ciudad A,Pasteurizada,Autoservicios,2025-01-03,precio,20\r\n",
    );
    expect(answer.headers.get("Link")).toMatch(/^<\/feeds\/sniim-milk\/observations\?limit=1&cursor=.+>; rel="next"$/);
  });

  test("of series and variables in any script come in pages", async () => {
    const runAll = (statements: readonly string[]) =>
      testEnv.DB.batch(statements.map((sql) => testEnv.DB.prepare(sql)));
    onTestFinished(async () => {
      await runAll(["DELETE FROM observations WHERE series_id = 9001", "DELETE FROM series WHERE id = 9001"]);
    });
    const ingest = "(SELECT min(id) FROM ingests)";
    await runAll([
      `INSERT INTO series (id, feed, key, dimensions) VALUES (9001, 'sniim-milk', '["Łódź"]', '{"Ciudad":"Łódź"}')`,
      ...["cena mleka — Łódź", "牛乳"].map(
        (variable) =>
          `INSERT INTO observations VALUES ('sniim-milk', '1999-01-03', 9001, '${variable}', 1.5, ${ingest})`,
      ),
    ]);
    const first = await page(`limit=1&to=1999&series=Ciudad=${encodeURIComponent("Łódź")}`);
    expect(first.observations).toMatchObject([{ series: { Ciudad: "Łódź" }, variable: "cena mleka — Łódź" }]);
    const second = await page(`limit=1&to=1999&cursor=${first.next}`);
    expect(second).toMatchObject({ observations: [{ variable: "牛乳" }], next: null });
  });

  test("refuse unknown names and list the allowed ones", async () => {
    const of = (query: string) => refusal(request(`/feeds/sniim-milk/observations?${query}`));
    expect(await of("serie=1")).toMatchObject({ status: 422, didYouMean: "series" });
    expect(await of("series=Cuidad=Ciudad+A")).toMatchObject({ status: 422, didYouMean: "Ciudad" });
    expect(await of("series=Estado=Jalizco")).toMatchObject({ status: 422, found: "Jalizco", didYouMean: "Jalisco" });
    expect(await of("from=yesterday")).toMatchObject({ status: 422, found: "yesterday" });
    for (const found of ["2025-13", "2025-02-29", "2025-01-01T24"])
      expect(await of(`to=${found}`)).toMatchObject({ status: 422, found });
    expect((await page("from=2024-02-29T23")).observations.length).toBeGreaterThan(0);
    expect(await of("limit=0")).toMatchObject({ status: 422, found: "0" });
    for (const cursor of ["garbage", "Łódź", "bnVsbA"]) {
      expect(await of(`cursor=${encodeURIComponent(cursor)}`)).toMatchObject({
        status: 400,
        found: cursor,
        expected: "the value of next from the previous page",
      });
    }
  });
});

test("problems have place, found and expected value, and come in pages", async () => {
  const first: { byReason: unknown; problems: unknown[]; next: string } = await (
    await request("/feeds/sniim-milk/problems?limit=1")
  ).json();
  expect(first.byReason).toEqual({ "no-number": 1, "zero-price": 1 });
  expect(first.problems).toMatchObject([
    {
      reason: "no-number",
      row: 16,
      column: "C",
      period: "2025-01-06",
      found: "s/d",
      expected: "a price between 5 and 100 MXN",
    },
  ]);
  const second: { problems: unknown[]; next: null } = await (
    await request(`/feeds/sniim-milk/problems?limit=1&cursor=${first.next}`)
  ).json();
  expect(second).toMatchObject({ problems: [{ reason: "zero-price", column: "D" }], next: null });
});

test("files of the lake are served with the etag that _SUCCESS lists", async () => {
  const success: { partitions: { path: string; etag: string }[] } = await (
    await request("/feeds/sniim-milk/lake/_SUCCESS")
  ).json();
  for (const { path, etag } of success.partitions) {
    const address = `/feeds/sniim-milk/lake/${path}`;
    const file = await request(address);
    expect([file.status, file.headers.get("ETag")]).toEqual([200, `"${etag}"`]);
    const bytes = await file.arrayBuffer();
    const head = await request(address, { method: "HEAD" });
    expect([head.status, head.headers.get("Content-Length")]).toEqual([200, String(bytes.byteLength)]);
    const unchanged = await request(address, { headers: { "If-None-Match": `"${etag}"` } });
    expect([unchanged.status, await unchanged.text()]).toEqual([304, ""]);
    const end = await request(address, { headers: { Range: "bytes=-4" } });
    expect([end.status, await end.text()]).toEqual([206, "PAR1"]);
    const beyond = await request(address, { headers: { Range: `bytes=${bytes.byteLength}-` } });
    expect([beyond.status, await beyond.json()]).toMatchObject([416, { status: 416 }]);
  }
  expect(await refusal(request("/feeds/sniim-milk/lake/year=1999/part.parquet"))).toMatchObject({ status: 404 });
});

test("beyond the rate limit of an address, reads without the token are refused; probes and the token are not limited", async () => {
  const callers: string[] = [];
  const app = hubApp({ ...hub, allows: async (caller) => callers.push(caller) > 1_000 });
  const ask = (path: string, headers: Record<string, string> = {}) =>
    app.fetch(new Request(`http://hub.test${path}`, { headers: { "CF-Connecting-IP": "192.0.2.1", ...headers } }));
  for (const path of ["/feeds", "/flows", "/docs", "/feeds/sniim-milk/observations?format=csv"]) {
    const refused = await ask(path);
    expect([refused.status, refused.headers.get("Retry-After")]).toEqual([429, "60"]);
    await refused.body?.cancel();
  }
  expect(callers).toEqual(new Array(4).fill("192.0.2.1"));
  expect((await ask("/health")).status).toBe(200);
  expect((await ask("/feeds", { Authorization: "Bearer test-token" })).status).toBe(200);
  expect(await hub.allows("192.0.2.1")).toBe(true);
});

test("a deeply nested JSON body is refused before it is parsed", async () => {
  const body = `{"seed":1,"why":${"[".repeat(400_000)}`;
  const headers = { "Content-Type": "application/json" };
  const answer = asAdmin("/forecasts/milk-mx/runs", { method: "POST", headers, body });
  expect(await refusal(answer)).toMatchObject({ status: 413, found: "more than 64 levels of arrays and objects" });
});

test("feeds show their progress, and the answer for an unknown address lists the addresses", async () => {
  const { feeds }: { feeds: unknown[] } = await (await request("/feeds")).json();
  expect(feeds.slice(0, 3)).toMatchObject([
    { id: "sniim-milk", firstPeriod: "2025-01-03", lastPeriod: "2025-01-06" },
    { id: "gold-csv", firstPeriod: null, lastPeriod: null },
    { id: "open-meteo-air-quality", firstPeriod: null, lastPeriod: null },
  ]);
  expect(await refusal(request("/nothing"))).toMatchObject({
    status: 404,
    allowed: expect.arrayContaining(["GET /feeds"]),
  });
  expect(await refusal(request("/flows/unknown"))).toMatchObject({ status: 404 });
  for (const path of ["/flows?offset=", "/flows?limit=", "/audit?cursor=", "/feeds/sniim-milk/problems?ingest="]) {
    for (const found of ["0x10", "1e3", "1e400"]) {
      expect(await refusal(request(path + found))).toMatchObject({ status: 400, found });
    }
  }
  const long = `/feeds/sniim-milk/lake/${"a/".repeat(800)}`;
  expect(await refusal(request(long))).toMatchObject({ status: 400, expected: "a path of _SUCCESS" });
});

test.each([
  ["GET", "/predict"],
  ["POST", "/predict/milk-mx"],
  ["OPTIONS", "/predict"],
  ["POST", "/invocations/milk-mx"],
  ["GET", "/ping"],
  ["GET", "/v2"],
  ["POST", "/v2/models/milk-mx/infer"],
])("the hub forwards %s %s to predict", async (method, path) => {
  const answer = await request(path, { method, ...(method === "POST" && { body: "{}" }) });
  expect(await answer.json()).toEqual({ predict: `${method} ${path}` });
});

test("the hub itself answers a path that only starts like one of predict", async () => {
  expect((await request("/predictions")).status).toBe(404);
});

test("a subscription on D1: a report is queued once, delivered once with a signature, and listed", async () => {
  const body = JSON.stringify({ url: "https://example.com/hook" });
  const created = await asAdmin("/subscriptions", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body,
  });
  expect(created.status).toBe(201);
  const { id, secret } = await created.json<{ id: string; secret: string }>();
  const report = {
    forecast: "milk-mx",
    title: "Milk",
    origin: "2026-11-20",
    revision: 1,
    publishedAt: "2026-11-20T18:00:00.000Z",
    version: null,
    summary: [],
  };
  const now = hub.now().toISOString();
  expect([await queueReport(hub.db, report, now), await queueReport(hub.db, report, now)]).toEqual([1, 0]);
  const sent: { readonly url: string; readonly init: RequestInit }[] = [];
  const fx = {
    ...hub,
    fetch: async (url: string, init: RequestInit) => {
      sent.push({ url, init });
      return new Response(null, { status: 204 });
    },
  };
  expect(await Promise.all([deliverDue(fx), deliverDue(fx)])).toEqual(expect.arrayContaining([1, 0]));
  expect(await deliverDue(fx)).toBe(0);
  expect(sent.map(({ url, init }) => [url, init.redirect])).toEqual([["https://example.com/hook", "manual"]]);
  const verified = new Webhook(secret).verify(
    String(sent[0]?.init.body),
    Object.fromEntries(new Headers(sent[0]?.init.headers)),
  );
  expect(verified).toMatchObject({ data: { links: { html: "http://hub.test/reports/milk-mx/2026-11-20.html" } } });
  const listed = await asAdmin(`/subscriptions/${id}/deliveries?state=sent`, {});
  expect(await listed.json()).toMatchObject({
    deliveries: [{ id: `milk-mx:2026-11-20:${id}`, tries: 1, status: 204 }],
  });
  const { subscriptions } = await (await asAdmin("/subscriptions", {})).json<{ subscriptions: unknown[] }>();
  expect(subscriptions).toMatchObject([{ id, deliveries: { waiting: 0, sent: 1, failed: 0 } }]);
});
