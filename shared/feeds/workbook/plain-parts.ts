/** Shared strings and number formats in plain XML. */
import { escapeXml, type XmlReader } from "./xml.ts";

/** Numbers of date formats in East Asian languages; SheetJS has no text for them. */
const eastAsianDates = [27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 50, 51, 52, 53, 54, 55, 56, 57, 58];

/** The text of a shared or inline string, its runs joined; readings printed above it (`rPh`) do not belong to it. */
export function readText(xml: XmlReader): string {
  const { depth } = xml;
  let text = "";
  let inRun = false;
  while (xml.next() && xml.depth > depth) {
    if (xml.depth === depth + 1) inRun = !xml.isEnd && xml.name === "r";
    const isText = xml.depth === depth + 1 || (xml.depth === depth + 2 && inRun);
    if (!xml.isEnd && isText && xml.name === "t") text += xml.content();
  }
  return text;
}

/** The texts of a workbook, in their order. */
export function plainStrings(xml: XmlReader | null): string[] {
  const strings: string[] = [];
  while (xml?.next()) if (!xml.isEnd && xml.path === "si") strings.push(`<si><t>${escapeXml(readText(xml))}</t></si>`);
  return strings;
}

/** The formats that have a code, and for every style of a cell the number of its format. */
export function plainStyles(xml: XmlReader | null): string {
  // In front: the workbook may give such a number a code of its own.
  let formats = eastAsianDates.map((id) => `<numFmt numFmtId="${id}" formatCode="m/d/yy"/>`).join("");
  let styles = "";
  while (xml?.next()) {
    if (xml.isEnd) continue;
    const { path } = xml;
    if (path !== "numFmts/numFmt" && path !== "cellXfs/xf") continue;
    const [id = "0", code = ""] = ["numFmtId", "formatCode"].map((name) => xml.attributes().get(name));
    if (path === "cellXfs/xf") styles += `<xf numFmtId="${escapeXml(id)}"/>`;
    else formats += `<numFmt numFmtId="${escapeXml(id)}" formatCode="${escapeXml(code)}"/>`;
  }
  return `<numFmts>${formats}</numFmts><cellXfs>${styles}</cellXfs>`;
}
