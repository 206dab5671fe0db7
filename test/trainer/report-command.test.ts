/** `almanac report` against a hub that answers with fixed data. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { goldCsv } from "../../shared/feeds/gold-csv.ts";
import type { Fact } from "../../shared/lake/fact.ts";
import { writeParquet } from "../../shared/lake/parquet.ts";
import { writeSuccess } from "../../shared/lake/success.ts";
import { addDays } from "../../shared/lib/calendar.ts";
import { sha256Hex } from "../../shared/lib/hash.ts";
import { lastJson } from "../support/command.ts";
import { almanacHere } from "../support/command-here.ts";

const days = Array.from({ length: 20 }, (_, at) => addDays("2026-11-01", at));
const facts = days.map((period, at): Fact => ({ series: "[]", period, variable: "EUR", value: 2000.5 + at }));
const part = writeParquet(goldCsv, facts).slice();
const list = writeSuccess(goldCsv, [{ path: "year=2026", rows: facts.length, sha256: sha256Hex(part), etag: "a" }]);
const answer = {
  forecast: "gold",
  model: { version: "20261120-aaaa", name: "naive", stage: "champion" },
  target_period: "2026-11-23",
  stale: false,
  data_as_of: "2026-11-20",
  predictions: [
    {
      series: {},
      predicted_price: 2019.5,
      unit: "EUR/ozt",
      gold_diff: 0,
      interval80: [1990, 2040],
      interval95: [1970, 2060],
      naive: 2019.5,
      last: { period: "2026-11-20", value: 2019.5 },
      features: {},
    },
  ],
  next_from: null,
};

/** Serves the paths that the command reads. `status`: the answer of predict. */
async function serve(status: number): Promise<string> {
  const lake = "/feeds/gold-csv/lake/";
  const server = createServer((request, response) => {
    const path = request.url?.replace(/\?.*/, "") ?? "";
    const send = (code: number, body: unknown) =>
      response.writeHead(code, { "Content-Type": "application/json" }).end(JSON.stringify(body));
    if (path === "/feeds") return send(200, { feeds: [] });
    if (path === "/predict/gold" && status === 200) return send(200, answer);
    if (path === "/predict/gold")
      return send(status, { type: "about:blank", title: "No model", status, detail: "No model serves gold." });
    if (path === `${lake}_SUCCESS`) return response.writeHead(200, { ETag: '"s"' }).end(list);
    if (path.startsWith(lake)) return response.writeHead(200, { ETag: '"a"' }).end(part);
    const code = path.startsWith("/models/") ? 404 : 401;
    return send(code, { type: "about:blank", title: "Refused", status: code, detail: "Refused." });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "almanac-report-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test("the command writes the six files of a report, with the numbers of the answer", async () => {
  const out = newFolder();
  const ran = await almanacHere(["report", "gold", "--out", out, "--lang", "es", "--url", await serve(200), "--json"]);
  expect(ran).toMatchObject({ code: 0, err: "" });
  expect(lastJson(ran)).toMatchObject({ origin: "2026-11-20", version: "20261120-aaaa", languages: ["es"] });
  const files = ["chart.png", "chart.svg", "forecast.csv", "report.csv", "report.html", "report.json"];
  expect(readdirSync(out).sort()).toEqual(files);
  expect(readFileSync(join(out, "report.csv"), "utf8")).toContain("2026-11-20,2019.5,0,20261120-aaaa");
  const page = readFileSync(join(out, "report.html"), "utf8");
  expect(page).toContain("Precio del oro en euros");
  expect(page).toContain("2019,5 EUR/ozt");
  // Rejected values need the token.
  expect(page).toContain("requiere el token de administración");
});

test("files that an earlier report left in the folder are named", async () => {
  const out = newFolder();
  const url = await serve(200);
  const inSpanish = ["report", "gold", "--out", out, "--lang", "es", "--url", url];
  for (const name of ["report.en.html", "notes.txt"]) writeFileSync(join(out, name), "earlier");
  expect(lastJson(await almanacHere([...inSpanish, "--json"]))).toMatchObject({ earlier: ["report.en.html"] });
  expect((await almanacHere(inSpanish)).out).toContain("files that are not of this report: report.en.html.");
  rmSync(join(out, "report.en.html"));
  expect((await almanacHere(inSpanish)).out).not.toContain("not of this report");
});

test("without a model the report states it, and a language that reports do not have is refused", async () => {
  const out = newFolder();
  const url = await serve(503);
  expect(await almanacHere(["report", "gold", "--out", out, "--url", url])).toMatchObject({ code: 0, err: "" });
  expect(readFileSync(join(out, "report.html"), "utf8")).toContain("No model serves this forecast");
  expect(await almanacHere(["report", "gold", "--out", out, "--lang", "fr", "--url", url])).toMatchObject({
    code: 1,
    err: expect.stringContaining("Reports have no language fr"),
  });
});
