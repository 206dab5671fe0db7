/**
 * Explains values with several numbers per row: the changes that a model predicts and their probabilities. Sums by a constant
 * matrix are exact; products get shares that add up. Texts and one-hot columns select constants, so they are part of the base.
 */
import type { Node, Tensor } from "../onnx/graph.ts";
import {
  type Attribution,
  constant,
  contributes,
  type Explainer,
  productOf,
  type RowOf,
  through,
} from "./attribution.ts";
import { numbersOf } from "./forest.ts";

type ColumnsExplainer = (row: RowOf) => readonly Attribution[];

/** What the explanation of columns reads of a graph. */
export interface ExplainedGraph {
  /** Number of inputs of the model. */
  readonly inputs: number;
  /** Returns the node that computes a value; undefined for an input or a constant. */
  maker(name: string): Node | undefined;
  /** Returns a constant of two dimensions. Throws if the value is not one. */
  matrix(name: string): Tensor;
  /** Explains a value with one number per row. */
  number(name: string): Explainer;
}

/** Explains a value by its columns. A value without such an operator is one column. */
export function explainColumns(graph: ExplainedGraph, name: string): ColumnsExplainer {
  const node = graph.maker(name);
  const input = (at: number) => explainColumns(graph, node?.inputs[at] ?? "");
  switch (node?.op) {
    case "Concat": {
      const parts = node.inputs.map((part) => explainColumns(graph, part));
      return (row) => parts.flatMap((part) => part(row));
    }
    case "Imputer": {
      const [inner, imputed] = [input(0), numbersOf(node.attributes.imputed_value_floats)];
      const present = (x: number, at: number) => (Number.isNaN(x) ? (imputed[at] ?? imputed[0] ?? 0) : x);
      return (row) => inner(row).map((column, at) => through(column, (x) => present(x, at)));
    }
    case "Mul": {
      const [left, right] = [input(0), input(1)];
      return (row) => products(left(row), right(row), graph.inputs);
    }
    case "MatMul":
      return timesMatrix(graph, input(0), graph.matrix(node.inputs[1] ?? ""));
    case "Reshape":
      return oneHot(graph, node.inputs[0] ?? "");
    default: {
      const number = graph.number(name);
      return (row) => [number(row)];
    }
  }
}

/** Multiplies column by column. A single column is multiplied with every column of the other. */
function products(left: readonly Attribution[], right: readonly Attribution[], inputs: number): Attribution[] {
  const [wide, other] = left.length >= right.length ? [left, right] : [right, left];
  const missing = constant(Number.NaN, inputs);
  return wide.map((column, at) => productOf(column, other[other.length === 1 ? 0 : at] ?? missing));
}

function timesMatrix({ inputs }: ExplainedGraph, left: ColumnsExplainer, { dims, data }: Tensor): ColumnsExplainer {
  const [, width = 1] = dims;
  return (row) => {
    // Most columns are constants. Their contributions are not added.
    const columns = left(row).map((column) => ({ column, isConstant: !contributes(column) }));
    return Array.from({ length: width }, (_, to) =>
      weightedSum(columns, { inputs, weightOf: (from) => Number(data[from * width + to] ?? 0) }),
    );
  };
}

/** Returns the sum of columns times their weights. O(columns × inputs). */
function weightedSum(
  columns: readonly { readonly column: Attribution; readonly isConstant: boolean }[],
  { inputs, weightOf }: { readonly inputs: number; weightOf(column: number): number },
): Attribution {
  const by = new Float64Array(inputs);
  let [value, base, exact] = [0, 0, true];
  columns.forEach(({ column, isConstant }, at) => {
    const weight = weightOf(at);
    if (weight === 0) return;
    value += weight * column.value;
    base += weight * column.base;
    exact &&= column.exact;
    if (isConstant) return;
    column.by.forEach((contribution, input) => {
      by[input] = (by[input] ?? 0) + weight * contribution;
    });
  });
  return { value, base, by, exact };
}

/** Explains the columns of a one-hot encoded number, which is the position of a category. */
function oneHot(graph: ExplainedGraph, name: string): ColumnsExplainer {
  const node = graph.maker(name);
  const positions = numbersOf(node?.attributes.cats_int64s);
  if (node?.op !== "OneHotEncoder" || positions.length === 0) {
    const number = graph.number(name);
    return (row) => [number(row)];
  }
  const position = graph.number(node.inputs[0] ?? "");
  return (row) => {
    const { value } = position(row);
    return Array.from(positions, (at) => constant(Number(at === value), graph.inputs));
  };
}
