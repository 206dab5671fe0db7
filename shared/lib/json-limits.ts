/** Limits the size of a JSON text's content before `JSON.parse` allocates memory for it. */

export interface JsonLimits {
  /** Maximum nesting of arrays and objects. */
  readonly depthMax: number;
  /** Maximum number of values. An array of a million empty arrays is 3 MB of text and needs ten times as much memory. */
  readonly valuesMax: number;
  /** Maximum number of arrays and objects. */
  readonly containersMax?: number;
  /** Maximum number of members of one object. `JSON.parse` takes microseconds for each member of a large object. */
  readonly membersMax?: number;
}

/** Returns the limit that a JSON text exceeds, or null. The text need not be valid JSON. O(text). */
export function exceededJsonLimit(
  text: string,
  { depthMax, valuesMax, containersMax = valuesMax, membersMax = valuesMax }: JsonLimits,
): string | null {
  /** By depth, the members of the open object so far; NaN for an array. */
  const members: number[] = [];
  let depth = 0;
  let values = 1;
  let containers = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x22: // "
        at = endOfString(text, at);
        break;
      case 0x5b: // [
      case 0x7b: // {
        depth++;
        values++;
        containers++;
        if (containers > containersMax) return `more than ${containersMax} arrays and objects`;
        if (depth > depthMax) return `more than ${depthMax} levels of arrays and objects`;
        members[depth] = text.charCodeAt(at) === 0x7b ? 1 : Number.NaN;
        break;
      case 0x5d: // ]
      case 0x7d: // }
        // Not below 0: with other brackets the text is not JSON, and `members` would grow with each of them.
        if (depth > 0) depth--;
        break;
      case 0x2c: // ,
        values++;
        members[depth] = (members[depth] ?? Number.NaN) + 1;
        if ((members[depth] ?? 0) > membersMax) return `an object with more than ${membersMax} members`;
        break;
    }
    if (values > valuesMax) return `more than ${valuesMax} values`;
  }
  return null;
}

/** Returns the index of the closing quote, or the end of the text. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x5c) at++;
    else if (code === 0x22) return at;
  }
  return text.length;
}
