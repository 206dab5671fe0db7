/**
 * Splits one line into fields; null if a quote is not closed, or is inside an unquoted field. The fields must
 * not contain line breaks, so that a stray quote affects only its own line. Stops after `max` + 1 fields.
 */
export function splitLine(line: string, max: number): LineField[] | null {
  const fields: LineField[] = [];
  for (let at = 0; ; at++) {
    const isQuoted = line[at] === '"';
    const end = isQuoted ? closingQuote(line, at) : nextComma(line, at);
    if (end === -1) return null;
    const text = isQuoted ? line.slice(at + 1, end).replaceAll('""', '"') : line.slice(at, end);
    if (!isQuoted && text.includes('"')) return null;
    fields.push({ text: text.trim(), isQuoted });
    at = isQuoted ? end + 1 : end;
    if (at === line.length || fields.length > max) return fields;
    if (line[at] !== ",") return null;
  }
}

export interface LineField {
  readonly text: string;
  readonly isQuoted: boolean;
}

function closingQuote(line: string, from: number): number {
  let at = line.indexOf('"', from + 1);
  while (at !== -1 && line[at + 1] === '"') at = line.indexOf('"', at + 2);
  return at;
}

function nextComma(line: string, from: number): number {
  const at = line.indexOf(",", from);
  return at === -1 ? line.length : at;
}
