/**
 * Reads protobuf field by field with bounds checks. Every call either advances or throws, so reading always ends.
 *
 * Problems are thrown as an `OnnxRefusal` and caught once, in `attempt`. Returning a result per varint would take longer than
 * reading the varint.
 */

import { decodeUtf8 } from "../lib/utf8.ts";
import { type OnnxProblem, OnnxRefusal } from "./problem.ts";
import { DELIMITED, FIXED32, FIXED64, VARINT } from "./protobuf.ts";

const WIRE_TYPES = ["a varint", "64 bits", "delimited", "a group", "a group's end", "32 bits"];
const INT64_BYTES_MAX = 10;
const TWO_28 = 2 ** 28;
const TWO_56 = 2 ** 56;

/** A position in the bytes of one message. */
export class Cursor {
  readonly bytes: Uint8Array;
  readonly end: number;
  /** Name of the message, for problems. */
  readonly what: string;
  at: number;
  /** Number of the field that `next` found. */
  field = 0;
  wireType = 0;

  constructor(bytes: Uint8Array, what: string) {
    this.bytes = bytes;
    this.end = bytes.length;
    this.what = what;
    this.at = 0;
  }

  fail(found: string, expected: string, kind: OnnxProblem["kind"] = "malformed"): never {
    const where = `${this.what}, byte ${this.at} of ${this.end}`;
    throw new OnnxRefusal({ kind, where, found, expected });
  }

  /** Moves to the next field; false at the end. */
  next(): boolean {
    if (this.at >= this.end) return false;
    const tag = this.#varint();
    this.wireType = tag % 8;
    this.field = Math.floor(tag / 8);
    if (this.field < 1 || this.field > 2 ** 29 - 1) this.fail(`field number ${this.field}`, "one in 1…2²⁹−1");
    return true;
  }

  /** Moves to the next field if it has the same one-byte tag as the current one. A faster `next` for repeated fields. */
  repeats(): boolean {
    if (this.at >= this.end || this.bytes[this.at] !== this.field * 8 + this.wireType) return false;
    this.at++;
    return true;
  }

  /** Skips the current field. */
  skip(): void {
    switch (this.wireType) {
      case VARINT:
        this.#varintUnchecked();
        break;
      case FIXED64:
        this.#take(8);
        break;
      case DELIMITED:
        this.delimited();
        break;
      case FIXED32:
        this.#take(4);
        break;
      default:
        this.expect(DELIMITED);
    }
  }

  /** Reads a varint at the current position: an int64 within ±2⁵³. */
  varint(): number {
    return this.#varint();
  }

  /** Reads an int64 field within ±2⁵³. */
  int(): number {
    this.expect(VARINT);
    return this.#varint();
  }

  float(): number {
    this.expect(FIXED32);
    const start = this.#take(4);
    return new DataView(this.bytes.buffer, this.bytes.byteOffset + start, 4).getFloat32(0, true);
  }

  /** Returns a view of the field's bytes. */
  delimited(): Uint8Array {
    const length = this.delimitedLength();
    return this.bytes.subarray(this.at - length, this.at);
  }

  /** Moves past the field's bytes and returns their number. Cheaper than creating a view of a short text. */
  delimitedLength(): number {
    this.expect(DELIMITED);
    const length = this.#varint();
    if (length < 0 || length > this.end - this.at) {
      this.fail(`field ${this.field} of ${length} bytes`, `at most the remaining ${this.end - this.at}`);
    }
    this.#take(length);
    return length;
  }

  string(): string {
    const text = decodeUtf8(this.delimited());
    return text ?? this.fail(`text in field ${this.field} that is not UTF-8`, "UTF-8");
  }

  message(what: string): Cursor {
    return new Cursor(this.delimited(), what);
  }

  /** Refuses the current field if it has another wire type. */
  expect(wireType: number): void {
    if (this.wireType !== wireType) {
      const found = WIRE_TYPES[this.wireType] ?? `wire type ${this.wireType}`;
      this.fail(`field ${this.field} as ${found}`, `${WIRE_TYPES[wireType]}`);
    }
  }

  /** Advances by `count` bytes and returns their start. */
  #take(count: number): number {
    const start = this.at;
    const left = this.end - start;
    if (count > left) this.fail(`${left} bytes left for field ${this.field}`, `${count}`);
    this.at = start + count;
    return start;
  }

  #varint(): number {
    const first = this.bytes[this.at] ?? 128;
    if (first < 128 && this.at < this.end) {
      this.at++;
      return first;
    }
    return this.#varintLong();
  }

  /** Collects 28 bits at a time, because bit operations in JavaScript have 32 bits. */
  #varintLong(): number {
    let low = 0;
    let middle = 0;
    let high = 0;
    for (let i = 0; i < INT64_BYTES_MAX; i++) {
      if (this.at >= this.end) this.fail("the end inside a varint", "its last byte");
      const byte = this.bytes[this.at++] ?? 0;
      const bits = byte & 127;
      if (i < 4) low |= bits << (7 * i);
      else if (i < 8) middle |= bits << (7 * (i - 4));
      else high |= bits << (7 * (i - 8));
      if (byte < 128) return this.#join(low, middle, high);
    }
    return this.fail("a varint of more than ten bytes", "an int64");
  }

  #join(low: number, middle: number, high: number): number {
    // Bit 63 is the sign. Higher bits are not allowed.
    const signed = (high & 128) !== 0 ? (high & 255) - 256 : high;
    if (high > 255) this.fail("a varint of more than 64 bits", "an int64");
    const value = signed * TWO_56 + middle * TWO_28 + low;
    if (!Number.isSafeInteger(value))
      this.fail(`an integer beyond ±2⁵³ in field ${this.field}`, "a smaller one", "unsupported");
    return value;
  }

  #varintUnchecked(): void {
    for (let i = 0; i < INT64_BYTES_MAX; i++) {
      if (this.at >= this.end) this.fail("the end inside a varint", "its last byte");
      if ((this.bytes[this.at++] ?? 0) < 128) return;
    }
    this.fail("a varint of more than ten bytes", "an int64");
  }
}
