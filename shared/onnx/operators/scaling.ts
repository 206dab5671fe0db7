/** Operators that transform numbers by column or by row. */
import type { Data } from "../graph.ts";
import { asFloats, asNumbers } from "./data.ts";
import { largestOf } from "./labels.ts";
import { matrixShapeOf } from "./matrix.ts";
import type { Operator, OperatorNode, Prepared } from "./operator.ts";

const { fround } = Math;

/** Returns the stride of a list with one number per column (1) or one number for all columns (0). */
function strideOf(node: OperatorNode, values: ArrayLike<number>, columns: number): 0 | 1 {
  if (values.length === columns) return 1;
  return values.length === 1 ? 0 : node.malformed(`${values.length} values for ${columns} columns`, `1 or ${columns}`);
}

export const imputer: Operator = {
  name: "Imputer",
  domain: "ai.onnx.ml",
  attributes: ["imputed_value_floats", "imputed_value_int64s", "replaced_value_float", "replaced_value_int64"],
  note: "float or int64 [N, columns]; NaN is replaced when it is the replaced value",
  prepare(node): Prepared {
    const slot = node.typedInput(0, "float", "int64");
    const { columns } = matrixShapeOf(node, slot);
    const isFloat = slot.type === "float";
    const imputed = isFloat
      ? node.floats("imputed_value_floats")
      : Float64Array.from(node.ints("imputed_value_int64s"));
    const needed = isFloat ? "replaced_value_float" : "replaced_value_int64";
    if (!node.has(needed)) return node.unsupported(`no ${needed}`, "one, which onnxruntime requires");
    const replaced = isFloat ? node.float(needed, 0) : node.int(needed, 0);
    const stride = strideOf(node, imputed, columns);
    const isReplaced = Number.isNaN(replaced)
      ? (value: number) => Number.isNaN(value)
      : (value: number) => value === replaced;
    const run = (inputs: readonly Data[], outputs: readonly Data[]) => {
      const from = asNumbers(inputs[0]);
      const to = asNumbers(outputs[0]);
      for (let i = 0; i < to.length; i++) {
        const value = from[i] ?? 0;
        to[i] = isReplaced(value) ? (imputed[stride * (i % columns)] ?? 0) : value;
      }
    };
    return { kind: "compute", outputs: [{ type: slot.type, shape: slot.shape }], run };
  },
};

export const scaler: Operator = {
  name: "Scaler",
  domain: "ai.onnx.ml",
  attributes: ["offset", "scale"],
  note: "float, int32 or int64 [N, columns] to float",
  prepare(node): Prepared {
    const slot = node.typedInput(0, "float", "int64", "int32");
    const { columns } = matrixShapeOf(node, slot);
    const offset = node.floats("offset");
    const scale = node.floats("scale");
    if (offset.length !== scale.length)
      return node.malformed(`${offset.length} offsets, ${scale.length} scales`, "equal numbers");
    const stride = strideOf(node, scale, columns);
    const run = (inputs: readonly Data[], outputs: readonly Data[]) => {
      const from = asNumbers(inputs[0]);
      const to = asFloats(outputs[0]);
      for (let i = 0; i < to.length; i++) {
        const column = stride * (i % columns);
        to[i] = fround(fround(from[i] ?? 0) - (offset[column] ?? 0)) * (scale[column] ?? 1);
      }
    };
    return { kind: "compute", outputs: [{ type: "float", shape: slot.shape }], run };
  },
};

type Norm = (values: ArrayLike<number>, span: { start: number; end: number }) => number;

// Sums are float32 and in order, as in onnxruntime. The maximum starts at the lowest float32, not at −∞.
const NORMS: Readonly<Record<string, Norm>> = {
  MAX: (values, { start, end }) => {
    let largest = -3.4028234663852886e38;
    for (let i = start; i < end; i++) if ((values[i] ?? 0) > largest) largest = values[i] ?? 0;
    return largest;
  },
  L1: (values, { start, end }) => {
    let sum = 0;
    for (let i = start; i < end; i++) sum = fround(sum + Math.abs(values[i] ?? 0));
    return sum;
  },
  L2: (values, { start, end }) => {
    let sum = 0;
    for (let i = start; i < end; i++) sum = fround(sum + fround((values[i] ?? 0) * (values[i] ?? 0)));
    return sum;
  },
};

export const normalizer: Operator = {
  name: "Normalizer",
  domain: "ai.onnx.ml",
  attributes: ["norm"],
  note: "float [N, columns]; MAX, L1 and L2; a row of norm 0 stays",
  prepare(node): Prepared {
    const slot = node.typedInput(0, "float");
    const { columns } = matrixShapeOf(node, slot);
    const name = node.string("norm", "MAX");
    const norm = Object.hasOwn(NORMS, name) ? NORMS[name] : undefined;
    if (norm === undefined) return node.malformed(`norm ${name}`, "MAX, L1 or L2");
    const run = (inputs: readonly Data[], outputs: readonly Data[]) => {
      const from = asFloats(inputs[0]);
      const to = asFloats(outputs[0]);
      for (let start = 0; start < to.length; start += columns) {
        const size = norm(from, { start, end: start + columns });
        for (let i = start; i < start + columns; i++) {
          const value = from[i] ?? 0;
          if (size === 0) to[i] = value;
          else if (name !== "L2") to[i] = value / size;
          else to[i] = (value < 0 ? -1 : 1) * Math.sqrt(fround(fround(value * value) / size));
        }
      }
    };
    return { kind: "compute", outputs: [{ type: "float", shape: slot.shape }], run };
  },
};

export const softmax: Operator = {
  name: "Softmax",
  domain: "",
  attributes: ["axis"],
  note: "float, along the last axis, which is not the rows'",
  prepare(node): Prepared {
    const { shape } = node.typedInput(0, "float");
    const last = shape.length - 1;
    const axis = node.int("axis", node.version < 13 ? 1 : -1);
    const columns = shape[last];
    if ((axis !== -1 && axis !== last) || typeof columns !== "number") {
      return node.unsupported(`axis ${axis} of rank ${shape.length}`, "the last axis, of known size");
    }
    const run = (inputs: readonly Data[], outputs: readonly Data[]) => {
      const from = asFloats(inputs[0]);
      const to = asFloats(outputs[0]);
      for (let start = 0; start < to.length; start += columns) softmaxInto(from, to, { start, end: start + columns });
    };
    return { kind: "compute", outputs: [{ type: "float", shape }], run };
  },
};

function softmaxInto(from: Float32Array, to: Float32Array, { start, end }: { start: number; end: number }): void {
  let largest = Number.NEGATIVE_INFINITY;
  for (let i = start; i < end; i++) largest = Math.max(largest, from[i] ?? 0);
  let sum = 0;
  for (let i = start; i < end; i++) sum += Math.exp((from[i] ?? 0) - largest);
  for (let i = start; i < end; i++) to[i] = Math.exp((from[i] ?? 0) - largest) / sum;
}

export const argMax: Operator = {
  name: "ArgMax",
  domain: "",
  attributes: ["axis", "keepdims", "select_last_index"],
  note: "float [N, columns] to int64, along the columns; the first of equals",
  prepare(node): Prepared {
    const slot = node.typedInput(0, "float");
    const { rows, columns } = matrixShapeOf(node, slot);
    const axis = node.int("axis", 0);
    const isSupported = (axis === 1 || axis === -1) && columns > 0 && node.int("select_last_index", 0) === 0;
    if (!isSupported) return node.unsupported(`axis ${axis} of ${columns} columns`, argMax.note);
    const run = (inputs: readonly Data[], outputs: readonly Data[]) => {
      const from = asFloats(inputs[0]);
      const to = asNumbers(outputs[0]);
      for (let row = 0; row < to.length; row++) to[row] = largestOf(from, row * columns, (row + 1) * columns);
    };
    const shape = node.int("keepdims", 1) === 0 ? [rows] : [rows, 1];
    return { kind: "compute", outputs: [{ type: "int64", shape }], run };
  },
};
