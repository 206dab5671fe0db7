/** A classification answers with a probability, its label and the threshold, in every protocol. */
import { describe, expect, test } from "vitest";
import type { Refusal } from "../../shared/api/problem.ts";
import type { BuiltExplainer } from "../../shared/explain/explainer.ts";
import { baselineProbability, classify } from "../../shared/predict/classify.ts";
import { inferAnswer } from "../../shared/predict/infer-answer.ts";
import { modelMetadata } from "../../shared/predict/infer-outputs.ts";
import { readInfer } from "../../shared/predict/infer-request.ts";
import { explainerOf } from "../../shared/predict/load-model.ts";
import { answerRows, prepareRows } from "../../shared/predict/predict.ts";
import { inputsOfRequest } from "../../shared/predict/single-series-table.ts";
import type { Snapshot } from "../../shared/predict/snapshot.ts";
import { sigmoid } from "../../shared/stats/sigmoid.ts";
import { fullAnswerShape } from "../support/full-answer.ts";
import { airFacts, airHistory, classModel, classSnapshot, naiveAfter, threshold } from "../support/served-classes.ts";

const snapshot = classSnapshot();
const { model } = snapshot;

function ask(
  instance: Record<string, unknown> = {},
  { explain = null as BuiltExplainer | null, textNumbers = false, from = snapshot as Snapshot } = {},
) {
  const request = { kind: "single" as const, instance };
  const prepared = prepareRows(from, request, { textNumbers, partial: false, explain });
  if (!prepared.ok) throw new Error(prepared.error.detail);
  return fullAnswerShape.parse(answerRows(from, { ...prepared.value, kind: "single", stale: false }));
}

function refusalOf(instance: Record<string, unknown>): Refusal {
  const options = { textNumbers: false, partial: false, explain: null };
  const prepared = prepareRows(snapshot, { kind: "single", instance }, options);
  if (prepared.ok) throw new Error("the instance was accepted");
  return prepared.error;
}

/** Returns the probability of the model for yesterday's highest ozone. */
const chanceOf = (ozone: number) => sigmoid(2 * 0.125 * (ozone - 48) + 0.5);

describe("an answer", () => {
  test("without values is for the first day after the last complete day, from the history", () => {
    const received = ask();
    const yesterday = Number(received.features.ozone_max);
    expect(received).toMatchObject({
      forecast: "sickness",
      target_period: "2024-07-31",
      data_as_of: "2024-07-30",
      label: chanceOf(yesterday) >= threshold ? "sick" : "healthy",
      threshold,
      unit: "probability",
      series: {},
      last: { period: "2024-07-30", value: 1 },
      naive: naiveAfter[1],
    });
    expect(received.probability).toBeCloseTo(chanceOf(yesterday), 5);
    expect(received).not.toHaveProperty("interval80");
    expect(received).not.toHaveProperty("change_probability");
  });

  test("with values uses them, also under the field names of the original service", () => {
    const [low, high] = [ask({ ozone: 20 }), ask({ ozone: "60.5" }, { textNumbers: true })];
    expect(low).toMatchObject({ label: "healthy", features: { ozone_max: 20 } });
    expect(high).toMatchObject({ label: "sick", features: { ozone_max: 60.5 } });
    expect(high.probability).toBeCloseTo(chanceOf(60.5), 5);
    expect(ask({ sick_yesterday: 0 }).naive).toBe(naiveAfter[0]);
  });

  test("a misspelt alias is refused with a suggestion", () => {
    expect(refusalOf({ ozon: 80 })).toMatchObject({ field: "ozon", didYouMean: "ozone" });
    expect(refusalOf({ ozone_maxx: 80 })).toMatchObject({ didYouMean: "ozone_max" });
  });

  test("yesterday's state follows from a supplied index, unless it is supplied itself, and is 0 or 1", () => {
    expect(ask({ european_aqi: 10 })).toMatchObject({ naive: naiveAfter[0], features: { sick_yesterday: 0 } });
    expect(ask({ european_aqi_max: 30 }).features.sick_yesterday).toBe(0);
    expect(ask({ european_aqi: 30.5 })).toMatchObject({ naive: naiveAfter[1], features: { sick_yesterday: 1 } });
    expect(ask({ european_aqi: 10, sick_yesterday: 1 }).features.sick_yesterday).toBe(1);
    expect(ask({ european_aqi_max_lag2: 10 }).features).toMatchObject({ sick_yesterday: 1, sick_lag2: 0 });
    for (const value of [0.5, 7, -1]) {
      expect(refusalOf({ sick_yesterday: value })).toMatchObject({ field: "sick_yesterday", expected: "0 or 1" });
    }
  });

  test("hours of an incomplete day change nothing, and the last hour of a day moves the target to the next day", () => {
    const early = ask({}, { from: classSnapshot(airHistory(airFacts("2024-07-30", { hoursAfter: 0 }))) });
    const late = ask({}, { from: classSnapshot(airHistory(airFacts("2024-07-30", { hoursAfter: 23 }))) });
    expect({ ...late, data_as_of: "" }).toEqual({ ...early, data_as_of: "" });
    const over = airHistory(airFacts("2024-07-30", { hoursAfter: 24 }));
    expect(ask({}, { from: classSnapshot(over) }).target_period).toBe("2024-08-01");
  });

  test("the base and the contributions of an explanation add up to the probability", () => {
    const received = ask({ ozone: 50 }, { explain: explainerOf(classModel().model, model.card) });
    const { base = 0, contributions = {}, exact } = received.explanation ?? {};
    const sum = Object.values(contributions).reduce((total, one) => total + one, base);
    expect(sum).toBeCloseTo(Number(received.probability), 7);
    expect(exact).toBe(false);
    expect(contributions.ozone_max).not.toBe(0);
  });
});

test("a probability at the threshold has the label of the event, and a missing one has no label", () => {
  const { card } = model;
  expect(classify(card, threshold)).toEqual({ probability: threshold, label: "sick", threshold });
  expect(classify(card, threshold - 1e-6)?.label).toBe("healthy");
  expect(classify(card, Number.NaN)).toEqual({ probability: null, label: null, threshold });
  expect(baselineProbability(card, null)).toBeNull();
  expect(classify({ decision: null }, 0.3)).toBeNull();
});

test("MLflow: the columns of the original service are enough, the others come from the history", () => {
  const columns = ["carbon_monoxide", "nitrogen_dioxide", "sulphur_dioxide", "ozone", "dust"];
  const read = inputsOfRequest(snapshot, { columns, rows: [[200, 20, 3, 60.5, 10]] });
  if (!read.ok) throw new Error(read.error);
  expect(read.value.ozone_max).toEqual(Float32Array.of(60.5));
  expect(read.value.carbon_monoxide_max).toEqual(Float32Array.of(200));
  expect(read.value.sick_yesterday).toEqual(Float32Array.of(1));
});

test("MLflow: a row's state follows from its index, unless the row supplies it", () => {
  const columns = ["european_aqi", "ozone"];
  const read = inputsOfRequest(snapshot, {
    columns,
    rows: [
      [10, 60],
      [31, 60],
      [null, 60],
    ],
  });
  if (!read.ok) throw new Error(read.error);
  expect(read.value.sick_yesterday).toEqual(Float32Array.of(0, 1, 1));
  const given = inputsOfRequest(snapshot, { columns: ["european_aqi", "sick_yesterday"], rows: [[10, 1]] });
  if (!given.ok) throw new Error(given.error);
  expect(given.value.sick_yesterday).toEqual(Float32Array.of(1));
});

const none = new Uint8Array();

test("MLflow: an index that is written as text, or alone in a list, decides the row's state too", () => {
  const read = inputsOfRequest(snapshot, { columns: ["european_aqi"], rows: [["10"], [[31]], [["31"]]] });
  if (!read.ok) throw new Error(read.error);
  expect(read.value.sick_yesterday).toEqual(Float32Array.of(0, 1, 1));
});

test("Open Inference Protocol: a label is sent as bytes with its length", () => {
  const inputs = model.inputs.map(({ name }) => ({ name, shape: [2, 1], datatype: "FP32", data: [1, null] }));
  const outputs = [{ name: "label", parameters: { binary_data: true } }];
  const read = readInfer({ json: { inputs, outputs }, binary: none }, model);
  if (!read.ok) throw new Error(read.error);
  const built = inferAnswer(model, read.value, { values: { prediction: [0.25, 0.75] }, refused: null });
  expect(built.answer.outputs).toMatchObject([{ datatype: "BYTES", parameters: { binary_data_size: 19 } }]);
  expect(built.pieces.map((piece) => new TextDecoder().decode(piece))).toEqual(["\u0007\0\0\0healthy\u0004\0\0\0sick"]);
});

test("Open Inference Protocol: probability, label and threshold, each with its datatype", () => {
  const datatypes = { probability: "FP32", label: "BYTES", threshold: "FP32" };
  const outputs = Object.entries(datatypes).map(([name, datatype]) => ({ name, datatype, shape: [-1, 1] }));
  expect(modelMetadata(model)).toMatchObject({ outputs });
  const inputs = model.inputs.map(({ name }) => ({ name, shape: [2, 1], datatype: "FP32", data: [1, null] }));
  const read = readInfer({ json: { inputs }, binary: none }, model);
  if (!read.ok) throw new Error(read.error);
  const result = { values: { prediction: [0.25, 0.75] }, refused: null };
  const received = inferAnswer(model, read.value, result).answer;
  expect(received.outputs).toEqual([
    { name: "probability", shape: [2, 1], datatype: "FP32", data: [0.25, 0.75] },
    { name: "label", shape: [2, 1], datatype: "BYTES", data: ["healthy", "sick"] },
    { name: "threshold", shape: [2, 1], datatype: "FP32", data: [threshold, threshold] },
  ]);
  const request = readInfer({ json: { inputs, outputs: [{ name: "label" }] }, binary: none }, model);
  if (!request.ok) throw new Error(request.error);
  expect(inferAnswer(model, request.value, result).answer.outputs).toMatchObject([{ name: "label" }]);
  expect(readInfer({ json: { inputs, outputs: [{ name: "prediction" }] }, binary: none }, model)).toMatchObject({
    ok: false,
  });
});
