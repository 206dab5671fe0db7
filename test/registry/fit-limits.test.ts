import { expect, test } from "vitest";
import { ints, mlNode } from "../../shared/onnx/graph.ts";
import { edgeLimits, engineNeed, type ModelSize, misfitsOf, sizeOfGraph } from "../../shared/registry/fit-limits.ts";

const small: ModelSize = { bytes: 3_000, trees: 100, nodes: 6_100, squaredNodes: 100 * 61 ** 2 };
const MB = 1024 * 1024;

test.each<{ what: string; size: ModelSize; messages: readonly RegExp[] }>([
  { what: "a small forest", size: small, messages: [] },
  { what: "a model without trees", size: { bytes: 400, trees: 0, nodes: 0, squaredNodes: 0 }, messages: [] },
  { what: "a file at the limit", size: { ...small, bytes: edgeLimits.bytesMax }, messages: [] },
  {
    what: "a file above it",
    size: { ...small, bytes: 12.5 * MB },
    messages: [/^The file has 12\.5 MB, and the limit is 8\.0 MB\. Lower `trees`.+or raise `leafRowsMin`\.$/],
  },
  {
    what: "the maximum number of nodes",
    size: { bytes: MB, trees: 1_000, nodes: 100_000, squaredNodes: 1e7 },
    messages: [],
  },
  {
    what: "one node more than the maximum",
    size: { bytes: MB, trees: 1_000, nodes: 100_001, squaredNodes: 1e7 },
    messages: [/^The trees have 100,001 nodes, and the limit is 100,000\. Lower/],
  },
  {
    what: "few large trees",
    size: { bytes: MB, trees: 5, nodes: 60_000, squaredNodes: 5 * 12_000 ** 2 },
    messages: [/^onnxruntime-web would need about 2,880 ms to load it, and the limit is 500 ms\. .+lower `leavesMax`/],
  },
  {
    what: "a forest of 600,000 small nodes",
    size: { bytes: 7 * MB, trees: 60_000, nodes: 600_000, squaredNodes: 6e6 },
    messages: [/600,000 nodes/, /^onnxruntime-web would need about 300\.0 MB, and the limit is 64\.0 MB/],
  },
  {
    what: "a forest that is too large for the built-in engine too",
    size: { bytes: 7 * MB, trees: 400_000, nodes: 4_000_000, squaredNodes: 4e7 },
    messages: [
      /nodes/,
      /^onnxruntime-web would/,
      /^the built-in engine would need about 1,000 ms/,
      /^the built-in engine .+ 235\.9 MB/,
    ],
  },
])("$what: $messages.length limits are exceeded, each with a message", ({ size, messages }) => {
  const misfits = misfitsOf(size);
  expect(misfits).toHaveLength(messages.length);
  messages.forEach((pattern, i) => {
    expect(misfits[i]).toMatch(pattern);
  });
});

test("the estimated loading time is that of the measurements: one tree of 6,100 nodes takes a hundred times longer than 100 trees of 61", () => {
  const web = engineNeed("onnxruntime-web", small);
  expect(web).toMatchObject({ engine: "onnxruntime-web", memoryBytes: 3_000 + 6_100 * 512 });
  expect(web.loadMs).toBeCloseTo(1.49, 2);
  const oneTree = engineNeed("onnxruntime-web", { ...small, trees: 1, squaredNodes: 6_100 ** 2 });
  expect(oneTree.loadMs).toBeCloseTo(148.8, 1);
});

test("nodes are counted in both forms of tree ensembles", () => {
  const ids = mlNode("TreeEnsembleRegressor", {
    inputs: ["x"],
    outputs: ["y"],
    attributes: { nodes_treeids: ints([0, 0, 0, 1, 1, 1, 1, 1]), nodes_featureids: ints([0, 0, 0, 0, 0, 0, 0, 0]) },
  });
  const roots = mlNode("TreeEnsemble", {
    inputs: ["x"],
    outputs: ["z"],
    attributes: { tree_roots: ints([0, 1]), nodes_featureids: ints([0, 0, 0]) },
  });
  expect(sizeOfGraph(9, { nodes: [ids] })).toEqual({ bytes: 9, trees: 2, nodes: 8, squaredNodes: 34 });
  expect(sizeOfGraph(9, { nodes: [roots] })).toEqual({ bytes: 9, trees: 2, nodes: 8, squaredNodes: 34 });
  expect(sizeOfGraph(9, { nodes: [] })).toEqual({ bytes: 9, trees: 0, nodes: 0, squaredNodes: 0 });
});
