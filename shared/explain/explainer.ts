/**
 * Computes the contribution of each input to a prediction, from the graph of the model file.
 *
 * Trees: exact Shapley values. Linear models: coefficient × (value − training mean). Sums and means of these are exact too.
 * Products and functions of them (a hurdle, a logarithm, an expected change) get shares that add up. A value that the model only
 * passes through, such as the last value to which a move is added, or the sizes of earlier changes, is part of the base.
 */
import { failure, type Result, success } from "../lib/result.ts";
import type { Graph, Node, Tensor } from "../onnx/graph.ts";
import { changesOutput, massesOutput } from "../onnx/outputs.ts";
import type { ServedProfile } from "../registry/served.ts";
import { constant, type Explainer, memoizeRow, productOf, type RowOf, sumOf, through } from "./attribution.ts";
import { type ExplainedGraph, explainColumns } from "./columns.ts";
import { numbersOf, readForest, readStump } from "./forest.ts";
import { explainingOperations } from "./operations.ts";
import { addTreeShap, expectedOf } from "./tree-shap.ts";

export type { Explainer } from "./attribution.ts";

/** An explainer, or the reason why a model has none, as the end of a sentence about it: `its operator …`. */
export type BuiltExplainer = Result<CountedExplainer>;

export interface CountedExplainer {
  readonly explain: Explainer;
  /** Elementary steps of one explanation. */
  readonly operations: number;
}

export interface ExplainerParts {
  readonly graph: Graph;
  /** Inputs in the order of `Attribution.by`. */
  readonly inputs: readonly string[];
  readonly output: string;
  /** The distribution of the inputs in training: means and shares. */
  readonly profile: readonly ServedProfile[];
}

/** Builds the explainer of a model. O(size of the graph). */
export function buildExplainer(parts: ExplainerParts): BuiltExplainer {
  try {
    const builder = new Builder(parts);
    return success({ explain: builder.number(parts.output), operations: builder.operations });
  } catch (error) {
    if (error instanceof Unexplained) return failure(error.message);
    throw error;
  }
}

/** Thrown and caught inside this file only. */
class Unexplained extends Error {}

/** One column of a forest or a linear model: its input, its value in the row, and its mean in training. */
interface Cell {
  readonly input: number;
  readonly value: number;
  readonly mean: number;
}
type Cells = (row: RowOf) => Cell[];

const curves: Readonly<Record<string, (x: number) => number>> = {
  Exp: Math.exp,
  Log: Math.log,
  Neg: (x) => -x,
  Sigmoid: (x) => 1 / (1 + Math.exp(-x)),
};

function unsupported({ op }: Pick<Node, "op">): string {
  return `its operator ${op} is not supported by explanations`;
}

class Builder {
  /** Elementary steps of one explanation, of the parts that were built so far. */
  operations = 0;
  readonly #parts: ExplainerParts;
  readonly #makers: ReadonlyMap<string, Node>;
  readonly #constants: ReadonlyMap<string, Tensor>;
  readonly #places: ReadonlyMap<string, number>;
  readonly #graph: ExplainedGraph;
  /** A value that several nodes read is built once, and explained once per row. */
  readonly #built = new Map<string, Explainer>();
  /** Whether an expected change is built. Its categories select constants. Elsewhere a model may learn from their numbers. */
  #isExpectedChange = false;

  constructor(parts: ExplainerParts) {
    this.#parts = parts;
    this.#makers = new Map(parts.graph.nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
    this.#constants = new Map(parts.graph.initializers.map((tensor) => [tensor.name, tensor]));
    this.#places = new Map(parts.inputs.map((name, at) => [name, at]));
    this.#graph = {
      inputs: parts.inputs.length,
      maker: (name) => this.#makers.get(name),
      matrix: (name) => this.#matrix(name),
      number: (name) => this.number(name),
    };
  }

  /** Explains a value with one number per row. */
  number(name: string): Explainer {
    const known = this.#built.get(name);
    if (known) return known;
    const built = memoizeRow(this.#number(name));
    this.#built.set(name, built);
    return built;
  }

  #number(name: string): Explainer {
    const count = this.#parts.inputs.length;
    const [value] = this.#constants.get(name)?.data ?? [];
    if (value !== undefined) return () => constant(Number(value), count);
    if (this.#places.has(name)) return (row) => constant(Number(row(name)), count);
    const node = this.#maker(name);
    const input = (at: number) => this.number(node.inputs[at] ?? "");
    const curve = curves[node.op];
    if (curve) {
      const inner = input(0);
      return (row) => through(inner(row), curve);
    }
    switch (node.op) {
      case "Identity":
        return input(0);
      case "Add":
      case "Sub": {
        const [left, right, weight] = [input(0), input(1), node.op === "Add" ? 1 : -1];
        return (row) => sumOf(left(row), right(row), weight);
      }
      case "Mul": {
        const [left, right] = [input(0), input(1)];
        return (row) => productOf(left(row), right(row));
      }
      case "Div": {
        const [above, below] = [input(0), input(1)];
        return (row) =>
          productOf(
            above(row),
            through(below(row), (x) => 1 / x),
          );
      }
      case "Imputer": {
        const [inner, imputed] = [input(0), numbersOf(node.attributes.imputed_value_floats)[0] ?? 0];
        return (row) => through(inner(row), (x) => (Number.isNaN(x) ? imputed : x));
      }
      case "TreeEnsembleRegressor":
        return this.#forest(node);
      case "LinearRegressor":
        return this.#line(node);
      case "MatMul":
        return this.#expectedChange(name, node);
      case "LabelEncoder": {
        if (!this.#isExpectedChange) throw new Unexplained(unsupported(node));
        const cells = this.#ranks(node);
        return (row) => constant(cells(row)[0]?.value ?? Number.NaN, count);
      }
      default:
        throw new Unexplained(unsupported(node));
    }
  }

  /**
   * Explains an expected change: the changes that the model predicts, times their masses. Any other product with a matrix may be
   * learned, and then its inputs would need contributions.
   */
  #expectedChange(name: string, node: Node): Explainer {
    const factors = this.#makers.get(node.inputs[0] ?? "");
    if (factors?.op !== "Mul" || factors.inputs.join() !== [changesOutput, massesOutput].join())
      throw new Unexplained(unsupported(node));
    const { data } = this.#matrix(node.inputs[1] ?? "");
    this.operations += data.length * this.#parts.inputs.length;
    this.#isExpectedChange = true;
    const columns = explainColumns(this.#graph, name);
    this.#isExpectedChange = false;
    return (row) => columns(row)[0] ?? constant(Number.NaN, this.#parts.inputs.length);
  }

  #matrix(name: string): Tensor {
    const tensor = this.#constants.get(name);
    if (tensor?.dims.length !== 2)
      throw new Unexplained("its operator MatMul multiplies by a value that is not constant");
    return tensor;
  }

  #maker(name: string): Node {
    const node = this.#makers.get(name);
    if (node === undefined) throw new Unexplained(`no node of it has the output ${name}`);
    return node;
  }

  #forest(node: Node): Explainer {
    const forest = readForest(node.attributes);
    if (typeof forest === "string") {
      const [input = ""] = node.inputs;
      const stump = this.#places.has(input) ? readStump(node.attributes) : null;
      if (stump === null) throw new Unexplained(forest);
      // The trainer wrote the stump. It was not learned, so its value is part of the base.
      return (row) => constant(stump(Number(row(input))), this.#parts.inputs.length);
    }
    const { trees, base, isAverage } = forest;
    this.operations += trees.reduce((sum, tree) => sum + explainingOperations(tree), 0);
    const cells = this.#cells(node.inputs[0] ?? "");
    const scale = isAverage ? 1 / trees.length : 1;
    const expected = base + scale * trees.reduce((sum, tree) => sum + expectedOf(tree), 0);
    return (row) => {
      const read = cells(row);
      const values = Float32Array.from(read, ({ value }) => value);
      const columns = new Float64Array(read.length);
      for (const tree of trees) addTreeShap(tree, values, columns);
      const by = new Float64Array(this.#parts.inputs.length);
      let value = expected;
      read.forEach(({ input }, at) => {
        const share = scale * (columns[at] ?? 0);
        by[input] = (by[input] ?? 0) + share;
        value += share;
      });
      return { value, base: expected, by, exact: true };
    };
  }

  #line(node: Node): Explainer {
    const coefficients = numbersOf(node.attributes.coefficients);
    const intercept = numbersOf(node.attributes.intercepts)[0] ?? 0;
    const cells = this.#cells(node.inputs[0] ?? "");
    return (row) => {
      const by = new Float64Array(this.#parts.inputs.length);
      let [value, base] = [intercept, intercept];
      cells(row).forEach(({ input, value: x, mean }, at) => {
        const coefficient = coefficients[at] ?? 0;
        value += coefficient * x;
        base += coefficient * mean;
        by[input] = (by[input] ?? 0) + coefficient * (x - mean);
      });
      return { value, base, by, exact: true };
    };
  }

  /** Reads a value with several columns per row. */
  #cells(name: string): Cells {
    const place = this.#places.get(name);
    if (place !== undefined) {
      const mean = this.#meanOf(name);
      return (row) => [{ input: place, value: Number(row(name)), mean }];
    }
    const node = this.#maker(name);
    switch (node.op) {
      case "Identity":
        return this.#cells(node.inputs[0] ?? "");
      case "Concat": {
        const parts = node.inputs.map((input) => this.#cells(input));
        return (row) => parts.flatMap((part) => part(row));
      }
      case "LabelEncoder":
        return this.#ranks(node);
      case "Imputer": {
        const imputed = numbersOf(node.attributes.imputed_value_floats);
        return this.#changed(node, (x, at) => (Number.isNaN(x) ? (imputed[at] ?? imputed[0] ?? 0) : x));
      }
      case "Scaler": {
        const [offset, scale] = [numbersOf(node.attributes.offset), numbersOf(node.attributes.scale)];
        return this.#changed(node, (x, at) => (x - (offset[at] ?? 0)) * (scale[at] ?? 1));
      }
      case "Reshape":
        return this.#oneHot(this.#maker(node.inputs[0] ?? ""));
      default:
        throw new Unexplained(unsupported(node));
    }
  }

  /** Applies the same change to values and means. */
  #changed(node: Node, change: (x: number, at: number) => number): Cells {
    const inner = this.#cells(node.inputs[0] ?? "");
    return (row) =>
      inner(row).map(({ input, value, mean }, at) => ({ input, value: change(value, at), mean: change(mean, at) }));
  }

  #ranks({ inputs: [name = ""], attributes }: Node): Cells {
    const place = this.#textPlace(name);
    const keys = attributes.keys_strings?.kind === "strings" ? attributes.keys_strings.values : [];
    const values = numbersOf(attributes.values_floats);
    const ranks = new Map(keys.map((key, at) => [key, values[at] ?? Number.NaN]));
    const other = attributes.default_float?.kind === "float" ? attributes.default_float.value : 0;
    return (row) => [{ input: place, value: ranks.get(String(row(name))) ?? other, mean: Number.NaN }];
  }

  #oneHot({ op, inputs: [name = ""], attributes }: Node): Cells {
    if (op !== "OneHotEncoder") throw new Unexplained(unsupported({ op }));
    const place = this.#textPlace(name);
    const categories = attributes.cats_strings?.kind === "strings" ? attributes.cats_strings.values : [];
    const profile = this.#parts.profile.find((column) => column.name === name);
    const shareOf = (category: string) =>
      profile?.dtype === "string" && profile.count > 0 ? (profile.counts[category] ?? 0) / profile.count : 0;
    const means = categories.map(shareOf);
    return (row) =>
      categories.map((category, at) => ({ input: place, value: Number(row(name) === category), mean: means[at] ?? 0 }));
  }

  #textPlace(name: string): number {
    const place = this.#places.get(name);
    if (place === undefined) throw new Unexplained(`it encodes ${name}, which is not an input`);
    return place;
  }

  #meanOf(name: string): number {
    const profile = this.#parts.profile.find((column) => column.name === name);
    return profile?.dtype === "float" ? (profile.mean ?? Number.NaN) : Number.NaN;
  }
}
