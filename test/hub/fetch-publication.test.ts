import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { sniimMilk } from "../../shared/feeds/sniim-milk.ts";
import type { Fault } from "../../trainer/simulate/faults.ts";
import { startPublisher } from "../../trainer/simulate/publisher.ts";
import { type FetchEffects, type FetchSettings, fetchPublication } from "../../workers/hub/fetch/fetch-publication.ts";

const day = "2026-11-20";
/** Faults of the next requests, in order. */
let queue: (Fault | null)[] = [];
const publisher = await startPublisher({
  port: 0,
  seed: "fetch",
  today: day,
  firstDay: "2026-10-01",
  faults: () => queue.shift() ?? null,
});
afterAll(() => publisher.close());

const [wanted] = sniimMilk.source.requests(day, day);
if (!wanted) throw new Error("no request was made");

/** Fetches from the simulated publisher, which returns the given answers in order. Records sleeps instead of sleeping. */
async function ask(
  faults: readonly (Fault | null)[],
  settings: Partial<FetchSettings> = {},
  path = wanted?.path ?? "",
) {
  queue = [...faults];
  const before = publisher.requests.length;
  const sleeps: number[] = [];
  const fx: FetchEffects = {
    fetch: (url, init) => fetch(url, init),
    sleep: async (ms) => void sleeps.push(ms),
    random: () => 0.5,
  };
  const request = { period: day, name: "Leche.xlsx", path };
  const fetched = await fetchPublication(
    sniimMilk,
    request,
    { baseUrl: publisher.url, allowLoopback: true, etag: null, ...settings },
    fx,
  );
  return { fetched, sleeps, requests: publisher.requests.slice(before) };
}

test("a publication is returned with its etag, and the request has a User-Agent and no credentials", async () => {
  const { fetched, requests } = await ask([]);
  expect(fetched.kind).toBe("file");
  expect(requests[0]?.headers).toMatchObject({ "user-agent": expect.stringContaining("Almanac") });
  expect(Object.keys(requests[0]?.headers ?? {})).not.toEqual(expect.arrayContaining(["authorization"]));
  expect(Object.keys(requests[0]?.headers ?? {})).not.toEqual(expect.arrayContaining(["cookie"]));
  if (fetched.kind !== "file") return;
  const again = await ask([], { etag: fetched.etag });
  expect(again.fetched).toEqual({ kind: "unchanged" });
  expect(again.requests[0]?.headers).toMatchObject({ "if-none-match": fetched.etag });
});

test("a redirect from https to http is not followed", async () => {
  const urls: string[] = [];
  const fx: FetchEffects = {
    async fetch(url) {
      urls.push(url);
      return new Response(null, { status: 302, headers: { Location: url.replace("https:", "http:") } });
    },
    sleep: async () => {},
    random: () => 0,
  };
  const settings = { baseUrl: "https://www.economia-sniim.gob.mx", allowLoopback: true, etag: null };
  expect(await fetchPublication(sniimMilk, wanted, settings, fx)).toMatchObject({
    kind: "failed",
    reason: expect.stringContaining("which is not encrypted"),
  });
  expect(urls).toHaveLength(1);
});

test("a publisher that sends a byte now and then ends with the reason within the total time", async () => {
  const server = createServer((_, response) => {
    response.writeHead(200, { "Content-Type": sniimMilk.file.contentTypes[0] });
    const timer = setInterval(() => response.write("P"), 20);
    response.once("close", () => clearInterval(timer));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const fx: FetchEffects = { fetch: (url, init) => fetch(url, init), sleep: async () => {}, random: () => 0 };
  const limits = { tryMs: 200, totalMs: 300 };
  const fetched = await fetchPublication(sniimMilk, wanted, { baseUrl, allowLoopback: true, etag: null, limits }, fx);
  expect(fetched).toMatchObject({ kind: "failed" });
  expect(fetched.kind === "failed" && fetched.reason).toMatch(/the file did not arrive in time|aborted|timeout/i);
  expect(fetched.kind === "failed" && fetched.reason).toMatch(/\(after 2 tries\)$/);
});

test("an answer of 304 to a request without an etag is a failure", async () => {
  const settings = { baseUrl: "https://www.economia-sniim.gob.mx", allowLoopback: false, etag: null };
  const fx: FetchEffects = {
    fetch: async () => new Response(null, { status: 304 }),
    sleep: async () => {},
    random: () => 0,
  };
  expect(await fetchPublication(sniimMilk, wanted, settings, fx)).toMatchObject({
    kind: "failed",
    reason: expect.stringContaining("answered 304 (not modified) to a request without If-None-Match"),
  });
});

test("a day without a publication is missing after one request", async () => {
  const { fetched, sleeps } = await ask([], {}, "/SNIIM-Archivosfuente/Comentarios/Otros/Leche21112026.xlsx");
  expect([fetched, sleeps]).toEqual([{ kind: "missing" }, []]);
});

test("a failing publisher is tried four times with growing delays, then the failure is reported", async () => {
  const down: Fault = { kind: "status", status: 503 };
  expect(await ask([down, down])).toMatchObject({ fetched: { kind: "file" }, sleeps: [1_000, 2_000] });
  expect(await ask([down, down, down, down])).toMatchObject({
    fetched: { kind: "failed", reason: expect.stringContaining("answered 503 (after 4 tries)") },
    sleeps: [1_000, 2_000, 4_000],
  });
  const { fetched } = await ask([], { baseUrl: "http://127.0.0.1:1" });
  expect(fetched).toMatchObject({ kind: "failed", reason: expect.stringContaining("after 4 tries") });
});

test("a body that is cut off is requested again", async () => {
  expect(await ask([{ kind: "truncated", bytes: 1_000, announced: "all" }])).toMatchObject({
    fetched: { kind: "file" },
    sleeps: [1_000],
  });
});

test("an error page with status 200 is refused for its content type", async () => {
  expect((await ask([{ kind: "html" }])).fetched).toMatchObject({
    kind: "failed",
    reason: expect.stringContaining("is text/html, expected application/vnd.openxml"),
  });
});

describe("a redirect", () => {
  const to = (location: string): Fault => ({ kind: "redirect", location });

  test("to the same publisher is followed at most three times", async () => {
    const here = to(wanted.path);
    expect((await ask([here, here, here])).fetched.kind).toBe("file");
    expect((await ask([here, here, here, here])).fetched).toMatchObject({
      kind: "failed",
      reason: expect.stringContaining("more than 3 redirects"),
    });
  });

  test("to another host is refused, and the reason names the host", async () => {
    const cases = [
      ["http://169.254.169.254/latest", "169.254.169.254 is not a host of sniim-milk"],
      ["https://www.economia-sniim.gob.mx.evil.test/a", "www.economia-sniim.gob.mx.evil.test is not a host"],
      ["https://www.economia-sniim.gob.mx:8443/a", "www.economia-sniim.gob.mx:8443 is not a host"],
      ["https://user:word@www.economia-sniim.gob.mx/a", "a URL with credentials is not fetched"],
      ["file:///etc/passwd", "only http and https are fetched"],
    ] as const;
    for (const [location, reason] of cases) {
      expect((await ask([to(location)])).fetched).toMatchObject({
        kind: "failed",
        reason: expect.stringContaining(reason),
      });
    }
  });
});

test("this machine is fetched from only if local configuration allows it, and a base URL must be a URL", async () => {
  expect((await ask([], { allowLoopback: false })).fetched).toMatchObject({
    kind: "failed",
    reason: expect.stringContaining("is not a host of sniim-milk"),
  });
  expect((await ask([], { baseUrl: "" })).fetched).toMatchObject({
    kind: "failed",
    reason: expect.stringContaining("SNIIM_MILK_BASE_URL is not a URL"),
  });
});

describe("the size limit applies to the bytes received, not to the declared length", () => {
  const answer = (body: string | ReadableStream, headers: Record<string, string> = {}): FetchEffects => ({
    fetch: async () => new Response(body, { headers: { "Content-Type": "application/zip", ...headers } }),
    sleep: async () => {},
    random: () => 0,
  });
  const settings = { baseUrl: "https://www.economia-sniim.gob.mx", allowLoopback: false, etag: null };
  const endless = () => new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(1_000_000)) });

  test("an endless body is cancelled at the limit", async () => {
    expect(
      await fetchPublication(sniimMilk, wanted, settings, answer(endless(), { "Content-Length": "10" })),
    ).toMatchObject({
      kind: "failed",
      reason: expect.stringContaining(`is larger than ${sniimMilk.limits.bytesMax} bytes`),
    });
  });

  test("a body that starts with other bytes is refused", async () => {
    expect(await fetchPublication(sniimMilk, wanted, settings, answer("%PDF-1.7"))).toMatchObject({
      kind: "failed",
      reason: expect.stringContaining("starts with 25504446, not with 504b0304"),
    });
  });
});
