import type { XmlReader } from "./xml.ts";

/** Formats that every spreadsheet knows by number (ECMA-376 part 1, 18.8.30), those that show a date or a time. */
const builtIn = new Map([
  [14, "m/d/yy"],
  [15, "d-mmm-yy"],
  [16, "d-mmm"],
  [17, "mmm-yy"],
  [18, "h:mm AM/PM"],
  [19, "h:mm:ss AM/PM"],
  [20, "h:mm"],
  [21, "h:mm:ss"],
  [22, "m/d/yy h:mm"],
  [45, "mm:ss"],
  [46, "[h]:mm:ss"],
  [47, "mm:ss.0"],
]);

/** For every style of a cell (its index is the cell's `s`) the format, if it shows numbers as dates or times; else null. */
export function readDateFormats(xml: XmlReader): (string | null)[] {
  const codes = new Map<string, string>();
  const styles: string[] = [];
  let list = "";
  while (xml.next()) {
    if (xml.isEnd || xml.depth > 2) continue;
    if (xml.depth === 1) list = xml.name;
    else if (list === "numFmts" && xml.name === "numFmt") {
      const attributes = xml.attributes();
      codes.set(attributes.get("numFmtId") ?? "", attributes.get("formatCode") ?? "");
    } else if (list === "cellXfs" && xml.name === "xf") styles.push(xml.attributes().get("numFmtId") ?? "0");
  }
  return styles.map((id) => dateFormat(Number(id), codes.get(id)));
}

function dateFormat(id: number, code: string | undefined): string | null {
  if (code !== undefined) return isDateCode(code) ? code : null;
  // 27 to 36 and 50 to 58 are dates of East Asian languages; their text depends on the reader's.
  const isEastAsian = (id >= 27 && id <= 36) || (id >= 50 && id <= 58);
  return builtIn.get(id) ?? (isEastAsian ? `date format ${id}` : null);
}

/** True when a format shows a date or a time: letters of one remain once quotes, escapes, colours and currencies are gone. */
function isDateCode(code: string): boolean {
  if (/\[(h+|m+|s+)\]/i.test(code)) return true;
  return /[ymdhs]/i.test(code.replaceAll(/"[^"]*"|\\.|_.|\*.|\[[^\]]*\]|General/gi, ""));
}
