/** Arrays of elements, with checked conversions to the array type that a kernel expects. */
import type { Data, ElementType, TensorShape } from "../graph.ts";

/** A numeric array of any kind. */
export type NumericData = Exclude<Data, readonly string[]>;

function wrongArray(expected: string): never {
  throw new TypeError(`a kernel got an array that is not ${expected}`);
}

/** Narrows the type for TypeScript. The compiler has checked it, so an exception means a mistake in an operator. */
export function asFloats(data: Data | undefined): Float32Array {
  return data instanceof Float32Array ? data : wrongArray("Float32Array");
}

export function asNumbers(data: Data | undefined): NumericData {
  if (data instanceof Float32Array || data instanceof Float64Array) return data;
  return data instanceof Int32Array || data instanceof Uint8Array ? data : wrongArray("numbers");
}

export function asTexts(data: Data | undefined): readonly string[] {
  return Array.isArray(data) ? data : wrongArray("texts");
}

/** Returns a writable array of texts. `createData` made it, so it is not a constant of the graph. */
export function asTextsToFill(data: Data | undefined): string[] {
  return Array.isArray(data) ? (data as string[]) : wrongArray("texts");
}

export function createData(type: ElementType, length: number): Data {
  switch (type) {
    case "float":
      return new Float32Array(length);
    case "double":
    case "int64":
      return new Float64Array(length);
    case "int32":
      return new Int32Array(length);
    case "uint8":
    case "bool":
      return new Uint8Array(length);
    case "string":
      return new Array<string>(length).fill("");
  }
}

export function copyOf(data: Data): Data {
  return data.slice();
}

/** Returns the number of elements of one row, or of the whole value if no axis is N. */
export function elementsPerRow(shape: TensorShape): number {
  return shape.reduce<number>((product, size) => product * (size ?? 1), 1);
}

export function elementsOf(shape: TensorShape, rows: number): number {
  return shape.reduce<number>((product, size) => product * (size ?? rows), 1);
}

export function rowAxisOf(shape: TensorShape): number {
  return shape.indexOf(null);
}

export function describeShape(shape: TensorShape): string {
  return `[${shape.map((size) => size ?? "N").join(", ")}]`;
}

export function isSameShape(left: TensorShape, right: TensorShape): boolean {
  return left.length === right.length && left.every((size, axis) => size === right[axis]);
}
