import { expect, test } from "vitest";
import { ints, mlNode } from "../../shared/onnx/graph.ts";
import { edgeLimits, engineNeed, type ModelSize, misfitsOf, sizeOfGraph } from "../../shared/registry/fit-limits.ts";

const small: ModelSize = { bytes: 3_000, trees: 100, nodes: 6_100, squaredNodes: 100 * 61 ** 2 };
const MB = 1024 * 1024;

test.each<{ what: string; size: ModelSize; told: readonly RegExp[] }>([
  { what: "a small forest", size: small, told: [] },
  { what: "a model without trees", size: { bytes: 400, trees: 0, nodes: 0, squaredNodes: 0 }, told: [] },
  { what: "a file at the limit", size: { ...small, bytes: edgeLimits.bytesMax }, told: [] },
  {
    what: "a file above it",
    size: { ...small, bytes: 12.5 * MB },
    told: [/^The file has 12\.5 MB; at most 8\.0 MB fit: lower `trees`.+or raise `leafRowsMin`\.$/],
  },
  { what: "as many nodes as may be", size: { bytes: MB, trees: 1_000, nodes: 100_000, squaredNodes: 1e7 }, told: [] },
  {
    what: "a node more",
    size: { bytes: MB, trees: 1_000, nodes: 100_001, squaredNodes: 1e7 },
    told: [/^The trees have 100,001 nodes; at most 100,000 fit: lower/],
  },
  {
    what: "few large trees",
    size: { bytes: MB, trees: 5, nodes: 60_000, squaredNodes: 5 * 12_000 ** 2 },
    told: [/^onnxruntime-web would need about 2,880 ms to load it; at most 500 are allowed: .+lower `leavesMax`/],
  },
  {
    what: "a forest of 600,000 small nodes",
    size: { bytes: 7 * MB, trees: 60_000, nodes: 600_000, squaredNodes: 6e6 },
    told: [/600,000 nodes/, /^onnxruntime-web would need about 300\.0 MB; at most 64\.0 MB fit/],
  },
  {
    what: "what is too much for our engine too",
    size: { bytes: 7 * MB, trees: 400_000, nodes: 4_000_000, squaredNodes: 4e7 },
    told: [/nodes/, /^onnxruntime-web would/, /^our engine would need about 1,000 ms/, /^our engine .+ 235\.9 MB/],
  },
])("$what: $told.length limits are broken, each told with its number", ({ size, told }) => {
  const misfits = misfitsOf(size);
  expect(misfits).toHaveLength(told.length);
  told.forEach((pattern, i) => {
    expect(misfits[i]).toMatch(pattern);
  });
});

test("loading is estimated as it was measured: 100 trees of 61 nodes in milliseconds, one tree of 6,100 in a hundred times that", () => {
  const web = engineNeed("onnxruntime-web", small);
  expect(web).toMatchObject({ engine: "onnxruntime-web", memoryBytes: 3_000 + 6_100 * 512 });
  expect(web.loadMs).toBeCloseTo(1.49, 2);
  const oneTree = engineNeed("onnxruntime-web", { ...small, trees: 1, squaredNodes: 6_100 ** 2 });
  expect(oneTree.loadMs).toBeCloseTo(148.8, 1);
});

test("files of other tools are counted by their own attributes, in both forms of tree ensembles", () => {
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
