/** Explains model files that predict the distribution of the next change. */
import { expect, test } from "vitest";
import { graphOf, predictionOutput } from "../../shared/candidates/graph.ts";
import { candidateNamed } from "../../shared/candidates/index.ts";
import { buildExplainer } from "../../shared/explain/explainer.ts";
import type { Dataset } from "../../shared/features/dataset.ts";
import { changeFeaturesOf } from "../../shared/forecasts/forecast.ts";
import { readModel } from "../../shared/onnx/read.ts";
import { writeModel } from "../../shared/onnx/write.ts";
import { evaluateOnnx } from "../../shared/registry/onnx-engine.ts";
import { inputsOf } from "../../shared/training/inputs.ts";
import { fitted, taskOf } from "../candidates/support.ts";
import { seededRandom } from "../support/chance.ts";
import { changingForecast } from "../training/publishing.ts";
import { smallDataset } from "../training/support.ts";

const changes = changeFeaturesOf(changingForecast);
if (changes === null) throw new Error("the forecast declares no features of past changes");

/** Series of which the later ones change more often. Changes are rises of about 1 and falls of about 0.5. */
function data(): Dataset {
  const random = seededRandom(3);
  const periods = Array.from({ length: 90 }, (_, day) =>
    new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10),
  );
  const series = Array.from({ length: 6 }, (_, index) => {
    let value = 100;
    const values = Float64Array.from(periods, () => {
      if (random() < (index + 1) / 8) value += random() < 0.5 ? 1 + random() / 4 : -0.5 - random() / 4;
      return Math.round(value * 100) / 100;
    });
    return { is: [index % 2 ? "north" : "south", `item ${index}`], values };
  });
  return smallDataset({ dimensions: ["region", "item"], periods, series }, changingForecast);
}

/** Fits a candidate, and returns the explanation and the file's prediction of some rows. */
function explained(candidate: string) {
  const all = data();
  const { features } = changingForecast;
  const task = taskOf(all, { from: 0, to: all.rows }, { parameters: { leafRowsMin: 20, trees: 20 }, last: "last" });
  const value = fitted(candidateNamed(candidate), { ...task, changes });
  const parts = { features, last: "last", transform: "difference", value, change: null, name: "n" } as const;
  const bytes = writeModel(graphOf({ ...parts, producer: "test", metadata: {} }));
  const read = readModel(bytes);
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  const names = features.map(({ name }) => name);
  const built = buildExplainer({ graph: read.value, inputs: names, output: predictionOutput, profile: [] });
  if (!built.ok) throw new Error(built.error);
  const rows = { from: all.rows - 12, to: all.rows };
  const inputs = inputsOf(all, rows);
  const run = evaluateOnnx(bytes, inputs);
  if (!run.ok) throw new Error(run.error.reason);
  return Array.from({ length: 12 }, (_, at) => {
    const found = built.value.explain((name) => inputs[name]?.[at] ?? Number.NaN);
    const by = Object.fromEntries(names.map((name, place) => [name, found.by[place] ?? 0]));
    return {
      ...found,
      by,
      last: Number(inputs.last?.[at]),
      prediction: run.value[predictionOutput]?.[at] ?? Number.NaN,
    };
  });
}

test("an expected change is explained by shares of the learned features, which add up to the file's prediction", () => {
  const found = explained("changes");
  for (const { base, by, value, prediction, exact } of found) {
    expect(value).toBeCloseTo(prediction, 4);
    expect(Object.values(by).reduce((sum, one) => sum + one, base)).toBeCloseTo(value, 9);
    // Probabilities and sizes are multiplied, so the contributions are no Shapley values.
    expect(exact).toBe(false);
    // Sizes of earlier changes are not learned from.
    expect([by["rise_0.25"], by["fall_0.75"]]).toEqual([0, 0]);
  }
  expect(found.some(({ by }) => Object.values(by).some((one) => Math.abs(one) > 1e-3))).toBe(true);
});

test("the baseline learns no feature, so its prediction is the base", () => {
  for (const { base, by, prediction, exact } of explained("naive")) {
    expect(base).toBeCloseTo(prediction, 4);
    expect(Object.values(by).every((one) => one === 0)).toBe(true);
    expect(exact).toBe(true);
  }
});
