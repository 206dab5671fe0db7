/** The hub's code in Node: D1 over SQLite in memory, one file in the lake, and a few rows in the lists that anyone may read. */
import { drizzle } from "drizzle-orm/d1";
import * as schema from "../../shared/db/schema.ts";
import { goldCsv } from "../../shared/feeds/gold-csv.ts";
import { personalNames } from "../../shared/forecasts/personal.ts";
import type { Fact } from "../../shared/lake/fact.ts";
import { writeParquet } from "../../shared/lake/parquet.ts";
import { addDays } from "../../shared/lib/calendar.ts";
import { failure, success } from "../../shared/lib/result.ts";
import { D1InNode } from "./d1-in-node.ts";
import type { Answer } from "./predict-in-node.ts";

export const hubToken = "test-token";

/** The path of the file that the lake holds, below `/feeds/gold-csv/lake/`. */
export const lakeFile = "year=2026/part.parquet";

/** Its content: twenty days of two currencies. */
const days = Array.from({ length: 20 }, (_, at) => addDays("2026-11-01", at));
const facts = days.flatMap((period, at) =>
  ["EUR", "USD"].map((variable): Fact => ({ series: "[]", period, variable, value: 2000.5 + at })),
);
export const lakeBytes = writeParquet(goldCsv, facts).slice();

/** The part of `workers/hub` that is used here. Its own types need the types of workerd, which Node's project does not have. */
interface HubModule {
  hubApp(hub: unknown): { fetch(request: Request): Response | Promise<Response> };
}

const moduleOf = (path: string): Promise<Partial<HubModule>> => import(new URL(path, import.meta.url).href);

/** What a test adds to the hub. */
export interface HubStory {
  /** SQL that adds rows. */
  readonly rows?: string;
  /** Files in R2 by key. */
  readonly files?: readonly (readonly [key: string, bytes: Uint8Array<ArrayBuffer>])[];
  /** Texts in KV by key. */
  readonly texts?: Readonly<Record<string, string>>;
  /** `PERSONAL_TOKEN`; by default not set. */
  readonly personalToken?: string;
  readonly predict?: (request: Request) => Promise<Response>;
}

/** Returns a function that answers requests. */
export async function hubInNode(story: HubStory = {}): Promise<Answer> {
  const { hubApp } = await moduleOf("../../workers/hub/http/app.ts");
  if (!hubApp) throw new Error("workers/hub has no hubApp");
  const d1 = new D1InNode();
  d1.exec(rows);
  if (story.rows !== undefined) d1.exec(story.rows);
  // Drizzle reads only these members of a D1 database.
  const db = drizzle(d1 as unknown as Parameters<typeof drizzle>[0], { schema });
  let ids = 0;
  const app = hubApp({
    db,
    lake: lakeOf(new Map([[`clean/gold-csv/${lakeFile}`, lakeBytes], ...(story.files ?? [])])),
    snapshots: { get: async (key: string) => story.texts?.[key] ?? null, put: async () => {} },
    events: { send: async () => {} },
    answered: { send: async () => {} },
    workflows: {},
    predict: { fetch: story.predict ?? (async () => new Response(null, { status: 503 })) },
    boot: "test",
    adminToken: hubToken,
    personalToken: story.personalToken,
    personalNames,
    onnx: null,
    evaluate: () => failure({ reason: "not in this test" }),
    fingerprints: () => [],
    allows: async () => true,
    randomBytes: (count: number) => new Uint8Array(count).fill(7),
    newId: () => `00000000-0000-4000-8000-${String(ids++).padStart(12, "0")}`,
    variables: { predictionsKeptDays: success(90), allowLoopback: success(false), baseUrl: () => "" },
    now: () => new Date("2026-11-29T12:00:00Z"),
    fetch: () => Promise.reject(new Error("no network in this test")),
    sleep: async () => {},
    random: () => 0.5,
  });
  return async (path, init) => app.fetch(new Request(`http://hub.test${path}`, init));
}

interface GetOptions {
  readonly range?: { readonly offset?: number; readonly length?: number };
}

/** The date of the files in the lake. */
const uploaded = new Date("2026-11-20T12:00:00.500Z");

function lakeOf(objects: ReadonlyMap<string, Uint8Array<ArrayBuffer>>) {
  const headOf = (key: string, { length }: Uint8Array) => ({
    key,
    size: length,
    etag: "abc",
    httpEtag: '"abc"',
    uploaded,
  });
  return {
    async head(key: string) {
      const bytes = objects.get(key);
      return bytes ? headOf(key, bytes) : null;
    },
    async get(key: string, { range = {} }: GetOptions = {}) {
      const bytes = objects.get(key);
      if (!bytes) return null;
      const { offset = 0, length = bytes.length } = range;
      const body = new Blob([bytes.slice(offset, offset + length)]);
      return {
        ...headOf(key, bytes),
        body: body.stream(),
        arrayBuffer: () => body.arrayBuffer(),
        text: () => body.text(),
      };
    },
    async list() {
      return { objects: [...objects].map(([key, bytes]) => headOf(key, bytes)), truncated: false };
    },
  };
}

const rows = `
  INSERT INTO ingests (id, feed, flow_id, raw_key, rank, published_on, arrived_at, first_period, last_period, stats)
    VALUES (1, 'gold-csv', 'f1', 'raw/gold-csv/a.csv', 'r1', NULL, '2026-11-20T00:00:00.000Z', '2026-11-01', '2026-11-20', '{}');
  INSERT INTO series (id, feed, key, dimensions) VALUES (1, 'gold-csv', '[]', '{}'), (2, 'sniim-milk', '["=Jalisco"]', '{"Estado":"=Jalisco"}');
  WITH RECURSIVE days (day) AS (SELECT date('2026-11-01') UNION ALL SELECT date(day, '+1 day') FROM days WHERE day < '2026-11-20')
  INSERT INTO observations (feed, period, series_id, variable, value, ingest_id) SELECT 'gold-csv', day, 1, variable, 2000.5, 1 FROM days, (SELECT 'EUR' AS variable UNION SELECT 'USD');
  INSERT INTO series (id, feed, key, dimensions) VALUES (3, 'open-meteo-air-quality', '[]', '{}');
  INSERT INTO observations (feed, period, series_id, variable, value, ingest_id) VALUES ('open-meteo-air-quality', '2026-11-19T20', 3, 'ozone', 61.5, 1);
  INSERT INTO observations (feed, period, series_id, variable, value, ingest_id) VALUES ('sniim-milk', '2026-11-20', 2, 'precio', 25.5, 1);
  INSERT INTO problems (feed, ingest_id, reason, "row", "column", period, found, expected, lost)
    VALUES ('gold-csv', 1, 'bad-number', 3, 'B', '2026-11-03', '=1+1', 'a number', 1);
  INSERT INTO flow_runs (id, kind, key, state, params, created_at) VALUES ('f1', 'ingest', 'k', 'done', '{}', '2026-11-20T00:00:00.000Z');
  INSERT INTO predictions (answer, position, request_id, at, forecast, version, number, protocol, intervals, features, hypothetical)
    VALUES ('00000000000000000000000000000000', 0, 'r', '2026-11-20T00:00:00.000Z', 'gold', 'v1', 1, 'predict', '{}', '{}', 0);
  INSERT INTO input_hours (forecast, version, feature, hour, hypothetical, bin, count) VALUES ('gold', 'v1', 'EUR', '2026-11-20T10', 0, '3', 2);
`;
