import { decodeUtf8 } from "../lib/utf8.ts";

/** Returns the spreadsheet name of a column: `0` → `A`, `27` → `AB`. */
export function columnName(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26));
  return index < 26 ? letter : columnName(Math.floor(index / 26) - 1) + letter;
}

/** Decodes a UTF-8 file without its byte order mark; null if the bytes are not text. */
export function decodeText(bytes: Uint8Array): string | null {
  const text = decodeUtf8(bytes)?.replace(/^\uFEFF/, "");
  return text === undefined || text.includes("\0") ? null : text;
}
