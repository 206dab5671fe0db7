/** Tables of raw features: rows that the model rejects are refused alone. */

import { expect, test } from "vitest";
import { failure, success } from "../../shared/lib/result.ts";
import type { Engine } from "../../shared/predict/engines.ts";
import { rejectedRowsMax, runTable } from "../../shared/predict/run-table.ts";

/** Rejects batches with a negative price, and lists the rows of each run. */
function engineOf() {
  const runs: number[] = [];
  const engine: Engine = {
    name: "onnxruntime-web",
    run: async (inputs) => {
      const prices = Array.from(inputs.price ?? [], Number);
      runs.push(prices.length);
      if (prices.some((price) => price < 0)) return failure({ reason: "unknown category", isRows: true });
      return success({ prediction: Float32Array.from(prices, (price) => 2 * price) });
    },
  };
  return { runs, engine };
}

const tableOf = (...prices: number[]) => ({
  inputs: { price: Float32Array.from(prices), city: prices.map(String) },
  count: prices.length,
});

test("without partial, the first rejected row fails the table and is named", async () => {
  const { engine } = engineOf();
  expect(await runTable({ engine, ...tableOf(1, 2, -3, -4), refused: null })).toEqual({
    ok: false,
    error: { isRows: true, reason: "Row 2: the model rejects it: unknown category." },
  });
});

test("with partial, rejected rows and rows that were refused before have NaN in their place", async () => {
  const { engine } = engineOf();
  const refused = new Map([[0, "unreadable"]]);
  const run = await runTable({ engine, ...tableOf(1, 2, -3, 4), refused });
  expect(run).toEqual({
    ok: true,
    value: { answered: [1, 3], outputs: { prediction: Float32Array.of(Number.NaN, 4, Number.NaN, 8) } },
  });
  expect([...refused]).toEqual([
    [0, "unreadable"],
    [2, "Row 2: the model rejects it: unknown category."],
  ]);
});

test("an output with several columns keeps its rows together", async () => {
  const engine: Engine = {
    name: "onnxruntime-web",
    run: async ({ price = [] }) =>
      success({ changes: Float32Array.from(Array.from(price, Number).flatMap((one) => [one, 10 * one])) }),
  };
  const run = await runTable({ engine, ...tableOf(1, 2, 3), refused: new Map([[1, "unreadable"]]) });
  const changes = Float32Array.of(1, 10, Number.NaN, Number.NaN, 3, 30);
  expect(run).toMatchObject({ value: { outputs: { changes } } });
});

test("if every row is refused, none is answered", async () => {
  const { engine } = engineOf();
  const refused = new Map<number, string>();
  expect(await runTable({ engine, ...tableOf(-1, -2), refused })).toMatchObject({ value: { answered: [] } });
  expect([...refused.keys()]).toEqual([0, 1]);
});

test("a table of accepted rows is one run", async () => {
  const { engine, runs } = engineOf();
  const run = await runTable({ engine, ...tableOf(1, 2), refused: new Map() });
  expect([run, runs]).toEqual([
    { ok: true, value: { answered: null, outputs: { prediction: Float32Array.of(2, 4) } } },
    [2],
  ]);
});

test("a model on the onnx Worker is run a limited number of times; the rows of a failing part are refused together", async () => {
  const { engine, runs } = engineOf();
  const refused = new Map<number, string>();
  const prices = Array.from({ length: 512 }, (_, at) => (at % 8 === 0 ? -1 : at));
  await runTable({ engine, ...tableOf(...prices), refused });
  expect(runs.length).toBeLessThanOrEqual(32);
  for (let at = 0; at < prices.length; at += 8) expect(refused.has(at)).toBe(true);
});

test("a table of which the model rejects very many rows is refused as a whole", async () => {
  const { engine } = engineOf();
  const prices = Array.from({ length: 4 * rejectedRowsMax }, () => -1);
  expect(await runTable({ engine, ...tableOf(...prices), refused: new Map() })).toMatchObject({
    ok: false,
    error: { isRows: true, reason: expect.stringContaining(`rejects more than ${rejectedRowsMax} rows`) },
  });
});

test("an engine that becomes unavailable fails the table, and blames no row", async () => {
  const engine: Engine = {
    name: "onnxruntime-web",
    run: async ({ price }) =>
      (price?.length ?? 0) > 1
        ? failure({ reason: "unknown category", isRows: true })
        : failure({ reason: "it is down", isRows: false }),
  };
  expect(await runTable({ engine, ...tableOf(1, 2), refused: new Map() })).toEqual({
    ok: false,
    error: { isRows: false, reason: "it is down" },
  });
});
