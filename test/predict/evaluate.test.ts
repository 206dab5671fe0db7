/** Rows that the model rejects are found and refused alone. */

import { expect, test } from "vitest";
import { batchAnswerShape } from "../../shared/api/predict.ts";
import { failure, success } from "../../shared/lib/result.ts";
import { predictionOutput } from "../../shared/onnx/outputs.ts";
import type { Engine } from "../../shared/predict/engines.ts";
import { evaluateRows, findRejectedRows } from "../../shared/predict/evaluate.ts";
import { answerRows, type PredictRequest, prepareRows, withoutRejected } from "../../shared/predict/predict.ts";
import type { Snapshot } from "../../shared/predict/snapshot.ts";
import { instanceOf, snapshotOf } from "../support/served.ts";

/** Prices from which the model rejects a row. */
const rejectedFrom = 100;

/** Returns a snapshot whose engine rejects a batch with a high price, and counts its runs. */
function rejecting(): { readonly snapshot: Snapshot; readonly runs: number[] } {
  const runs: number[] = [];
  const plain = snapshotOf();
  const engine: Engine = {
    name: "onnxruntime-web",
    run: async (inputs) => {
      const prices = Array.from(inputs.Precio_lag1 ?? [], Number);
      runs.push(prices.length);
      if (prices.some((price) => price >= rejectedFrom)) return failure({ reason: "unknown category", isRows: true });
      return success({ [predictionOutput]: Float32Array.from(prices) });
    },
  };
  return { snapshot: { ...plain, model: { ...plain.model, engine } }, runs };
}

async function answer(snapshot: Snapshot, request: PredictRequest, partial: boolean): Promise<unknown> {
  const prepared = prepareRows(snapshot, request, { textNumbers: false, partial, explain: null });
  if (!prepared.ok) return prepared.error;
  const failed = await evaluateRows(snapshot, prepared.value.rows);
  if (failed.ok) throw new Error("the batch was accepted");
  const rejected = await findRejectedRows(snapshot, prepared.value.rows, failed.error.reason);
  if (!rejected.ok) throw new Error(rejected.error.reason);
  const kind = request.kind;
  const accepted = withoutRejected(snapshot, prepared.value, { rejected: rejected.value, kind, partial });
  if (!accepted.ok) return accepted.error;
  const evaluated = await evaluateRows(snapshot, accepted.value.rows);
  if (!evaluated.ok) throw new Error(evaluated.error.reason);
  return answerRows(snapshot, { ...accepted.value, kind, stale: false, evaluation: evaluated.value });
}

const cheap = (at: number) => instanceOf(at % 2, { Precio_lag1: 10 + at });
const dear = instanceOf(0, { Precio_lag1: 200 });

test("a partial batch refuses only the rows that the model rejects, beside instances that cannot be read", async () => {
  const { snapshot } = rejecting();
  const instances = [cheap(0), dear, 5, cheap(3), cheap(4), dear];
  const received = batchAnswerShape.parse(await answer(snapshot, { kind: "batch", instances }, true));
  expect(received.predictions).toMatchObject([
    { predicted_price: 10 },
    { index: 1, error: { status: 422, index: 1, detail: expect.stringContaining("unknown category") } },
    { index: 2, error: { found: "5" } },
    { predicted_price: 13 },
    { predicted_price: 14 },
    { index: 5, error: { status: 422, found: expect.stringContaining("200") } },
  ]);
});

test("a batch without partial answers, and a single instance, are refused with the first rejected row", async () => {
  const { snapshot } = rejecting();
  const instances = [cheap(0), cheap(1), dear, dear];
  expect(await answer(snapshot, { kind: "batch", instances }, false)).toMatchObject({
    kind: "unprocessable",
    index: 2,
    detail: expect.stringMatching(/^Instance 2: The model rejects .*unknown category/),
  });
  const refusal = await answer(snapshot, { kind: "single", instance: dear }, false);
  expect(refusal).toMatchObject({ kind: "unprocessable", detail: expect.stringContaining("unknown category") });
  expect(refusal).not.toHaveProperty("index");
});

test("one bad row of a thousand is found in few runs, and a model on the onnx Worker has a limit of runs", async () => {
  const { snapshot, runs } = rejecting();
  const read = (instances: readonly unknown[]) => {
    const prepared = prepareRows(
      snapshot,
      { kind: "batch", instances },
      { textNumbers: false, partial: true, explain: null },
    );
    if (!prepared.ok) throw new Error(prepared.error.detail);
    return prepared.value.rows;
  };
  const thousand = Array.from({ length: 1_000 }, (_, at) => (at === 700 ? dear : cheap(at % 50)));
  expect(await findRejectedRows(snapshot, read(thousand), "x")).toMatchObject({ value: [{ at: 700 }] });
  expect(runs.length).toBeLessThanOrEqual(20);
  runs.length = 0;
  const allBad = Array.from({ length: 1_000 }, () => dear);
  const rejected = await findRejectedRows(snapshot, read(allBad), "x");
  expect(rejected.ok && rejected.value.map(({ at }) => at)).toEqual(allBad.map((_, at) => at));
  expect(runs.length).toBeLessThanOrEqual(24);
});
