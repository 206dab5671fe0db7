import fc from "fast-check";
import { expect, test } from "vitest";
import { inferAnswer } from "../../shared/predict/infer-answer.ts";
import { modelMetadata } from "../../shared/predict/infer-outputs.ts";
import { readInfer } from "../../shared/predict/infer-request.ts";
import { snapshotOf } from "../support/served.ts";

const { model } = snapshotOf();
const none = new Uint8Array();

/** Returns a tensor with one row for every input. */
function tensors(change: Readonly<Record<string, Record<string, unknown>>> = {}) {
  return model.inputs.map(({ name, categories }) => ({
    name,
    shape: [1, 1],
    datatype: categories === null ? "FP32" : "BYTES",
    data: categories === null ? [2] : ["x"],
    ...change[name],
  }));
}

function read(change: Record<string, Record<string, unknown>>, more: Record<string, unknown> = {}) {
  const result = readInfer({ json: { inputs: tensors(change), ...more }, binary: none }, model);
  return result.ok ? result.value : result.error;
}

test("metadata names the model's inputs and outputs with datatype and shape", () => {
  expect(modelMetadata(model)).toEqual({
    name: "milk-mx",
    versions: ["20261120-aaaaaaaa"],
    platform: "onnx_onnxv1",
    inputs: model.inputs.map(({ name, categories }) => ({
      name,
      datatype: categories === null ? "FP32" : "BYTES",
      shape: [-1, 1],
    })),
    outputs: ["prediction", "change_probability"].map((name) => ({ name, datatype: "FP32", shape: [-1, 1] })),
  });
});

test.each([
  ["FP64", { datatype: "FP64", data: [2.5] }, 2.5],
  ["an integer", { datatype: "INT64", data: [2] }, 2],
  ["the smallest of a type", { datatype: "INT8", data: [-128] }, -128],
  ["the largest of a short type", { datatype: "FP16", data: [65_504] }, 65_504],
  ["the largest of a type", { datatype: "UINT16", data: [65_535] }, 65_535],
  ["BOOL", { datatype: "BOOL", data: [true] }, 1],
  ["nested data", { data: [[2.5]] }, 2.5],
  ["a shape of [N]", { shape: [1] }, 2],
  ["null, which is missing", { data: [null] }, Number.NaN],
])("a number may come as %s", (_, change, value) => {
  expect(read({ Precio_lag1: change })).toMatchObject({ rows: 1, inputs: { Precio_lag1: Float32Array.of(value) } });
});

test("the answer has the id and the requested outputs, in their order", () => {
  const request = read({}, { id: "42", outputs: [{ name: "change_probability" }] });
  if (typeof request === "string") throw new Error(request);
  const values = { prediction: [2.5], change_probability: [Math.fround(0.1)] };
  expect(inferAnswer(model, request, { values, refused: null }).answer).toEqual({
    model_name: "milk-mx",
    model_version: "20261120-aaaaaaaa",
    id: "42",
    outputs: [{ name: "change_probability", shape: [1, 1], datatype: "FP32", data: [0.1] }],
  });
  const all = read({});
  if (typeof all === "string") throw new Error(all);
  expect(inferAnswer(model, all, { values, refused: null }).answer).toEqual({
    model_name: "milk-mx",
    model_version: "20261120-aaaaaaaa",
    outputs: [
      { name: "prediction", shape: [1, 1], datatype: "FP32", data: [2.5] },
      { name: "change_probability", shape: [1, 1], datatype: "FP32", data: [0.1] },
    ],
  });
});

test.each([
  [
    "another datatype",
    { Precio_lag1: { datatype: "BYTES", data: ["2"] } },
    {},
    /Precio_lag1: found datatype BYTES, expected FP16/,
  ],
  ["numbers for text", { Estado: { datatype: "FP32", data: [1] } }, {}, /Estado: found datatype FP32, expected BYTES/],
  ["another number of rows", { Precio_lag1: { shape: [2, 1], data: [1, 2] } }, {}, /shape \[2,1\], expected \[1, 1\]/],
  ["no shape", { Estado: { shape: [] } }, {}, /Estado: found shape \[\], expected \[1, 1\]/],
  ["too few elements", { Precio_lag1: { data: [] } }, {}, /0 elements, expected 1/],
  ["neither data nor bytes", { Precio_lag1: { data: undefined } }, {}, /Precio_lag1: found no data/],
  [
    "data and bytes",
    { Precio_lag1: { parameters: { binary_data_size: 0 } } },
    {},
    /Precio_lag1: found data and binary_data_size/,
  ],
  [
    "a size that is not a number of bytes",
    { Precio_lag1: { data: undefined, parameters: { binary_data_size: -4 } } },
    {},
    /binary_data_size: expected a whole number from 0/,
  ],
  [
    "a fraction as an integer",
    { Precio_lag1: { datatype: "INT32", data: [1.5] } },
    {},
    /element 0 is 1\.5, expected INT32/,
  ],
  [
    "an integer beyond its type",
    { Precio_lag1: { datatype: "INT8", data: [128] } },
    {},
    /element 0 is 128, expected INT8/,
  ],
  ["a number beyond its type", { Precio_lag1: { data: [-1e39] } }, {}, /element 0 is -1e\+39, expected FP32/],
  [
    "a number beyond a short type",
    { Precio_lag1: { datatype: "FP16", data: [65_520] } },
    {},
    /element 0 is 65520, expected FP16/,
  ],
  [
    "a long number beyond the model's type",
    { Precio_lag1: { datatype: "FP64", data: [1e39] } },
    {},
    /element 0 is 1e\+39, expected FP64 within the range of FP32/,
  ],
  [
    "a negative number without a sign",
    { Precio_lag1: { datatype: "UINT64", data: [-1] } },
    {},
    /is -1, expected UINT64/,
  ],
  ["an unknown input", { Precio_lag1: { name: "x" } }, {}, /no input x\. There are: /],
  ["a misspelt input", { dia: { name: "día" } }, {}, /no input día; did you mean dia\?/],
  ["a misspelt output", {}, { outputs: [{ name: "predictions" }] }, /predictions; did you mean prediction\?/],
  ["an input twice", { Precio_lag1: { name: "Precio_lag3" } }, {}, /Precio_lag1 is missing|Precio_lag3 occurs twice/],
  [
    "an output twice",
    {},
    { outputs: [{ name: "prediction" }, { name: "prediction" }] },
    /output prediction occurs twice/,
  ],
  ["very many rows", { Estado: { shape: [100_001, 1] } }, {}, /found 100001 rows, expected at most \d+/],
  ["an unknown output", {}, { outputs: [{ name: "y" }] }, /no output y\. There are: prediction/],
  ["no inputs", {}, { inputs: [] }, /input Estado is missing/],
  ["an id that is not text", {}, { id: 4 }, /does not follow the protocol: id/],
])("%s is refused with what was expected", (_, change, more, problem) => {
  expect(read(change, more)).toMatch(problem);
});

/** A tensor whose data are the bytes after the JSON. */
const asBytes = (size: number) => ({ data: undefined, parameters: { binary_data_size: size } });

test("bytes after the JSON belong to the inputs with a size, in the order of the inputs", () => {
  const inputs = tensors({ Estado: asBytes(8), Precio_lag1: asBytes(4), Precio_lag3: asBytes(4) });
  const binary = Uint8Array.of(4, 0, 0, 0, 0x61, 0xc3, 0xa9, 0x62, 0, 0, 0x20, 0x40, 0, 0, 0xc0, 0x7f);
  const read = readInfer({ json: { inputs }, binary }, model);
  expect(read).toMatchObject({
    value: { inputs: { Estado: ["aéb"], Precio_lag1: Float32Array.of(2.5), Precio_lag3: Float32Array.of(Number.NaN) } },
  });
});

test.each([
  [3, /found 3 bytes after the JSON, expected 4/],
  [5, /found 5 bytes after the JSON, expected 4/],
])("%i bytes are refused if the sizes require 4", (length, problem) => {
  const json = { inputs: tensors({ Precio_lag1: asBytes(4) }) };
  expect(readInfer({ json, binary: new Uint8Array(length) }, model)).toMatchObject({
    error: expect.stringMatching(problem),
  });
});

test("an output is sent as bytes if the request has binary_data_output, unless its own binary_data is false", () => {
  const outputs = [{ name: "prediction" }, { name: "change_probability", parameters: { binary_data: false } }];
  const request = read({}, { outputs, parameters: { binary_data_output: true } });
  if (typeof request === "string") throw new Error(request);
  const values = { prediction: [2.5], change_probability: [0.25] };
  const { answer, pieces } = inferAnswer(model, request, { values, refused: null });
  expect(answer.outputs).toEqual([
    { name: "prediction", shape: [1, 1], datatype: "FP32", parameters: { binary_data_size: 4 } },
    { name: "change_probability", shape: [1, 1], datatype: "FP32", data: [0.25] },
  ]);
  expect(pieces).toEqual([Uint8Array.of(0, 0, 0x20, 0x40)]);
});

test("with partial, a row with an invalid element is refused alone, and the answer names it", () => {
  const two = { shape: [2, 1] };
  const changes = Object.fromEntries(
    model.inputs.map(({ name, categories }) => [name, { ...two, data: categories === null ? [2, 3] : ["x", "y"] }]),
  );
  const inputs = tensors({ ...changes, Precio_lag1: { ...two, data: [2, 1e39] } });
  const refused = new Map<number, string>();
  const request = readInfer({ json: { inputs }, binary: none }, model, refused);
  if (!request.ok) throw new Error(request.error);
  expect([...refused]).toEqual([[1, "input Precio_lag1: element 1 is 1e+39, expected FP32"]]);
  const values = { prediction: [2.5, Number.NaN], change_probability: [0.25, Number.NaN] };
  expect(inferAnswer(model, request.value, { values, refused }).answer).toMatchObject({
    parameters: { refused_rows: "1", refused_reason: expect.stringContaining("1e+39") },
    outputs: [{ data: [2.5, null] }, { data: [0.25, null] }],
  });
});

const endless = "x".repeat(1_000_000);

test.each([
  ["element", { Precio_lag1: { data: [[[endless]]] } }, {}],
  ["name", { Precio_lag1: { name: endless } }, {}],
  ["datatype", { Precio_lag1: { datatype: endless } }, {}],
  ["shape", { Precio_lag1: { shape: Array(1_000_000).fill(1) } }, {}],
  ["output", {}, { outputs: [{ name: endless }] }],
])("a very long %s is refused with a short message", (_, change, more) => {
  const problem = read(change, more);
  expect(typeof problem === "string" && problem.length).toBeLessThan(2_000);
});

test("if no input has a shape, one row is expected", () => {
  const inputs = tensors().map((tensor) => ({ ...tensor, shape: [] }));
  expect(readInfer({ json: { inputs }, binary: none }, model)).toMatchObject({
    error: expect.stringContaining("expected [1, 1]"),
  });
});

test("any body is a request or a failure, never an exception", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (json) => {
      expect(typeof readInfer({ json, binary: none }, model).ok).toBe("boolean");
    }),
  );
});
