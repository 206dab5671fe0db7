import { exceededJsonLimit, type JsonLimits } from "../lib/json-limits.ts";
import { parseJson } from "../lib/parse-json.ts";
import { failure, type Result } from "../lib/result.ts";
import { decodeUtf8, encodeUtf8 } from "../lib/utf8.ts";

/**
 * Parses JSON that may contain NaN and Infinity outside of strings, as Python writes them: NaN is null, Infinity is infinite.
 * Never throws. O(text).
 */
export function parsePythonJson(text: string, limits: JsonLimits): Result<unknown> {
  const exceeded = exceededJsonLimit(text, limits);
  if (exceeded !== null) return failure(`The body has ${exceeded}.`);
  const parsed = parseJson(text);
  if (parsed.ok) return parsed;
  const replaced = parseJson(inPlainJson(text));
  return replaced.ok ? replaced : failure("The body is not JSON.");
}

const [quote, backslash] = [0x22, 0x5c];
/** What Python writes, and JSON of the same value. JSON has no infinity, and parses 1e999 as infinite. */
const replacements = [
  ["NaN", "null"],
  ["Infinity", "1e999"],
].map(([python = "", json = ""]) => ({ python: encodeUtf8(python), json: encodeUtf8(json) }));

/**
 * Replaces NaN and Infinity outside of strings. Copies bytes, because a text with a million replacements would be as many pieces.
 * O(text).
 */
function inPlainJson(text: string): string {
  const bytes = encodeUtf8(text);
  // The longest replacement has a third more bytes than what it replaces.
  const copy = new Uint8Array(Math.ceil((bytes.length * 4) / 3));
  let length = 0;
  let isString = false;
  for (let at = 0; at < bytes.length; at++) {
    const found = isString ? undefined : replacements.find(({ python }) => isWordAt(bytes, at, python));
    if (found) {
      copy.set(found.json, length);
      length += found.json.length;
      at += found.python.length - 1;
      continue;
    }
    const byte = bytes[at] ?? 0;
    copy[length++] = byte;
    if (byte === quote) isString = !isString;
    // An escaped character ends no string.
    if (byte === backslash && at + 1 < bytes.length) copy[length++] = bytes[++at] ?? 0;
  }
  return decodeUtf8(copy.subarray(0, length)) ?? "";
}

/** Returns whether a word is at an index. Beside a digit it is none: the replacement of `1Infinity` would be a valid number. */
function isWordAt(bytes: Uint8Array, at: number, word: Uint8Array): boolean {
  for (let index = 0; index < word.length; index++) if (bytes[at + index] !== word[index]) return false;
  return !isOfNumber(bytes[at - 1]) && !isOfNumber(bytes[at + word.length]);
}

const [point, zero, nine] = [0x2e, 0x30, 0x39];

function isOfNumber(byte = 0): boolean {
  return byte === point || (byte >= zero && byte <= nine);
}
