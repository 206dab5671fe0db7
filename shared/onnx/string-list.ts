import { decodeUtf8 } from "../lib/utf8.ts";
import type { CodedTexts } from "./graph.ts";
import { DELIMITED } from "./protobuf.ts";
import type { Cursor } from "./protobuf-reader.ts";

/** Texts remembered; a forest's modes are two. */
const REMEMBERED_MAX = 8;
/** Longer texts are not worth comparing. */
const REMEMBERED_BYTES_MAX = 32;

/** Collects a repeated text: one byte each as long as they are few texts that keep coming, which are decoded once. */
export class StringList {
  #codes = new Uint8Array(0);
  #count = 0;
  /** What the codes stand for. */
  readonly #texts: string[] = [];
  readonly #known: Uint8Array[] = [];
  /** All of them, once there are too many texts for codes. */
  #plain: string[] | null = null;

  /** Null where they are no few texts. */
  get coded(): CodedTexts | null {
    return this.#plain === null ? { texts: this.#texts, codes: this.#codes.subarray(0, this.#count) } : null;
  }

  get values(): readonly string[] {
    return this.#plain ?? this.#decoded();
  }

  #decoded(): string[] {
    const values = new Array<string>(this.#count);
    for (let i = 0; i < this.#count; i++) values[i] = this.#texts[this.#codes[i] ?? 0] ?? "";
    return values;
  }

  /** Takes the text at the cursor and those that follow it in the same field; refuses one that is not UTF-8. */
  add(cursor: Cursor): void {
    let isLeft = true;
    while (isLeft) {
      if (this.#plain === null && !this.#takeKnown(cursor)) return;
      this.#addText(cursor);
      isLeft = cursor.repeats();
    }
  }

  /**
   * Takes known texts as far as they go; false where nothing follows them. One loop, for a forest has 600,000, and what an isolate
   * loads first runs through it slowly.
   */
  #takeKnown(cursor: Cursor): boolean {
    const { bytes, end, field, wireType } = cursor;
    const tag = field * 8 + DELIMITED;
    const known = this.#known;
    let { at } = cursor;
    let count = this.#count;
    let codes = this.#codes;
    let isLeft = wireType === DELIMITED;
    let code = 0;
    while (isLeft) {
      const length = bytes[at] ?? 0;
      const next = at + 1 + length;
      // The one before comes again more often than not.
      let left = known.length;
      for (; left > 0; left--, code = code + 1 < known.length ? code + 1 : 0) {
        const text = known[code];
        if (text === undefined || text.length !== length) continue;
        let same = 0;
        while (same < length && text[same] === bytes[at + 1 + same]) same++;
        if (same === length) break;
      }
      if (left === 0 || next > end) break;
      if (count === codes.length) codes = this.#grown(codes);
      codes[count++] = code;
      isLeft = next < end && bytes[next] === tag;
      at = isLeft ? next + 1 : next;
    }
    this.#codes = codes;
    this.#count = count;
    cursor.at = at;
    return isLeft || wireType !== DELIMITED;
  }

  #grown(codes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    const grown = new Uint8Array(2 * codes.length + 64);
    grown.set(codes);
    return grown;
  }

  #addText(cursor: Cursor): void {
    const bytes = cursor.delimited();
    const text = decodeUtf8(bytes) ?? cursor.fail("a text that breaks its encoding", "UTF-8");
    if (this.#plain !== null) {
      this.#plain.push(text);
      return;
    }
    if (this.#texts.length === REMEMBERED_MAX || bytes.length > REMEMBERED_BYTES_MAX) {
      this.#plain = this.#decoded();
      this.#plain.push(text);
      return;
    }
    if (this.#count === this.#codes.length) this.#codes = this.#grown(this.#codes);
    this.#codes[this.#count++] = this.#texts.length;
    this.#texts.push(text);
    this.#known.push(bytes);
  }
}
