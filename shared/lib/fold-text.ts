/** Text as people type it, made comparable. */

/** Text that is clean already, as nearly all of it is: printable ASCII with single spaces inside. */
const isPlain = /^(?:[!-~]+(?: [!-~]+)*)?$/;

/** Returns a name in its stored form: NFC, no space around it, single spaces within. */
export function cleanName(text: string): string {
  if (isPlain.test(text)) return text;
  return text.normalize("NFC").replaceAll(/\s+/gu, " ").trim();
}

/** Returns a text for comparison: as `cleanName`, without case and accents. */
export function foldText(text: string): string {
  if (isPlain.test(text)) return text.toLowerCase();
  return cleanName(text).normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();
}
