import { expect, test } from "vitest";
import { floats, type Graph, ints, string, strings } from "../../shared/onnx/graph.ts";
import { seededRandom } from "../support/chance.ts";
import { CLOSE, EXACT, expectParity, type Feeds } from "./parity.ts";
import { singleGraph } from "./single.ts";
import {
  attributesOf,
  type RawOptions,
  rawForest,
  regressorAttributes,
  SPLIT_MODES,
  treeEnsembleAttributes,
} from "./tree-attributes.ts";

const COLUMNS = 3;
const HARD = [Number.NaN, 0, -0, 0.5, 1, 2, 1e-45, -1e-45, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 3, -7];
const features = { name: "x", type: "float", shape: [null, COLUMNS] } as const;

function feedsFrom(random: () => number): Feeds[] {
  return [0, 1, 40].map((rows) => {
    const data = Float32Array.from({ length: rows * COLUMNS }, () => HARD[Math.floor(random() * HARD.length)] ?? 0);
    return { x: { type: "float", data, dims: [rows, COLUMNS] } };
  });
}

const plain: RawOptions = {
  trees: 5,
  columns: COLUMNS,
  targets: 1,
  modes: SPLIT_MODES,
  depthMax: 5,
  missing: false,
  partial: false,
  weight: (random) => (random() - 0.5) * 100,
};

const regressor = (targets: number, attributes: Graph["nodes"][number]["attributes"]) =>
  singleGraph({
    op: "TreeEnsembleRegressor",
    feeds: [features],
    attributes,
    outputs: [{ name: "y", type: "float", shape: [null, targets] }],
  });

test.each(SPLIT_MODES.map((mode) => [mode]))(
  "%s takes the same branches as onnxruntime, also for NaN and infinities",
  async (mode) => {
    for (const missing of [false, true]) {
      for (let seed = 0; seed < 8; seed++) {
        const random = seededRandom(seed);
        const forest = rawForest(random, { ...plain, modes: [mode] }, true);
        const attributes = regressorAttributes(forest, {
          targets: 1,
          aggregate: "SUM",
          transform: "NONE",
          missing,
          base: [1.5],
        });
        await expectParity(regressor(1, attributes), feedsFrom(random), EXACT);
      }
    }
  },
);

test.each(["SUM", "AVERAGE", "MIN", "MAX"])(
  "%s of mixed modes and shuffled node ids, one and three targets",
  async (aggregate) => {
    for (const targets of [1, 3]) {
      for (let seed = 0; seed < 10; seed++) {
        const random = seededRandom(100 * targets + seed);
        const forest = rawForest(random, { ...plain, targets }, seed % 2 === 0);
        const base = seed % 3 === 0 ? [] : Array.from({ length: targets }, (_, target) => target - 1.25);
        const attributes = regressorAttributes(forest, {
          targets,
          aggregate,
          transform: "NONE",
          missing: seed % 2 === 1,
          base,
        });
        await expectParity(regressor(targets, attributes), feedsFrom(random), EXACT);
      }
    }
  },
);

test("a leaf without a weight for a target does not change that target", async () => {
  for (const aggregate of ["SUM", "AVERAGE", "MIN", "MAX"]) {
    const random = seededRandom(5);
    const forest = rawForest(random, { ...plain, targets: 3, partial: true }, true);
    const attributes = regressorAttributes(forest, {
      targets: 3,
      aggregate,
      transform: "NONE",
      missing: false,
      base: [1, 2, 3],
    });
    await expectParity(regressor(3, attributes), feedsFrom(random), EXACT);
  }
});

test.each(["LOGISTIC", "SOFTMAX", "SOFTMAX_ZERO"])("several targets with %s", async (transform) => {
  for (let seed = 0; seed < 5; seed++) {
    const random = seededRandom(seed);
    const forest = rawForest(random, { ...plain, targets: 3, weight: (next) => Math.round(next() * 4 - 2) }, true);
    const attributes = regressorAttributes(forest, {
      targets: 3,
      aggregate: "SUM",
      transform,
      missing: false,
      base: [],
    });
    await expectParity(regressor(3, attributes), feedsFrom(random), CLOSE);
  }
});

interface ClassifierCase {
  readonly classes: number;
  readonly transform: string;
  readonly base: readonly number[];
  readonly weight: (random: () => number) => number;
  readonly text?: boolean;
  readonly partial?: boolean;
}

const logOdds = (random: () => number) => random() * 2 - 1;
const share = (random: () => number) => random() / 5;
const classifiers: readonly ClassifierCase[] = [
  { classes: 2, transform: "NONE", base: [], weight: logOdds },
  { classes: 2, transform: "LOGISTIC", base: [0.25], weight: logOdds },
  { classes: 2, transform: "LOGISTIC", base: [], weight: logOdds, text: true },
  { classes: 2, transform: "NONE", base: [], weight: share },
  { classes: 2, transform: "NONE", base: [0.125], weight: share, text: true },
  { classes: 3, transform: "NONE", base: [], weight: share },
  { classes: 3, transform: "SOFTMAX", base: [0.5, 0, -0.5], weight: logOdds },
  { classes: 3, transform: "LOGISTIC", base: [], weight: logOdds, text: true },
  { classes: 4, transform: "SOFTMAX_ZERO", base: [], weight: logOdds },
  { classes: 3, transform: "NONE", base: [], weight: logOdds, partial: true },
  { classes: 3, transform: "NONE", base: [0.5, 0, -0.5], weight: logOdds, partial: true },
];

test.each(classifiers)("TreeEnsembleClassifier of $classes classes, $transform, base $base", async (given) => {
  const { classes, transform, base, weight, text = false, partial = false } = given;
  for (let seed = 0; seed < 8; seed++) {
    const random = seededRandom(seed);
    const forest = rawForest(random, { ...plain, targets: classes === 2 ? 1 : classes, weight, partial }, true);
    const labels = Array.from({ length: classes }, (_, label) => label * 2 + 3);
    const attributes = {
      ...attributesOf(forest, "class", false),
      post_transform: string(transform),
      ...(base.length > 0 ? { base_values: floats(base) } : {}),
      ...(text ? { classlabels_strings: strings(labels.map(String)) } : { classlabels_int64s: ints(labels) }),
    };
    const outputs = [
      { name: "label", type: text ? "string" : "int64", shape: [null] },
      { name: "scores", type: "float", shape: [null, classes] },
    ] as const;
    const graph = singleGraph({ op: "TreeEnsembleClassifier", feeds: [features], attributes, outputs });
    await expectParity(graph, feedsFrom(random), transform === "NONE" ? EXACT : CLOSE);
  }
});

test.each(["NONE", "LOGISTIC", "SOFTMAX"])("two classes with w and −w in each leaf, %s", async (transform) => {
  for (let seed = 0; seed < 6; seed++) {
    const random = seededRandom(seed);
    const forest = rawForest(random, { ...plain, weight: (next) => Math.round(next() * 8 - 4) / 4 }, true);
    const weights = forest.weights.flatMap((one) => [one, { ...one, target: 1, weight: -one.weight }]);
    const attributes = {
      ...attributesOf({ ...forest, weights }, "class", false),
      post_transform: string(transform),
      ...(seed % 2 === 0 ? { classlabels_strings: strings(["no", "yes"]) } : { classlabels_int64s: ints([0, 1]) }),
    };
    const outputs = [
      { name: "label", type: seed % 2 === 0 ? "string" : "int64", shape: [null] },
      { name: "scores", type: "float", shape: [null, 2] },
    ] as const;
    const graph = singleGraph({ op: "TreeEnsembleClassifier", feeds: [features], attributes, outputs });
    await expectParity(graph, feedsFrom(random), transform === "NONE" ? EXACT : CLOSE);
  }
});

test.each(["SUM", "AVERAGE", "MIN", "MAX"])("TreeEnsemble of ai.onnx.ml 5: %s of mixed modes", async (aggregate) => {
  let tried = 0;
  for (const targets of [1, 3]) {
    for (let seed = 0; seed < 12; seed++) {
      const random = seededRandom(seed);
      const forest = rawForest(random, { ...plain, weight: (next) => (next() - 0.5) * 100 }, true);
      if (forest.nodes.some((node, i) => node.mode === "LEAF" && forest.nodes[i - 1]?.tree !== node.tree)) continue;
      const weights = forest.weights.map((weight, i) => ({ ...weight, target: i % targets }));
      const attributes = treeEnsembleAttributes(
        { ...forest, weights },
        { targets, aggregate, transform: "NONE", missing: seed % 2 === 0 },
      );
      const outputs = [{ name: "y", type: "float", shape: [null, targets] }] as const;
      const opsets = { "": 17, "ai.onnx.ml": 5 };
      const graph = singleGraph({ op: "TreeEnsemble", feeds: [features], attributes, outputs, opsets, irVersion: 10 });
      await expectParity(graph, feedsFrom(random), EXACT);
      tried++;
    }
  }
  expect(tried).toBeGreaterThan(4);
});
