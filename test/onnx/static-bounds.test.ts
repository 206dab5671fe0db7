import { expect, test } from "vitest";
import { type Graph, int64Tensor, type Node, node, PORTABLE } from "../../shared/onnx/graph.ts";
import { checkStaticBounds } from "../../shared/onnx/static-bounds.ts";

const graphOf = (nodes: readonly Node[], initializers: Graph["initializers"] = []) => ({
  ...PORTABLE,
  nodes,
  initializers,
});
const made = (op: string, ...inputs: readonly string[]) => node(op, { inputs, outputs: ["y"] });
const sizes = (...values: readonly number[]) => [int64Tensor("sizes", values)];

test.each(["Loop", "Scan", "If", "RandomNormal", "Resize"])("%s is refused for any inputs", (op) => {
  expect(checkStaticBounds(graphOf([made(op, "x")]))).toMatchObject({ ok: false, error: { where: `node y (${op})` } });
});

test("an operator with a subgraph is refused under any name", () => {
  const hidden = { ...made("Mine", "x"), attributes: { body: { kind: "unsupported", found: "graph" } as const } };
  expect(checkStaticBounds(graphOf([hidden])).ok).toBe(false);
});

test.each([
  ["ConstantOfShape", ["sizes"], [1_000, 1_001], [1_000, 1_000]],
  ["Expand", ["x", "sizes"], [-1, 1_000_001], [-1, 1_000_000]],
  ["Tile", ["x", "sizes"], [1, 2_000_000], [1, 20]],
  ["Pad", ["x", "sizes"], [0, 1_000_001], [0, 1_000]],
  ["OneHot", ["x", "sizes", "v"], [1_000_001], [100]],
] as const)(
  "%s is refused for a size that is too large or computed, and allowed for a bounded constant",
  (op, inputs, large, small) => {
    const verdict = (initializers: Graph["initializers"]) =>
      checkStaticBounds(graphOf([made(op, ...inputs)], initializers)).ok;
    expect(verdict(sizes(...large))).toBe(false);
    expect(verdict([])).toBe(false);
    expect(verdict(sizes(...small))).toBe(true);
  },
);

test.each([
  [[0, 1e9, 1], false],
  [[0, 10, 0], false],
  [[0, 10, 1e-9], false],
  [[5, 50, 5], true],
] as const)("Range over %j is allowed: %s", (values, ok) => {
  const initializers = values.map((value, at) => int64Tensor(`r${at}`, [value], []));
  expect(checkStaticBounds(graphOf([made("Range", "r0", "r1", "r2")], initializers)).ok).toBe(ok);
});

test("a size in a Constant node is a constant too", () => {
  const value = { kind: "tensor", value: int64Tensor("", [1_000]) } as const;
  const constant = { ...node("Constant", { inputs: [], outputs: ["sizes"] }), attributes: { value } };
  expect(checkStaticBounds(graphOf([constant, made("ConstantOfShape", "sizes")])).ok).toBe(true);
});
