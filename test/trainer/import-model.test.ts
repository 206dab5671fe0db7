import { expect, test } from "vitest";
import { firstRowAt, type RowRange } from "../../shared/features/dataset.ts";
import { lastFeatureOf } from "../../shared/forecasts/forecast.ts";
import { sha256Hex } from "../../shared/lib/hash.ts";
import { floats, type Graph, int, int64Tensor, ints, mlNode, node, PORTABLE } from "../../shared/onnx/graph.ts";
import { writeModel } from "../../shared/onnx/write.ts";
import { decide } from "../../shared/registry/gate.ts";
import { type Look, lookRuleOf } from "../../shared/registry/look.ts";
import type { Job } from "../../shared/training/job.ts";
import type { RunModel } from "../../shared/training/publish-task.ts";
import { type ImportTask, judgeImported } from "../../trainer/training/import-model.ts";
import { runInProcess } from "../../trainer/training/reference-process.ts";
import { runReference } from "../../trainer/training/reference-runtime.ts";
import { outsideModel } from "../support/outside.ts";
import { instantPool, momentum, serving, simulatedPanel, smallDataset, smallForecast } from "../training/support.ts";

const panel = simulatedPanel(3, momentum);
const data = smallDataset(panel);
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

/** Imports a file. It runs in this process, because a child process for each file takes a second. */
function imported(
  task: Partial<ImportTask> & Pick<ImportTask, "trainedTo">,
  threads = pool,
  run: RunModel = runReference,
) {
  const prepared = {
    forecast: smallForecast,
    panel,
    data,
    observations: data.rows,
    breaks: [],
    after: null,
    dataHash: sha256Hex(""),
  };
  return judgeImported({ prepared, bytes: lineFile(), producer: "R", seed: 1, incumbent: null, ...task }, threads, run);
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

test("all contenders are scored only on the periods after the file's training data", async () => {
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

test("a file that was trained to a period before the test window is scored on all later periods, refitted by the same rules", async () => {
  const ridge = { candidate: "ridge", parameters: { alpha: 10 } };
  const trainedTo = data.periods[69] ?? "";
  const jobs: Job[] = [];
  const watching = {
    ...pool,
    run: (job: Job) => {
      jobs.push(job);
      return pool.run(job);
    },
  };
  const { card } = await imported({ trainedTo, incumbent: serving("v1", ridge) }, watching);
  const { test: span, contenders, evidence } = card.judged;
  expect(span).toMatchObject({ from: data.periods[70], to: data.periods.at(-1), periods: 80 });
  expect(evidence.periods).toEqual(data.periods.slice(70));
  expect([evidence.naive.length, evidence.incumbent?.length]).toEqual([80, 80]);
  const errors = Object.fromEntries(contenders.map(({ name, rmse }) => [name, rmse]));
  expect(errors[card.version]).toBeCloseTo(
    rmseAfter(trainedTo, (row) => lastOf(row) + share * changeOf(row)),
    5,
  );
  expect(errors.naive).toBeCloseTo(rmseAfter(trainedTo, lastOf), 5);
  // The champion is refitted at the origins of the test window and of validation, and at earlier ones as far apart.
  const origins = jobs.filter(({ recipe }) => recipe.candidate === "ridge").map(({ train, rows }) => [train, rows]);
  const edges = [70, 80, 90, 105, 120, 135, 150].map((period) => firstRowAt(data, period));
  expect(origins).toEqual(
    edges.slice(1).map((to, fold) => [
      { from: 0, to: edges[fold] },
      { from: edges[fold], to },
    ]),
  );
});

test("right after a look at the whole test window, the gate tests an import on the earlier periods alone, once", async () => {
  const { card } = await imported({ trainedTo: "2020-01-01" });
  // The first periods, as many as training needs, are left out.
  expect(card.judged.evidence.periods).toEqual(data.periods.slice(smallForecast.validation.periodsMin));
  const first: Look = { key: "start", from: data.periods[120] ?? "", to: data.periods[149] ?? "", halvings: 0 };
  const challenger = { ...card, lookKey: card.version };
  const rule = lookRuleOf(smallForecast);
  const verdict = decide(challenger, { incumbent: null, looks: [first], dataChanged: false }, rule);
  expect(verdict).toMatchObject({ kind: "promote", periods: 90 });
  expect(verdict.look).toEqual({ key: card.version, from: data.periods[30], to: data.periods[119], halvings: 0 });
  const looks = [first, ...(verdict.look ? [verdict.look] : [])];
  const again = { ...challenger, version: "other", lookKey: "other" };
  expect(decide(again, { incumbent: null, looks, dataChanged: false }, rule).kind).toBe("hold");
});

test("an imported champion is compared with an import only on the periods that neither was trained on", async () => {
  const predict = async (rows: RowRange) => ({ predictions: data.last.slice(rows.from, rows.to), changes: null });
  const file = { trainedTo: data.periods[99] ?? "", predict };
  const external = { candidate: "imported", parameters: { producer: "other" } };
  const incumbent = { ...serving("v1", external, file), isExternal: true };
  const { judged } = (await imported({ trainedTo: data.periods[69] ?? "", incumbent })).card;
  expect(judged.evidence.periods).toEqual(data.periods.slice(100));
  const line = judged.contenders.find(({ name }) => name === "incumbent v1");
  expect(line?.rmse).toBeCloseTo(rmseAfter(file.trainedTo, lastOf), 5);
});

test("a file that was trained on all data is rejected", async () => {
  const last = data.periods.at(-1);
  await expect(imported({ trainedTo: "2031-01-01" })).rejects.toThrow(
    `The file was trained to 2031-01-01 and the data ends at ${last}, so there is no period to score.`,
  );
  expect((await imported({ trainedTo: data.periods.at(-2) ?? "" })).card.judged.test.periods).toBe(1);
});

test("a file that returns NaN is rejected", async () => {
  const task = { trainedTo: data.periods[100] ?? "", bytes: lineFile(Number.NaN) };
  await expect(imported(task)).rejects.toThrow("The file returns NaN for row 0 of the scored periods (");
});

test("a file with operators that the built-in engine lacks is imported for onnxruntime-web, and its card notes it", async () => {
  const trainedTo = data.periods[134] ?? "";
  const { card, engine } = await imported({ trainedTo, bytes: outsideModel(smallForecast, { output: "variable" }) });
  expect(engine).toEqual({ name: "onnxruntime-web", why: expect.stringContaining("operator ai.onnx:IsNaN") });
  const note = `made by R, trained to ${trainedTo}, served by onnxruntime-web`;
  expect(card.judged.contenders.find(({ name }) => name === card.version)).toMatchObject({ note });
  expect(Object.keys(card.golden.outputs)).toEqual(["prediction"]);
  expect((await imported({ trainedTo })).engine).toEqual({ name: "tabular", why: null });
});

test("a file that no engine can run, or that is too large, is rejected", async () => {
  const trainedTo = data.periods[134] ?? "";
  const divine = node("Divine", { inputs: [inputs[0] ?? ""], outputs: ["prediction"] });
  await expect(imported({ trainedTo, bytes: withNode(divine) }, pool, runInProcess)).rejects.toThrow(
    /reference runtime cannot run.+Divine/s,
  );
  const deep = mlNode("TreeEnsembleRegressor", {
    inputs: [inputs[0] ?? ""],
    outputs: ["prediction"],
    attributes: { nodes_treeids: ints(new Uint8Array(40_000)) },
  });
  await expect(imported({ trainedTo, bytes: withNode(deep) })).rejects.toThrow(/too large to be served.+6,400 ms/);
});

function withNode(only: Graph["nodes"][number]): Uint8Array<ArrayBuffer> {
  return writeModel({
    ...PORTABLE,
    name: "one",
    inputs: [{ name: inputs[0] ?? "", type: "float", shape: [null, 1] }],
    outputs: [{ name: "prediction", type: "float", shape: [null, 1] }],
    nodes: [only],
    initializers: [],
    producer: "another tool",
    metadata: {},
  });
}

/** The prediction is the last value, in as many columns as given. */
function columnsFile(columns: number, declared: number | null): Uint8Array<ArrayBuffer> {
  const last = inputs[0] ?? "";
  return writeModel({
    ...PORTABLE,
    name: "columns",
    inputs: [{ name: last, type: "float", shape: [null, 1] }],
    outputs: [{ name: "prediction", type: "float", shape: [null, declared] }],
    nodes: [
      node("Concat", { inputs: Array(columns).fill(last), outputs: ["prediction"], attributes: { axis: int(1) } }),
    ],
    initializers: [],
    producer: "another tool",
    metadata: {},
  });
}

test("an output of two columns, declared or returned, is rejected with the fix", async () => {
  const trainedTo = data.periods[134] ?? "";
  await expect(imported({ trainedTo, bytes: columnsFile(2, 2) })).rejects.toThrow(
    /The output prediction has the shape \[.*2\]\. Expected \[N, 1\].*export only column 1.*docs\/ONNX\.md/,
  );
  await expect(imported({ trainedTo, bytes: columnsFile(2, null) })).rejects.toThrow(
    /The file returns \d+ numbers for \d+ rows/,
  );
});

test("a run in a child process ends at its time limit", async () => {
  const columns = { [inputs[0] ?? ""]: Float32Array.of(1, 2) };
  await expect(runInProcess(lineFile(), columns, { timeoutMs: 1, memoryMb: 256 })).rejects.toThrow(
    "The file ran for more than 0.001 s",
  );
});

test("a run that exceeds its memory limit is rejected", async () => {
  const columns = { [inputs[0] ?? ""]: new Float32Array(4).fill(1), change: new Float32Array(4) };
  const huge = writeModel({
    ...PORTABLE,
    name: "huge",
    inputs: [{ name: inputs[0] ?? "", type: "float", shape: [null, 1] }],
    outputs: [{ name: "prediction", type: "float", shape: [null, 1] }],
    nodes: [
      node("ConstantOfShape", { inputs: ["size"], outputs: ["many"] }),
      node("Reshape", { inputs: ["many", "flat"], outputs: ["row"] }),
      node("Mul", { inputs: [inputs[0] ?? "", "row"], outputs: ["wide"] }),
      node("ReduceSum", { inputs: ["wide", "axes"], outputs: ["prediction"] }),
    ],
    initializers: [int64Tensor("size", [100_000_000]), int64Tensor("flat", [1, -1]), int64Tensor("axes", [1])],
    producer: "another tool",
    metadata: {},
  });
  await expect(runInProcess(huge, columns, { timeoutMs: 60_000, memoryMb: 256 })).rejects.toThrow(
    /The reference runtime cannot run the file|ended without an answer/,
  );
});
