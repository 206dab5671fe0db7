/** Maps categories to numbers and back. */
import type { Data, Tensor } from "../graph.ts";
import { asNumbers, asTexts, asTextsToFill } from "./data.ts";
import type { Operator, OperatorNode, Output, Prepared, Slot } from "./operator.ts";

type Key = string | number;
type KeyType = "string" | "int64" | "float";

/** In a Map NaN is an ordinary key and −0 equals 0, as in onnxruntime since ai.onnx.ml 4. */
type Lookup = ReadonlyMap<Key, Key>;

interface Table {
  readonly type: KeyType;
  readonly values: readonly Key[];
}

const SUFFIXES = { string: "strings", int64: "int64s", float: "floats" } as const;
const KEY_TYPES = ["string", "int64", "float"] as const;

function tableOfTensor(node: OperatorNode, tensor: Tensor): Table {
  const { type } = tensor;
  if (type !== "string" && type !== "int64" && type !== "float") {
    return node.unsupported(`a tensor of ${type}`, "string, int64 or float");
  }
  return { type, values: Array.from<Key>(tensor.data) };
}

/** Reads the list `<prefix>_strings`, `_int64s` or `_floats`, or the tensor that replaces them since ai.onnx.ml 4. */
function tableOf(node: OperatorNode, prefix: "keys" | "values"): Table {
  const tensor = node.tensor(`${prefix}_tensor`);
  const given = KEY_TYPES.filter((type) => node.has(`${prefix}_${SUFFIXES[type]}`));
  const [type] = given;
  if (given.length + (tensor === null ? 0 : 1) !== 1)
    return node.malformed(`${given.length} lists of ${prefix}`, "one");
  if (tensor !== null || type === undefined) {
    return tensor === null ? node.malformed(`no ${prefix}`, "some") : tableOfTensor(node, tensor);
  }
  const name = `${prefix}_${SUFFIXES[type]}`;
  if (type === "string") return { type, values: node.strings(name) };
  return { type, values: Array.from(type === "int64" ? node.ints(name) : node.floats(name)) };
}

function defaultOf(node: OperatorNode, type: KeyType): Key {
  const tensor = node.tensor("default_tensor");
  if (tensor !== null) {
    const [value] = tensor.data;
    if (tensor.type !== type || tensor.data.length !== 1 || value === undefined) {
      return node.malformed(`a default tensor of ${tensor.data.length} ${tensor.type}`, `one ${type}`);
    }
    return value;
  }
  if (type === "string") return node.string("default_string", "_Unused");
  return type === "int64" ? node.int("default_int64", -1) : node.float("default_float", -0);
}

function lookupOf(node: OperatorNode, keys: readonly Key[], values: readonly Key[]): Lookup {
  if (keys.length !== values.length)
    return node.malformed(`${keys.length} keys, ${values.length} values`, "equal numbers");
  const lookup = new Map<Key, Key>();
  keys.forEach((key, i) => {
    const value = values[i];
    const isFound = node.version >= 4 || !Number.isNaN(key);
    // Of equal keys the first one is used.
    if (value !== undefined && isFound && !lookup.has(key)) lookup.set(key, value);
  });
  return lookup;
}

interface Mapping {
  readonly lookup: Lookup;
  readonly otherwise: Key;
  readonly output: Output & { readonly type: KeyType };
}

function prepareMapping({ lookup, otherwise, output }: Mapping): Prepared {
  const run = (inputs: readonly Data[], outputs: readonly Data[]) => {
    const from: ArrayLike<Key> = inputs[0] ?? [];
    if (output.type === "string") {
      const to = asTextsToFill(outputs[0]);
      for (let i = 0; i < to.length; i++) to[i] = String(lookup.get(from[i] ?? "") ?? otherwise);
      return;
    }
    const to = asNumbers(outputs[0]);
    for (let i = 0; i < to.length; i++) to[i] = Number(lookup.get(from[i] ?? "") ?? otherwise);
  };
  return { kind: "compute", outputs: [output], run };
}

/** Prepares a table of texts and integers. The type of the input decides the direction. */
function prepareTextsAndInts(node: OperatorNode, texts: readonly string[], ints: readonly number[]): Prepared {
  const { type, shape } = node.typedInput(0, "string", "int64");
  const otherwise = type === "string" ? node.int("default_int64", -1) : node.string("default_string", "_Unused");
  const lookup = type === "string" ? lookupOf(node, texts, ints) : lookupOf(node, ints, texts);
  return prepareMapping({ lookup, otherwise, output: { type: type === "string" ? "int64" : "string", shape } });
}

export const labelEncoder: Operator = {
  name: "LabelEncoder",
  domain: "ai.onnx.ml",
  attributes: [
    "classes_strings",
    ...["keys", "values"].flatMap((prefix) =>
      ["strings", "int64s", "floats", "tensor"].map((suffix) => `${prefix}_${suffix}`),
    ),
    "default_string",
    "default_int64",
    "default_float",
    "default_tensor",
  ],
  note: "string, int64 or float to any of them; unknown keys become the default",
  prepare(node) {
    if (node.version < 2) {
      const classes = node.strings("classes_strings");
      return prepareTextsAndInts(
        node,
        classes,
        classes.map((_, index) => index),
      );
    }
    const keys = tableOf(node, "keys");
    const values = tableOf(node, "values");
    const { shape } = node.typedInput(0, keys.type);
    const lookup = lookupOf(node, keys.values, values.values);
    return prepareMapping({ lookup, otherwise: defaultOf(node, values.type), output: { type: values.type, shape } });
  },
};

export const categoryMapper: Operator = {
  name: "CategoryMapper",
  domain: "ai.onnx.ml",
  attributes: ["cats_int64s", "cats_strings", "default_int64", "default_string"],
  note: "string to int64 or back",
  prepare: (node) => prepareTextsAndInts(node, node.strings("cats_strings"), Array.from(node.ints("cats_int64s"))),
};

/** Returns the position of each category. Numbers are truncated to integers before the lookup, as in the standard. */
function positionsOf(node: OperatorNode, slot: Slot, isText: boolean): ReadonlyMap<Key, number> {
  const texts = node.strings("cats_strings");
  const ints = Array.from(node.ints("cats_int64s"));
  const categories: readonly Key[] = isText ? texts : ints;
  if (categories.length === 0 || (texts.length > 0 && ints.length > 0)) {
    return node.malformed(`${texts.length} text and ${ints.length} integer categories for ${slot.type}`, "one list");
  }
  if (categories.length > node.limits.elementsMax) {
    return node.refuse("too-large", `${categories.length} categories`, `at most ${node.limits.elementsMax}`);
  }
  // Of equal categories the last one is used.
  return new Map(categories.map((category, index) => [category, index]));
}

export const oneHotEncoder: Operator = {
  name: "OneHotEncoder",
  domain: "ai.onnx.ml",
  attributes: ["cats_int64s", "cats_strings", "zeros"],
  note: "string, int64 or float [N] or [N, k] to float [N, k, categories]; zeros=0 refuses rows with unknown ones",
  prepare(node): Prepared {
    const slot = node.typedInput(0, "string", "int64", "float");
    const isText = slot.type === "string";
    if (slot.shape.length > 2) return node.unsupported(`an input of rank ${slot.shape.length}`, "rank 1 or 2");
    const positions = positionsOf(node, slot, isText);
    const width = (isText ? node.strings("cats_strings") : node.ints("cats_int64s")).length;
    const zeros = node.int("zeros", 1) !== 0;
    const run = (inputs: readonly Data[], outputs: readonly Data[]) => {
      const to = asNumbers(outputs[0]);
      const from: ArrayLike<Key> = isText ? asTexts(inputs[0]) : asNumbers(inputs[0]);
      to.fill(0);
      for (let i = 0; i < from.length; i++) {
        const value = from[i] ?? 0;
        const position = positions.get(typeof value === "number" ? Math.trunc(value) : value);
        if (position !== undefined) to[i * width + position] = 1;
        else if (!zeros) node.refuse("input", `the unknown category ${value}`, "one of cats_strings or cats_int64s");
      }
    };
    return { kind: "compute", outputs: [{ type: "float", shape: [...slot.shape, width] }], run };
  },
};
