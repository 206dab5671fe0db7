/** Shared strings and number formats in plain XML. */
import { textLengthMax } from "./cell.ts";
import { Refusal } from "./refusal.ts";
import { escapeXml, XmlReader } from "./xml.ts";

/** Publications have some hundreds: names, dates, headers. */
const stringsMax = 100_000;
/** What Excel allows: styles of cells in a workbook, characters of a format's code. */
const [stylesMax, codeLengthMax] = [65_490, 255];
/** Excel allows 250. SheetJS keeps 332 and loses the others: a date among them would be a number. */
const formatsMax = 300;
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

/** Stands for a text longer than any cell can hold. */
export const tooLongString = "<si></si>";

/** The texts of a workbook, in their order. */
export function plainStrings(part: Uint8Array | null): string[] {
  const xml = part && new XmlReader(part);
  const strings: string[] = [];
  while (xml?.next()) {
    if (xml.isEnd || xml.path !== "si") continue;
    const text = readText(xml);
    strings.push(text.length > textLengthMax ? tooLongString : `<si><t>${escapeXml(text)}</t></si>`);
    refuseMore(strings.length, stringsMax, "too-many-strings");
  }
  return strings;
}

/** The formats that have a code, and for every style of a cell the number of its format. */
export function plainStyles(part: Uint8Array | null): string {
  const xml = part && new XmlReader(part);
  // In front: the workbook may give such a number a code of its own.
  const formats = eastAsianDates.map((id) => plainFormat(String(id), "m/d/yy"));
  const styles: string[] = [];
  while (xml?.next()) {
    if (xml.isEnd) continue;
    const { path } = xml;
    if (path !== "numFmts/numFmt" && path !== "cellXfs/xf") continue;
    const attributes = xml.attributes();
    const id = attributes.get("numFmtId") ?? "0";
    if (path === "cellXfs/xf") styles.push(`<xf numFmtId="${escapeXml(id)}"/>`);
    else formats.push(plainFormat(id, attributes.get("formatCode") ?? ""));
    refuseMore(styles.length, stylesMax, "too-many-styles");
    refuseMore(formats.length, formatsMax, "too-many-formats");
  }
  return `<numFmts>${formats.join("")}</numFmts><cellXfs>${styles.join("")}</cellXfs>`;
}

function plainFormat(id: string, code: string): string {
  refuseMore(code.length, codeLengthMax, "too-long-format");
  return `<numFmt numFmtId="${escapeXml(id)}" formatCode="${escapeXml(code)}"/>`;
}

function refuseMore(count: number, max: number, reason: string): void {
  if (count > max) throw new Refusal(reason, `${count} or more`, `at most ${max}`);
}
