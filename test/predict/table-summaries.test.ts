/** The distributions of raw features: `/invocations`, `/v2` and what is recorded of both. */
import { expect, test } from "vitest";
import { invocationAnswerShape } from "../../shared/api/mlflow.ts";
import { inferAnswerShape, modelMetadataShape } from "../../shared/api/open-inference.ts";
import { singleAnswerShape } from "../../shared/api/predict.ts";
import { inferAnswer } from "../../shared/predict/infer-answer.ts";
import { modelMetadata } from "../../shared/predict/infer-outputs.ts";
import { readInfer } from "../../shared/predict/infer-request.ts";
import { invocationAnswer } from "../../shared/predict/invocation-answer.ts";
import type { ServedModel } from "../../shared/predict/load-model.ts";
import { loadModel } from "../../shared/predict/load-model.ts";
import { answerRows, prepareRows } from "../../shared/predict/predict.ts";
import { readServed } from "../../shared/predict/read-served.ts";
import { recordedAnswer, recordedTable } from "../../shared/predict/record.ts";
import { runTable } from "../../shared/predict/run-table.ts";
import { tableSummaries } from "../../shared/predict/table-summaries.ts";
import { instanceOf, servable, sizes, snapshotOf } from "../support/served.ts";

const snapshot = snapshotOf({ hasChanges: true });
const { model } = snapshot;

/** The answer of `/predict` for the first series, and its features. */
const single = (() => {
  const prepared = prepareRows(
    snapshot,
    { kind: "single", instance: instanceOf(0) },
    { textNumbers: false, partial: false, explain: null },
  );
  if (!prepared.ok) throw new Error(prepared.error.detail);
  const answer = singleAnswerShape
    .required({ features: true })
    .parse(answerRows(snapshot, { ...prepared.value, kind: "single", stale: false }));
  const predictions = [answer];
  return { answer, recorded: recordedAnswer(snapshot, { ...prepared.value, predictions }, 1).rows[0] };
})();

/** Runs three rows of raw features: that of the series, a refused one, and one without a last value. */
async function run(of: ServedModel = model) {
  const { features } = single.answer;
  const cells = (name: string) => [features[name], features[name], name === "Precio_lag1" ? null : features[name]];
  const tensors = of.inputs.map(({ name, categories }) => ({
    name,
    shape: [3, 1],
    datatype: categories === null ? "FP32" : "BYTES",
    data: cells(name),
  }));
  const refused = new Map([[1, "unreadable"]]);
  const read = readInfer({ json: { inputs: tensors }, binary: new Uint8Array() }, of, refused);
  if (!read.ok) throw new Error(read.error);
  const { inputs, rows: count } = read.value;
  const ran = await runTable({ engine: of.engine, inputs, count, refused });
  if (!ran.ok) throw new Error(ran.error.reason);
  const { outputs, answered } = ran.value;
  return {
    read: read.value,
    inputs,
    count,
    refused,
    outputs,
    answered,
    summaries: tableSummaries(of, { inputs, outputs, count }),
  };
}

test("/invocations has the medians as its predictions and the distributions as columns beside them", async () => {
  const received = invocationAnswerShape.parse(invocationAnswer(model, await run()));
  const { predicted_price, expected, probabilities, quantiles } = single.answer;
  expect(received.predictions).toEqual([predicted_price, null, null]);
  expect(received.distributions).toMatchObject({
    expected: [expected, null, null],
    down_probability: [probabilities?.down, null, null],
    same_probability: [probabilities?.same, null, null],
    up_probability: [probabilities?.up, null, null],
  });
  expect(received.distributions?.quantiles).toEqual(
    Object.fromEntries(Object.entries(quantiles ?? {}).map(([level, value]) => [level, [value, null, null]])),
  );
});

test("/invocations has the prediction of the file for a row without a distribution", async () => {
  const ran = await run();
  const received = invocationAnswer(model, { ...ran, summaries: () => null });
  expect(received.predictions).toEqual([25.75, null, null]);
  expect(received.distributions?.expected).toEqual([null, null, null]);
});

test("/invocations of a model without distributions has numbers only", async () => {
  const plain = snapshotOf().model;
  expect(Object.keys(invocationAnswer(plain, await run(plain)))).toEqual(["predictions", "errors"]);
});

test("/v2 lists every output of the file with its columns, and the median and quantiles", () => {
  const { outputs } = modelMetadataShape.parse(modelMetadata(model));
  expect(outputs.map(({ name, shape }) => [name, ...shape])).toEqual([
    ["prediction", -1, 1],
    ["change_probability", -1, 1],
    ["down_probability", -1, 1],
    ["up_probability", -1, 1],
    ["changes", -1, sizes.length],
    ["change_masses", -1, sizes.length],
    ["median", -1, 1],
    ["quantiles", -1, 9],
  ]);
});

test("/v2 returns the listed outputs, row after row, with null for a row without a distribution", async () => {
  const ran = await run();
  const built = inferAnswer(model, ran.read, { values: ran.outputs, refused: ran.refused, summaries: ran.summaries });
  const answer = inferAnswerShape.parse(built.answer);
  const dataOf = (output: string) => answer.outputs.find(({ name }) => name === output)?.data ?? [];
  for (const { name, shape, data } of answer.outputs) expect([name, data?.length]).toEqual([name, 3 * (shape[1] ?? 0)]);
  expect(dataOf("changes").slice(0, 5)).toEqual([...sizes]);
  expect(dataOf("changes").slice(5, 10)).toEqual(sizes.map(() => null));
  expect(dataOf("median")).toEqual([single.answer.predicted_price, null, null]);
  expect(dataOf("quantiles").slice(0, 9)).toEqual(Object.values(single.answer.quantiles ?? {}));
  expect(dataOf("quantiles").slice(9)).toEqual(Array.from({ length: 18 }, () => null));
  const masses = dataOf("change_masses").slice(0, 5).map(Number);
  expect(masses.reduce((sum, mass) => sum + mass, 0)).toBeCloseTo(1, 6);
});

test("/v2 sends the columns of an output as bytes", async () => {
  const ran = await run();
  const outputs = [{ name: "quantiles", isBinary: true }];
  const built = inferAnswer(
    model,
    { ...ran.read, outputs },
    { values: ran.outputs, refused: null, summaries: ran.summaries },
  );
  expect(built.pieces[0]?.length).toBe(4 * 3 * 9);
});

test("the median and the intervals of four levels are recorded, which are all nine quantiles", async () => {
  const { quantiles = {}, predicted_price } = single.answer;
  const intervals = {
    interval50: [quantiles?.["0.25"], quantiles?.["0.75"]],
    interval80: [quantiles?.["0.1"], quantiles?.["0.9"]],
    interval90: [quantiles?.["0.05"], quantiles?.["0.95"]],
    interval95: [quantiles?.["0.025"], quantiles?.["0.975"]],
  };
  expect(single.recorded).toMatchObject({ prediction: predicted_price, intervals });
  const ran = await run();
  expect(recordedTable(snapshot, ran, 3).rows).toMatchObject([
    { position: 0, prediction: predicted_price, intervals },
    { position: 2, prediction: null, intervals: {} },
  ]);
});

test("a file without the outputs that its card's distribution needs does not load", () => {
  const plain = servable();
  const { servedText } = servable({ card: { distribution: { kind: "changes", positive: true } } });
  const description = readServed(servedText);
  if (!description.ok) throw new Error(description.error);
  const loaded = loadModel({ description: description.value, bytes: plain.model, number: 1, servedNumber: 1 });
  expect(loaded).toMatchObject({
    ok: false,
    error: {
      reason:
        "the distribution needs the outputs changes and change_masses with the same number of columns; model.onnx has none and none",
    },
  });
});
