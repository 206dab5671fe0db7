import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { almanac, lastJson, type Ran } from "../support/command.ts";
import { simulatedPublications } from "../support/publications.ts";

const folder = mkdtempSync(join(tmpdir(), "almanac-start-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What these tests read of `--json`; everything else is kept for comparing. */
const startShape = z.looseObject({
  publications: z.array(z.looseObject({ feed: z.string(), state: z.string() })),
  feeds: z.array(z.looseObject({ observations: z.number() })),
  trained: z.array(z.looseObject({ champion: z.string(), contenders: z.array(z.looseObject({ name: z.string() })) })),
});

const start = ["start", "--date", "2026-11-20", "--state", join(folder, "state"), "--port", "0"];

test("start --once brings publications of every feed to observations and a model that serves, and again changes nothing", async () => {
  const first = await almanac([...start, "--once", "--json"]);
  expect(first).toMatchObject({ code: 0, err: "" });
  const told = startShape.parse(lastJson(first));
  const states = (feed: string) => told.publications.filter((one) => one.feed === feed).map(({ state }) => state);
  expect(states("sniim-milk")).toEqual(["done", "done", "done"]);
  expect(states("gold-csv")).toEqual(["done", "done", "done"]);
  // A year and a half in three pieces, then a few days twice.
  expect(states("open-meteo-air-quality")).toEqual(["done", "done", "done", "done", "done"]);
  const [, gold, air] = told.feeds;
  expect(gold).toMatchObject({ id: "gold-csv", lastPeriod: "2026-11-20", cursor: "2026-11-20" });
  expect(air).toMatchObject({ id: "open-meteo-air-quality", lastPeriod: "2026-11-20T22", cursor: "2026-11-20" });
  expect(told.feeds[0]).toMatchObject({ id: "sniim-milk", lastPeriod: "2026-11-20", cursor: "2026-11-20" });
  expect(told.feeds[0]?.observations).toBeGreaterThan(50_000);
  const [trained] = told.trained;
  expect(trained).toMatchObject({ forecast: "milk-mx", versions: [{ version: trained?.champion, state: "done" }] });
  expect(trained?.contenders.map(({ name }) => name)).toContain("naive");

  // What serves is not trained anew.
  const again = startShape.parse(lastJson(await almanac([...start, "--once", "--json"])));
  expect({ ...again, url: "" }).toEqual({ ...told, url: "", trained: [] });
  // It trains a model of every forecast.
}, 300_000);

test("a running hub takes a publication in from the command line, and Ctrl-C ends every process below start", async () => {
  let url = "";
  let ingested: Promise<Ran> | undefined;
  const [first] = simulatedPublications();
  const file = join(folder, first?.name ?? "");
  writeFileSync(file, first?.bytes ?? "");
  const ran = await almanac([...start, "--only", "milk-mx"], {
    onOutput: (out, child) => {
      url = /http:\/\/127\.0\.0\.1:\d+/.exec(out)?.[0] ?? url;
      if (!out.includes("Ctrl-C stops everything") || ingested) return;
      ingested = almanac(["ingest", "sniim-milk", file, "--url", url]).finally(() => child.kill("SIGINT"));
    },
  });
  expect(await ingested).toMatchObject({ code: 0, err: "", out: expect.stringContaining("observations") });
  expect(ran).toMatchObject({ code: 130, err: "" });
  await expect(fetch(`${url}/health`)).rejects.toThrow();
});

test("a taken port, a folder that cannot be one and a damaged folder get a sentence that says what to do", async () => {
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

  const [database = ""] = readdirSync(join(folder, "state", "state", "v3", "d1"), {
    recursive: true,
    encoding: "utf8",
  }).filter((name) => /[0-9a-f]{64}\.sqlite$/.test(name));
  writeFileSync(join(folder, "state", "state", "v3", "d1", database), "garbage".repeat(1_000));
  const spoilt = await almanac([...start, "--once"]);
  expect(spoilt).toMatchObject({
    code: 1,
    err: expect.stringContaining("cannot be migrated: "),
  });

  writeFileSync(join(folder, "state", "settings.json"), "{");
  const damaged = await almanac([...start, "--once"]);
  expect(damaged).toMatchObject({ code: 1 });
  expect(damaged.out + damaged.err).toContain("settings.json is damaged. Delete it");
});
