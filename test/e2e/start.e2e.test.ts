import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { customers } from "../../shared/forecasts/customers.ts";
import { forecasts } from "../../shared/forecasts/index.ts";
import { feedIdsOf } from "../../shared/forecasts/source.ts";
import { goldPublication } from "../../trainer/simulate/gold-publication.ts";
import { milkMarket } from "../../trainer/simulate/milk-market.ts";
import { almanac, lastJson } from "../support/command.ts";
import { almanacHere } from "../support/command-here.ts";
import { isMatrix } from "../support/is-matrix.ts";

const folder = mkdtempSync(join(tmpdir(), "almanac-start-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The members of `--json` that these tests read. */
const startShape = z.looseObject({
  publications: z.array(z.looseObject({ feed: z.string(), state: z.string() })),
  feeds: z.array(z.looseObject({ observations: z.number() })),
  trained: z.array(
    z.looseObject({
      forecast: z.string(),
      champion: z.string(),
      versions: z.array(z.looseObject({ version: z.string() })),
      contenders: z.array(z.looseObject({ name: z.string() })),
    }),
  ),
});

const state = join(folder, "state");
const start = ["start", "--date", "2026-11-20", "--state", state, "--port", "0", "--trials", "1"];
/** Shorter histories than the two years of `npm start` and one trial, so that the first trainings take seconds. */
const market = { seed: "almanac", firstDay: "2026-08-26" };
/** The first fetch of the air requests one and a half years. */
const settings = {
  seed: market.seed,
  firstDay: "2025-05-14",
  firstDays: {
    "sniim-milk": market.firstDay,
    "gold-csv": "2026-02-20",
    ...Object.fromEntries(feedIdsOf(customers).map((id) => [id, "2026-06-01"])),
  },
};
mkdirSync(state);
writeFileSync(join(state, "settings.json"), JSON.stringify({ ...settings, token: "test-token" }));
/** The observations of all milk publications: the prices, without the zeros and the cells without a price. */
const observed = (({ publicationDays, prices }) =>
  publicationDays("2026-11-20")
    .flatMap((day) => prices(day).flat())
    .filter((price) => price !== null && price > 0).length)(milkMarket(market));

/** Of a matrix every forecast; otherwise those that the other tests of this file use. */
const only = isMatrix ? [] : ["--only", "gold"];

test("start --once ingests every feed and trains a champion, and a second start changes nothing", async () => {
  const first = await almanac([...start, ...only, "--once", "--json"]);
  expect(first).toMatchObject({ code: 0, err: "" });
  const result = startShape.parse(lastJson(first));
  const states = (feed: string) => result.publications.filter((one) => one.feed === feed).map(({ state }) => state);
  expect(states("gold-csv")).toEqual(["done"]);
  const feedOf = (id: string) => result.feeds.find((feed) => feed["id"] === id);
  expect(feedOf("gold-csv")).toMatchObject({ lastPeriod: "2026-11-20", cursor: "2026-11-20" });
  const expected = isMatrix ? forecasts.map(({ id }) => id) : ["gold"];
  expect(result.trained.map(({ forecast }) => forecast)).toEqual(expected);
  if (isMatrix) {
    expect(states("sniim-milk")).toEqual(["done"]);
    expect(feedOf("sniim-milk")).toMatchObject({
      lastPeriod: "2026-11-20",
      cursor: "2026-11-20",
      observations: observed,
    });
    // One and a half years in three pieces.
    expect(states("open-meteo-air-quality")).toEqual(["done", "done", "done"]);
    expect(feedOf("open-meteo-air-quality")).toMatchObject({ lastPeriod: "2026-11-20T22", cursor: "2026-11-20" });
  }
  const [trained] = result.trained;
  // The newest version: the look of a short history tests no model, so the baseline serves.
  expect(trained?.versions.at(-1)).toMatchObject({ version: trained?.champion, candidate: "naive", state: "done" });
  expect(trained?.contenders.map(({ name }) => name)).toContain("naive");

  // A forecast with a champion is not trained again.
  const again = startShape.parse(lastJson(await almanac([...start, ...only, "--once", "--json"])));
  expect({ ...again, url: "" }).toEqual({ ...result, url: "", trained: [] });
  // It trains a model for every forecast.
}, 900_000);

/** `script` of util-linux runs a command in a terminal. */
const hasTerminals = spawnSync("script", ["--version"], { encoding: "utf8" }).stdout?.includes("util-linux") ?? false;

/** Starts the platform in a terminal, if this system has one for tests. Its errors go to a file. Returns the code and the output. */
async function startInTerminal(errors: string, onOutput: (out: string) => void) {
  const command = `'${process.execPath}' trainer/main.ts ${start.join(" ")} --only gold 2>'${errors}'`;
  const [program, args] = hasTerminals ? ["script", ["-qec", command, "/dev/null"]] : ["bash", ["-c", command]];
  const terminal = spawn(program, args, { stdio: ["ignore", "pipe", "ignore"] });
  let out = "";
  terminal.stdout.on("data", (data) => {
    out += data;
    onOutput(out);
  });
  const code = await new Promise((resolve) => terminal.once("close", resolve));
  return { code, out };
}

const hubShape = z.object({ url: z.string() });

/**
 * Ingests a publication, writes a report and lists the predictions as CSV, each with a command. The last two answer from the same
 * snapshot.
 */
async function useHub(publication: string, reports: string) {
  const { url } = hubShape.parse(JSON.parse(readFileSync(join(state, "hub.json"), "utf8")));
  const ingested = await almanacHere(["ingest", "gold-csv", publication, "--url", url]);
  const report = await almanacHere(["report", "gold", "--out", reports, "--url", url, "--json"]);
  const csv = await almanacHere(["predict", "gold", "--all", "--csv", "--url", url]);
  return { url, ingested, report, csv };
}

test("a hub in a terminal serves the commands that ingest and report, and Ctrl-C stops every process and shows the cursor again", async () => {
  // Uploads the publisher's next file, because a file of another market would contradict the stored values and be held.
  const file = join(folder, "Daily.csv");
  const next = goldPublication({ seed: market.seed, firstDay: settings.firstDays["gold-csv"] });
  writeFileSync(file, next.respond(new URL("http://publisher/Daily.csv"), "2026-11-23")?.bytes ?? "");
  const [reports, errors] = [join(folder, "reports"), join(folder, "errors")];
  let used: ReturnType<typeof useHub> | undefined;
  const { code, out } = await startInTerminal(errors, (shown) => {
    if (used !== undefined || !shown.includes("Ctrl-C stops everything")) return;
    const interrupt = () => process.kill(Number(readFileSync(join(state, "owner.pid"), "utf8")), "SIGINT");
    used = useHub(file, reports).finally(interrupt);
  });
  expect([code, readFileSync(errors, "utf8")]).toEqual([130, "Stopped by Ctrl-C.\n"]);
  expect(existsSync(join(state, "owner.pid"))).toBe(false);
  expect(existsSync(join(state, "hub.json"))).toBe(false);
  if (hasTerminals) expect(out.lastIndexOf("\u001b[?25h")).toBeGreaterThan(out.lastIndexOf("\u001b[?25l"));

  if (used === undefined) throw new Error("the platform did not start");
  const { url, ingested, report, csv } = await used;
  await expect(fetch(`${url}/health`)).rejects.toThrow();
  expect(ingested).toMatchObject({ code: 0, err: "", out: expect.stringContaining("observations") });
  expect(report).toMatchObject({ code: 0, err: "" });
  const files = ["report.csv", "forecast.csv", "report.json", "chart.svg", "chart.png", "report.html"];
  expect(readdirSync(reports).sort()).toEqual([...files].sort());
  // The numbers of the report are those of /predict at that moment.
  expect(readFileSync(join(reports, "report.csv"), "utf8")).toBe(`\ufeff${csv.out}`);
  const page = readFileSync(join(reports, "report.html"), "utf8");
  expect(page).toContain("Gold price in euro");
  const { origin } = lastJson(report);
  expect(origin).toBe("2026-11-23");
});

test("a port in use, an unusable folder and a damaged folder are reported with advice", async () => {
  const server = createServer();
  const port = await new Promise<number>((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve((server.address() as { port: number }).port)),
  );
  const taken = await almanac(["start", "--once", "--state", join(folder, "other"), "--port", String(port)]);
  server.close();
  expect(taken).toMatchObject({ code: 1 });
  expect(taken.out + taken.err).toContain("Choose another with --port N");

  writeFileSync(join(folder, "file"), "");
  const noFolder = await almanac(["start", "--once", "--state", join(folder, "file"), "--port", "0"]);
  expect(noFolder.err).toContain("Choose another with --state DIR");

  const [database = ""] = readdirSync(join(state, "state", "v3", "d1"), {
    recursive: true,
    encoding: "utf8",
  }).filter((name) => /[0-9a-f]{64}\.sqlite$/.test(name));
  writeFileSync(join(state, "state", "v3", "d1", database), "garbage".repeat(1_000));
  const spoilt = await almanac([...start, "--once"]);
  expect(spoilt).toMatchObject({
    code: 1,
    err: expect.stringMatching(/cannot be migrated: [\w ]+: SQLITE_[A-Z]+\. If the folder is damaged, move it/),
  });

  writeFileSync(join(state, "settings.json"), "{");
  const damaged = await almanac([...start, "--once"]);
  expect(damaged).toMatchObject({ code: 1 });
  expect(damaged.out + damaged.err).toContain("settings.json is damaged. Delete it");
});
