/**
 * Replaces control characters and direction marks, except line breaks. Names and texts come from publications, model files,
 * servers and callers; an escape sequence in them could change what a terminal displays.
 */
export function printable(text: string): string {
  return text.replaceAll(/(?!\n)[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu, "\ufffd");
}
