import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type Attributes,
  float,
  floats,
  floatTensor,
  type Graph,
  int,
  int64Tensor,
  ints,
  string,
  strings,
  type Tensor,
} from "../../shared/onnx/graph.ts";
import { expectParity, programOf } from "./parity.ts";
import { anyFloat, anyText, type Feed, feedsArbitrary, singleGraph, smallInt } from "./single.ts";

const RUNS = { numRuns: 25 };
type Type = "string" | "int64" | "float";
const TYPES = ["string", "int64", "float"] as const;
const SUFFIX = { string: "strings", int64: "int64s", float: "floats" } as const;
const elementOf = { string: anyText, int64: smallInt, float: anyFloat };
const attributeOf = {
  string: (values: readonly (string | number)[]) => strings(values.map(String)),
  int64: (values: readonly (string | number)[]) => ints(values.map(Number)),
  float: (values: readonly (string | number)[]) => floats(values.map(Number)),
};
const defaultOf = { string: string("other"), int64: int(-7), float: float(Number.NaN) };
const V4 = { "": 17, "ai.onnx.ml": 4 };

function tensorOf(type: Type, values: readonly (string | number)[]): Tensor {
  if (type === "string") return { name: "t", type, dims: [values.length], data: values.map(String) };
  return type === "int64" ? int64Tensor("t", values.map(Number)) : floatTensor("t", values.map(Number));
}

function encoderGraph(types: { from: Type; to: Type }, attributes: Attributes, opsets?: Graph["opsets"]) {
  const feed: Feed = { name: "x", type: types.from, shape: [null, 2] };
  const outputs = [{ name: "y", type: types.to, shape: [null, 2] }];
  const graph = singleGraph({ op: "LabelEncoder", feeds: [feed], attributes, outputs, ...(opsets ? { opsets } : {}) });
  return { graph, feeds: feedsArbitrary([feed]) };
}

const pairs = TYPES.flatMap((from) => TYPES.map((to) => ({ from, to })));

const tableArbitrary = ({ from, to }: { from: Type; to: Type }) =>
  fc.uniqueArray(fc.tuple(elementOf[from], elementOf[to]), {
    minLength: 1,
    maxLength: 6,
    selector: ([key]) => `${key}`,
  });

test.each(pairs)("LabelEncoder from $from to $to maps like onnxruntime, also unknown keys", async (types) => {
  const { from, to } = types;
  const property = fc.asyncProperty(tableArbitrary(types), fc.boolean(), async (table, withDefault) => {
    const attributes = {
      [`keys_${SUFFIX[from]}`]: attributeOf[from](table.map(([key]) => key)),
      [`values_${SUFFIX[to]}`]: attributeOf[to](table.map(([, value]) => value)),
      ...(withDefault ? { [`default_${to}`]: defaultOf[to] } : {}),
    };
    const { graph, feeds } = encoderGraph(types, attributes);
    await expectParity(graph, fc.sample(feeds, 1)[0] ?? []);
  });
  await fc.assert(property, RUNS);
});

test("LabelEncoder of ai.onnx.ml 4 accepts tensors, and NaN as a key", async () => {
  for (const types of [
    { from: "float", to: "string" },
    { from: "string", to: "int64" },
  ] as const) {
    const property = fc.asyncProperty(tableArbitrary(types), async (table) => {
      const keys = table.map(([key]) => key);
      const values = table.map(([, value]) => value);
      const attributes = {
        keys_tensor: { kind: "tensor", value: tensorOf(types.from, keys) },
        values_tensor: { kind: "tensor", value: tensorOf(types.to, values) },
        default_tensor: { kind: "tensor", value: tensorOf(types.to, [types.to === "string" ? "none" : 9]) },
      } as const;
      const { graph, feeds } = encoderGraph(types, attributes, V4);
      await expectParity(graph, fc.sample(feeds, 1)[0] ?? []);
    });
    await fc.assert(property, RUNS);
  }
});

test("LabelEncoder of ai.onnx.ml 1 numbers its classes, in both directions", async () => {
  const attributes = {
    classes_strings: strings(["b", "a", "ñ"]),
    default_int64: int(-3),
    default_string: string("none"),
  };
  for (const types of [
    { from: "string", to: "int64" },
    { from: "int64", to: "string" },
  ] as const) {
    const { graph, feeds } = encoderGraph(types, attributes, { "": 17, "ai.onnx.ml": 1 });
    await expectParity(graph, fc.sample(feeds, 1)[0] ?? []);
  }
});

test("CategoryMapper maps in both directions", async () => {
  const attributes = {
    cats_strings: strings(["b", "a", "ñ"]),
    cats_int64s: ints([3, -1, 2]),
    default_int64: int(-9),
    default_string: string("none"),
  };
  for (const types of [
    { from: "string", to: "int64" },
    { from: "int64", to: "string" },
  ] as const) {
    const feed: Feed = { name: "x", type: types.from, shape: [null, 2] };
    const outputs = [{ name: "y", type: types.to, shape: [null, 2] }];
    const graph = singleGraph({ op: "CategoryMapper", feeds: [feed], attributes, outputs });
    await expectParity(graph, fc.sample(feedsArbitrary([feed]), 5).flat());
  }
});

const oneHot = (type: Type, attributes: Attributes, width: number) => {
  const from = type === "float" ? fc.float({ min: -5, max: 5, noNaN: true }) : elementOf[type];
  const feed: Feed = { name: "x", type, shape: [null, 2], from };
  const outputs = [{ name: "y", type: "float", shape: [null, 2, width] }] as const;
  return {
    graph: singleGraph({ op: "OneHotEncoder", feeds: [feed], attributes, outputs }),
    feeds: feedsArbitrary([feed]),
  };
};

test("OneHotEncoder encodes texts, integers and truncated floats; unknown ones are zeros", async () => {
  const texts = { cats_strings: strings(["a", "ñ", ""]), zeros: int(1) };
  const integers = { cats_int64s: ints([-2, 0, 3]) };
  for (const { graph, feeds } of [
    oneHot("string", texts, 3),
    oneHot("int64", integers, 3),
    oneHot("float", integers, 3),
  ]) {
    await expectParity(graph, fc.sample(feeds, 8).flat());
  }
});

test("OneHotEncoder with zeros=0 refuses an unknown category by name", () => {
  const { graph } = oneHot("string", { cats_strings: strings(["a"]), zeros: int(0) }, 1);
  const run = programOf(graph).run({ x: { type: "string", data: ["a", "zz"], dims: [1, 2] } });
  expect(run).toMatchObject({ ok: false, error: { kind: "input", found: "the unknown category zz" } });
});
