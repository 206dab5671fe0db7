/** Bounds what a JSON text may hold before `JSON.parse` sees it. */

export interface JsonLimits {
  /** Arrays and objects inside each other. */
  readonly depthMax: number;
  /** Values and members: an array of a million empty arrays takes 3 MB of text and ten times as much memory. */
  readonly valuesMax: number;
}

/** Says which limit a JSON text exceeds; null when it exceeds none. The text need not be valid JSON. O(text). */
export function exceededJsonLimit(text: string, { depthMax, valuesMax }: JsonLimits): string | null {
  let depth = 0;
  let values = 1;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x22: // "
        at = endOfString(text, at);
        break;
      case 0x5b: // [
      case 0x7b: // {
        depth++;
        values++;
        if (depth > depthMax) return `more than ${depthMax} levels of arrays and objects`;
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth--;
        break;
      case 0x2c: // ,
        values++;
        break;
    }
    if (values > valuesMax) return `more than ${valuesMax} values`;
  }
  return null;
}

/** Index of the closing quote, or of the text's end. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x5c) at++;
    else if (code === 0x22) return at;
  }
  return text.length;
}
