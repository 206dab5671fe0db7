/** The consumer stores each prediction exactly once for any number of deliveries. */
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import type { PredictionMessage, PredictionRow } from "../../shared/api/prediction-message.ts";
import { predictionsPageShape } from "../../shared/api/predictions.ts";
import { readVariables } from "../../workers/hub/variables.ts";
import { count, deliver, freshHub, hubWithSql, predictionMessage, row, sums, version } from "../support/answered.ts";
import { asAdmin, hub, query, testEnv } from "../support/hub.ts";

freshHub();

test("an answer is stored unchanged, and its inputs are counted in the bins of the card for that hour", async () => {
  expect(await deliver([predictionMessage()])).toEqual(["acked"]);
  const rows = (await query("SELECT * FROM predictions ORDER BY position")) as Record<string, unknown>[];
  expect(rows).toHaveLength(2);
  expect(rows[0]).toEqual({
    answer: "a".repeat(32),
    position: 0,
    request_id: "request-1",
    at: "2026-11-21T12:34:56.789Z",
    forecast: "milk-mx",
    version,
    number: 1,
    protocol: "predict",
    series: '["Jalisco","Guadalajara","Pasteurizada","Autoservicios"]',
    target_period: "2026-11-23",
    prediction: 29.25,
    intervals: '{"interval80":[29,29.5],"interval95":null}',
    change_probability: 0.125,
    features: '{"Precio_lag1":1.5,"Estado":"here"}',
    given: '["Precio_lag1"]',
    hypothetical: 0,
    origin: "caller",
    path: null,
  });
  expect(await sums()).toEqual([
    { feature: "Estado", hour: "2026-11-21T12", hypothetical: 0, bin: "=here", count: 2 },
    { feature: "Precio_lag1", hour: "2026-11-21T12", hypothetical: 0, bin: "1", count: 2 },
  ]);
});

test("sums are counted exactly and once, independent of the rows that are stored", async () => {
  const summed = {
    format: 2 as const,
    part: 0,
    rows: [row(0), row(500)],
    sums: [
      [0, false, "1", 700],
      [0, true, "under", 300],
      [1, false, "=here", 1000],
    ] as PredictionMessage["sums"],
  };
  const first = predictionMessage(summed);
  const second = predictionMessage({ ...summed, part: 1, sums: [[1, false, "other", 5]], rows: [row(999)] });
  const onlySums = predictionMessage({ ...summed, answer: "b".repeat(32), rows: [], sums: [[1, false, "other", 2]] });
  const expected = [
    { feature: "Estado", hour: "2026-11-21T12", hypothetical: 0, bin: "=here", count: 1000 },
    { feature: "Estado", hour: "2026-11-21T12", hypothetical: 0, bin: "other", count: 7 },
    { feature: "Precio_lag1", hour: "2026-11-21T12", hypothetical: 0, bin: "1", count: 700 },
    { feature: "Precio_lag1", hour: "2026-11-21T12", hypothetical: 1, bin: "under", count: 300 },
  ];
  for (const batch of [[first, second, onlySums, first], [second], [onlySums, first]]) {
    expect(await deliver(batch)).toEqual(batch.map(() => "acked"));
    expect(await sums()).toEqual(expected);
    expect(await count("predictions")).toEqual({ n: 3 });
  }
});

test("of a minute at most the allowed number of rows is stored, and the inputs of all are counted once", async () => {
  const variables = readVariables((name) => (name === "PREDICTIONS_ROWS_PER_MINUTE" ? "5" : ""));
  const on = { ...hub, variables };
  const of = (digit: string, at: string) =>
    predictionMessage({ answer: digit.repeat(32), at, rows: [row(0), row(1), row(2), row(3)] });
  const minute = [of("1", "2026-11-21T12:34:00.000Z"), of("2", "2026-11-21T12:34:59.999Z")];
  const next = of("3", "2026-11-21T12:35:00.000Z");
  for (const batch of [minute, [next], minute, [next, ...minute]]) await deliver(batch, { on });
  expect(await count("predictions")).toEqual({ n: 9 });
  // Each message stores its first rows, so that no request is without one.
  expect(await query("SELECT answer, count(*) AS n FROM predictions GROUP BY answer ORDER BY answer")).toMatchObject([
    { n: 3 },
    { n: 2 },
    { n: 4 },
  ]);
  expect(await sums()).toMatchObject([{ count: 12 }, { count: 12 }]);
});

test("predictions of a report or a probe are stored but not counted as traffic", async () => {
  const { origin: _, ...before } = predictionMessage({ answer: "d".repeat(32), rows: [row(0)] });
  const messages = [
    predictionMessage({ answer: "b".repeat(32), origin: "report", rows: [row(0)] }),
    predictionMessage({ answer: "c".repeat(32), origin: "probe", rows: [row(0)] }),
    // A message from before messages had an origin.
    before as PredictionMessage,
  ];
  expect(await deliver(messages)).toEqual(["acked", "acked", "acked"]);
  expect(await query("SELECT origin FROM predictions ORDER BY answer")).toEqual([
    { origin: "report" },
    { origin: "probe" },
    { origin: "caller" },
  ]);
  expect(await sums()).toMatchObject([
    { feature: "Estado", count: 1 },
    { feature: "Precio_lag1", count: 1 },
  ]);
});

test("missing, unknown and out-of-range inputs have their own bins, and hypothetical inputs are counted separately", async () => {
  const values: PredictionRow["values"][] = [
    [null, null],
    [-1, "nowhere"],
    [99, ""],
    ["Infinity", "there"],
  ];
  const rows = [...values.map((one, at) => row(at, { values: one })), row(4, { hypothetical: true })];
  await deliver([predictionMessage({ rows })]);
  const found = (await sums()) as { feature: string; hypothetical: number; bin: string; count: number }[];
  expect(found.map(({ feature, hypothetical, bin, count }) => [feature, hypothetical, bin, count])).toEqual([
    ["Estado", 0, "=there", 1],
    ["Estado", 0, "missing", 2],
    ["Estado", 0, "other", 1],
    ["Estado", 1, "=here", 1],
    ["Precio_lag1", 0, "missing", 1],
    ["Precio_lag1", 0, "over", 2],
    ["Precio_lag1", 0, "under", 1],
    ["Precio_lag1", 1, "1", 1],
  ]);
});

test("predictions from raw features, without a series or a period, are stored too", async () => {
  const raw = { series: null, target: null, intervals: {}, change: null, prediction: null, given: null };
  await deliver([predictionMessage({ protocol: "mlflow", rows: [row(0, raw)] })]);
  expect(await query("SELECT protocol, series, target_period, prediction, given, intervals FROM predictions")).toEqual([
    { protocol: "mlflow", series: null, target_period: null, prediction: null, given: null, intervals: "{}" },
  ]);
});

test("each instance is stored and counted once, in any batches and any number of deliveries", async () => {
  const parts = Array.from({ length: 6 }, (_, at) =>
    predictionMessage({
      answer: String(at % 3).repeat(32),
      rows: [row(at * 10), row(at * 10 + 1, { values: [2.5, "there"] }), row(at * 10 + 2, { values: [0.5, "x"] })],
    }),
  );
  const batches = fc.array(fc.shuffledSubarray([...parts, ...parts], { minLength: 1 }), { maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(batches, async (early) => {
      await testEnv.DB.exec("DELETE FROM predictions; DELETE FROM input_hours; DELETE FROM prediction_messages;");
      for (const batch of [...early, parts, parts]) await deliver(batch);
      expect(await count("predictions")).toEqual({ n: 18 });
      expect(await query("SELECT bin, count FROM input_hours ORDER BY bin")).toEqual([
        ...["0", "1", "2", "=here", "=there", "other"].map((bin) => ({ bin, count: 6 })),
      ]);
    }),
    { numRuns: 12 },
  );
});

test("simultaneous batches of the same messages count once", async () => {
  await Promise.all(Array.from({ length: 5 }, () => deliver([predictionMessage()])));
  expect(await sums()).toMatchObject([{ count: 2 }, { count: 2 }]);
});

test("many instances of a minute need few statements, and all of them are counted", async () => {
  const parts = [0, 1, 2, 3].map((part) =>
    predictionMessage({ rows: Array.from({ length: 250 }, (_, at) => row(part * 250 + at)) }),
  );
  let writes = 0;
  const counted = hubWithSql((sql) => {
    if (/INSERT INTO/.test(sql)) writes++;
    return sql;
  });
  expect(await deliver(parts, { on: counted })).toEqual(new Array(4).fill("acked"));
  expect(writes).toBe(6);
  expect(await count("predictions")).toEqual({ n: 500 });
  expect(await sums()).toMatchObject([{ count: 1_000 }, { count: 1_000 }]);
});

test("texts of any kind are stored unchanged", async () => {
  let number = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: "grapheme-composite" }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      async (text, value) => {
        const answer = (++number).toString(16).padStart(32, "0");
        const rows = [row(0, { series: [text, "b", "c", "d"], values: [value, text], prediction: value })];
        expect(await deliver([predictionMessage({ answer, rows })])).toEqual(["acked"]);
        const search = new URLSearchParams({ series: `Estado=${text}`, limit: "10000" });
        const page = await asAdmin(`/forecasts/milk-mx/predictions?${search}`, {});
        const { predictions } = predictionsPageShape.parse(await page.json());
        const found = predictions.find((one) => one.answer === answer);
        expect(found).toMatchObject({
          series: [text, "b", "c", "d"],
          features: { Precio_lag1: value + 0, Estado: text },
          prediction: value + 0,
        });
      },
    ),
    {
      numRuns: 25,
      examples: [
        ["\u0000", 1],
        ["'; DROP TABLE predictions; --", 0.1],
        ["牛乳 🥛", -0.0],
      ],
    },
  );
});

test("the real queue delivers to the real consumer", async () => {
  await testEnv.PREDICTIONS.send(predictionMessage());
  await testEnv.PREDICTIONS.send(predictionMessage());
  await testEnv.PREDICTIONS.send(predictionMessage({ answer: "b".repeat(32) }));
  await vi.waitUntil(async () => (await count("predictions")).n === 4, { timeout: 30_000, interval: 200 });
  expect(await sums()).toMatchObject([{ count: 4 }, { count: 4 }]);
});
