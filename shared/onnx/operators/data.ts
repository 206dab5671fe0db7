/** Arrays of elements: the checked way from "some array" to the one that a kernel knows it gets. */
import type { Data, ElementType, Shape } from "../graph.ts";

/** A numeric array of any kind. */
export type Numbers = Exclude<Data, readonly string[]>;

function wrongArray(expected: string): never {
  throw new TypeError(`the compiler gave a kernel something other than ${expected}`);
}

/** The compiler has checked the types; these tell TypeScript, and catch a mistake in an operator. */
export function asFloats(data: Data | undefined): Float32Array {
  return data instanceof Float32Array ? data : wrongArray("Float32Array");
}

export function asNumbers(data: Data | undefined): Numbers {
  if (data instanceof Float32Array || data instanceof Float64Array) return data;
  return data instanceof Int32Array || data instanceof Uint8Array ? data : wrongArray("numbers");
}

export function asTexts(data: Data | undefined): readonly string[] {
  return Array.isArray(data) ? data : wrongArray("texts");
}

/** The array of texts that a kernel fills. It was made by `createData`, hence is nobody's constant. */
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

/** Elements of one row, or of the whole where no axis is N. */
export function elementsPerRow(shape: Shape): number {
  return shape.reduce<number>((product, size) => product * (size ?? 1), 1);
}

export function elementsOf(shape: Shape, rows: number): number {
  return shape.reduce<number>((product, size) => product * (size ?? rows), 1);
}

export function rowAxisOf(shape: Shape): number {
  return shape.indexOf(null);
}

export function describeShape(shape: Shape): string {
  return `[${shape.map((size) => size ?? "N").join(", ")}]`;
}

export function isSameShape(left: Shape, right: Shape): boolean {
  return left.length === right.length && left.every((size, axis) => size === right[axis]);
}
