/** The HTTP behaviour of the hub: files and ranges, methods, headers for browsers, and CSV for people. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { observationsPageShape } from "../../shared/api/observations.ts";
import lakeClients from "../fixtures/clients/lake.json" with { type: "json" };
import { hubInNode, hubToken, lakeBytes, lakeFile } from "../support/hub-in-node.ts";
import type { Answer } from "../support/predict-in-node.ts";

let ask: Answer;
beforeAll(async () => {
  ask = await hubInNode();
});

const file = `/feeds/gold-csv/lake/${lakeFile}`;
const size = lakeBytes.length;
const bytesOf = async (answer: Response) => Buffer.from(await answer.arrayBuffer());
const headersOf = ({ headers }: Response, ...names: string[]) => names.map((name) => headers.get(name));

describe("a file of the lake", () => {
  test("has length, ETag, date and the unit of ranges; HEAD has the same headers and no body", async () => {
    const names = ["Content-Length", "ETag", "Last-Modified", "Accept-Ranges", "Content-Type"];
    const expected = [
      String(size),
      '"abc"',
      "Fri, 20 Nov 2026 12:00:00 GMT",
      "bytes",
      "application/vnd.apache.parquet",
    ];
    for (const method of ["GET", "HEAD"]) {
      const answer = await ask(file, { method });
      expect([answer.status, ...headersOf(answer, ...names)]).toEqual([200, ...expected]);
      expect((await bytesOf(answer)).length).toBe(method === "GET" ? size : 0);
    }
  });

  test.each([
    ["bytes=0-3", 0, 4],
    ["bytes=5-5", 5, 6],
    ["bytes = 5 - ", 5, size],
    ["bytes=-8", size - 8, size],
    [`bytes=-${size + 10}`, 0, size],
    [`bytes=10-${10 * size}`, 10, size],
  ])("%s is answered with 206 and these bytes", async (range, from, to) => {
    const answer = await ask(file, { headers: { Range: range } });
    expect([answer.status, ...headersOf(answer, "Content-Range", "Content-Length")]).toEqual([
      206,
      `bytes ${from}-${to - 1}/${size}`,
      String(to - from),
    ]);
    expect(await bytesOf(answer)).toEqual(Buffer.from(lakeBytes.slice(from, to)));
  });

  test.each([`bytes=${size}-`, `bytes=${size + 5}-${size + 9}`, "bytes=-0"])(
    "%s is 416 with the length",
    async (range) => {
      const answer = await ask(file, { headers: { Range: range } });
      expect([answer.status, answer.headers.get("Content-Range")]).toEqual([416, `bytes */${size}`]);
      expect(await answer.json()).toMatchObject({ detail: `The file has ${size} bytes.`, found: range });
    },
  );

  test.each(["bytes=5-2", "bytes=a-b", "bytes=-", "lines=0-3", "bytes=0-1,4-5", `bytes=${"9".repeat(30)}-`])(
    "%s is ignored, as RFC 9110 allows, and the whole file is sent",
    async (range) => {
      const answer = await ask(file, { headers: { Range: range } });
      expect([answer.status, (await bytesOf(answer)).length]).toEqual([200, size]);
    },
  );

  test.each([
    ["If-None-Match", '"abc"', 304],
    ["If-None-Match", '"x", W/"abc"', 304],
    ["If-None-Match", "*", 304],
    ["If-None-Match", '"x"', 200],
    ["If-Modified-Since", "Fri, 20 Nov 2026 12:00:00 GMT", 304],
    ["If-Modified-Since", "Fri, 20 Nov 2026 11:59:59 GMT", 200],
    ["If-Modified-Since", "yesterday", 200],
  ])("%s: %s is %i", async (name, value, status) => {
    const answer = await ask(file, { headers: { [name]: value } });
    expect([answer.status, answer.headers.get("ETag")]).toEqual([status, '"abc"']);
    expect((await bytesOf(answer)).length).toBe(status === 304 ? 0 : size);
  });

  test.each([
    ['"abc"', 206],
    ['"x"', 200],
    ["Fri, 20 Nov 2026 12:00:00 GMT", 206],
    ["Fri, 20 Nov 2026 11:00:00 GMT", 200],
  ])("a range of the version %s is %i: a changed file is sent whole", async (version, status) => {
    const answer = await ask(file, { headers: { Range: "bytes=0-3", "If-Range": version } });
    expect(answer.status).toBe(status);
  });

  test("that does not exist is 404, also with a range", async () => {
    const answer = await ask("/feeds/gold-csv/lake/year=1999/part.parquet", { headers: { Range: "bytes=0-3" } });
    expect(answer.status).toBe(404);
  });
});

describe("polars, DuckDB and pandas", () => {
  const read = lakeClients.cases.filter(({ requests }) => requests.length > 0);

  test.each(read)("$client $name: every request that it sent is answered in the same way", async ({ requests }) => {
    for (const { method, path, headers, status } of requests) {
      expect((await ask(path, { method, headers: headers as Record<string, string> })).status).toBe(status);
    }
  });

  test("read the same rows", () => {
    const rows = new Set(read.filter(({ name }) => name === "read_parquet").map(({ seen }) => JSON.stringify(seen)));
    expect([...rows]).toEqual([JSON.stringify({ rows: 40, sum: 80_400 })]);
  });

  test("DuckDB reads the served bytes, and month and day as integers if the query states their types", async () => {
    const folder = mkdtempSync(join(tmpdir(), "almanac-lake-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    mkdirSync(join(folder, "year=2026/month=02"), { recursive: true });
    writeFileSync(join(folder, "year=2026/month=02/part.parquet"), await bytesOf(await ask(file)));
    writeFileSync(join(folder, "_SUCCESS"), "");
    const duckdb = await (await DuckDBInstance.create(":memory:")).connect();
    const query = (types: string) =>
      `SELECT count(*)::INT AS rows, sum(value) AS sum, any_value(month) AS month FROM read_parquet('${folder}/**/*.parquet', hive_partitioning = true${types})`;
    const rowsOf = async (types: string) => (await duckdb.runAndReadAll(query(types))).getRowObjects();
    expect(await rowsOf(", hive_types = {'year': INT, 'month': INT}")).toEqual([{ rows: 40, sum: 80_400, month: 2 }]);
    expect(await rowsOf("")).toEqual([{ rows: 40, sum: 80_400, month: "02" }]);
  });
});

describe("every address", () => {
  test("allows any page to read it, and names the headers that change answers", async () => {
    for (const path of [file, "/feeds", "/nowhere", "/feeds/unknown", "/flows?limit=x"]) {
      const answer = await ask(path, { headers: { Origin: "https://somewhere.example" } });
      expect([path, ...headersOf(answer, "Access-Control-Allow-Origin", "Vary", "X-Content-Type-Options")]).toEqual([
        path,
        "*",
        "Accept, Accept-Encoding, Origin",
        "nosniff",
      ]);
      expect(answer.headers.get("Access-Control-Expose-Headers")).toContain("Content-Range");
    }
  });

  test.each([
    ["/feeds", "GET, HEAD, OPTIONS"],
    [file, "GET, HEAD, OPTIONS"],
    ["/models/gold/v1", "GET, HEAD, POST, OPTIONS"],
    ["/models/gold/v1/model.onnx", "GET, HEAD, PUT, OPTIONS"],
    ["/models/gold/v1/tags/note", "PUT, DELETE, OPTIONS"],
    ["/runs/r1/end", "POST, OPTIONS"],
  ])("%s: OPTIONS and 405 name its methods: %s", async (path, allowed) => {
    const options = await ask(path, { method: "OPTIONS", headers: { Origin: "https://somewhere.example" } });
    expect([options.status, ...headersOf(options, "Allow", "Access-Control-Allow-Methods")]).toEqual([
      204,
      allowed,
      allowed,
    ]);
    expect(options.headers.get("Access-Control-Allow-Headers")).toContain("Range");
    const wrong = await ask(path, { method: "PATCH", headers: { Authorization: `Bearer ${hubToken}` } });
    expect([wrong.status, wrong.headers.get("Allow")]).toEqual([405, allowed]);
    expect(await wrong.json()).toMatchObject({ found: "PATCH", expected: allowed });
  });

  test("that does not exist is 404 for every method", async () => {
    for (const method of ["GET", "OPTIONS", "PATCH"]) expect((await ask("/nowhere", { method })).status).toBe(404);
  });
});

describe("CSV", () => {
  const table = "/feeds/gold-csv/observations?limit=1&format=csv";
  const firstCharacter = async (path: string, headers: Record<string, string> = {}) =>
    (await bytesOf(await ask(path, { headers }))).toString("utf8").slice(0, 1);

  test.each([
    ["a program", "", {}, "p"],
    ["?bom=1", "&bom=1", {}, "\uFEFF"],
    ["a browser that opens the address", "", { "Sec-Fetch-Mode": "navigate", Accept: "text/html" }, "\uFEFF"],
    ["an old browser", "", { Accept: "text/html,application/xhtml+xml,*/*;q=0.8" }, "\uFEFF"],
    ["a script in a page", "", { "Sec-Fetch-Mode": "cors", Accept: "*/*" }, "p"],
    ["a browser with ?bom=0", "&bom=0", { "Sec-Fetch-Mode": "navigate" }, "p"],
  ])("for %s begins with a byte order mark only where a spreadsheet needs it", async (_, query, headers, first) => {
    expect(await firstCharacter(table + query, headers as Record<string, string>)).toBe(first);
  });

  test("is a download with a name, and JSON is not", async () => {
    const csv = await ask(table);
    expect(headersOf(csv, "Content-Disposition", "Content-Type", "Vary")).toEqual([
      'attachment; filename="gold-csv-observations.csv"',
      "text/csv; charset=utf-8",
      "Accept, Accept-Encoding, Origin, Sec-Fetch-Mode",
    ]);
    const json = await ask("/feeds/gold-csv/observations?limit=1&bom=1");
    expect(json.headers.get("Content-Disposition")).toBeNull();
    expect(await json.text()).toMatch(/^\{/);
  });

  test("writes hours with minutes, and a query accepts both forms", async () => {
    const hours = "/feeds/open-meteo-air-quality/observations";
    expect(await (await ask(`${hours}?format=csv`)).text()).toContain("2026-11-19T20:00,ozone,61.5");
    for (const [from, count] of [
      ["2026-11-19T20:00", 1],
      ["2026-11-19T20", 1],
      ["2026-11-19T21:00", 0],
    ]) {
      const answer = observationsPageShape.parse(await (await ask(`${hours}?from=${from}`)).json());
      expect(answer.observations).toHaveLength(Number(count));
      for (const { period } of answer.observations) expect(period).toBe("2026-11-19T20");
    }
    expect((await ask(`${hours}?from=2026-11-19T20:30`)).status).toBe(422);
  });
});
