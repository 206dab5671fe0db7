/** Reads written files with another reader: onnx-buf, generated from onnx.proto. */
import { fromBinary, toJson } from "@bufbuild/protobuf";
import { ModelProtoSchema } from "onnx-buf";
import { expect, test } from "vitest";
import {
  float,
  floats,
  floatTensor,
  type Graph,
  int,
  int64Tensor,
  ints,
  mlNode,
  node,
  string,
  strings,
} from "../../shared/onnx/graph.ts";
import { writeModel } from "../../shared/onnx/write.ts";
import { graphOf } from "./models.ts";

const decode = (graph: Graph) => fromBinary(ModelProtoSchema, writeModel(graph));

const encoder = mlNode("LabelEncoder", {
  inputs: ["city"],
  outputs: ["city_number"],
  attributes: {
    keys_strings: strings(["Cancún", "\uFEFF", ""]),
    values_floats: floats([1, 0.1, -0]),
    default_float: float(Number.NaN),
  },
});

const graph: Graph = {
  ...graphOf({
    inputs: [
      { name: "city", type: "string", shape: [null, 1] },
      { name: "lag", type: "float", shape: [null, 1] },
    ],
    outputs: [{ name: "y", type: "float", shape: [null, 3] }],
    nodes: [encoder, node("Reshape", { inputs: ["city_number", "shape"], outputs: ["y"] })],
    initializers: [
      int64Tensor("shape", [-1, 3]),
      floatTensor("half", [0.5], []),
      { name: "names", type: "string", dims: [2], data: ["ñ", ""] },
      { name: "doubles", type: "double", dims: [1], data: Float64Array.of(0.1) },
      { name: "flags", type: "bool", dims: [2], data: Uint8Array.of(1, 0) },
    ],
  }),
  metadata: { forecast: "milk", card: "{}" },
};

test("another protobuf reader finds every field", () => {
  expect(toJson(ModelProtoSchema, decode(graph))).toMatchSnapshot();
});

test("NaN, -0 and float32 attributes keep their bits", () => {
  const [written] = decode(graph).graph?.node ?? [];
  const byName = Object.fromEntries((written?.attribute ?? []).map((attribute) => [attribute.name, attribute]));
  expect(byName["default_float"]?.f).toBeNaN();
  expect(byName["values_floats"]?.floats).toEqual([1, Math.fround(0.1), -0]);
});

test.each([0, 1, 127, 128, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1, -1, -128, -(2 ** 31), -(2 ** 32), 1 - 2 ** 53])(
  "the integer %d is an int64 of the same value",
  (value) => {
    const attributes = { one: int(value), many: ints([value, value]) };
    const nodes = [mlNode("Any", { inputs: [], outputs: ["y"], attributes })];
    const [written] = decode(graphOf({ inputs: [], outputs: [], nodes })).graph?.node ?? [];
    const [many, one] = written?.attribute ?? [];
    expect(one?.i).toBe(BigInt(value));
    expect(many?.ints).toEqual([BigInt(value), BigInt(value)]);
  },
);

test("the order of attributes, opsets and metadata does not change the bytes", () => {
  const attributes = { b: string("x"), a: int(1) };
  const turned = { a: int(1), b: string("x") };
  const make = (chosen: typeof attributes, metadata: Graph["metadata"]) => {
    const nodes = [mlNode("Any", { inputs: [], outputs: ["y"], attributes: chosen })];
    return writeModel({ ...graphOf({ inputs: [], outputs: [], nodes }), metadata });
  };
  expect(make(turned, { b: "2", a: "1" })).toEqual(make(attributes, { a: "1", b: "2" }));
});

test("an integer beyond ±2⁵³ is refused", () => {
  const nodes = [mlNode("Any", { inputs: [], outputs: ["y"], attributes: { a: int(2 ** 53) } })];
  expect(() => writeModel(graphOf({ inputs: [], outputs: [], nodes }))).toThrow("9007199254740992");
});
