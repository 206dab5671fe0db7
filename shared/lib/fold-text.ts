/** Normalizes text that people type, so that it can be compared. */

/** Matches text that is already normalized: printable ASCII with single spaces inside. This is the fast path for most text. */
const isPlain = /^(?:[!-~]+(?: [!-~]+)*)?$/;

/** Returns a name in its stored form: NFC, trimmed, with single spaces inside. */
export function cleanName(text: string): string {
  if (isPlain.test(text)) return text;
  return text.normalize("NFC").replaceAll(/\s+/gu, " ").trim();
}

/** Returns a text for comparison: `cleanName` in lower case and without accents. */
export function foldText(text: string): string {
  if (isPlain.test(text)) return text.toLowerCase();
  return cleanName(text).normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();
}
