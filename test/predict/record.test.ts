import fc from "fast-check";
import { expect, test } from "vitest";
import { instancesMax } from "../../shared/api/predict-limits.ts";
import { type PredictionRow, readPredictionMessage } from "../../shared/api/prediction-message.ts";
import { binOf } from "../../shared/drift/bins.ts";
import { success } from "../../shared/lib/result.ts";
import { predictRows, prepareRows } from "../../shared/predict/predict.ts";
import {
  batchBytesMax,
  batchesOf,
  isSampled,
  messageBytesMax,
  messagesOf,
} from "../../shared/predict/prediction-messages.ts";
import { recordedAnswer, recordedTable } from "../../shared/predict/record.ts";
import type { InputColumn } from "../../shared/registry/golden.ts";
import { dimensionValues, forecast, instanceOf, snapshotOf } from "../support/served.ts";
import { goldSnapshot } from "../support/served-gold.ts";

const snapshot = snapshotOf();
const options = { textNumbers: false, partial: true, explain: null };

function recorded(instances: readonly unknown[]): PredictionRow[] {
  const prepared = prepareRows(snapshot, { kind: "batch", instances }, options);
  if (!prepared.ok) throw new Error(prepared.error.detail);
  const answered = { ...prepared.value, predictions: predictRows(snapshot, prepared.value) };
  return [...recordedAnswer(snapshot, answered, instancesMax).rows];
}

const head = {
  answer: "0".repeat(32),
  requestId: "r",
  at: "2026-11-21T12:00:00.000Z",
  forecast: forecast.id,
  version: "v1.0",
  number: 1,
  protocol: "predict",
  origin: "caller",
  features: snapshot.model.inputs.map(({ name }) => name),
} as const;

const whole = (rows: readonly PredictionRow[]) => ({ rows, sums: null });
const messages = (rows: readonly PredictionRow[]) =>
  [...messagesOf(head, { rows, sums: null })].map(({ message }) => message);

test("an answer is recorded completely: series, period, numbers, and which features the caller supplied", () => {
  const [row] = recorded([instanceOf(0, { Precio_lag1: 23.45 })]);
  expect(row).toMatchObject({
    position: 0,
    series: [...dimensionValues[0]],
    target: "2026-11-23",
    prediction: 23.95,
    intervals: { interval80: expect.any(Array), interval95: expect.any(Array) },
    change: expect.any(Number),
    hypothetical: false,
  });
  expect(row?.given?.map((at) => head.features[at])).toEqual(["Precio_lag1"]);
  expect(row?.values[head.features.indexOf("Precio_lag1")]).toBe(23.45);
});

test("failed instances leave their positions unused", () => {
  const bad = { Estado: "Jalisco" };
  expect(
    recorded([bad, instanceOf(1), bad, bad, instanceOf(2), instanceOf(3), bad]).map(({ position }) => position),
  ).toEqual([1, 4, 5]);
});

test("a hypothesis is marked", () => {
  const given = Object.fromEntries(
    snapshot.model.inputs.filter(({ categories }) => !categories).map(({ name }) => [name, 2]),
  );
  const { dia: _, mes: __, dia_semana: ___, ...features } = given;
  const [row] = recorded([instanceOf(0, { ...features, target_period: "2026-12-04" })]);
  expect(row).toMatchObject({ hypothetical: true, target: "2026-12-04" });
});

/** Returns thirty columns with text and numbers. */
function wide(rows: number, text: string): Record<string, InputColumn> {
  const column = (at: number) => Float32Array.from({ length: rows }, (_, row) => Math.fround(row * 1.2345 + at / 7));
  return Object.fromEntries(
    snapshot.model.inputs.map(({ name, categories }, at): [string, InputColumn] => [
      name,
      categories === null ? column(at) : new Array<string>(rows).fill(text),
    ]),
  );
}

const outputs = (rows: number) => ({ prediction: new Float32Array(rows).fill(1.5) });

test("the instances of the largest request fit into messages of the allowed size, each once and in order", () => {
  for (const text of ["Jalisco", "牛乳".repeat(500), "\u0000\ud800".repeat(200)]) {
    const { rows } = recordedTable(
      snapshot,
      {
        inputs: wide(instancesMax, text),
        outputs: outputs(instancesMax),
        answered: null,
      },
      instancesMax,
    );
    const sent = messages([...rows]);
    expect(sent.flatMap((message) => message.rows)).toEqual(rows);
    for (const message of sent) {
      expect(Buffer.byteLength(JSON.stringify(message))).toBeLessThanOrEqual(messageBytesMax);
      expect(readPredictionMessage(JSON.parse(JSON.stringify(message)))).toEqual({ ok: true, value: message });
    }
  }
});

test("messages contain every row once, for any sizes", () => {
  const [row] = recorded([instanceOf(0)]);
  if (!row) throw new Error("there is no row");
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 40_000 }), { maxLength: 30 }), (sizes) => {
      const rows = sizes.map((size, position) => ({ ...row, position, series: ["é".repeat(size)] }));
      const sent = messages(rows);
      expect(sent.flatMap((message) => message.rows)).toEqual(rows);
      for (const message of sent) {
        const bytes = Buffer.byteLength(JSON.stringify(message));
        expect(message.rows.length === 1 || bytes <= messageBytesMax).toBe(true);
      }
    }),
    { numRuns: 50 },
  );
});

test("batches have the allowed size and contain every message once, in order", () => {
  const [row] = recorded([instanceOf(0)]);
  if (!row) throw new Error("there is no row");
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 30_000 }), { maxLength: 250 }), (sizes) => {
      const sized = sizes.flatMap((size) => [
        ...messagesOf(head, whole([{ ...row, series: ["é\n".repeat(size % 7 ? 9 : size)] }])),
      ]);
      for (const { message, bytes } of sized) {
        expect(Buffer.byteLength(JSON.stringify(message))).toBeLessThanOrEqual(bytes);
      }
      const batches = batchesOf(sized);
      expect(batches.flat()).toEqual(sized);
      for (const batch of batches) {
        expect(batch.length).toBeLessThanOrEqual(100);
        const bytes = batch.reduce((sum, one) => sum + one.bytes, 0);
        expect(batch.length === 1 || bytes <= batchBytesMax).toBe(true);
      }
    }),
    { numRuns: 50 },
  );
});

test("the stated size of a message is an upper bound, and close for an ordinary one", () => {
  const number = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constant(null));
  const text = fc.string({ unit: "binary", maxLength: 60 });
  const rows = fc.array(
    fc.record({
      position: fc.nat(),
      series: fc.option(fc.array(text, { maxLength: 5 })),
      target: fc.constantFrom("2026-11-23", null),
      prediction: number,
      intervals: fc.dictionary(
        fc.constantFrom("interval80", "interval99.9"),
        fc.constantFrom([-1.2345678901234567e-123, 1e21], null),
      ),
      change: number,
      values: fc.array(fc.oneof(number, text), { maxLength: 40 }),
      given: fc.option(fc.array(fc.nat(), { maxLength: 40 })),
      hypothetical: fc.boolean(),
    }),
    { minLength: 1, maxLength: 20 },
  );
  const holds = fc.property(rows, fc.array(text, { maxLength: 40 }), text, (some, features, requestId) => {
    const given = some as PredictionRow[];
    for (const { message, bytes } of messagesOf({ ...head, features, requestId }, whole(given))) {
      expect(Buffer.byteLength(JSON.stringify(message))).toBeLessThanOrEqual(bytes);
    }
  });
  fc.assert(holds, { numRuns: 500 });
  const [one] = messagesOf(head, whole(recorded([instanceOf(0)])));
  expect(one?.bytes).toBeLessThan(2 * Buffer.byteLength(JSON.stringify(one?.message)));
});

test("the size of a message covers the longest numbers", () => {
  for (const long of [-1.2345678901234567e-6, -1.2345678901234567e-123, -123456789012345680000]) {
    const [row] = recorded([instanceOf(0)]);
    if (row === undefined) throw new Error("nothing is recorded");
    const values = Array.from({ length: 3_000 }, () => long);
    for (const { message, bytes } of messagesOf(head, whole([{ ...row, values }]))) {
      expect(Buffer.byteLength(JSON.stringify(message))).toBeLessThanOrEqual(bytes);
    }
  }
});

test("raw features name their series if the model reads the dimensions, and infinite numbers are recorded as text", () => {
  const inputs = wide(3, "Jalisco");
  inputs.Precio_lag1 = Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY, 23.45);
  const { rows } = recordedTable(snapshot, { inputs, outputs: outputs(3), answered: null }, 3);
  expect(rows[0]).toMatchObject({ series: new Array(4).fill("Jalisco"), target: null, given: null, intervals: {} });
  const at = head.features.indexOf("Precio_lag1");
  expect(rows.map(({ values }) => values[at])).toEqual([null, "Infinity", 23.45]);
});

test("a refused row of raw features is not recorded, and the others have their positions", () => {
  const inputs = wide(3, "Jalisco");
  const { rows } = recordedTable(snapshot, { inputs, outputs: outputs(3), answered: [0, 2] }, 3);
  expect(rows.map(({ position }) => position)).toEqual([0, 2]);
});

test("of a very large request every n-th instance is recorded", () => {
  const count = 250;
  const table = { inputs: wide(count, "a"), outputs: outputs(count), answered: null };
  const { rows } = recordedTable(snapshot, table, 100);
  expect(rows.length).toBeLessThanOrEqual(100);
  expect(rows.slice(0, 3).map(({ position }) => position)).toEqual([0, 3, 6]);
  expect(rows.at(-1)?.position).toBeGreaterThan(count - 4);
});

test("the sums of a sampled table are exactly the bins of all its rows", () => {
  const count = 250;
  const inputs = wide(count, "Jalisco");
  const values = [Number.NaN, Number.NEGATIVE_INFINITY, -1, 0, 33.3, 50, 99.9, 100, 1e9];
  for (const { name } of snapshot.model.inputs) {
    const column = inputs[name];
    if (column instanceof Float32Array)
      column.forEach((_, at) => {
        column[at] = values[at % values.length] ?? 0;
      });
    else
      inputs[name] = Array.from(
        { length: count },
        (_, at) => ["Jalisco", "", "nowhere", "x".repeat(300)][at % 4] ?? "",
      );
  }
  const answered = Array.from({ length: count - 3 }, (_, at) => at + 3);
  const table = { inputs, outputs: outputs(count), answered };
  const all = recordedTable(snapshot, table, count);
  expect(all.sums).toBeNull();
  const expected = new Map<string, number>();
  for (const { values, hypothetical } of all.rows) {
    values.forEach((value, at) => {
      const profile = snapshot.model.card.profile.find(({ name }) => name === snapshot.model.inputs[at]?.name);
      if (profile === undefined) return;
      const { edges = [], minimum = null, maximum = null } = profile.dtype === "float" ? profile : {};
      const reference = profile.dtype === "string" ? profile : { dtype: profile.dtype, edges, minimum, maximum };
      const key = JSON.stringify([at, hypothetical, binOf(reference, value)]);
      expected.set(key, (expected.get(key) ?? 0) + 1);
    });
  }
  expect(expected.size).toBeGreaterThan(10);
  for (const rowsMax of [0, 1, 100]) {
    const { rows, sums } = recordedTable(snapshot, table, rowsMax);
    expect(rows.length).toBeLessThanOrEqual(rowsMax);
    expect(
      new Map((sums ?? []).map(([at, hypothetical, bin, n]) => [JSON.stringify([at, hypothetical, bin]), n])),
    ).toEqual(expected);
    const sent = messagesOf(head, { rows, sums });
    expect(sent.flatMap(({ message }) => message.sums)).toEqual(sums);
    expect(sent.flatMap(({ message }) => message.rows)).toEqual(rows);
    for (const [part, { message, bytes }] of sent.entries()) {
      expect(message.part).toBe(part);
      expect(Buffer.byteLength(JSON.stringify(message))).toBeLessThanOrEqual(bytes);
      expect(readPredictionMessage(JSON.parse(JSON.stringify(message)))).toEqual(success(message));
    }
  }
});

test("a model whose served.json has no bins records rows as before, and nothing of a request that is not sampled", () => {
  const profile = snapshot.model.card.profile.map(({ name, dtype, ...rest }) =>
    dtype === "float" ? { name, dtype, mean: null } : { name, dtype, ...rest },
  );
  const model = {
    ...snapshot.model,
    card: { ...snapshot.model.card, profile: profile as typeof snapshot.model.card.profile },
  };
  const table = { inputs: wide(250, "a"), outputs: outputs(250), answered: null };
  const { rows, sums } = recordedTable({ ...snapshot, model }, table, 100);
  expect([rows.length, sums]).toEqual([250, null]);
  expect(recordedTable({ ...snapshot, model }, table, 0)).toEqual({ rows: [], sums: null });
});

test("the recorded share of requests is deterministic and grows with the share", () => {
  const ids = Array.from({ length: 20_000 }, (_, at) => `request-${at}`);
  const chosen = (share: number) => new Set(ids.filter((id) => isSampled(id, share)));
  expect(chosen(0).size).toBe(0);
  expect(chosen(1).size).toBe(ids.length);
  // Five standard deviations of a binomial.
  for (const share of [0.01, 0.1, 0.5]) {
    const deviation = Math.sqrt(share * (1 - share) * ids.length);
    expect(Math.abs(chosen(share).size - share * ids.length)).toBeLessThan(5 * deviation);
  }
  const larger = chosen(0.5);
  expect([...chosen(0.1)].every((id) => larger.has(id))).toBe(true);
});

test("a message of a later format, or with contradictions, is refused with a reason", () => {
  const [row] = recorded([instanceOf(0)]);
  const message = { format: 1, ...head, rows: [row] };
  expect(readPredictionMessage(message)).toMatchObject({ ok: true });
  for (const [change, reason] of [
    [{ format: 3 }, "format"],
    [{ format: 2 }, "sums in format 2"],
    [{ format: 2, sums: [[99, false, "1", 1]] }, "positions of features"],
    [{ features: ["one"] }, "one value per feature"],
    [{ rows: [] }, "rows"],
    [{ rows: [{ ...row, given: [99] }] }, "positions of features"],
    [{ answer: "x" }, "answer"],
    [{ at: "yesterday" }, "at"],
  ] as const) {
    expect(readPredictionMessage({ ...message, ...change })).toEqual({
      ok: false,
      error: expect.stringContaining(reason),
    });
  }
  expect(readPredictionMessage(null)).toMatchObject({ ok: false });
});

test("a supplied observation is recorded as supplied, features computed from it are not", () => {
  const one = goldSnapshot();
  const asQuery = { ...options, textNumbers: true };
  const given = (instance: Record<string, unknown>) => {
    const prepared = prepareRows(one, { kind: "single", instance }, asQuery);
    if (!prepared.ok) throw new Error(JSON.stringify(prepared.error));
    const predictions = predictRows(one, prepared.value);
    return recordedAnswer(one, { ...prepared.value, predictions }, 1).rows.map((row) => [
      row.given,
      row.target,
      row.hypothetical,
    ]);
  };
  const last = one.model.inputs.findIndex(({ name }) => name === "EUR");
  expect(given({})).toEqual([[[], "2017-01-02", false]]);
  expect(given({ Date: "2017-01-02", EUR: "1200" })).toEqual([[[last], "2017-01-03", false]]);
  expect(given({ Date: "2023-10-01", EUR: "1200" })).toEqual([[[last], "2023-10-02", true]]);
});
