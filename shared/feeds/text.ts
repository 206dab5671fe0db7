/** Text as publishers type it, made comparable. */
import { decodeUtf8 } from "../lib/utf8.ts";

/** Text that is clean already, as nearly all of it is: printable ASCII with single spaces inside. */
const isPlain = /^(?:[!-~]+(?: [!-~]+)*)?$/;

/** A name for keeping: NFC, no space around it, single spaces within. */
export function cleanName(text: string): string {
  if (isPlain.test(text)) return text;
  return text.normalize("NFC").replaceAll(/\s+/gu, " ").trim();
}

/** A text for comparing: as `cleanName`, and neither case nor accents count. */
export function foldText(text: string): string {
  if (isPlain.test(text)) return text.toLowerCase();
  return cleanName(text).normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();
}

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
