/** Editions: readable once they are recorded, and one for every local day. */
import { drizzle } from "drizzle-orm/d1";
import { expect, test } from "vitest";
import { findEdition } from "../../shared/db/editions.ts";
import * as schema from "../../shared/db/schema.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { milkMx } from "../../shared/forecasts/milk-mx.ts";
import { findingsOf } from "../../shared/reports/findings.ts";
import { editionKey } from "../../shared/reports/keys.ts";
import { viewOf } from "../../shared/reports/view.ts";
import { D1InNode } from "../support/d1-in-node.ts";
import { hubInNode } from "../support/hub-in-node.ts";
import { fixedModel } from "../support/report-models.ts";

const day = { forecast: "milk-mx", date: "2026-11-20" };
const bytesOf = (text: string) => new TextEncoder().encode(text).slice();
const recorded = `INSERT INTO editions (forecast, date, is_new, published_at) VALUES ('milk-mx', '2026-11-20', 0, '2026-11-20T14:00:00Z');`;

test("an edition that is stored but not recorded cannot be read, because a retry may replace it", async () => {
  const files = [[editionKey({ ...day, extension: "json", language: null }), bytesOf("{}")]] as const;
  const path = "/reports/milk-mx/editions/2026-11-20.json";
  expect((await (await hubInNode({ files }))(path)).status).toBe(404);
  expect((await (await hubInNode({ files, rows: recorded }))(path)).status).toBe(200);
});

test("an edition is answered in the requested language, and one that has only its own language states it", async () => {
  const keyIn = (language: string | null) => editionKey({ ...day, extension: "html", language });
  const path = "/reports/milk-mx/editions/2026-11-20.html";
  const spanish = [keyIn(null), bytesOf("hola")] as const;
  const both = await hubInNode({ files: [spanish, [keyIn("en"), bytesOf("hello")]], rows: recorded });
  for (const [query, language, text] of [
    ["", "es", "hola"],
    ["?lang=es", "es", "hola"],
    ["?lang=en", "en", "hello"],
  ] as const) {
    const answer = await both(path + query);
    expect([answer.headers.get("Content-Language"), await answer.text()]).toEqual([language, text]);
  }
  const answer = await (await hubInNode({ files: [spanish], rows: recorded }))(`${path}?lang=en`);
  expect([answer.status, await answer.json()]).toMatchObject([
    404,
    { detail: expect.stringContaining("was not published in en, but in es"), allowed: ["es"] },
  ]);
});

test("an edition keeps the languages in which it was made when the declaration changes its language", async () => {
  const keyIn = (language: string | null) => editionKey({ ...day, extension: "html", language });
  // The declaration has Spanish now. The edition was made in English, before languages beside the own one existed.
  const rows = `${recorded} UPDATE editions SET languages = '["en"]';`;
  const hub = await hubInNode({ files: [[keyIn(null), bytesOf("hello")]], rows });
  const path = "/reports/milk-mx/editions/2026-11-20.html";
  for (const query of ["", "?lang=en"]) {
    const answer = await hub(path + query);
    expect([answer.headers.get("Content-Language"), await answer.text()]).toEqual(["en", "hello"]);
  }
  const answer = await hub(`${path}?lang=es`);
  expect([answer.status, await answer.json()]).toMatchObject([404, { allowed: ["en"] }]);
});

interface FlowModule {
  edition(hub: object, flow: object): Promise<unknown>;
}

test("an edition has the findings of a report of another first language in its own, and records its languages", async () => {
  const d1 = new D1InNode();
  const files = JSON.stringify([{ file: "report.html", bytes: 1, language: "en" }]);
  d1.exec(`
    INSERT INTO reports (forecast, origin, role, revision, history, change, reason, state, requested_at, published_at, files, summary)
      VALUES ('milk-mx', '2026-11-20', 'champion', 1, 1, 1, 'publication', 'published', '2026-11-20T18:00:00Z', '2026-11-20T18:00:00Z',
        '${files}', '["The stored findings."]');`);
  const db = drizzle(d1 as unknown as Parameters<typeof drizzle>[0], { schema });
  const stored = new Map([["reports/milk-mx/2026-11-20/r1/report.json", JSON.stringify(fixedModel())]]);
  const lake = {
    get: async (key: string) => ({ json: async () => JSON.parse(stored.get(key) ?? "null") }),
    put: async (key: string, bytes: Uint8Array) => stored.set(key, new TextDecoder().decode(bytes)),
  };
  const { edition }: FlowModule = await import(new URL("../../workers/hub/flows/edition.ts", import.meta.url).href);
  const step = async (_: string, work: () => Promise<{ value: unknown }>) => (await work()).value;
  const fx = { db, lake, now: () => new Date("2026-11-20T14:00:00Z"), variables: { baseUrl: () => "" } };
  await edition(fx, { run: { params: day }, step });
  const summaryIn = (language: string | null) =>
    JSON.parse(stored.get(editionKey({ ...day, extension: "json", language })) ?? "null").report.summary;
  expect(summaryIn("en")).toEqual(["The stored findings."]);
  expect(summaryIn(null)).toEqual(findingsOf(viewOf(fixedModel(), "es")));
  expect(await findEdition(db, "milk-mx", "2026-11-20")).toMatchObject({ languages: ["es", "en"] });
});

/** The part of `workers/hub` that is used here. Its own types need the types of workerd, which Node's project does not have. */
interface TickModule {
  runTick(hub: object, forecasts: readonly Forecast[], at: Date): Promise<void>;
}

/** Returns the keys of the flows that a tick starts while a report of the forecast is being made. */
async function startedAt(hour: number, time: string): Promise<string[]> {
  const d1 = new D1InNode();
  d1.exec(`
    INSERT INTO histories (forecast, number, sha256, made_from, made_at, last_period)
      VALUES ('milk-mx', 1, '${"a".repeat(64)}', '${"b".repeat(64)}', '${time}', '2026-11-20');
    INSERT INTO reports (forecast, origin, role, revision, history, change, reason, state, requested_at)
      VALUES ('milk-mx', '2026-11-20', 'champion', 1, 1, 0, 'edition', 'requested', '${time}');`);
  const db = drizzle(d1 as unknown as Parameters<typeof drizzle>[0], { schema });
  const started: string[] = [];
  const create = { createBatch: async () => [] };
  const forecast: Forecast = { ...milkMx, edition: { timezone: "UTC", hour } };
  const fx = { db, boot: "test", now: () => new Date(time), workflows: { edition: create, report: create } };
  const { runTick }: TickModule = await import(new URL("../../workers/hub/tick.ts", import.meta.url).href);
  await runTick(fx, [forecast], new Date(time));
  for (const row of await db.all<{ key: string }>("SELECT key FROM flow_runs WHERE kind = 'edition'"))
    started.push(row.key);
  return started;
}

test("an edition waits for a report that is being made, but not beyond its local day", async () => {
  expect(await startedAt(8, "2026-11-20T08:00:00Z")).toEqual([]);
  expect(await startedAt(23, "2026-11-20T23:30:00Z")).toEqual([]);
  expect(await startedAt(23, "2026-11-20T23:45:00Z")).toEqual(["edition:milk-mx:2026-11-20"]);
});
