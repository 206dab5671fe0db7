/** A classification answers with a probability, what that is called and from where on, in every protocol. */
import { describe, expect, test } from "vitest";
import type { Refusal } from "../../shared/api/problem.ts";
import type { BuiltExplainer } from "../../shared/explain/explainer.ts";
import { classified, naiveProbability } from "../../shared/predict/classify.ts";
import { explainerOf } from "../../shared/predict/load-model.ts";
import { inferAnswer, modelMetadata, readInfer } from "../../shared/predict/open-inference.ts";
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
  if (!prepared.ok) throw new Error(prepared.refusal.detail);
  return fullAnswerShape.parse(answerRows(from, { ...prepared, kind: "single", stale: false }));
}

function refusalOf(instance: Record<string, unknown>): Refusal {
  const options = { textNumbers: false, partial: false, explain: null };
  const prepared = prepareRows(snapshot, { kind: "single", instance }, options);
  if (prepared.ok) throw new Error("it was read");
  return prepared.refusal;
}

/** What the model says of yesterday's highest ozone. */
const chanceOf = (ozone: number) => sigmoid(2 * 0.125 * (ozone - 48) + 0.5);

describe("an answer", () => {
  test("without values speaks of the first day after the last complete one, from the history", () => {
    const told = ask();
    const yesterday = Number(told.features.ozone_max);
    expect(told).toMatchObject({
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
    expect(told.probability).toBeCloseTo(chanceOf(yesterday), 5);
    expect(told).not.toHaveProperty("interval80");
    expect(told).not.toHaveProperty("change_probability");
  });

  test("with values speaks of those, under the names that the original used too", () => {
    const [low, high] = [ask({ ozone: 20 }), ask({ ozone: "60.5" }, { textNumbers: true })];
    expect(low).toMatchObject({ label: "healthy", features: { ozone_max: 20 } });
    expect(high).toMatchObject({ label: "sick", features: { ozone_max: 60.5 } });
    expect(high.probability).toBeCloseTo(chanceOf(60.5), 5);
    expect(ask({ sick_yesterday: 0 }).naive).toBe(naiveAfter[0]);
  });

  test("a name that is almost another name of a field is refused with the field that was meant", () => {
    expect(refusalOf({ ozon: 80 })).toMatchObject({ field: "ozon", didYouMean: "ozone" });
    expect(refusalOf({ ozone_maxx: 80 })).toMatchObject({ didYouMean: "ozone_max" });
  });

  test("yesterday's state is that of the index that is given, unless it is given itself, and is 0 or 1", () => {
    expect(ask({ european_aqi: 10 })).toMatchObject({ naive: naiveAfter[0], features: { sick_yesterday: 0 } });
    expect(ask({ european_aqi_max: 30 }).features.sick_yesterday).toBe(0);
    expect(ask({ european_aqi: 30.5 })).toMatchObject({ naive: naiveAfter[1], features: { sick_yesterday: 1 } });
    expect(ask({ european_aqi: 10, sick_yesterday: 1 }).features.sick_yesterday).toBe(1);
    expect(ask({ european_aqi_max_lag2: 10 }).features).toMatchObject({ sick_yesterday: 1, sick_lag2: 0 });
    for (const value of [0.5, 7, -1]) {
      expect(refusalOf({ sick_yesterday: value })).toMatchObject({ field: "sick_yesterday", expected: "0 or 1" });
    }
  });

  test("hours of a day that is not over change nothing, and the day's last hour moves the target on", () => {
    const early = ask({}, { from: classSnapshot(airHistory(airFacts("2024-07-30", { hoursAfter: 0 }))) });
    const late = ask({}, { from: classSnapshot(airHistory(airFacts("2024-07-30", { hoursAfter: 23 }))) });
    expect({ ...late, data_as_of: "" }).toEqual({ ...early, data_as_of: "" });
    const over = airHistory(airFacts("2024-07-30", { hoursAfter: 24 }));
    expect(ask({}, { from: classSnapshot(over) }).target_period).toBe("2024-08-01");
  });

  test("explained, the probability is its base and shares that add up", () => {
    const told = ask({ ozone: 50 }, { explain: explainerOf(classModel().model, model.card) });
    const { base = 0, contributions = {}, exact } = told.explanation ?? {};
    const sum = Object.values(contributions).reduce((total, one) => total + one, base);
    expect(sum).toBeCloseTo(Number(told.probability), 7);
    expect(exact).toBe(false);
    expect(contributions.ozone_max).not.toBe(0);
  });
});

test("the threshold itself is the event, and what has no probability has no label", () => {
  const { card } = model;
  expect(classified(card, threshold)).toEqual({ probability: threshold, label: "sick", threshold });
  expect(classified(card, threshold - 1e-6)?.label).toBe("healthy");
  expect(classified(card, Number.NaN)).toEqual({ probability: null, label: null, threshold });
  expect(naiveProbability(card, null)).toBeNull();
  expect(classified({ decision: null }, 0.3)).toBeNull();
});

test("MLflow: the original's columns are enough, the rest comes from the history", () => {
  const columns = ["carbon_monoxide", "nitrogen_dioxide", "sulphur_dioxide", "ozone", "dust"];
  const read = inputsOfRequest(snapshot, { columns, rows: [[200, 20, 3, 60.5, 10]] });
  if (!read.ok) throw new Error(read.problem);
  expect(read.inputs.ozone_max).toEqual(Float32Array.of(60.5));
  expect(read.inputs.carbon_monoxide_max).toEqual(Float32Array.of(200));
  expect(read.inputs.sick_yesterday).toEqual(Float32Array.of(1));
});

test("MLflow: a row's state is that of its index, unless the row gives it", () => {
  const columns = ["european_aqi", "ozone"];
  const read = inputsOfRequest(snapshot, {
    columns,
    rows: [
      [10, 60],
      [31, 60],
      [null, 60],
    ],
  });
  if (!read.ok) throw new Error(read.problem);
  expect(read.inputs.sick_yesterday).toEqual(Float32Array.of(0, 1, 1));
  const given = inputsOfRequest(snapshot, { columns: ["european_aqi", "sick_yesterday"], rows: [[10, 1]] });
  if (!given.ok) throw new Error(given.problem);
  expect(given.inputs.sick_yesterday).toEqual(Float32Array.of(1));
});

test("Open Inference Protocol: probability, label and threshold, each with its datatype", () => {
  const datatypes = { probability: "FP32", label: "BYTES", threshold: "FP32" };
  const outputs = Object.entries(datatypes).map(([name, datatype]) => ({ name, datatype, shape: [-1, 1] }));
  expect(modelMetadata(model)).toMatchObject({ outputs });
  const inputs = model.inputs.map(({ name }) => ({ name, shape: [2, 1], datatype: "FP32", data: [1, null] }));
  const read = readInfer({ inputs }, model);
  if (!read.ok) throw new Error(read.problem);
  const told = inferAnswer(model, read.request, { prediction: [0.25, 0.75] });
  expect(told.outputs).toEqual([
    { name: "probability", shape: [2, 1], datatype: "FP32", data: [0.25, 0.75] },
    { name: "label", shape: [2, 1], datatype: "BYTES", data: ["healthy", "sick"] },
    { name: "threshold", shape: [2, 1], datatype: "FP32", data: [threshold, threshold] },
  ]);
  const asked = readInfer({ inputs, outputs: [{ name: "label" }] }, model);
  if (!asked.ok) throw new Error(asked.problem);
  expect(inferAnswer(model, asked.request, { prediction: [0.25, 0.75] }).outputs).toMatchObject([{ name: "label" }]);
  expect(readInfer({ inputs, outputs: [{ name: "prediction" }] }, model)).toMatchObject({ ok: false });
});
