/** The Parquet files of the track record: their list, and reading them by their addresses. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RecordFiles } from "../../shared/api/record.ts";
import { milkMx } from "../../shared/forecasts/milk-mx.ts";
import { sha256Hex } from "../../shared/lib/hash.ts";
import { predictionsKey, recordFileKey, recordFilePath, scoresKey } from "../../shared/track-record/keys.ts";
import { type PublishedPrediction, writePredictions } from "../../shared/track-record/published-prediction.ts";
import { writeScores } from "../../shared/track-record/published-score.ts";
import { hubInNode } from "../support/hub-in-node.ts";
import type { Answer } from "../support/predict-in-node.ts";

const jalisco = { Estado: "Jalisco", Ciudad: "Guadalajara", Tipo: "Pasteurizada", Canal: "Tiendas" };
const none = { mean: null, event: null, distribution: null };
const prediction: PublishedPrediction = {
  ...{ set: "series", series: jalisco, step: 1, target: "2026-11-20", last: 24, median: 24.25, ...none },
  ...{ quantiles: null, chances: null, baseline: { ...none, median: 24 }, servedBy: "hurdle", version: "v1" },
  publishedAt: "2026-11-18T18:00:00.000Z",
};
const key = (origin: string, revision: number) =>
  predictionsKey({ forecast: "milk-mx", origin, role: "champion", revision });
const predictionsOf = (median: number) => writePredictions(milkMx, [{ ...prediction, median }]);
const scoreOf = (actual: number) =>
  writeScores(milkMx, [
    {
      ...{ set: "series", series: jalisco, origin: "2026-11-18", role: "champion", revision: 1, step: 1 },
      ...{ target: "2026-11-20", counts: "headline", version: "v1", servedBy: "hurdle", actual, covered: null },
      ...{ low90: null, high90: null, error: actual - 24.25, loss: 0.25, baselineLoss: 0.5, exact: false },
    },
  ]);

const [published, corrected, unpublished] = [predictionsOf(24.25), predictionsOf(24.5), predictionsOf(25)];
const [first, second] = [scoreOf(24.5), scoreOf(24.75)];
const scores = (revision: number) => scoresKey({ forecast: "milk-mx", target: "2026-11-20", revision });
const files = [
  [key("2026-11-18", 1), published],
  [key("2026-11-18", 2), corrected],
  [key("2026-11-20", 1), unpublished],
  [scores(1), first],
  [scores(2), second],
] as const;

const at = "2026-11-18T18:00:00.000Z";
const reportRow = (origin: string, revision: number, state: string, bytes: Uint8Array | null) => {
  const isPublished = state === "published";
  const size = bytes === null ? "NULL, NULL" : `${bytes.length}, '${sha256Hex(bytes)}'`;
  const counts = isPublished ? (revision === 1 ? "'headline'" : "'revision'") : "NULL";
  return `('milk-mx', '${origin}', 'champion', ${revision}, ${revision}, 1, 'publication', '${state}', '${at}', '${at}', 'v1',
    '${key(origin, revision)}', ${isPublished ? `'${at}'` : "NULL"}, ${counts}, ${size})`;
};
const hash = "a".repeat(64);
const rows = `
  INSERT INTO reports (forecast, origin, role, revision, history, change, reason, state, requested_at, predicted_at, version,
    predictions, published_at, counts, predictions_bytes, predictions_sha256) VALUES
    ${reportRow("2026-11-18", 1, "published", published)},
    ${reportRow("2026-11-18", 2, "published", null)},
    ${reportRow("2026-11-20", 1, "predicted", unpublished)};
  INSERT INTO scored (forecast, target, revision, key, made_from, scored_at, bytes, sha256) VALUES
    ('milk-mx', '2026-11-20', 1, '${scores(1)}', '${hash}', '${at}', ${first.length}, '${sha256Hex(first)}'),
    ('milk-mx', '2026-11-20', 2, '${scores(2)}', '${hash}', '${at}', ${second.length}, '${sha256Hex(second)}');`;

const path = "/forecasts/milk-mx/record/files";
let hub: Answer;
beforeAll(async () => {
  hub = await hubInNode({ rows, files });
});

const list = async (query = "") => (await (await hub(`${path}${query}`)).json()) as RecordFiles;

test("the list has every published file with its place in the record, its size, its digest and its address", async () => {
  const found = await list();
  expect(found).toMatchObject({ forecast: "milk-mx", next: null, files: { length: 4 } });
  expect(found.files[0]).toEqual({
    ...{ kind: "predictions", origin: "2026-11-18", target: null, role: "champion", revision: 1, counts: "headline" },
    ...{ version: "v1", at, isNewest: true, bytes: published.length, sha256: sha256Hex(published) },
    address: `${path}/predictions/origin=2026-11-18/role=champion/revision=1/part.parquet`,
  });
  // Written by an earlier version.
  expect(found.files[1]).toMatchObject({ revision: 2, counts: "revision", bytes: null, sha256: null });
  expect(found.files[2]).toMatchObject({ kind: "scores", origin: null, target: "2026-11-20", isNewest: false });
  expect(found.files[3]).toMatchObject({ revision: 2, role: null, isNewest: true });
});

test("DuckDB reads the bytes of every address, which have the listed size and digest", async () => {
  const folder = mkdtempSync(join(tmpdir(), "almanac-record-files-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const duckdb = await (await DuckDBInstance.create(":memory:")).connect();
  const found: unknown[] = [];
  for (const [number, { address, bytes, sha256, kind }] of (await list()).files.entries()) {
    const answer = await hub(address);
    expect(answer.headers.get("Cache-Control")).toBe("public, max-age=31536000, immutable");
    const content = new Uint8Array(await answer.arrayBuffer());
    if (bytes !== null) expect([content.length, sha256Hex(content)]).toEqual([bytes, sha256]);
    const file = join(folder, `${number}.parquet`);
    writeFileSync(file, content);
    const column = kind === "scores" ? "actual" : "median";
    const read = await duckdb.runAndReadAll(`SELECT "Ciudad", step, ${column} AS value FROM read_parquet('${file}')`);
    found.push(...read.getRowObjects());
  }
  const values = [24.25, 24.5, 24.5, 24.75];
  expect(found).toEqual(values.map((value) => ({ Ciudad: "Guadalajara", step: 1, value })));
  duckdb.closeSync();
});

test("the list is paged, selected by periods, and available as CSV", async () => {
  const pages: number[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const page: RecordFiles = await list(`?limit=3${cursor === "" ? "" : `&cursor=${cursor}`}`);
    pages.push(page.files.length);
    cursor = page.next;
  }
  expect(pages).toEqual([3, 1]);
  expect((await list("?from=2026-11-19")).files.map(({ kind }) => kind)).toEqual(["scores", "scores"]);
  expect((await list("?to=2026-11-18")).files.map(({ kind }) => kind)).toEqual(["predictions", "predictions"]);
  const [header, line] = (await (await hub(`${path}?format=csv`)).text()).split("\r\n");
  expect(header).toBe("kind,origin,target,role,revision,counts,version,at,bytes,sha256,address,newest");
  expect(line).toMatch(/^predictions,2026-11-18,,champion,1,headline,v1,.*part\.parquet,1$/);
});

test("format=parquet of the record leads to the list, with the range", async () => {
  const answer = await hub("/forecasts/milk-mx/record?format=parquet&from=2026-11-19");
  expect([answer.status, answer.headers.get("Location")]).toEqual([302, `${path}?from=2026-11-19`]);
});

test("a file that is not published yet, or any other object, is not found", async () => {
  const paths = [
    recordFilePath("milk-mx", key("2026-11-20", 1)),
    "predictions/origin=2026-11-18/role=champion/revision=9/part.parquet",
    "predictions/../../clean/gold-csv/year=2026/part.parquet",
    "part.parquet",
  ];
  for (const one of paths) expect([one, (await hub(`${path}/${one}`)).status]).toEqual([one, 404]);
});

test("the files of a personal forecast need its token", async () => {
  for (const one of ["", "/scores/target=2026-11-20/revision=1/part.parquet"])
    expect((await hub(`/forecasts/customers/record/files${one}`)).status).toBe(403);
});

test("an address names one key and no other", () => {
  for (const one of [key("2026-11-18", 1), scores(2)])
    expect(recordFileKey("milk-mx", recordFilePath("milk-mx", one))).toBe(one);
  expect(recordFileKey("milk-mx", "raw/file")).toBeNull();
});
