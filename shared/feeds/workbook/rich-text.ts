import type { XmlReader } from "./xml.ts";

/** The text of a shared or inline string, its runs joined; readings printed above it (`rPh`) do not belong to it. */
export function readRichText(xml: XmlReader): string {
  const { depth } = xml;
  let text = "";
  let inRun = false;
  while (xml.next() && xml.depth > depth) {
    if (xml.depth === depth + 1) inRun = !xml.isEnd && xml.name === "r";
    const isText = xml.depth === depth + 1 || (xml.depth === depth + 2 && inRun);
    if (!xml.isEnd && isText && xml.name === "t") text += xml.content();
  }
  return unescapeControls(text);
}

/** The shared strings of a workbook, in their order. */
export function readSharedStrings(xml: XmlReader): string[] {
  const strings: string[] = [];
  while (xml.next()) if (!xml.isEnd && xml.depth === 1 && xml.name === "si") strings.push(readRichText(xml));
  return strings;
}

/** Spreadsheets write characters that XML cannot hold as `_x000D_`, and an underscore before such a text as `_x005F_`. */
export function unescapeControls(text: string): string {
  return text.replaceAll(/_x([\dA-Fa-f]{4})_/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
