/** Elementwise float32 arithmetic with numpy's broadcasting. */
import type { Data, TensorShape } from "../graph.ts";
import { asFloats, describeShape, isSameShape, rowAxisOf } from "./data.ts";
import type { Operator, OperatorNode, Prepared } from "./operator.ts";

type Binary = (left: number, right: number) => number;

/** Returns the broadcast shape. Refuses shapes that fit only for some N. */
function broadcastShape(node: OperatorNode, left: TensorShape, right: TensorShape): TensorShape {
  const rank = Math.max(left.length, right.length);
  const shape = Array.from({ length: rank }, (_, axis) => {
    const a = axis - rank + left.length < 0 ? 1 : left[axis - rank + left.length];
    const b = axis - rank + right.length < 0 ? 1 : right[axis - rank + right.length];
    if (a === undefined || b === undefined) return 1;
    if (a === b || b === 1) return a;
    if (a === 1) return b;
    return node.unsupported(
      `shapes ${describeShape(left)} and ${describeShape(right)}`,
      "equal sizes or 1 on every axis",
    );
  });
  if (rowAxisOf(shape) !== shape.lastIndexOf(null)) {
    return node.unsupported(`shapes ${describeShape(left)} and ${describeShape(right)}`, "N on one axis");
  }
  return shape;
}

/** Returns the step in an operand for one step along each axis of the result; 0 where the operand is repeated. */
function stridesIn(operand: TensorShape, result: TensorShape, rows: number): number[] {
  const strides = new Array<number>(result.length).fill(0);
  let stride = 1;
  for (let axis = operand.length - 1, at = result.length - 1; axis >= 0; axis--, at--) {
    const size = operand[axis] ?? rows;
    if (operand[axis] !== 1) strides[at] = stride;
    stride *= size;
  }
  return strides;
}

/** Applies a function to all elements of the result in order, with strides for the operands. */
function broadcast(apply: Binary, shapes: { left: TensorShape; right: TensorShape; result: TensorShape }) {
  return (left: Float32Array, right: Float32Array, output: Float32Array): void => {
    const rows = rowsOf(shapes.result, output.length);
    const sizes = shapes.result.map((size) => size ?? rows);
    const leftStrides = stridesIn(shapes.left, shapes.result, rows);
    const rightStrides = stridesIn(shapes.right, shapes.result, rows);
    const index = new Array<number>(sizes.length).fill(0);
    let leftAt = 0;
    let rightAt = 0;
    for (let i = 0; i < output.length; i++) {
      output[i] = apply(left[leftAt] ?? 0, right[rightAt] ?? 0);
      for (let axis = sizes.length - 1; axis >= 0; axis--) {
        leftAt += leftStrides[axis] ?? 0;
        rightAt += rightStrides[axis] ?? 0;
        const next = (index[axis] ?? 0) + 1;
        index[axis] = next;
        if (next < (sizes[axis] ?? 1)) break;
        leftAt -= next * (leftStrides[axis] ?? 0);
        rightAt -= next * (rightStrides[axis] ?? 0);
        index[axis] = 0;
      }
    }
  };
}

function rowsOf(shape: TensorShape, length: number): number {
  const perRow = shape.reduce<number>((product, size) => product * (size ?? 1), 1);
  return perRow === 0 ? 0 : length / perRow;
}

function binary(name: string, apply: Binary): Operator {
  return {
    name,
    domain: "",
    attributes: [],
    note: "float; broadcasting",
    prepare(node): Prepared {
      const left = node.typedInput(0, "float").shape;
      const right = node.typedInput(1, "float").shape;
      const result = broadcastShape(node, left, right);
      const same = isSameShape(left, right);
      const rightIsOne = right.every((size) => size === 1) && isSameShape(left, result);
      const general = broadcast(apply, { left, right, result });
      const run = (inputs: readonly Data[], outputs: readonly Data[]) => {
        const a = asFloats(inputs[0]);
        const b = asFloats(inputs[1]);
        const output = asFloats(outputs[0]);
        if (same) for (let i = 0; i < output.length; i++) output[i] = apply(a[i] ?? 0, b[i] ?? 0);
        else if (rightIsOne) for (let i = 0, one = b[0] ?? 0; i < output.length; i++) output[i] = apply(a[i] ?? 0, one);
        else general(a, b, output);
      };
      return { kind: "compute", outputs: [{ type: "float", shape: result }], run };
    },
  };
}

// Storing the double result of two float32 numbers rounds it like float32 arithmetic.
export const add = binary("Add", (left, right) => left + right);
export const sub = binary("Sub", (left, right) => left - right);
export const mul = binary("Mul", (left, right) => left * right);
export const div = binary("Div", (left, right) => left / right);

function unary(name: string, apply: (value: number) => number): Operator {
  return {
    name,
    domain: "",
    attributes: [],
    note: "float",
    prepare(node): Prepared {
      const { shape } = node.typedInput(0, "float");
      const run = (inputs: readonly Data[], outputs: readonly Data[]) => {
        const input = asFloats(inputs[0]);
        const output = asFloats(outputs[0]);
        for (let i = 0; i < output.length; i++) output[i] = apply(input[i] ?? 0);
      };
      return { kind: "compute", outputs: [{ type: "float", shape }], run };
    },
  };
}

export const exp = unary("Exp", Math.exp);
export const log = unary("Log", Math.log);
export const relu = unary("Relu", (value) => Math.max(value, 0));
export const sigmoid = unary("Sigmoid", (value) => 1 / (1 + Math.exp(-value)));
export const tanh = unary("Tanh", Math.tanh);
