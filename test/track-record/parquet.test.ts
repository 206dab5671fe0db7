import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { distributionOf } from "../../shared/distributions/distribution.ts";
import { gold } from "../../shared/forecasts/gold.ts";
import { milkMx } from "../../shared/forecasts/milk-mx.ts";
import { sha256Hex } from "../../shared/lib/hash.ts";
import { predictionsKey, scoresKey } from "../../shared/track-record/keys.ts";
import {
  type PublishedPrediction,
  readPredictions,
  writePredictions,
} from "../../shared/track-record/published-prediction.ts";
import { type PublishedScore, readScores, writeScores } from "../../shared/track-record/published-score.ts";
import { storedDistribution } from "../../shared/track-record/stored-distribution.ts";

const folder = mkdtempSync(join(tmpdir(), "almanac-record-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const jalisco = { Estado: "Jalisco", Ciudad: "Guadalajara", Tipo: "Pasteurizada", Canal: "Tiendas" };

const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0));
const share = fc.double({ min: 0, max: 1, noNaN: true }).filter((value) => !Object.is(value, -0));
const distribution = fc
  .array(fc.tuple(fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }), fc.integer({ min: 1, max: 1000 })), {
    minLength: 1,
    maxLength: 30,
  })
  .map((atoms) =>
    storedDistribution(
      distributionOf(
        atoms.map(([value]) => value),
        atoms.map(([, weight]) => weight),
      ),
    ),
  );
const point = {
  median: orNull(number),
  mean: orNull(number),
  event: orNull(share),
  distribution: orNull(distribution),
};
const setAndSeries = fc.constantFrom(
  { set: "series", series: jalisco },
  { set: "state", series: { Estado: "México" } },
  { set: "nation", series: {} },
);
const prediction: fc.Arbitrary<PublishedPrediction> = fc
  .record({
    ...point,
    step: fc.integer({ min: 1, max: 12 }),
    target: fc.constantFrom("2026-11-20", "1999-12-31"),
    last: orNull(number),
    quantiles: orNull(fc.array(number, { minLength: 9, maxLength: 9 })),
    chances: orNull(fc.record({ down: share, same: share, up: share })),
    baseline: orNull(fc.record(point)),
    servedBy: fc.string({ unit: "grapheme" }),
    version: fc.constant("20261120-aaaaaaaa"),
    publishedAt: fc.constantFrom("2026-11-20T14:00:00.123Z", "2026-11-20T14:00:00.000Z"),
  })
  .chain((row) => setAndSeries.map((named) => ({ ...named, ...row })));
const score: fc.Arbitrary<PublishedScore> = fc
  .record({
    origin: fc.constant("2026-11-18"),
    role: fc.constantFrom("champion" as const, "shadow" as const),
    revision: fc.integer({ min: 1, max: 9 }),
    step: fc.integer({ min: 1, max: 12 }),
    target: fc.constant("2026-11-20"),
    counts: fc.constantFrom("headline" as const, "revision" as const, "backfill" as const, "shadow" as const),
    version: fc.constant("20261120-aaaaaaaa"),
    servedBy: fc.constant("naive"),
    actual: number,
    low90: orNull(number),
    high90: orNull(number),
    error: number,
    loss: number,
    baselineLoss: orNull(number),
    covered: orNull(fc.array(fc.boolean(), { minLength: 4, maxLength: 4 })),
    exact: orNull(fc.boolean()),
  })
  .chain((row) => setAndSeries.map((named) => ({ ...named, ...row })));

test("published predictions are read back unchanged, and the same predictions give the same bytes", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(prediction, { minLength: 1, maxLength: 20 }), async (predictions) => {
      const bytes = writePredictions(milkMx, predictions);
      const sorted = predictions.toSorted((a, b) => a.step - b.step);
      expect(await readPredictions(milkMx, bytes)).toEqual(sorted);
      const step = sorted.at(-1)?.step ?? 1;
      expect(await readPredictions(milkMx, bytes, step)).toEqual(sorted.filter((one) => one.step === step));
      expect(sha256Hex(writePredictions(milkMx, structuredClone(predictions)))).toBe(sha256Hex(bytes));
    }),
    { numRuns: 15 },
  );
});

test("scores are read back unchanged, and the same scores give the same bytes", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(score, { minLength: 1, maxLength: 20 }), async (scores) => {
      const bytes = writeScores(milkMx, scores);
      const sorted = scores.toSorted((a, b) => a.step - b.step);
      expect(await readScores(milkMx, bytes)).toEqual(sorted);
      const step = sorted[0]?.step ?? 1;
      expect(await readScores(milkMx, bytes, step)).toEqual(sorted.filter((one) => one.step === step));
      expect(sha256Hex(writeScores(milkMx, structuredClone(scores)))).toBe(sha256Hex(bytes));
    }),
    { numRuns: 15 },
  );
});

const simple: PublishedPrediction = {
  set: "series",
  series: {},
  step: 1,
  target: "2026-11-20",
  last: 2300.1,
  median: 2300.1,
  mean: 2300.12,
  event: null,
  quantiles: null,
  chances: null,
  distribution: distributionOf([23_000, 23_002], [3, 1]),
  baseline: null,
  servedBy: "naive",
  version: "20261120-aaaaaaaa",
  publishedAt: "2026-11-20T14:00:00.000Z",
};

test("a dimension with the name of another column is read back", async () => {
  const forecast = { ...gold, dimensions: ["step", "quantile_50"] };
  const predictions = [{ ...simple, series: { step: "third", quantile_50: "half" } }];
  expect(await readPredictions(forecast, writePredictions(forecast, predictions))).toEqual(predictions);
});

test("DuckDB reads the columns of predictions, with the values of a distribution in the target's unit", async () => {
  const file = join(folder, "part.parquet");
  writeFileSync(file, writePredictions(gold, [simple]));
  const connection = await (await DuckDBInstance.create()).connect();
  const run = async (query: string) => (await connection.runAndReadAll(query)).getRowObjectsJson();
  expect(
    await run(`SELECT target, published_at, "values", list_sum(probabilities) total FROM read_parquet('${file}')`),
  ).toEqual([{ target: "2026-11-20", published_at: "2026-11-20 14:00:00+00", values: [2300, 2300.2], total: 1 }]);
  connection.closeSync();
});

test("keys name origin, role and revision, so that tools read them as columns", () => {
  const published = { forecast: "milk-mx", origin: "2026-11-20", role: "champion", revision: 1 } as const;
  expect(predictionsKey(published)).toBe("forecasts/milk-mx/origin=2026-11-20/role=champion/revision=1/part.parquet");
  expect(scoresKey({ forecast: "milk-mx", target: "2026-11-23", revision: 2 })).toBe(
    "scores/milk-mx/target=2026-11-23/revision=2/part.parquet",
  );
});
