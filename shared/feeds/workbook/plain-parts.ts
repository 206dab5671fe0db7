/** Shared strings and number formats in plain XML. */
import { escapeXml, type XmlReader } from "./xml.ts";

/** Numbers of formats that are dates or times of East Asian and Thai languages; SheetJS has no text for most. */
const foreignDates = [
  [27, 36],
  [50, 58],
  [71, 81],
] as const;

/** The text of a shared or inline string, its runs joined; readings printed above it (`rPh`) do not belong to it. */
export function plainText(xml: XmlReader): string {
  const { depth } = xml;
  let text = "";
  let inRun = false;
  while (xml.next() && xml.depth > depth) {
    if (xml.depth === depth + 1) inRun = !xml.isEnd && xml.name === "r";
    const isText = xml.depth === depth + 1 || (xml.depth === depth + 2 && inRun);
    if (!xml.isEnd && isText && xml.name === "t") text += xml.content();
  }
  return `<t>${escapeXml(text)}</t>`;
}

export function plainStrings(xml: XmlReader | null): { readonly xml: string; readonly count: number } {
  const strings: string[] = [];
  while (xml?.next())
    if (!xml.isEnd && xml.depth === 1 && xml.name === "si") strings.push(`<si>${plainText(xml)}</si>`);
  return { xml: strings.join(""), count: strings.length };
}

/** The formats that have a code, and for every style of a cell the number of its format. */
export function plainStyles(xml: XmlReader | null): string {
  const format = (id: string, code: string) => `<numFmt numFmtId="${escapeXml(id)}" formatCode="${escapeXml(code)}"/>`;
  // In front: the workbook may give such a number a code of its own.
  let formats = foreignDates.flatMap(([from, to]) => range(from, to).map((id) => format(`${id}`, "m/d/yy"))).join("");
  let styles = "";
  let list = "";
  while (xml?.next()) {
    if (xml.isEnd || xml.depth > 2) continue;
    if (xml.depth === 1) list = xml.name;
    else if (list === "numFmts" && xml.name === "numFmt") {
      const attributes = xml.attributes();
      formats += format(attributes.get("numFmtId") ?? "", attributes.get("formatCode") ?? "");
    } else if (list === "cellXfs" && xml.name === "xf") {
      styles += `<xf numFmtId="${escapeXml(xml.attributes().get("numFmtId") ?? "0")}"/>`;
    }
  }
  return `<numFmts>${formats}</numFmts><cellXfs>${styles}</cellXfs>`;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
