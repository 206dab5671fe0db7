/** Estimates the width of text, because nothing measures it where charts are drawn. */

/**
 * Mean widths relative to the font size, of a wide font (DejaVu Sans, Verdana): the page uses the font of its reader's system, and
 * text must fit in any of them.
 */
const [narrow, middle, wide] = [0.36, 0.63, 0.95];

/** Returns the estimated width of a text in pixels. */
export function textWidth(text: string, size: number): number {
  let sum = 0;
  for (const char of text)
    sum += /[ijlftrI.,:;'|!()[\] ]/.test(char) ? narrow : /[mwMWOQ@%—]/.test(char) ? wide : middle;
  return sum * size;
}

/** Wraps a text into lines of at most `room` pixels. A single longer word is not broken. */
export function wrapText(text: string, room: number, size: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    const longer = `${last} ${word}`;
    if (last !== undefined && textWidth(longer, size) <= room) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** Shortens a text to `room` pixels, with an ellipsis. */
export function fitText(text: string, room: number, size: number): string {
  if (textWidth(text, size) <= room) return text;
  let shorter = text;
  while (shorter.length > 1 && textWidth(`${shorter}…`, size) > room) shorter = shorter.slice(0, -1);
  return `${shorter.trimEnd()}…`;
}
