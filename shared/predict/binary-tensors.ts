/**
 * Reads and writes the raw bytes of tensors, as the binary tensor data extension of the Open Inference Protocol defines them:
 * little-endian, row-major, one byte for a BOOL, and a length of 4 bytes before each element of BYTES.
 * @see https://github.com/triton-inference-server/server/blob/main/docs/protocol/extension_binary_data.md
 */
import { failure, type Result, success } from "../lib/result.ts";
import { decodeUtf8, encodeUtf8 } from "../lib/utf8.ts";

/** Bytes of one element and its reader. BYTES has elements of different lengths. */
interface ElementType {
  readonly bytes: number;
  read(view: DataView, at: number): number | boolean;
}

const elementTypes: ReadonlyMap<string, ElementType> = new Map<string, ElementType>([
  ["BOOL", { bytes: 1, read: (view, at) => view.getUint8(at) }],
  ["UINT8", { bytes: 1, read: (view, at) => view.getUint8(at) }],
  ["UINT16", { bytes: 2, read: (view, at) => view.getUint16(at, true) }],
  ["UINT32", { bytes: 4, read: (view, at) => view.getUint32(at, true) }],
  ["UINT64", { bytes: 8, read: (view, at) => Number(view.getBigUint64(at, true)) }],
  ["INT8", { bytes: 1, read: (view, at) => view.getInt8(at) }],
  ["INT16", { bytes: 2, read: (view, at) => view.getInt16(at, true) }],
  ["INT32", { bytes: 4, read: (view, at) => view.getInt32(at, true) }],
  ["INT64", { bytes: 8, read: (view, at) => Number(view.getBigInt64(at, true)) }],
  ["FP16", { bytes: 2, read: (view, at) => halfFloat(view.getUint16(at, true)) }],
  ["FP32", { bytes: 4, read: (view, at) => view.getFloat32(at, true) }],
  ["FP64", { bytes: 8, read: (view, at) => view.getFloat64(at, true) }],
]);

/** Converts the 16 bits of an IEEE 754 half: 1 sign, 5 exponent and 10 fraction bits. */
function halfFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const [exponent, fraction] = [(bits >> 10) & 0x1f, bits & 0x3ff];
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Reads the elements of a tensor. Floating point NaN stays NaN. Fails if the bytes are not `count` whole elements. O(bytes). */
export function readElements(bytes: Uint8Array, datatype: string, count: number): Result<unknown[]> {
  if (datatype === "BYTES") return readTexts(bytes, count);
  const type = elementTypes.get(datatype);
  if (type === undefined) return failure(`binary data of datatype ${datatype} cannot be read`);
  if (bytes.length !== count * type.bytes) {
    const expected = `${count * type.bytes}, ${count} elements of ${type.bytes} bytes`;
    return failure(`found ${bytes.length} bytes of binary data, expected ${expected}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const elements = new Array<unknown>(count);
  for (let at = 0; at < count; at++) elements[at] = type.read(view, at * type.bytes);
  return success(elements);
}

/** Bytes of the length before an element of BYTES. */
const lengthBytes = 4;

function readTexts(bytes: Uint8Array, count: number): Result<unknown[]> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const texts: unknown[] = [];
  let at = 0;
  while (at < bytes.length) {
    const isCut = at + lengthBytes > bytes.length || at + lengthBytes + view.getUint32(at, true) > bytes.length;
    if (isCut) return failure(`element ${texts.length} of the binary data is cut`);
    const end = at + lengthBytes + view.getUint32(at, true);
    const text = decodeUtf8(bytes.subarray(at + lengthBytes, end));
    if (text === null) return failure(`element ${texts.length} of the binary data is not UTF-8`);
    texts.push(text);
    at = end;
  }
  if (texts.length !== count) return failure(`found ${texts.length} elements of binary data, expected ${count}`);
  return success(texts);
}

/** Writes numbers as FP32; null is NaN. O(values). */
export function floatBytes(values: readonly (number | null)[]): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(4 * values.length));
  for (const [at, value] of values.entries()) view.setFloat32(4 * at, value ?? Number.NaN, true);
  return new Uint8Array(view.buffer);
}

/** Writes texts as BYTES; null is an empty text. O(bytes). */
export function textBytes(texts: readonly (string | null)[]): Uint8Array<ArrayBuffer> {
  const encoded = texts.map((text) => encodeUtf8(text ?? ""));
  const bytes = new Uint8Array(encoded.reduce((sum, { length }) => sum + lengthBytes + length, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const one of encoded) {
    view.setUint32(at, one.length, true);
    bytes.set(one, at + lengthBytes);
    at += lengthBytes + one.length;
  }
  return bytes;
}
