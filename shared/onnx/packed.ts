/**
 * Reads packed lists of numbers. Large lists are decoded on demand.
 *
 * A forest of 600,000 nodes has a dozen lists. A graph stores only their bytes. The decoded arrays are released after
 * the layout.
 */
import { DELIMITED, type FIXED32, type FIXED64, type VARINT } from "./protobuf.ts";
import { Cursor } from "./protobuf-reader.ts";

/** Joins the parts of a repeated field. Packed parts and single values have the same bytes. A single part stays a view. */
export class PackedBytes {
  #bytes: Uint8Array = new Uint8Array(0);
  #length = 0;
  #isView = true;

  /** Reads the repeated number at the cursor: a packed list, or a single number of the given wire type. */
  take(cursor: Cursor, wireType: typeof VARINT | typeof FIXED32 | typeof FIXED64): void {
    if (cursor.wireType === DELIMITED) {
      const packed = cursor.delimited();
      this.#add(packed, 0, packed.length);
      return;
    }
    cursor.expect(wireType);
    const start = cursor.at;
    cursor.skip();
    this.#add(cursor.bytes, start, cursor.at);
  }

  #add(source: Uint8Array, start: number, end: number): void {
    if (this.#length === 0) {
      this.#bytes = source.subarray(start, end);
      this.#length = end - start;
      this.#isView = true;
      return;
    }
    this.#reserve(end - start);
    for (let i = start; i < end; i++) this.#bytes[this.#length++] = source[i] ?? 0;
  }

  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #reserve(count: number): void {
    if (!this.#isView && this.#length + count <= this.#bytes.length) return;
    const grown = new Uint8Array(2 * (this.#length + count));
    grown.set(this.bytes());
    this.#bytes = grown;
    this.#isView = false;
  }
}

/**
 * Smaller lists are copied, because a view retains the whole file in memory. Larger lists belong to forests and are
 * short-lived.
 */
const VIEW_BYTES_MIN = 65_536;

/** Returns floats: a view of many aligned bytes, else a copy. Little-endian, like the file. */
export function floatsOf(bytes: Uint8Array, what: string): Float32Array {
  const { buffer, byteOffset, byteLength } = bytes;
  if (byteLength % 4 !== 0) new Cursor(bytes, what).fail(`${byteLength} bytes of float32`, "a multiple of 4");
  if (byteOffset % 4 === 0 && byteLength >= VIEW_BYTES_MIN) return new Float32Array(buffer, byteOffset, byteLength / 4);
  return new Float32Array(bytes.slice().buffer);
}

/** Returns doubles, always as a copy. */
export function doublesOf(bytes: Uint8Array, what: string): Float64Array {
  if (bytes.length % 8 !== 0) new Cursor(bytes, what).fail(`${bytes.length} bytes of float64`, "a multiple of 8");
  return new Float64Array(bytes.slice().buffer);
}

/** The continuation bits of four bytes. */
const CONTINUES = 0x80808080 | 0;

/**
 * Counts varints. Refuses a truncated one and one beyond ±2⁵³. Reads four bytes at a time, because it runs over a whole
 * forest before it is compiled. O(bytes).
 */
export function countInts(bytes: Uint8Array, what: string): number {
  const head = Math.min(bytes.length, (4 - (bytes.byteOffset % 4)) % 4);
  const count = (bytes.length - head) >> 2;
  const words = count > 0 ? new Int32Array(bytes.buffer, bytes.byteOffset + head, count) : new Int32Array(0);
  let continued = 0;
  let isLong = false;
  for (let i = 0; i < words.length; i++) {
    const bits = (words[i] ?? 0) & CONTINUES;
    if (bits === 0) continue;
    continued += ((bits >>> 7) & 1) + ((bits >>> 15) & 1) + ((bits >>> 23) & 1) + (bits >>> 31);
    // Seven continuation bytes in a row always fill an aligned word.
    if (bits === CONTINUES) isLong = true;
  }
  for (let i = 0; i < head; i++) continued += (bytes[i] ?? 0) >>> 7;
  for (let i = head + 4 * words.length; i < bytes.length; i++) continued += (bytes[i] ?? 0) >>> 7;
  if (isLong || (bytes.at(-1) ?? 0) > 127) checkInts(bytes, what);
  return bytes.length - continued;
}

function checkInts(bytes: Uint8Array, what: string): void {
  const cursor = new Cursor(bytes, what);
  while (cursor.at < cursor.end) cursor.varint();
}

function wideIntsOf(bytes: Uint8Array, count: number): Float64Array {
  const cursor = new Cursor(bytes, "integers");
  return Float64Array.from({ length: count }, () => cursor.varint());
}

/**
 * Decodes varints that `countInts` has checked. If every number has one byte, returns the bytes themselves (a view or a
 * copy); with up to four bytes returns an Int32Array, with more a Float64Array.
 */
export function decodeInts(bytes: Uint8Array, count: number): Uint8Array | Int32Array | Float64Array {
  if (bytes.length === count) return count < VIEW_BYTES_MIN ? bytes.slice() : bytes;
  const values = new Int32Array(count);
  return fill(values, bytes) < 0 ? wideIntsOf(bytes, count) : values;
}

/** Lists up to this size are decoded at once, because counting them first takes longer than it saves memory. */
const EAGER_BYTES_MAX = 262_144;

/** Reads a list of integers. A large list is decoded each time `values` is read. Refuses what `countInts` refuses. O(bytes). */
export function listOfInts(bytes: Uint8Array, what: string): { readonly values: ArrayLike<number> } {
  if (bytes.length > EAGER_BYTES_MAX) {
    const count = countInts(bytes, what);
    return {
      get values() {
        return decodeInts(bytes, count);
      },
    };
  }
  if ((bytes.at(-1) ?? 0) > 127) checkInts(bytes, what);
  const values = new Int32Array(bytes.length);
  const count = fill(values, bytes);
  return { values: count < 0 ? wideIntsOf(bytes, countInts(bytes, what)) : values.subarray(0, count) };
}

/** Decodes varints of up to four bytes. Returns their number, or −1 if one is longer. The last one must be complete. */
function fill(values: Int32Array, bytes: Uint8Array): number {
  let count = 0;
  for (let at = 0; at < bytes.length; count++) {
    let byte = bytes[at++] ?? 0;
    if (byte < 128) {
      values[count] = byte;
      continue;
    }
    const next = bytes[at] ?? 0;
    if (next < 128) {
      values[count] = (byte & 127) | (next << 7);
      at++;
      continue;
    }
    let value = byte & 127;
    for (let shift = 7; byte > 127; shift += 7) {
      if (shift > 21) return -1;
      byte = bytes[at++] ?? 0;
      value |= (byte & 127) << shift;
    }
    values[count] = value;
  }
  return count;
}
