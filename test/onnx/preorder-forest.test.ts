/** Compares the preorder layout of forests to the general layout. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Attribute, Attributes, Node } from "../../shared/onnx/graph.ts";
import { layOut } from "../../shared/onnx/operators/forest-layout.ts";
import { forestSourceOf } from "../../shared/onnx/operators/forest-source.ts";
import { OperatorNode } from "../../shared/onnx/operators/operator.ts";
import { preorderForest } from "../../shared/onnx/operators/preorder-forest.ts";
import { readModel } from "../../shared/onnx/read.ts";
import { writeModel } from "../../shared/onnx/write.ts";
import { seededRandom } from "../support/chance.ts";
import { randomForest } from "./forests.ts";
import { ensembleGraph } from "./models.ts";

const limits = { treeNodesMax: 100_000, elementsMax: 1_000 };

const ensembles = fc.record({
  seed: fc.nat(),
  trees: fc.integer({ min: 0, max: 6 }),
  leavesMax: fc.integer({ min: 1, max: 200 }),
});

interface Size {
  readonly seed: number;
  readonly trees: number;
  readonly leavesMax: number;
}

function graphOfSize({ seed, trees, leavesMax }: Size) {
  const options = { trees, leavesMax, columns: 300, aggregate: "sum", base: 1 } as const;
  return ensembleGraph(randomForest(seededRandom(seed), options));
}

/** Returns the ensemble node of a graph after writing and reading it, so that its modes are codes. */
function ensembleIn(graph: ReturnType<typeof graphOfSize>): OperatorNode {
  const read = readModel(writeModel(graph));
  const node = read.ok ? read.value.nodes.find(({ op }) => op === "TreeEnsembleRegressor") : undefined;
  if (!node) throw new Error("there is no ensemble");
  return new OperatorNode(node, [], { version: 3, limits });
}

const inGeneral = (node: OperatorNode) =>
  layOut(node, forestSourceOf(node, { prefix: "target", targets: 1, isSingle: true }));

test("an exported forest has the same preorder layout and general layout", () => {
  const exported = fc.property(ensembles, (size) => {
    const node = ensembleIn(graphOfSize(size));
    expect(preorderForest(node)).toEqual(inGeneral(node));
  });
  fc.assert(exported, { numRuns: 60 });
});

test("a changed forest has the general layout, or the preorder layout returns null", () => {
  const small = { trees: fc.integer({ min: 1, max: 3 }), leavesMax: fc.integer({ min: 1, max: 8 }) };
  const sizes = fc.record({ seed: fc.nat(), ...small });
  const places = fc.record({ list: fc.nat(), at: fc.nat(), to: fc.integer({ min: -2, max: 20 }) });
  let taken = 0;
  const changed = fc.property(sizes, fc.array(places, { minLength: 1, maxLength: 2 }), (size, changes) => {
    const graph = graphOfSize(size);
    const nodes = graph.nodes.map((node) => changes.reduce(withChange, node));
    const node = ensembleIn({ ...graph, nodes });
    const forest = preorderForest(node);
    if (forest === null) return;
    taken++;
    expect(forest).toEqual(inGeneral(node));
  });
  fc.assert(changed, { numRuns: 3_000 });
  // A changed threshold, weight or column still gives a valid forest.
  expect(taken).toBeGreaterThan(100);
});

test("ids beyond 32 bits are left to the general layout, which refuses them", () => {
  const graph = graphOfSize({ seed: 1, trees: 1, leavesMax: 8 });
  const far = (attribute: Attribute | undefined): Attribute => {
    if (attribute?.kind !== "ints") throw new Error("there are no ids");
    return { ...attribute, values: Float64Array.from(attribute.values, (id) => id + 2 ** 40) };
  };
  const nodes = graph.nodes.map((node) => {
    const { nodes_treeids, target_treeids } = node.attributes;
    const ids = { nodes_treeids: far(nodes_treeids), target_treeids: far(target_treeids) };
    return { ...node, attributes: { ...node.attributes, ...ids } };
  });
  const node = ensembleIn({ ...graph, nodes });
  expect(() => inGeneral(node)).toThrow();
  expect(preorderForest(node)).toBeNull();
});

test("no list is decoded if there are too many nodes", () => {
  const { node } = ensembleIn(graphOfSize({ seed: 1, trees: 3, leavesMax: 8 }));
  const treeIds: Attribute = {
    kind: "ints",
    get values(): never {
      throw new Error("it was decoded");
    },
  };
  const attributes = { ...node.attributes, nodes_treeids: treeIds };
  const given = { version: 3, limits: { ...limits, treeNodesMax: 2 } };
  expect(preorderForest(new OperatorNode({ ...node, attributes }, [], given))).toBeNull();
});

interface Change {
  readonly list: number;
  readonly at: number;
  readonly to: number;
}

function withChange(node: Node, { list, at, to }: Change): Node {
  const lists = Object.entries(node.attributes).filter(
    ([name, { kind }]) => kind.endsWith("s") && name !== "base_values",
  );
  const [name, attribute] = lists[list % lists.length] ?? [];
  if (name === undefined || attribute === undefined) return node;
  const attributes: Attributes = { ...node.attributes, [name]: changedList(attribute, at, to) };
  return { ...node, attributes };
}

const modes = ["LEAF", "BRANCH_LEQ", "BRANCH_LT", "BRANCH_EQ"];

/** Changes one entry, or removes the last one. */
function changedList(attribute: Attribute, at: number, to: number): Attribute {
  switch (attribute.kind) {
    case "ints":
      return { ...attribute, values: changedAt(Array.from(attribute.values), at, to) };
    case "floats":
      return {
        ...attribute,
        values: Float32Array.from(changedAt(Array.from(attribute.values), at, to < 0 ? Number.NaN : to)),
      };
    case "strings":
      return { ...attribute, values: changedAt([...attribute.values], at, modes[Math.abs(to) % modes.length] ?? "") };
    default:
      return attribute;
  }
}

function changedAt<Item>(values: Item[], at: number, to: Item): Item[] {
  const place = at % (values.length + 1);
  return place === values.length ? values.slice(0, -1) : values.with(place, to);
}
