/** Features declared `learned: false` do not limit predictions: levels far above the training data are predicted equally well. */
import { describe, expect, test } from "vitest";
import { predictValue } from "../../shared/candidates/fitted.ts";
import { graphOf } from "../../shared/candidates/graph.ts";
import type { Feature } from "../../shared/features/feature.ts";
import type { Panel } from "../../shared/features/panel.ts";
import { lastFeatureOf } from "../../shared/forecasts/forecast.ts";
import { predictionOutput } from "../../shared/onnx/outputs.ts";
import { writeModel } from "../../shared/onnx/write.ts";
import { compileModel, runProgram } from "../../shared/registry/onnx-engine.ts";
import { inputsOf } from "../../shared/training/inputs.ts";
import { runJob, workbenchOf } from "../../shared/training/job.ts";
import { momentum, simulatedPanel, smallDataset, smallForecast } from "../training/support.ts";

const features: readonly Feature[] = [
  { name: "last", kind: "lag", periods: 1, learned: false },
  { name: "spread", kind: "step-std", periods: 20, learned: false },
  { name: "change", kind: "log-difference", periods: 1 },
  { name: "change5", kind: "log-difference", periods: 5 },
  { name: "from-mean", kind: "log-from-mean", periods: 20 },
  { name: "from-max", kind: "log-from-max", periods: 20 },
  { name: "volatility", kind: "log-step-std", periods: 20 },
];
const forecast = {
  ...smallForecast,
  features,
  seasonal: null,
  target: { transform: "log-difference", decimals: 2 },
} as const;

function scaled(panel: Panel, by: number): Panel {
  return {
    ...panel,
    series: panel.series.map(({ is, values }) => ({ is, values: values.map((value) => value * by) })),
  };
}

const panel = simulatedPanel(11, momentum, { periods: 300, series: 2 });

function fitted(candidate: string, by: number) {
  const data = smallDataset(scaled(panel, by), forecast);
  const train = { from: 0, to: 400 };
  const recipe = { candidate, parameters: { leafRowsMin: 20, trees: 8, alpha: 10 } };
  const job = { learns: "value", recipe, train, rows: null, seed: 1, wantsModel: true } as const;
  const result = runJob(workbenchOf(forecast, data), job, () => 0);
  if (!result.ok || result.value.value === null) throw new Error(JSON.stringify(result));
  return { data, value: result.value.value };
}

describe.each(["ridge", "gradient-boosting", "random-forest", "ml-random-forest"])("%s", (candidate) => {
  test("does not use a feature declared learned: false", () => {
    expect(JSON.stringify(fitted(candidate, 1).value)).not.toMatch(/"name":"(last|spread)"/);
  });

  test("scales its predictions with prices ten and a hundred times as high, also in the file", () => {
    const { data, value } = fitted(candidate, 1);
    const rows = { from: 400, to: data.rows };
    const prices = predictValue(value, data, rows, "log-difference");
    expect(new Set(prices.map((price, row) => price / (data.last[400 + row] ?? 0))).size).toBeGreaterThan(3);
    const parts = {
      features,
      last: lastFeatureOf(forecast),
      transform: "log-difference",
      value,
      change: null,
    } as const;
    const compiled = compileModel(writeModel(graphOf({ ...parts, name: "x", producer: "test", metadata: {} })));
    if (!compiled.ok) throw new Error(compiled.error.reason);
    for (const by of [10, 100]) {
      const more = smallDataset(scaled(panel, by), forecast);
      const run = runProgram(compiled.value, inputsOf(more, rows));
      if (!run.ok) throw new Error(run.error.reason);
      predictValue(value, more, rows, "log-difference").forEach((price, row) => {
        expect(Math.abs(price / by / (prices[row] ?? 0) - 1)).toBeLessThan(1e-6);
        expect(Math.abs((run.value[predictionOutput]?.[row] ?? 0) / price - 1)).toBeLessThan(1e-6);
      });
    }
  });

  test("learns the same model from prices a hundred times as high", () => {
    const [low, high] = [fitted(candidate, 1), fitted(candidate, 100)];
    const rows = { from: 400, to: low.data.rows };
    const prices = predictValue(low.value, low.data, rows, "log-difference");
    predictValue(high.value, high.data, rows, "log-difference").forEach((price, row) => {
      expect(Math.abs(price / 100 / (prices[row] ?? 0) - 1)).toBeLessThan(1e-5);
    });
  });
});
