/** Runs graphs of one operator with random inputs in both engines. */
import fc from "fast-check";
import type { Value } from "../../shared/onnx/evaluate.ts";
import type { Attributes, ElementType, Graph, Node, Tensor, TensorShape } from "../../shared/onnx/graph.ts";
import { graphOf } from "./models.ts";

export interface Feed {
  readonly name: string;
  readonly type: "float" | "int64" | "int32" | "bool" | "string";
  readonly shape: TensorShape;
  /** Elements to draw from instead of the type's special values. */
  readonly from?: fc.Arbitrary<number | string>;
}

const HARD_FLOATS = [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  0,
  -0,
  3.4028234663852886e38,
  1e-45,
];

/** Ordinary and special float32 numbers. */
export const anyFloat = fc.oneof(
  { weight: 4, arbitrary: fc.float({ min: -100, max: 100, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(...HARD_FLOATS) },
);
export const finiteFloat = fc.float({ min: Math.fround(-20), max: 20, noNaN: true });
export const smallInt = fc.integer({ min: -5, max: 5 });
export const anyText = fc.constantFrom("a", "b", "ñ", "", "unknown", "\uFEFFa", "a ");

const defaults: Record<Feed["type"], fc.Arbitrary<number | string>> = {
  float: anyFloat,
  int64: fc.oneof(smallInt, fc.integer()),
  int32: smallInt,
  bool: fc.constantFrom(0, 1),
  string: anyText,
};

function dataOf(type: Feed["type"], elements: readonly (number | string)[], dims: readonly number[]): Value {
  if (type === "string") return { type, data: elements.map(String), dims };
  const numbers = elements.map(Number);
  if (type === "float") return { type, data: Float32Array.from(numbers), dims };
  if (type === "int64") return { type, data: Float64Array.from(numbers), dims };
  if (type === "int32") return { type, data: Int32Array.from(numbers), dims };
  return { type, data: Uint8Array.from(numbers), dims };
}

export function valueArbitrary({ type, shape, from }: Feed, rows: number): fc.Arbitrary<Value> {
  const dims = shape.map((size) => size ?? rows);
  const length = dims.reduce((product, size) => product * size, 1);
  return fc
    .array(from ?? defaults[type], { minLength: length, maxLength: length })
    .map((elements) => dataOf(type, elements, dims));
}

/** Returns inputs for 0, 1 and several rows. */
export function feedsArbitrary(feeds: readonly Feed[]): fc.Arbitrary<Record<string, Value>[]> {
  const batch = (rows: number) =>
    fc.record(Object.fromEntries(feeds.map((feed) => [feed.name, valueArbitrary(feed, rows)])));
  return fc.tuple(batch(0), batch(1), batch(2), batch(7));
}

interface SingleGraph {
  readonly op: string;
  readonly domain?: Node["domain"];
  readonly feeds: readonly Feed[];
  readonly attributes?: Attributes;
  readonly initializers?: readonly Tensor[];
  /** Input names in order; by default the feeds, then the initializers. */
  readonly inputs?: readonly string[];
  readonly outputs: readonly { readonly name: string; readonly type: ElementType; readonly shape: TensorShape }[];
  readonly opsets?: Graph["opsets"];
  readonly irVersion?: number;
}

export function singleGraph({
  op,
  domain = "ai.onnx.ml",
  attributes = {},
  initializers = [],
  ...given
}: SingleGraph): Graph {
  const inputs = given.inputs ?? [...given.feeds, ...initializers].map(({ name }) => name);
  const outputs = given.outputs.map(({ name }) => name);
  return graphOf({
    inputs: given.feeds.map(({ name, type, shape }) => ({ name, type, shape })),
    outputs: given.outputs,
    nodes: [{ op, domain, name: op, inputs, outputs, attributes }],
    initializers,
    ...(given.opsets === undefined ? {} : { opsets: given.opsets }),
    ...(given.irVersion === undefined ? {} : { irVersion: given.irVersion }),
  });
}
