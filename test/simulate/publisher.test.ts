import { once } from "node:events";
import { request } from "node:http";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import type { Fault } from "../../trainer/simulate/faults.ts";
import { type Publisher, type PublisherOptions, startPublisher } from "../../trainer/simulate/publisher.ts";

const FOLDER = "/SNIIM-Archivosfuente/Comentarios/Otros";
const FRIDAY = `${FOLDER}/Leche20112026.xlsx`;
const WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

const open: Publisher[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((publisher) => publisher.close()));
});

async function publisher(options: Partial<PublisherOptions> = {}): Promise<Publisher> {
  const started = await startPublisher({ port: 0, seed: 1, today: "2026-11-20", firstDay: "2026-10-01", ...options });
  open.push(started);
  return started;
}

/** A publisher for tests that do not change its day, with the fault of the current test. */
const shared = await startPublisher({
  port: 0,
  seed: 1,
  today: "2026-11-20",
  firstDay: "2026-10-01",
  faults: () => fault,
});
const { url } = shared;
let fault: Fault | null = null;
afterEach(() => {
  fault = null;
});
afterAll(() => shared.close());

test("the workbook of a publication day has the headers for a conditional fetch", async () => {
  const response = await fetch(url + FRIDAY);
  const bytes = new Uint8Array(await response.arrayBuffer());
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe(WORKBOOK);
  expect(response.headers.get("last-modified")).toBe("Fri, 20 Nov 2026 18:00:00 GMT");
  expect(response.headers.get("content-length")).toBe(String(bytes.length));
  expect(response.headers.get("etag")).toMatch(/^"[0-9a-f]+"$/);
  expect([...bytes.slice(0, 2)]).toEqual([0x50, 0x4b]);
});

test("HEAD returns the headers of GET without a body", async () => {
  const [got, head] = [await fetch(url + FRIDAY), await fetch(url + FRIDAY, { method: "HEAD" })];
  for (const name of ["etag", "content-length", "content-type", "last-modified"]) {
    expect(head.headers.get(name)).toBe(got.headers.get(name));
  }
  expect((await head.arrayBuffer()).byteLength).toBe(0);
});

test("If-None-Match with the file's tag is 304, with another one 200", async () => {
  const etag = (await fetch(url + FRIDAY)).headers.get("etag") ?? "";
  const ask = async (tags: string) => (await fetch(url + FRIDAY, { headers: { "If-None-Match": tags } })).status;
  expect(await ask(etag)).toBe(304);
  expect(await ask(`"other", W/${etag}`)).toBe(304);
  expect(await ask('"other"')).toBe(200);
});

test("two publishers with one seed serve the same bytes, and another seed gives others", async () => {
  const tags = [await publisher(), await publisher(), await publisher({ seed: 2 })].map(async ({ url }) =>
    (await fetch(url + FRIDAY)).headers.get("etag"),
  );
  const [one, same, other] = await Promise.all(tags);
  expect(one).toBe(same);
  expect(one).not.toBe(other);
});

test("an address without a publication is an HTML 404", async () => {
  const thursday = "Leche19112026.xlsx";
  const holiday = "Leche16112026.xlsx";
  const tooEarly = "Leche30092026.xlsx";
  const names = [thursday, holiday, tooEarly, "Leche31022026.xlsx", "Leche2011026.xlsx", "leche.xlsx", ""];
  for (const path of [...names.map((name) => `${FOLDER}/${name}`), "/", "/Leche20112026.xlsx", "//"]) {
    const response = await fetch(url + path);
    expect([path, response.status]).toEqual([path, 404]);
    expect(response.headers.get("content-type")).toContain("text/html");
  }
});

test("a file appears on its day", async () => {
  const running = await publisher();
  const monday = `${running.url}${FOLDER}/Leche23112026.xlsx`;
  expect((await fetch(monday)).status).toBe(404);
  running.setToday("2026-11-23");
  expect((await fetch(monday)).status).toBe(200);
  expect(() => running.setToday("23-11-2026")).toThrow(/YYYY-MM-DD/);
});

test("the history starts two years before today by default", async () => {
  const { url } = await startPublisher({ port: 0, seed: 1, today: "2024-02-29" }).then((started) => {
    open.push(started);
    return started;
  });
  expect((await fetch(`${url}${FOLDER}/Leche28022022.xlsx`)).status).toBe(200);
  expect((await fetch(`${url}${FOLDER}/Leche25022022.xlsx`)).status).toBe(404);
});

test("methods other than GET and HEAD get 405 with the allowed methods", async () => {
  const response = await fetch(url + FRIDAY, { method: "POST", body: "x" });
  expect(response.status).toBe(405);
  expect(response.headers.get("allow")).toBe("GET, HEAD");
});

describe("invalid requests of a fetcher are rejected", () => {
  test.each([
    ["credentials", { Authorization: "Bearer x" }, /Authorization/],
    ["a cookie", { Cookie: "a=b" }, /Cookie/],
  ])("for sending %s", async (_, headers, sentence) => {
    const response = await fetch(url + FRIDAY, { headers });
    expect(response.status).toBe(400);
    expect(await response.text()).toMatch(sentence);
  });

  test("without a User-Agent", async () => {
    // fetch() always adds a User-Agent; node:http does not.
    const sent = request(url + FRIDAY).end();
    const [response] = await once(sent, "response");
    response.resume();
    expect(response.statusCode).toBe(400);
  });
});

test("every request is recorded", async () => {
  const running = await publisher();
  await fetch(running.url + FRIDAY, { headers: { "User-Agent": "almanac-test" } });
  await fetch(`${running.url}/nothing`, { method: "HEAD" });
  expect(running.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([`GET ${FRIDAY}`, "HEAD /nothing"]);
  expect(running.requests[0]?.headers["user-agent"]).toBe("almanac-test");
});

describe("faults", () => {
  test.each([500, 503] as const)("status %d", async (status) => {
    fault = { kind: "status", status };
    expect((await fetch(url + FRIDAY)).status).toBe(status);
  });

  test("an HTML page with status 200 instead of the file", async () => {
    fault = { kind: "html" };
    const response = await fetch(url + FRIDAY);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toContain("text/html");
  });

  test("a redirect to a given address", async () => {
    fault = { kind: "redirect", location: "http://169.254.169.254/latest" };
    const response = await fetch(url + FRIDAY, { redirect: "manual" });
    expect(response.status).toBe(302);
    expect(response.headers.get("location")).toBe("http://169.254.169.254/latest");
  });

  test("a body shorter than Content-Length makes reading fail", async () => {
    fault = { kind: "truncated", bytes: 1000, announced: "all" };
    const response = await fetch(url + FRIDAY);
    expect(response.status).toBe(200);
    await expect(response.arrayBuffer()).rejects.toThrow();
  });

  test("a truncated body with a matching Content-Length is read as a shorter file", async () => {
    fault = { kind: "truncated", bytes: 1000, announced: "sent" };
    expect((await (await fetch(url + FRIDAY)).arrayBuffer()).byteLength).toBe(1000);
  });

  test("a slow response can time out and does not delay closing", async () => {
    const running = await publisher({ faults: () => ({ kind: "slow", delayMs: 3_600_000 }) });
    const slow = fetch(running.url + FRIDAY, { signal: AbortSignal.timeout(50) });
    await expect(slow).rejects.toThrow(/timeout|aborted/);
    await running.close();
    await expect(fetch(running.url + FRIDAY)).rejects.toThrow();
  });

  test("a fault can apply to one request only", async () => {
    let first = true;
    const { url } = await publisher({
      faults: ({ path }) => {
        const fault: Fault | null = first && path === FRIDAY ? { kind: "status", status: 503 } : null;
        first = false;
        return fault;
      },
    });
    expect((await fetch(url + FRIDAY)).status).toBe(503);
    expect((await fetch(url + FRIDAY)).status).toBe(200);
  });
});
