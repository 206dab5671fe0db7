import fc from "fast-check";
import { expect, test } from "vitest";
import { inferAnswer, modelMetadata, readInfer } from "../../shared/predict/open-inference.ts";
import { snapshotOf } from "../support/served.ts";

const { model } = snapshotOf();

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
  const result = readInfer({ inputs: tensors(change), ...more }, model);
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
  expect(inferAnswer(model, request, values)).toEqual({
    model_name: "milk-mx",
    model_version: "20261120-aaaaaaaa",
    id: "42",
    outputs: [{ name: "change_probability", shape: [1, 1], datatype: "FP32", data: [0.1] }],
  });
  const all = read({});
  if (typeof all === "string") throw new Error(all);
  expect(inferAnswer(model, all, values)).toEqual({
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
  ["an unknown output", {}, { outputs: [{ name: "y" }] }, /no output y\. There are: prediction/],
  ["no inputs", {}, { inputs: [] }, /input Estado is missing/],
  ["an id that is not text", {}, { id: 4 }, /does not follow the protocol: id/],
])("%s is refused with what was expected", (_, change, more, problem) => {
  expect(read(change, more)).toMatch(problem);
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
  expect(readInfer({ inputs }, model)).toMatchObject({ error: expect.stringContaining("expected [1, 1]") });
});

test("any body is a request or a failure, never an exception", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (json) => {
      expect(typeof readInfer(json, model).ok).toBe("boolean");
    }),
  );
});
