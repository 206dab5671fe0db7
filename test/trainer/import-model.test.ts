import { expect, test } from "vitest";
import { lastFeatureOf } from "../../shared/forecasts/forecast.ts";
import { sha256Hex } from "../../shared/hash.ts";
import { floats, type Graph, int, mlNode, node, PORTABLE } from "../../shared/onnx/graph.ts";
import { writeModel } from "../../shared/onnx/write.ts";
import { type ImportTask, judgeImported } from "../../trainer/training/import-model.ts";
import { instantPool, momentum, serving, simulatedPanel, smallDataset, smallForecast } from "../training/support.ts";

const data = smallDataset(simulatedPanel(3, momentum));
const inputs = [lastFeatureOf(smallForecast), "change"];
const share = 0.5;
const pool = { ...instantPool(smallForecast, data), stop: async () => {} };

/** prediction = last + share × its change, times `scale`. */
function lineFile(scale = 1): Uint8Array<ArrayBuffer> {
  const graph: Graph = {
    ...PORTABLE,
    name: "line",
    inputs: inputs.map((name) => ({ name, type: "float", shape: [null, 1] })),
    outputs: [{ name: "prediction", type: "float", shape: [null, 1] }],
    nodes: [
      node("Concat", { inputs, outputs: ["both"], attributes: { axis: int(1) } }),
      mlNode("LinearRegressor", {
        inputs: ["both"],
        outputs: ["prediction"],
        attributes: { coefficients: floats([scale, share]), intercepts: floats([0]), targets: int(1) },
      }),
    ],
    initializers: [],
    producer: "another tool",
    metadata: {},
  };
  return writeModel(graph);
}

function imported(task: Partial<ImportTask> & Pick<ImportTask, "trainedTo">) {
  const prepared = { forecast: smallForecast, data, observations: data.rows, dataHash: sha256Hex("") };
  return judgeImported({ prepared, bytes: lineFile(), producer: "R", seed: 1, incumbent: null, ...task }, pool);
}

/** Root mean squared error over the rows after a period. */
function rmseAfter(period: string, predict: (row: number) => number): number {
  const squares: number[] = [];
  for (let row = 0; row < data.rows; row++) {
    if ((data.periods[data.period[row] ?? 0] ?? "") <= period) continue;
    squares.push((predict(row) - (data.target[row] ?? 0)) ** 2);
  }
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length);
}

const change = data.columns.find(({ name }) => name === "change");
const changeOf = (row: number) => (change?.dtype === "float" ? (change.values[row] ?? Number.NaN) : Number.NaN);
const lastOf = (row: number) => data.last[row] ?? Number.NaN;

test("a file is scored, like everyone beside it, on the periods after the end of its training alone", async () => {
  const trainedTo = data.periods[134] ?? "";
  const incumbent = serving("v1", { candidate: "ridge", parameters: { alpha: 10 } });
  const { card } = await imported({ trainedTo, incumbent });
  const { test: span, contenders, evidence } = card.judged;
  expect(span).toMatchObject({ from: data.periods[135], to: data.periods.at(-1), periods: 15 });
  expect(evidence.periods).toEqual(data.periods.slice(135));
  expect([evidence.naive.length, evidence.incumbent?.length]).toEqual([15, 15]);
  const errors = Object.fromEntries(contenders.map(({ name, rmse }) => [name, rmse]));
  expect(errors[card.version]).toBeCloseTo(
    rmseAfter(trainedTo, (row) => lastOf(row) + share * changeOf(row)),
    5,
  );
  expect(errors.naive).toBeCloseTo(rmseAfter(trainedTo, lastOf), 5);
  const squares = evidence.incumbent?.reduce((sum, loss, i) => sum + loss * (evidence.rows[i] ?? 0), 0) ?? 0;
  expect(errors["incumbent v1"]).toBeCloseTo(Math.sqrt(squares / span.rows), 9);
});

test("a file that has seen every period of the window is refused", async () => {
  const last = data.periods.at(-1);
  await expect(imported({ trainedTo: "2031-01-01" })).rejects.toThrow(
    `The file was trained to 2031-01-01, and the test window ends at ${last}: no period is left to judge it by.`,
  );
  expect((await imported({ trainedTo: data.periods.at(-2) ?? "" })).card.judged.test.periods).toBe(1);
});

test("a file that answers no number is refused as that", async () => {
  const task = { trainedTo: data.periods[100] ?? "", bytes: lineFile(Number.NaN) };
  await expect(imported(task)).rejects.toThrow("The file answers NaN or infinity");
});
