/**
 * Writes protobuf: tags, varints and length-delimited fields. https://protobuf.dev/programming-guides/encoding/
 *
 * Repeated numbers are always packed. onnx.proto declares that only for tensors, but every parser accepts both forms, and
 * a packed list of floats is one memory copy. Requires a little-endian host, which every JavaScript host is today.
 */
import { encodeUtf8 } from "../lib/utf8.ts";

export const VARINT = 0;
export const FIXED64 = 1;
export const DELIMITED = 2;
export const FIXED32 = 5;

/** The longest varint for the length of an ArrayBuffer. */
const LENGTH_BYTES_MAX = 5;
const TWO_32 = 2 ** 32;

export class ProtobufWriter {
  #bytes = new Uint8Array(1024);
  #length = 0;

  /** Returns a copy of the written bytes. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }

  /** Throws if `value` is not an integer within ±2⁵³. A negative integer takes ten bytes, as an int64 does. */
  int(field: number, value: number): void {
    this.#tag(field, VARINT);
    this.#reserve(10);
    this.#int(value);
  }

  float(field: number, value: number): void {
    this.#tag(field, FIXED32);
    this.#append(new Uint8Array(Float32Array.of(value).buffer));
  }

  string(field: number, value: string): void {
    this.bytes(field, encodeUtf8(value));
  }

  bytes(field: number, value: Uint8Array): void {
    this.#tag(field, DELIMITED);
    this.#reserve(LENGTH_BYTES_MAX);
    this.#int(value.length);
    this.#append(value);
  }

  /** Writes nothing for an empty list. */
  packedFloats(field: number, values: Float32Array): void {
    if (values.length > 0) this.bytes(field, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }

  packedInts(field: number, values: ArrayLike<number>): void {
    if (values.length === 0) return;
    this.message(field, () => {
      for (let i = 0; i < values.length; i++) {
        this.#reserve(10);
        this.#int(values[i] ?? 0);
      }
    });
  }

  /** Writes one field per text. Each distinct text is encoded once: the modes of 600,000 nodes have two distinct texts. */
  strings(field: number, values: readonly string[]): void {
    const encoded = new Map<string, Uint8Array>();
    for (const value of values) {
      const bytes = encoded.get(value) ?? encodeUtf8(value);
      encoded.set(value, bytes);
      this.bytes(field, bytes);
    }
  }

  /** Writes one field whose content `write` writes. */
  message(field: number, write: () => void): void {
    this.#tag(field, DELIMITED);
    this.#reserve(LENGTH_BYTES_MAX);
    const start = this.#length;
    this.#length = start + LENGTH_BYTES_MAX;
    write();
    const end = this.#length;
    const content = start + LENGTH_BYTES_MAX;
    this.#length = start;
    this.#int(end - content);
    this.#bytes.copyWithin(this.#length, content, end);
    this.#length += end - content;
  }

  #tag(field: number, wireType: number): void {
    this.#reserve(LENGTH_BYTES_MAX);
    this.#int(field * 8 + wireType);
  }

  /** Needs room for ten bytes. */
  #int(value: number): void {
    if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is not an integer within ±2⁵³`);
    if (value < 0) this.#negative(value);
    else this.#positive(value);
  }

  #positive(value: number): void {
    let rest = value;
    while (rest > 127) {
      this.#bytes[this.#length++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    this.#bytes[this.#length++] = rest;
  }

  #negative(value: number): void {
    let low = (value % TWO_32) >>> 0;
    let high = Math.floor(value / TWO_32) >>> 0;
    for (let i = 0; i < 9; i++) {
      this.#bytes[this.#length++] = (low & 127) | 128;
      low = ((low >>> 7) | (high << 25)) >>> 0;
      high >>>= 7;
    }
    this.#bytes[this.#length++] = 1;
  }

  #append(source: Uint8Array): void {
    this.#reserve(source.length);
    this.#bytes.set(source, this.#length);
    this.#length += source.length;
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + count));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}
