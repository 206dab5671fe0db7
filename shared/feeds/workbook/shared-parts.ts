/** Reads the shared parts that cells reference: strings and number formats. */
import { Text, textLengthMax } from "./cell.ts";
import { builtInDate, isDateFormat } from "./number-formats.ts";
import { WorkbookRefusal } from "./refusal.ts";
import type { XmlReader } from "./xml.ts";

/** Publications have a few hundred shared strings: names, dates, headers. */
const stringsMax = 100_000;
/** Excel's limits: cell styles of a workbook, characters of a format's code, custom formats of a workbook. */
const [stylesMax, codeLengthMax, formatsMax] = [65_490, 255, 250];

/** Reads the text of a shared or inline string and joins its runs. Phonetic hints (`rPh`) are not part of it. */
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

/** Makes a text cell; null if the text is longer than a cell can be. `_x0041_` encodes a character (ST_Xstring, 22.9.2.19). */
export function textCell(text: string): Text | null {
  if (text.length > textLengthMax) return null;
  if (!text.includes("_x") && !text.includes("_X")) return new Text(text);
  return new Text(
    text.replaceAll(/_x([\da-f]{4})_/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16))),
  );
}

/** Reads the texts of a workbook in order. Equal texts share one object; a text that is too long for a cell is null. */
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

/** Reads, for every cell style, the code of its format if that shows a date, else null. */
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
  if (count > max) throw new WorkbookRefusal(reason, `at least ${count}`, `at most ${max}`);
}
