/** Reads a constant: initializers and tensor attributes. */
import type { ElementType, Tensor, TensorData } from "./graph.ts";
import { countInts, decodeInts, doublesOf, floatsOf, PackedBytes } from "./packed.ts";
import { FIXED32, FIXED64, VARINT } from "./protobuf.ts";
import type { Cursor } from "./protobuf-reader.ts";
import { elementTypeOf, TENSOR } from "./schema.ts";
import { StringList } from "./string-list.ts";

const RANK_MAX = 8;

class Draft {
  name = "";
  dataType = 0;
  raw: Uint8Array | null = null;
  readonly dims = new PackedBytes();
  readonly floats = new PackedBytes();
  readonly ints = new PackedBytes();
  readonly doubles = new PackedBytes();
  readonly strings = new StringList();
}

function takeField(cursor: Cursor, draft: Draft): void {
  switch (cursor.field) {
    case TENSOR.name:
      draft.name = cursor.string();
      break;
    case TENSOR.dataType:
      draft.dataType = cursor.int();
      break;
    case TENSOR.dims:
      draft.dims.take(cursor, VARINT);
      break;
    case TENSOR.floatData:
      draft.floats.take(cursor, FIXED32);
      break;
    case TENSOR.int32Data:
    case TENSOR.int64Data:
      draft.ints.take(cursor, VARINT);
      break;
    case TENSOR.doubleData:
      draft.doubles.take(cursor, FIXED64);
      break;
    case TENSOR.stringData:
      draft.strings.add(cursor);
      break;
    case TENSOR.rawData:
      draft.raw = cursor.delimited();
      break;
    case TENSOR.segment:
    case TENSOR.externalData:
      cursor.fail("a tensor with external data", "data in the file", "unsupported");
      break;
    case TENSOR.dataLocation:
      if (cursor.int() !== 0) cursor.fail("a tensor with external data", "data in the file", "unsupported");
      break;
    default:
      cursor.skip();
  }
}

/** Refuses element types outside the subset, and dims that do not multiply to the number of elements. */
export function readTensor(cursor: Cursor): Tensor {
  const draft = new Draft();
  while (cursor.next()) takeField(cursor, draft);
  const type = elementTypeOf(draft.dataType);
  const what = `tensor ${draft.name}`;
  if (type === null) {
    return cursor.fail(
      `${what} of element type ${draft.dataType}`,
      "float, double, int32, int64, uint8, bool or string",
      "unsupported",
    );
  }
  const dims = dimsOf(cursor, draft, what);
  const content = draft.raw === null ? typedDataOf(type, draft, cursor) : rawDataOf(type, draft.raw, cursor);
  const elements = dims.reduce((product, size) => product * size, 1);
  if (content.data.length !== elements) {
    cursor.fail(`${what} with ${content.data.length} elements`, `${elements}, the product of [${dims}]`);
  }
  return { name: draft.name, dims, ...content };
}

function dimsOf(cursor: Cursor, draft: Draft, what: string): number[] {
  const bytes = draft.dims.bytes();
  const count = countInts(bytes, what);
  if (count > RANK_MAX) cursor.fail(`${what} with ${count} axes`, `at most ${RANK_MAX}`, "too-large");
  const dims = Array.from(decodeInts(bytes, count));
  if (dims.some((size) => size < 0)) cursor.fail(`${what} of size [${dims}]`, "sizes of 0 or more");
  return dims;
}

function intsWithin(values: ArrayLike<number>, range: { min: number; max: number }, cursor: Cursor): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    if (value < range.min || value > range.max) {
      cursor.fail(`a tensor's ${value}`, `an integer in ${range.min}…${range.max}`);
    }
  }
}

function typedDataOf(type: ElementType, draft: Draft, cursor: Cursor): TensorData {
  if (type === "float") return { type, data: floatsOf(draft.floats.bytes(), cursor.what) };
  if (type === "double") return { type, data: doublesOf(draft.doubles.bytes(), cursor.what) };
  if (type === "string") return { type, data: draft.strings.values };
  const bytes = draft.ints.bytes();
  const values = decodeInts(bytes, countInts(bytes, cursor.what));
  return integersOf(type, values, cursor);
}

function integersOf(type: "int64" | "int32" | "uint8" | "bool", values: ArrayLike<number>, cursor: Cursor): TensorData {
  if (type === "int64") return { type, data: Float64Array.from(values) };
  if (type === "int32") {
    intsWithin(values, { min: -(2 ** 31), max: 2 ** 31 - 1 }, cursor);
    return { type, data: Int32Array.from(values) };
  }
  intsWithin(values, { min: 0, max: type === "bool" ? 1 : 255 }, cursor);
  return { type, data: Uint8Array.from(values) };
}

const BYTES_PER_ELEMENT = { float: 4, double: 8, int64: 8, int32: 4, uint8: 1, bool: 1 } as const;

function rawDataOf(type: ElementType, raw: Uint8Array, cursor: Cursor): TensorData {
  if (type === "string") return cursor.fail("raw data for texts", "string_data");
  if (raw.length % BYTES_PER_ELEMENT[type] !== 0) {
    cursor.fail(`${raw.length} raw bytes of ${type}`, `a multiple of ${BYTES_PER_ELEMENT[type]}`);
  }
  if (type === "float") return { type, data: floatsOf(raw, cursor.what) };
  if (type === "double") return { type, data: doublesOf(raw, cursor.what) };
  const copy = raw.slice().buffer;
  if (type === "int32") return { type, data: new Int32Array(copy) };
  if (type === "bool" || type === "uint8") return integersOf(type, raw, cursor);
  const wide = new BigInt64Array(copy);
  const data = Float64Array.from(wide, Number);
  if (!data.every(Number.isSafeInteger)) {
    // torch writes the end of an open slice as 2⁶³ − 1.
    const expected = "a smaller one (in torch, give a slice an end: x[:, 1:4] instead of x[:, 1:])";
    cursor.fail("an integer beyond ±2⁵³", expected, "unsupported");
  }
  return { type, data };
}
