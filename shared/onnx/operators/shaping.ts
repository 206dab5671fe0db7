/** Operators that move elements without changing them. */
import type { Data, TensorShape } from "../graph.ts";
import { asNumbers, asTexts, asTextsToFill, describeShape, elementsPerRow, rowAxisOf } from "./data.ts";
import type { Operator, OperatorNode, Prepared, Slot } from "./operator.ts";

export const identity: Operator = {
  name: "Identity",
  domain: "",
  attributes: [],
  note: "any type",
  prepare: (node) => ({ kind: "view", shape: node.input(0).shape }),
};

/** The standard's output is a sequence of maps. Here the output is the input: the probabilities, [N, classes]. */
export const zipMap: Operator = {
  name: "ZipMap",
  domain: "ai.onnx.ml",
  attributes: ["classlabels_strings", "classlabels_int64s"],
  note: "dropped: its output is its input, float [N, classes]",
  prepare: (node) => ({ kind: "view", shape: node.typedInput(0, "float").shape }),
};

/** Returns `from` reshaped to `wanted`, with at most one N and the same number of elements for every N. */
function reshaped(node: OperatorNode, from: TensorShape, wanted: readonly number[]): TensorShape {
  const sizes: (number | null)[] = wanted.map((size, axis) => {
    if (size !== 0 || node.int("allowzero", 0) !== 0) return size;
    return from[axis] === undefined
      ? node.malformed(`size 0 for axis ${axis}`, "an axis of the input")
      : (from[axis] ?? null);
  });
  const hole = sizes.indexOf(-1);
  if (sizes.some((size) => size !== null && size < -1) || hole !== sizes.lastIndexOf(-1)) {
    return node.malformed(`shape [${wanted}]`, "sizes of 0 or more and at most one -1");
  }
  const hasRows = rowAxisOf(from) >= 0;
  const known = sizes.reduce<number>((product, size) => product * (size === null || size === -1 ? 1 : size), 1);
  const total = elementsPerRow(from);
  if (hole >= 0) {
    const takesRows = hasRows && !sizes.includes(null);
    const rest = total / known;
    if (!Number.isInteger(rest) || (takesRows && rest !== 1)) {
      return node.unsupported(`${describeShape(from)} as [${wanted}]`, "a shape whose -1 is N or an integer");
    }
    sizes[hole] = takesRows ? null : rest;
  }
  if (hasRows !== sizes.includes(null) || elementsPerRow(sizes) !== total) {
    return node.unsupported(`${describeShape(from)} as [${wanted}]`, "the same number of elements for every N");
  }
  return sizes;
}

export const reshape: Operator = {
  name: "Reshape",
  domain: "",
  attributes: ["allowzero"],
  note: "constant shape; -1 and 0 as in the standard, N remains one axis",
  prepare(node) {
    const target = node.constant(1);
    if (target.type !== "int64") return node.malformed(`a shape of ${target.type}`, "int64");
    return { kind: "view", shape: reshaped(node, node.input(0).shape, Array.from(target.data)) };
  },
};

/** Copies `count` elements between arrays of the same type. */
function copyElements(from: Data, to: Data, span: { from: number; to: number; count: number }): void {
  const { count } = span;
  if (Array.isArray(to)) {
    const source = asTexts(from);
    const target = asTextsToFill(to);
    for (let i = 0; i < count; i++) target[span.to + i] = source[span.from + i] ?? "";
    return;
  }
  const source = asNumbers(from);
  const target = asNumbers(to);
  for (let i = 0; i < count; i++) target[span.to + i] = source[span.from + i] ?? 0;
}

interface Pieces {
  /** Number of pieces, elements copied per piece, and distance between pieces in the source. */
  readonly pieces: number;
  readonly count: number;
  readonly stride: number;
  /** Position of the first piece in the target, and distance between pieces there. */
  readonly offset: number;
  readonly width: number;
}

/** Copies one piece per row between arrays of the same type. */
function copyPieces(from: Data, to: Data, { pieces, count, stride, offset, width }: Pieces): void {
  if (Array.isArray(to)) {
    const source = asTexts(from);
    const target = asTextsToFill(to);
    for (let p = 0; p < pieces; p++)
      for (let i = 0; i < count; i++) target[p * width + offset + i] = source[p * stride + i] ?? "";
    return;
  }
  const source = asNumbers(from);
  const target = asNumbers(to);
  for (let p = 0; p < pieces; p++)
    for (let i = 0; i < count; i++) target[p * width + offset + i] = source[p * stride + i] ?? 0;
}

function concatenated(node: OperatorNode, slots: readonly Slot[], axis: number): TensorShape {
  const [first] = slots;
  if (first === undefined) return node.malformed("no input", "at least one");
  const shape = [...first.shape];
  for (const slot of slots.slice(1)) {
    if (slot.type !== first.type) return node.malformed(`inputs of ${first.type} and ${slot.type}`, "one type");
    slot.shape.forEach((size, at) => {
      const sofar = shape[at];
      if (at === axis) shape[at] = size === null || sofar === null || sofar === undefined ? null : sofar + size;
      else if (sofar !== size)
        node.malformed(`shapes ${describeShape(first.shape)} and ${describeShape(slot.shape)}`, "equal other axes");
    });
    if (slot.shape.length !== shape.length) return node.malformed("inputs of different rank", "one rank");
  }
  if (slots.length > 1 && shape[axis] === null)
    return node.unsupported("concatenation of rows", "concatenation of columns");
  return shape;
}

export const concat: Operator = {
  name: "Concat",
  domain: "",
  attributes: ["axis"],
  note: "any type, any axis but the rows'",
  prepare(node): Prepared {
    const slots = Array.from({ length: node.inputCount }, (_, index) => node.input(index));
    const rank = slots[0]?.shape.length ?? 0;
    const given = node.has("axis") ? node.int("axis", 0) : node.malformed("no axis", "one");
    const axis = given < 0 ? given + rank : given;
    if (!(axis >= 0 && axis < rank)) return node.malformed(`axis ${given} of rank ${rank}`, "an axis of the inputs");
    const shape = concatenated(node, slots, axis);
    const widths = slots.map((slot) => elementsPerRow(slot.shape.slice(axis)));
    const width = elementsPerRow(shape.slice(axis));
    const run = (inputs: readonly Data[], outputs: readonly Data[]) => {
      const [output = []] = outputs;
      if (width === 0) return;
      const pieces = output.length / width;
      let offset = 0;
      for (let i = 0; i < widths.length; i++) {
        const count = widths[i] ?? 0;
        copyPieces(inputs[i] ?? [], output, { pieces, count, stride: count, offset, width });
        offset += count;
      }
    };
    return { kind: "compute", outputs: [{ type: slots[0]?.type ?? "float", shape }], run };
  },
};

function checkIndices(node: OperatorNode, indices: ArrayLike<number>, size: number): void {
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i] ?? 0;
    if (index < 0 || index >= size) node.refuse("input", `index ${index}`, `one in 0…${size - 1}`);
  }
}

export const arrayFeatureExtractor: Operator = {
  name: "ArrayFeatureExtractor",
  domain: "ai.onnx.ml",
  attributes: [],
  note: "any type; int64 indices, constant or computed; a negative index is refused",
  prepare(node): Prepared {
    const source = node.input(0);
    const indices = node.typedInput(1, "int64");
    const width = source.shape.at(-1);
    const indexAxis = rowAxisOf(indices.shape);
    const count = indexAxis < 0 ? elementsPerRow(indices.shape) : null;
    if (typeof width !== "number" || (count === null && elementsPerRow(indices.shape) !== 1)) {
      return node.unsupported(
        `elements of ${describeShape(source.shape)} at ${describeShape(indices.shape)}`,
        "a known last axis",
      );
    }
    const leading = source.shape.length === 1 ? [1] : source.shape.slice(0, -1);
    const shape = [...leading, count];
    if (shape.indexOf(null) !== shape.lastIndexOf(null))
      return node.unsupported("indices for every row", "the same for all");
    if (count === 0) return node.malformed("no index", "at least one");
    if (indices.constant?.type === "int64") checkIndices(node, indices.constant.data, width);
    const run = (inputs: readonly Data[], outputs: readonly Data[]) => {
      const [from = [], at, to = []] = [inputs[0], asNumbers(inputs[1]), outputs[0]];
      checkIndices(node, at, width);
      const pieces = from.length / width;
      for (let p = 0, next = 0; p < pieces; p++) {
        for (let i = 0; i < at.length; i++, next++)
          copyElements(from, to, { from: p * width + (at[i] ?? 0), to: next, count: 1 });
      }
    };
    return { kind: "compute", outputs: [{ type: source.type, shape }], run };
  },
};

/** Returns positions along an axis of `size`. Negative positions count from its end. */
function positionsAlong(node: OperatorNode, given: ArrayLike<number>, size: number): number[] {
  const positions = Array.from(given, (index) => (index < 0 ? index + size : index));
  checkIndices(node, positions, size);
  return positions;
}

export const gather: Operator = {
  name: "Gather",
  domain: "",
  attributes: ["axis"],
  note: "any type; constant int64 indices of rank 0 or 1, along an axis that is not the rows'",
  prepare(node): Prepared {
    const { type, shape } = node.input(0);
    const indices = node.constant(1);
    const given = node.int("axis", 0);
    const axis = given < 0 ? given + shape.length : given;
    const size = shape[axis];
    if (indices.type !== "int64" || indices.dims.length > 1 || typeof size !== "number") {
      return node.unsupported(
        `${indices.type} indices of rank ${indices.dims.length} along axis ${given}`,
        gather.note,
      );
    }
    const positions = positionsAlong(node, indices.data, size);
    const inner = elementsPerRow(shape.slice(axis + 1));
    // onnxruntime 1.30 copies only the first text of a block.
    if (type === "string" && inner > 1) return node.unsupported("blocks of texts", "single texts, or numbers");
    if (shape.indexOf(null) > axis) return node.unsupported(`axis ${given} before the rows`, "one after them");
    const run = (inputs: readonly Data[], outputs: readonly Data[]) => {
      const [from = []] = inputs;
      const [to = []] = outputs;
      const pieces = size * inner === 0 ? 0 : from.length / (size * inner);
      for (let piece = 0, next = 0; piece < pieces; piece++) {
        for (const position of positions) {
          copyElements(from, to, { from: (piece * size + position) * inner, to: next, count: inner });
          next += inner;
        }
      }
    };
    const sizes = [...shape.slice(0, axis), ...indices.dims, ...shape.slice(axis + 1)];
    return { kind: "compute", outputs: [{ type, shape: sizes }], run };
  },
};

export const featureVectorizer: Operator = {
  name: "FeatureVectorizer",
  domain: "ai.onnx.ml",
  attributes: ["inputdimensions"],
  note: "float, int32 or int64 [N, size] in, float out; short inputs are padded with 0, long ones cut",
  prepare(node): Prepared {
    const sizes = Array.from(node.ints("inputdimensions"));
    if (sizes.length !== node.inputCount || sizes.some((size) => size < 0)) {
      return node.malformed(`${sizes.length} inputdimensions for ${node.inputCount} inputs`, "one each");
    }
    const slots = sizes.map((_, index) => node.typedInput(index, "float", "int64", "int32"));
    const rows = slots[0]?.shape[0];
    const widths = slots.map((slot) => {
      const [first, second] = slot.shape;
      if (slot.shape.length !== 2 || first !== rows || typeof second !== "number") {
        return node.unsupported(`an input of shape ${describeShape(slot.shape)}`, "[N, size] for all");
      }
      return second;
    });
    const total = sizes.reduce((sum, size) => sum + size, 0);
    const run = (inputs: readonly Data[], outputs: readonly Data[]) => {
      const output = asNumbers(outputs[0]);
      output.fill(0);
      const count = total === 0 ? 0 : output.length / total;
      let offset = 0;
      for (let i = 0; i < sizes.length; i++) {
        const width = widths[i] ?? 0;
        const size = sizes[i] ?? 0;
        const from = asNumbers(inputs[i]);
        copyPieces(from, output, { pieces: count, count: Math.min(width, size), stride: width, offset, width: total });
        offset += size;
      }
    };
    return { kind: "compute", outputs: [{ type: "float", shape: [rows ?? null, total] }], run };
  },
};
