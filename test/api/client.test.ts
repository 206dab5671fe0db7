/** The typed client over a network that is written down here. */
import { expect, test } from "vitest";
import { failureText } from "../../shared/api/api-failure.ts";
import { apiClient, type ClientOptions, type FetchInit } from "../../shared/api/client.ts";
import { contentDigest } from "../../shared/lib/content-digest.ts";
import { sha256Hex } from "../../shared/lib/hash.ts";

interface Sent extends FetchInit {
  readonly url: string;
}

/** A client whose every request gets this answer, and the requests it sent. */
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

test("path parameters and query are escaped, repeated members are repeated, and undefined ones are left out", async () => {
  const { client, sent } = answering(Response.json({ feed: "f", observations: [], next: null }));
  const query = { series: ["Canal=a&b", "Tipo=ñ"], from: "2025-01-01", variable: undefined, limit: 5 };
  expect(await client.listObservations({ feed: "a/b", query })).toMatchObject({ ok: true });
  expect(sent[0]?.url).toBe(
    "http://hub.test/feeds/a%2Fb/observations?series=Canal%3Da%26b&series=Tipo%3D%C3%B1&from=2025-01-01&limit=5",
  );
});

test("a write carries the token of the hub and the actor, a prediction the token of predict, a public read none", async () => {
  const { client, sent } = answering(Response.json(flows), {});
  await client.retryFlow({ id: "x" });
  await client.predict({ forecast: "f", body: { all: true } });
  await client.listFlows();
  expect(sent.map(({ headers }) => headers)).toEqual([
    { Authorization: "Bearer admin", "X-Almanac-Actor": "Ana" },
    { Authorization: "Bearer caller", "Content-Type": "application/json" },
    {},
  ]);
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

test("the digest header is base64 of the digest, whatever its length", () => {
  for (const hex of ["", "00", "ffee", "0102ff", sha256Hex("a")]) {
    expect(contentDigest(hex)).toBe(`sha-256=:${Buffer.from(hex, "hex").toString("base64")}:`);
  }
});

test("an answer is parsed by its schema: members that it does not name are dropped", async () => {
  const { client } = answering(Response.json({ ...flows, more: 1 }));
  expect(await client.listFlows()).toEqual({ ok: true, value: flows });
});

test("a file comes with its entity tag", async () => {
  const { client } = answering(new Response("abc", { headers: { ETag: '"e1"' } }));
  const file = { bytes: new TextEncoder().encode("abc"), etag: "e1" };
  expect(await client.downloadLakeFile({ feed: "f", path: "_SUCCESS" })).toEqual({ ok: true, value: file });
});

const problem = {
  type: "urn:almanac:problem:not-found",
  title: "There is no such thing",
  status: 404,
  detail: "There is no feed mlik.",
  found: "mlik",
  allowed: ["milk"],
  didYouMean: "milk",
};

test("a refusal is a value with its problem details, and a sentence for people", async () => {
  const result = await answering(Response.json(problem, { status: 404 })).client.getFeed({ feed: "mlik" });
  expect(result).toEqual({ ok: false, error: { kind: "refused", status: 404, problem } });
  expect(!result.ok && failureText(result.error)).toBe(
    "There is no such thing. There is no feed mlik. Found: mlik. Allowed: milk. Did you mean milk?",
  );
});

test.each([
  ["MLflow", { error_code: "BAD_REQUEST", message: "Column x is missing" }, "BAD_REQUEST", "Column x is missing"],
  ["Open Inference", { error: "input x is missing" }, "The inference failed", "input x is missing"],
])("an error of %s becomes problem details", async (_, body, title, detail) => {
  const { client } = answering(Response.json(body, { status: 400 }));
  expect(await client.invoke({ forecast: "f", body: { instances: [] } })).toEqual({
    ok: false,
    error: { kind: "refused", status: 400, problem: { type: "about:blank", title, detail, status: 400 } },
  });
});

test("an address where nothing answers, a page of another program and an answer off the contract are values", async () => {
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
