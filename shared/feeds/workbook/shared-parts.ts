/** The parts that cells refer to: shared strings and number formats. */
import { Text, textLengthMax } from "./cell.ts";
import { builtInDate, isDateFormat } from "./number-formats.ts";
import { Refusal } from "./refusal.ts";
import type { XmlReader } from "./xml.ts";

/** Publications have some hundreds: names, dates, headers. */
const stringsMax = 100_000;
/** What Excel allows: styles of cells in a workbook, characters of a format's code, formats of a workbook's own. */
const [stylesMax, codeLengthMax, formatsMax] = [65_490, 255, 250];

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

/** A text as a cell; null where it is longer than any cell can hold. `_x0041_` stands for a character (ST_Xstring, 22.9.2.19). */
export function textCell(text: string): Text | null {
  if (text.length > textLengthMax) return null;
  if (!text.includes("_x") && !text.includes("_X")) return new Text(text);
  return new Text(
    text.replaceAll(/_x([\da-f]{4})_/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16))),
  );
}

/** The texts of a workbook in their order, one object for equal ones; null for a text that no cell can hold. */
export function readStrings(xml: XmlReader | null): (Text | null)[] {
  const strings: (Text | null)[] = [];
  const known = new Map<string, Text>();
  while (xml?.next()) {
    if (xml.isEnd || xml.path !== "si") continue;
    const text = textCell(readText(xml));
    const shared = text && (known.get(text.value) ?? text);
    if (shared) known.set(shared.value, shared);
    strings.push(shared);
    refuseMore(strings.length, stringsMax, "too-many-strings");
  }
  return strings;
}

/** For every style of a cell the code of its format where that shows a date, else null. */
export function readDateFormats(xml: XmlReader | null): (string | null)[] {
  const codes = new Map<number, string>();
  const styles: number[] = [];
  while (xml?.next()) {
    if (xml.isEnd) continue;
    const { path } = xml;
    if (path !== "numFmts/numFmt" && path !== "cellXfs/xf") continue;
    const attributes = xml.attributes();
    const id = Number(attributes.get("numFmtId") ?? "0");
    if (path === "cellXfs/xf") styles.push(id);
    else {
      const code = attributes.get("formatCode") ?? "";
      refuseMore(code.length, codeLengthMax, "too-long-format");
      codes.set(id, code);
    }
    refuseMore(styles.length, stylesMax, "too-many-styles");
    refuseMore(codes.size, formatsMax, "too-many-formats");
  }
  return styles.map((id) => {
    const code = codes.get(id);
    if (code === undefined) return builtInDate(id);
    return isDateFormat(code) ? code : null;
  });
}

function refuseMore(count: number, max: number, reason: string): void {
  if (count > max) throw new Refusal(reason, `${count} or more`, `at most ${max}`);
}
