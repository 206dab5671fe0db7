/**
 * An ONNX model as plain data, which the writer, the reader and the compiler share.
 *
 * It has only what tabular models need: tensors, no sequences, no subgraphs. https://onnx.ai/onnx/repo-docs/IR.html
 */

/** The empty domain is ai.onnx itself. */
export type Domain = "" | "ai.onnx.ml";

export type ElementType = "float" | "double" | "int64" | "int32" | "uint8" | "bool" | "string";

/** One size per axis. Null is N, the number of rows, which is the same everywhere in a graph. */
export type TensorShape = readonly (number | null)[];

/** int64 is stored as exact integers up to ±2⁵³ in doubles: BigInt arrays are ten times slower and tabular models need no more. */
export type TensorData =
  | { readonly type: "float"; readonly data: Float32Array }
  | { readonly type: "double" | "int64"; readonly data: Float64Array }
  | { readonly type: "int32"; readonly data: Int32Array }
  | { readonly type: "uint8" | "bool"; readonly data: Uint8Array }
  | { readonly type: "string"; readonly data: readonly string[] };

export type Data = TensorData["data"];

/** A constant, row-major; `data` has one entry per element. */
export type Tensor = TensorData & { readonly name: string; readonly dims: readonly number[] };

/** An input or output of a graph. */
export interface GraphValue {
  readonly name: string;
  /** `other` is a type that is not supported: sequences, maps, rarer numbers. */
  readonly type: ElementType | "other";
  /** Null if the file declares no shape. */
  readonly shape: TensorShape | null;
}

export interface CodedTexts {
  readonly texts: readonly string[];
  /** Positions in `texts`. */
  readonly codes: Uint8Array;
}

/** Long lists should be typed arrays. Numbers of `float` and `floats` are float32. */
export type Attribute =
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "int"; readonly value: number }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "tensor"; readonly value: Tensor }
  | { readonly kind: "floats"; readonly values: ArrayLike<number> }
  | { readonly kind: "ints"; readonly values: ArrayLike<number> }
  | {
      readonly kind: "strings";
      readonly values: readonly string[];
      /** The same list as codes, if it was read from a file and has few distinct texts. */
      readonly coded?: CodedTexts;
    }
  /** An attribute of a kind that is not supported; `found` names the kind. It cannot be written. */
  | { readonly kind: "unsupported"; readonly found: string };

export type Attributes = Readonly<Record<string, Attribute>>;

export interface Node {
  readonly op: string;
  /** A file of another tool may have any domain. */
  readonly domain: Domain | (string & {});
  readonly name: string;
  /** Names of values. An empty name is an omitted optional input. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Attributes;
}

export interface Graph {
  readonly name: string;
  readonly inputs: readonly GraphValue[];
  readonly outputs: readonly GraphValue[];
  /** Ordered so that every value is defined before it is used. */
  readonly nodes: readonly Node[];
  readonly initializers: readonly Tensor[];
  /** Version of each domain. */
  readonly opsets: Readonly<Record<string, number>>;
  readonly irVersion: number;
  readonly producer: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Versions that every runtime supports since 2022: IR 8, ai.onnx 17, ai.onnx.ml 3. */
export const PORTABLE = { irVersion: 8, opsets: { "": 17, "ai.onnx.ml": 3 } } as const;

export const float = (value: number): Attribute => ({ kind: "float", value });
export const int = (value: number): Attribute => ({ kind: "int", value });
export const string = (value: string): Attribute => ({ kind: "string", value });
export const floats = (values: ArrayLike<number>): Attribute => ({ kind: "floats", values });
export const ints = (values: ArrayLike<number>): Attribute => ({ kind: "ints", values });
export const strings = (values: readonly string[]): Attribute => ({ kind: "strings", values });

interface Wiring {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Attributes;
}

/** Builds a node of the standard domain. Its name is its first output. */
export function node(op: string, wiring: Wiring): Node {
  return { op, domain: "", name: wiring.outputs[0] ?? op, attributes: {}, ...wiring };
}

/** Builds a node of ai.onnx.ml. Its name is its first output. */
export function mlNode(op: string, wiring: Wiring): Node {
  return { ...node(op, wiring), domain: "ai.onnx.ml" };
}

/** Builds a float32 constant. Rounds `values` to float32. */
export function floatTensor(name: string, values: ArrayLike<number>, dims?: readonly number[]): Tensor {
  return { name, type: "float", dims: dims ?? [values.length], data: Float32Array.from(values) };
}

/** Builds an int64 constant, such as the shape for Reshape. */
export function int64Tensor(name: string, values: ArrayLike<number>, dims?: readonly number[]): Tensor {
  return { name, type: "int64", dims: dims ?? [values.length], data: Float64Array.from(values) };
}
