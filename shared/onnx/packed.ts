/**
 * Lists of numbers as they lie in the file, decoded when they are wanted.
 *
 * A forest of 600,000 nodes has a dozen lists; decoded one after the other they never lie in memory all at once.
 */
import { DELIMITED, type FIXED32, type FIXED64, type VARINT } from "./protobuf.ts";
import { Cursor } from "./protobuf-reader.ts";

/** Joins the parts of a repeated field: packed parts and single values are the same bytes. One part stays a view. */
export class PackedBytes {
  #bytes: Uint8Array = new Uint8Array(0);
  #length = 0;
  #isView = true;

  /** Takes the repeated number at the cursor: packed, or a single one of the wire type that its kind has. */
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

/** A view keeps all of its file alive: what is smaller is copied, larger lists are a forest's, which are let go once it is laid out. */
const VIEW_BYTES_MIN = 65_536;

/** A view where the bytes are many and aligned, else a copy. Little-endian, as the file. */
export function floatsOf(bytes: Uint8Array, what: string): Float32Array {
  const { buffer, byteOffset, byteLength } = bytes;
  if (byteLength % 4 !== 0) new Cursor(bytes, what).fail(`${byteLength} bytes of float32`, "a multiple of 4");
  if (byteOffset % 4 === 0 && byteLength >= VIEW_BYTES_MIN) return new Float32Array(buffer, byteOffset, byteLength / 4);
  return new Float32Array(bytes.slice().buffer);
}

/** A copy. */
export function doublesOf(bytes: Uint8Array, what: string): Float64Array {
  if (bytes.length % 8 !== 0) new Cursor(bytes, what).fail(`${bytes.length} bytes of float64`, "a multiple of 8");
  return new Float64Array(bytes.slice().buffer);
}

/** A varint of so many bytes may be beyond ±2⁵³; a shorter one is below 2⁴⁹ and needs no look. */
const UNSAFE_BYTES_MIN = 8;

/** How many varints there are; refuses one that breaks off or does not fit ±2⁵³. O(bytes), without a branch a byte. */
export function countInts(bytes: Uint8Array, what: string): number {
  let count = 0;
  let run = 0;
  let runs = 0;
  for (let i = 0; i < bytes.length; i++) {
    const continues = (bytes[i] ?? 0) >>> 7;
    count += 1 - continues;
    run = (run + 1) * continues;
    runs |= run;
  }
  // The bits of all runs together are at least the longest one: at worst a list is looked at for nothing.
  if (run > 0 || runs >= UNSAFE_BYTES_MIN - 1) checkInts(bytes, what);
  return count;
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
 * Decodes what `countInts` found in order. One byte a number is the numbers themselves, a view or a copy; up to four bytes make an
 * Int32Array, more a Float64Array.
 */
export function decodeInts(bytes: Uint8Array, count: number): Uint8Array | Int32Array | Float64Array {
  if (bytes.length === count) return count < VIEW_BYTES_MIN ? bytes.slice() : bytes;
  const values = new Int32Array(count);
  let at = 0;
  for (let i = 0; i < count; i++) {
    let byte = bytes[at++] ?? 0;
    let value = byte & 127;
    for (let shift = 7; byte > 127; shift += 7) {
      if (shift > 21) return wideIntsOf(bytes, count);
      byte = bytes[at++] ?? 0;
      value |= (byte & 127) << shift;
    }
    values[i] = value;
  }
  return values;
}
