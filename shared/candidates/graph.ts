/**
 * Exports a fitted model as an ONNX graph with one named input per feature. The graph also encodes, imputes and converts
 * back to the target's unit, so that the file gives the same numbers in any runtime.
 */
import { dtypeOf, type Feature } from "../features/feature.ts";
import type { LinearPredictor } from "../models/linear.ts";
import { type Ensemble, LEAF, THRESHOLD_MAX } from "../models/tree.ts";
import { ensembleAttributes } from "../onnx/ensemble-attributes.ts";
import { float, floats, type Graph, type GraphValue, int, mlNode, node, PORTABLE, strings } from "../onnx/graph.ts";
import { changeOutput, outputNames, predictionOutput } from "../onnx/outputs.ts";
import { type EncodedColumn, type Encoding, widthOf } from "./encoding.ts";
import { type Fitted, nextChangeOf, type Transform } from "./fitted.ts";
import { Builder } from "./graph-builder.ts";
import { expectedChangeNodes, nextChangeNodes } from "./graph-changes.ts";
import { chanceNodes, numberNodes, probabilityNodes, treeNodes } from "./graph-trees.ts";
import type { Chance } from "./odds.ts";

export { changeOutput, predictionOutput };

/** The source of the change probability: a separate model, or a feature with the change frequency of each series. */
export type ChangeSource =
  | { readonly kind: "model"; readonly chance: Chance }
  | {
      readonly kind: "frequency";
      readonly feature: string;
      /** Used for a series without a history. */
      readonly baseRate: number;
    };

export interface ModelGraphParts {
  readonly features: readonly Feature[];
  /** Name of the feature with the last value. */
  readonly last: string;
  readonly transform: Transform;
  readonly value: Fitted;
  /** Not used if `value` predicts a distribution of changes. */
  readonly change: ChangeSource | null;
  readonly name: string;
  readonly producer: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Builds the graph with the outputs of shared/onnx/outputs.ts. Throws if a feature has the name of an output. */
export function graphOf(parts: ModelGraphParts): Graph {
  const names = parts.features.map(({ name }) => name);
  const clash = names.find((name) => outputNames.includes(name));
  if (clash !== undefined) throw new RangeError(`feature ${clash} has the name of an output. Rename the feature.`);
  const build = new Builder(names);
  const next = nextChangeOf(parts.value);
  const changes = next && nextChangeNodes(build, next);
  const move = moveNodes(build, parts.value, parts);
  valueNodes(build, move, parts);
  if (changes === null && parts.change !== null) changeNodes(build, parts.change);
  const outputs: GraphValue[] = [{ name: predictionOutput, type: "float", shape: [null, 1] }];
  if (changes !== null) outputs.push(...changes);
  else if (parts.change !== null) outputs.push({ name: changeOutput, type: "float", shape: [null, 1] });
  return {
    ...PORTABLE,
    name: parts.name,
    inputs: parts.features.map((feature) => ({ name: feature.name, type: dtypeOf(feature), shape: [null, 1] })),
    outputs,
    nodes: build.nodes,
    initializers: build.tensors,
    producer: parts.producer,
    metadata: parts.metadata,
  };
}

/** Adds the nodes that predict on the fitted scale, like `predictMove`. */
export function moveNodes(build: Builder, fitted: Fitted, parts: Pick<ModelGraphParts, "last" | "transform">): string {
  switch (fitted.kind) {
    case "last":
      return moveFrom(build, parts.last, parts);
    case "changes":
      return expectedChangeNodes(build, fitted.next);
    case "feature":
      return moveFrom(build, presentOr(build, fitted.feature, parts.last), parts);
    case "linear":
      return linearNodes(build, fitted.encoding, fitted.model);
    case "trees":
      return treeNodes(build, fitted.encoding, fitted.ensemble);
    case "average": {
      const moves = fitted.members.map((member) => moveNodes(build, member, parts));
      const sum = moves.reduce((left, right) => build.add("Add", "sum", [left, right]));
      return build.add("Div", "mean", [sum, build.constant("members", [moves.length])]);
    }
    case "hurdle": {
      const chance = chanceNodes(build, fitted.chance);
      const size = moveNodes(build, fitted.size, parts);
      return build.add("Mul", "expected_move", [size, chance]);
    }
    case "calibrated":
      return probabilityNodes(build, moveNodes(build, fitted.score, parts), fitted);
  }
}

/**
 * Adds nodes for `value`, or `fallback` if it is missing: fallback × m + value × (1 − m). A stump gives m = 1 if the value is
 * missing. The result is exact and needs only operators that every tabular engine supports.
 */
function presentOr(build: Builder, value: string, fallback: string): string {
  const isMissing = build.addMl("TreeEnsembleRegressor", "is_missing", [value], ensembleAttributes(missingStump));
  const isPresent = build.add("Sub", "is_present", [build.constant("one", [1]), isMissing]);
  const attributes = { imputed_value_floats: floats([0]), replaced_value_float: float(Number.NaN) };
  // The stems are names in stored model files, so they must not change.
  const finite = build.addMl("Imputer", "known", [value], attributes);
  const valueOrZero = build.add("Mul", "kept", [finite, isPresent]);
  return build.add("Add", "present", [valueOrZero, build.add("Mul", "replaced", [fallback, isMissing])]);
}

/** Returns 0 for a number and 1 for a missing value. */
const missingStump: Ensemble = {
  trees: [
    {
      feature: Int32Array.of(0, LEAF, LEAF),
      threshold: Float32Array.of(THRESHOLD_MAX, 0, 0),
      missingLeft: Uint8Array.of(0, 0, 0),
      left: Int32Array.of(1, 0, 0),
      right: Int32Array.of(2, 0, 0),
      value: Float32Array.of(0, 0, 1),
      weight: new Float64Array(3),
    },
  ],
  base: 0,
  aggregate: "sum",
  columns: 1,
};

function moveFrom(
  build: Builder,
  value: string,
  { transform, last }: Pick<ModelGraphParts, "last" | "transform">,
): string {
  switch (transform) {
    case "level":
      return build.add("Identity", "value", [value]);
    case "difference":
      return build.add("Sub", "move", [value, last]);
    case "log-difference":
      return build.add("Log", "move", [build.add("Div", "ratio", [value, last])]);
  }
}

/** Adds the conversion back to the target's unit, like `valueAfter`. */
function valueNodes(build: Builder, move: string, { transform, last }: ModelGraphParts): void {
  const outputs = [predictionOutput];
  switch (transform) {
    case "level":
      build.nodes.push(node("Identity", { inputs: [move], outputs }));
      return;
    case "difference":
      build.nodes.push(node("Add", { inputs: [last, move], outputs }));
      return;
    case "log-difference":
      build.nodes.push(node("Mul", { inputs: [last, build.add("Exp", "growth", [move])], outputs }));
  }
}

function changeNodes(build: Builder, change: ChangeSource): void {
  if (change.kind === "model") {
    const chance = chanceNodes(build, change.chance);
    build.nodes.push(node("Identity", { inputs: [chance], outputs: [changeOutput] }));
    return;
  }
  const attributes = { imputed_value_floats: floats([change.baseRate]), replaced_value_float: float(Number.NaN) };
  build.nodes.push(mlNode("Imputer", { inputs: [change.feature], outputs: [changeOutput], attributes }));
}

/**
 * Adds a linear model. Numbers are imputed and standardised in the graph, so that float32 sums stay small. For 0/1 columns
 * the standardisation is folded into the coefficients and the intercept.
 */
function linearNodes(build: Builder, encoding: Encoding, model: LinearPredictor): string {
  const placed = placesOf(encoding);
  const numbers = placed.filter(({ column }) => column.how !== "one-hot");
  const oneHots = placed.filter(({ column }) => column.how === "one-hot");
  const parts: string[] = [];
  const coefficients: number[] = [];
  let intercept = model.intercept;
  const at = (values: Float64Array, place: number) => values[place] ?? 0;
  if (numbers.length > 0) {
    const means = numbers.map(({ from }) => at(model.means, from));
    const columns = numbers.map(({ column }) => column);
    const imputed = numberNodes(build, { columns, imputed: Float32Array.from(means) }, columns);
    const scale = numbers.map(({ from }) => 1 / at(model.scales, from));
    const attributes = { offset: floats(means), scale: floats(scale) };
    parts.push(build.addMl("Scaler", "standardised", [imputed], attributes));
    coefficients.push(...numbers.map(({ from }) => at(model.coefficients, from)));
  }
  for (const { column, from } of oneHots) {
    parts.push(oneHotNodes(build, column));
    for (let place = from; place < from + widthOf(column); place++) {
      const folded = at(model.coefficients, place) / at(model.scales, place);
      coefficients.push(folded);
      intercept -= folded * at(model.means, place);
    }
  }
  return build.addMl("LinearRegressor", "linear", [build.add("Concat", "columns", parts, { axis: int(1) })], {
    coefficients: floats(coefficients),
    intercepts: floats([intercept]),
    targets: int(1),
  });
}

/** Returns each column with the position of its first encoded column. */
function placesOf(encoding: Encoding): { readonly column: EncodedColumn; readonly from: number }[] {
  let from = 0;
  return encoding.columns.map((column) => {
    const placed = { column, from };
    from += widthOf(column);
    return placed;
  });
}

/** Encodes text [N, 1] to [N, categories]; unknown text gives 0 everywhere. OneHotEncoder returns [N, 1, categories]. */
function oneHotNodes(build: Builder, column: EncodedColumn): string {
  const categories = column.how === "number" ? [] : column.categories;
  const encoded = build.addMl("OneHotEncoder", "one_hot", [column.name], {
    cats_strings: strings(categories),
    zeros: int(1),
  });
  // In Reshape, a size of 0 means that the axis keeps its size. This also works for a batch without rows.
  return build.add("Reshape", "flat", [encoded, build.shape("flat_shape", [0, categories.length])]);
}
