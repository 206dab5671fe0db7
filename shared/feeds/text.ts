import { decodeUtf8 } from "../lib/utf8.ts";

/** `0` → `A`, `27` → `AB`: the name a spreadsheet shows for a column. */
export function columnName(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26));
  return index < 26 ? letter : columnName(Math.floor(index / 26) - 1) + letter;
}

/** The text of a file, without a byte order mark; null where its bytes are none. */
export function textOf(bytes: Uint8Array): string | null {
  const text = decodeUtf8(bytes)?.replace(/^\uFEFF/, "");
  return text === undefined || text.includes("\0") ? null : text;
}
