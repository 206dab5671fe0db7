import { decodeUtf8 } from "../utf8.ts";
import type { Cursor } from "./protobuf-reader.ts";

/** Texts remembered; a forest's modes are two. */
const REMEMBERED_MAX = 8;
/** Longer texts are not worth comparing. */
const REMEMBERED_BYTES_MAX = 32;

interface Remembered {
  readonly bytes: Uint8Array;
  readonly text: string;
}

/** Whether `bytes` holds `known` from `start` on. */
function isAt(known: Uint8Array, bytes: Uint8Array, start: number): boolean {
  for (let i = 0; i < known.length; i++) if (known[i] !== bytes[start + i]) return false;
  return true;
}

/** Collects a repeated text; the ones that keep coming are decoded once and are one string. */
export class StringList {
  #values: string[] = [];
  #count = 0;
  readonly #remembered: Remembered[] = [];

  get values(): readonly string[] {
    return this.#values;
  }

  /** Takes the text at the cursor and those that follow it in the same field; refuses one that is not UTF-8. */
  add(cursor: Cursor): void {
    // Counted first: a list of 600,000 that grows as it goes leaves three times its size behind.
    const room = this.#count + cursor.countRepeats();
    if (this.#count === 0) this.#values = new Array<string>(room);
    else this.#values.length = room;
    do this.#values[this.#count++] = this.#text(cursor);
    while (cursor.repeats());
  }

  #text(cursor: Cursor): string {
    const length = cursor.delimitedLength();
    const start = cursor.at - length;
    for (const { bytes, text } of this.#remembered) {
      if (bytes.length === length && isAt(bytes, cursor.bytes, start)) return text;
    }
    const bytes = cursor.bytes.subarray(start, cursor.at);
    const text = decodeUtf8(bytes) ?? cursor.fail("a text that breaks its encoding", "UTF-8");
    if (this.#remembered.length < REMEMBERED_MAX && length <= REMEMBERED_BYTES_MAX) {
      this.#remembered.push({ bytes, text });
    }
    return text;
  }
}
