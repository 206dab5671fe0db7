import type { Cursor } from "./protobuf-reader.ts";
import { decodeUtf8 } from "./utf8.ts";

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
  readonly values: string[] = [];
  readonly #remembered: Remembered[] = [];

  /** Takes the text at the cursor; refuses one that is not UTF-8. */
  add(cursor: Cursor): void {
    const length = cursor.delimitedLength();
    const start = cursor.at - length;
    for (const { bytes, text } of this.#remembered) {
      if (bytes.length === length && isAt(bytes, cursor.bytes, start)) {
        this.values.push(text);
        return;
      }
    }
    const bytes = cursor.bytes.subarray(start, cursor.at);
    const text = decodeUtf8(bytes) ?? cursor.fail("a text that breaks its encoding", "UTF-8");
    this.values.push(text);
    if (this.#remembered.length < REMEMBERED_MAX && length <= REMEMBERED_BYTES_MAX) {
      this.#remembered.push({ bytes, text });
    }
  }
}
