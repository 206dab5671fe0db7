/** Tests the typed client with a stubbed network. */
import { expect, test } from "vitest";
import { failureText } from "../../shared/api/api-failure.ts";
import { apiClient, type ClientOptions, type FetchInit } from "../../shared/api/client.ts";
import { contentDigest } from "../../shared/lib/content-digest.ts";
import { sha256Hex } from "../../shared/lib/hash.ts";

interface Sent extends FetchInit {
  readonly url: string;
}

/** Returns a client that always gets this answer, and the requests that it sent. */
function answering(answer: Response | Error, options: Partial<ClientOptions> = {}) {
  const sent: Sent[] = [];
  const client = apiClient({
    url: "http://hub.test/",
    token: "admin",
    predictToken: "caller",
    actor: "Ana",
    async send(url, init) {
      sent.push({ url, ...init });
      if (answer instanceof Error) throw answer;
      return answer;
    },
    ...options,
  });
  return { client, sent };
}

const flows = { flows: [] };

test("path parameters and queries are escaped, arrays are repeated, and undefined members are omitted", async () => {
  const { client, sent } = answering(Response.json({ feed: "f", observations: [], next: null }));
  const query = { series: ["Canal=a&b", "Tipo=ñ"], from: "2025-01-01", variable: undefined, limit: 5 };
  expect(await client.listObservations({ feed: "a/b", query })).toMatchObject({ ok: true });
  expect(sent[0]?.url).toBe(
    "http://hub.test/feeds/a%2Fb/observations?series=Canal%3Da%26b&series=Tipo%3D%C3%B1&from=2025-01-01&limit=5",
  );
});

test("a write sends the hub's token and the actor, a prediction the token of predict, and a public read no token", async () => {
  const { client, sent } = answering(Response.json(flows), {});
  await client.retryFlow({ id: "x" });
  await client.predict({ forecast: "f", body: { all: true } });
  await client.listFeeds();
  expect(sent.map(({ headers }) => headers)).toEqual([
    { Authorization: "Bearer admin", "X-Almanac-Actor": "Ana" },
    { Authorization: "Bearer caller", "Content-Type": "application/json" },
    {},
  ]);
});

test("a query that names a personal forecast sends the personal token, as its address would", async () => {
  const personal = { names: new Set(["customers"]), token: "personal" };
  const { client, sent } = answering(Response.json({ reports: [] }), { personal });
  for (const forecast of ["customers", "gold"]) await client.listReports({ query: { forecast, limit: 1 } });
  expect(sent.map(({ headers }) => headers)).toEqual([{ Authorization: "Bearer personal" }, {}]);
});

test("a file is sent with its length, its digest and its content type", async () => {
  const { client, sent } = answering(Response.json({}));
  const body = new TextEncoder().encode("abc");
  await client.uploadPublication({ feed: "f", file: "a.csv", body, contentType: "text/csv" });
  expect(sent[0]).toMatchObject({
    method: "PUT",
    body,
    headers: {
      "Content-Length": "3",
      "Content-Type": "text/csv",
      "Content-Digest": `sha-256=:${Buffer.from(sha256Hex(body), "hex").toString("base64")}:`,
    },
  });
});

test("the digest header is the base64 of the digest", () => {
  for (const hex of ["", "00", "ffee", "0102ff", sha256Hex("a")]) {
    expect(contentDigest(hex)).toBe(`sha-256=:${Buffer.from(hex, "hex").toString("base64")}:`);
  }
});

test("an answer is parsed by its schema, and other members are dropped", async () => {
  const { client } = answering(Response.json({ ...flows, more: 1 }));
  expect(await client.listFlows()).toEqual({ ok: true, value: flows });
});

test("a download returns the bytes and the entity tag", async () => {
  const { client } = answering(new Response("abc", { headers: { ETag: '"e1"' } }));
  const file = { bytes: new TextEncoder().encode("abc"), etag: "e1" };
  expect(await client.downloadLakeFile({ feed: "f", path: "_SUCCESS" })).toEqual({ ok: true, value: file });
});

const problem = {
  type: "urn:almanac:problem:not-found",
  title: "Not found",
  status: 404,
  detail: "There is no feed mlik.",
  found: "mlik",
  allowed: ["milk"],
  didYouMean: "milk",
};

test("a refusal is returned with its problem details and as sentences for people", async () => {
  const result = await answering(Response.json(problem, { status: 404 })).client.getFeed({ feed: "mlik" });
  expect(result).toEqual({ ok: false, error: { kind: "refused", status: 404, problem } });
  expect(!result.ok && failureText(result.error)).toBe(
    "Not found. There is no feed mlik. Found: mlik. Allowed: milk. Did you mean milk?",
  );
});

test("the sentences about a refusal end with a full stop, and name no allowed values if there are none", async () => {
  const body = { ...problem, detail: "group: expected a rule", found: "x", allowed: [], didYouMean: undefined };
  const result = await answering(Response.json(body, { status: 404 })).client.getFeed({ feed: "x" });
  expect(!result.ok && failureText(result.error)).toBe("Not found. group: expected a rule. Found: x.");
});

test.each([
  ["MLflow", { error_code: "BAD_REQUEST", message: "Column x is missing" }, "BAD_REQUEST", "Column x is missing"],
  ["Open Inference", { error: "input x is missing" }, "Inference failed", "input x is missing"],
])("an error of %s becomes problem details", async (_, body, title, detail) => {
  const { client } = answering(Response.json(body, { status: 400 }));
  expect(await client.invoke({ forecast: "f", body: { instances: [] } })).toEqual({
    ok: false,
    error: { kind: "refused", status: 400, problem: { type: "about:blank", title, detail, status: 400 } },
  });
});

test("network errors, answers of another program and answers that do not match the schema are returned as values", async () => {
  const away = await answering(new Error("ECONNREFUSED")).client.listFeeds();
  expect(away).toEqual({
    ok: false,
    error: { kind: "unreachable", url: "http://hub.test", reason: "ECONNREFUSED" },
  });
  const page = new Response("<html>", { status: 502 });
  const strange = { kind: "unexpected", status: 502, reason: expect.stringContaining("<html>") };
  expect(await answering(page).client.listFeeds()).toEqual({ ok: false, error: strange });
  const off = await answering(Response.json({ feeds: 3 })).client.listFeeds();
  expect(off).toMatchObject({ ok: false, error: { kind: "unexpected", reason: expect.stringContaining("feeds") } });
  const noJson = await answering(new Response("hello")).client.listFeeds();
  expect(noJson).toMatchObject({ ok: false, error: { reason: "found hello, expected JSON" } });
});
