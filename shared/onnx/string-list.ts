import { decodeUtf8 } from "../lib/utf8.ts";
import type { CodedTexts } from "./graph.ts";
import { DELIMITED } from "./protobuf.ts";
import type { Cursor } from "./protobuf-reader.ts";

/** Largest number of distinct texts that are coded. A forest's modes have two. */
const REMEMBERED_MAX = 8;
/** Longer texts are not coded. */
const REMEMBERED_BYTES_MAX = 32;

/** Collects a repeated text field. Few distinct texts are stored as one byte each and decoded once. */
export class StringList {
  #codes = new Uint8Array(0);
  #count = 0;
  /** The texts by code. */
  readonly #texts: string[] = [];
  readonly #known: Uint8Array[] = [];
  /** All texts, if there are too many distinct ones for codes. */
  #plain: string[] | null = null;

  /** The texts as codes; null if there are too many distinct ones. */
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

  /** Reads the text at the cursor and the texts after it with the same field number. Refuses a text that is not UTF-8. */
  add(cursor: Cursor): void {
    let isLeft = true;
    while (isLeft) {
      if (this.#plain === null && !this.#takeKnown(cursor)) return;
      this.#addText(cursor);
      isLeft = cursor.repeats();
    }
  }

  /**
   * Reads known texts up to the first unknown one; false if there are no more texts. It is one loop, because a forest has
   * 600,000 texts and an isolate runs it before the code is optimized.
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
      // Compares with the text before first, which repeats most often.
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
    const text = decodeUtf8(bytes) ?? cursor.fail("a text that is not UTF-8", "UTF-8");
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
