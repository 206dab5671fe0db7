/**
 * Reads XML tag by tag, strictly and in time linear in its length.
 *
 * What is not well formed throws. There are no entities but XML's own five and character references: a document type
 * is refused, so nothing can grow while it is read.
 */

/** Part of every runtime that reads this, yet of no type library that leaves the browser's names out. */
declare class TextDecoder {
  constructor(encoding: "utf-8", options: { readonly fatal: true });
  decode(bytes: Uint8Array): string;
}

const depthMax = 100;
const pathDepthMax = 3;
/** A comment, an instruction, a CDATA section (1), or a tag: its slash (2), name (3), attributes (4) and closing slash (5). */
const token =
  /<(?:!--[\s\S]*?-->|\?[\s\S]*?\?>|!\[CDATA\[([\s\S]*?)\]\]>|(\/?)([A-Za-z_][\w:.-]*)((?:\s+[^\s=/<>"']+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>)/y;
const entities: ReadonlyMap<string, string> = new Map(
  Object.entries({ lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" }),
);

export class XmlReader {
  /** Name of the element, without its prefix if that is the prefix of the root; other prefixes stay. */
  name = "";
  /** True at the end of the element. An empty element has a start and an end too. */
  isEnd = false;
  /** How many elements the element lies in: 0 for the root. */
  depth = 0;

  readonly #xml: string;
  readonly #open: string[] = [];
  #prefix: string | null = null;
  #attributes = "";
  #text = "";
  #at = 0;
  #endsNext = false;

  constructor(part: Uint8Array) {
    const xml = new TextDecoder("utf-8", { fatal: true }).decode(part);
    const encoding = /^<\?xml[^>]{0,100}encoding\s*=\s*["']([^"']{0,40})/.exec(xml)?.[1]?.toLowerCase() ?? "utf-8";
    if (encoding !== "utf-8" && encoding !== "us-ascii") throw new Error(`XML in ${encoding}, not in utf-8`);
    this.#xml = xml;
  }

  /** Goes to the next tag; false after the last. */
  next(): boolean {
    this.#text = "";
    if (this.#endsNext) return this.#close(this.name);
    for (;;) {
      const start = this.#xml.indexOf("<", this.#at);
      if (start < 0) {
        if (this.#open.length > 0) throw new Error(`XML that ends inside <${this.#open.at(-1)}>`);
        return false;
      }
      this.#text += unescapeXml(this.#xml.slice(this.#at, start));
      token.lastIndex = start;
      const found = token.exec(this.#xml);
      if (!found) throw new Error(`XML with a broken tag ${this.#xml.slice(start, start + 40)}`);
      this.#at = token.lastIndex;
      const [, characters = "", slash, name, attributes = "", closing] = found;
      this.#text += characters;
      if (name === undefined) continue;
      this.#prefix ??= name.slice(0, name.indexOf(":") + 1);
      const local = this.#prefix !== "" && name.startsWith(this.#prefix) ? name.slice(this.#prefix.length) : name;
      if (slash === "/") return this.#close(local);
      this.#attributes = attributes;
      this.#endsNext = closing === "/";
      return this.#start(local);
    }
  }

  /** Where the element that starts here lies below the root, as `sheetData/row`; empty below all that is read. */
  get path(): string {
    return this.depth > pathDepthMax ? "" : this.#open.slice(1).join("/");
  }

  /** The attributes of the element that starts here, by their names as written. */
  attributes(): ReadonlyMap<string, string> {
    const found = new Map<string, string>();
    for (const [, name = "", double, single] of this.#attributes.matchAll(/([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)) {
      if (found.has(name)) throw new Error(`XML with two attributes ${name} in <${this.name}>`);
      found.set(name, unescapeXml(double ?? single ?? ""));
    }
    return found;
  }

  /** All text up to the end of the element that starts here. Elements in it leave a mark: they do not belong there. */
  content(): string {
    const { depth } = this;
    let text = "";
    while (this.next()) {
      text += this.#text;
      if (this.depth === depth) break;
      text += `<${this.isEnd ? "/" : ""}${this.name}>`;
    }
    return text;
  }

  #start(name: string): true {
    if (this.#open.length === 0 && this.name !== "") throw new Error("XML with two roots");
    if (this.#open.length >= depthMax) throw new Error(`XML with more than ${depthMax} elements in each other`);
    this.depth = this.#open.push(name) - 1;
    this.name = name;
    this.isEnd = false;
    return true;
  }

  #close(name: string): true {
    const open = this.#open.pop();
    if (open !== name) throw new Error(`XML with </${name.slice(0, 40)}> where <${open ?? ""}> is open`);
    this.#endsNext = false;
    this.depth = this.#open.length;
    this.name = name;
    this.isEnd = true;
    return true;
  }
}

function unescapeXml(text: string): string {
  if (!text.includes("&")) return text;
  return text.replaceAll(/&([^;&]{0,10});?/g, (whole, reference: string) => {
    const known = whole.endsWith(";") ? entities.get(reference) : undefined;
    if (known !== undefined) return known;
    const code = /^#(?:x([\da-f]+)|(\d+))$/i.exec(reference);
    const point = code ? Number.parseInt(code[1] ?? code[2] ?? "", code[1] ? 16 : 10) : Number.NaN;
    if (!(point <= 0x10ffff) || !whole.endsWith(";")) throw new Error(`XML with a reference ${whole}`);
    return String.fromCodePoint(point);
  });
}

/** Text as it stands in plain XML, in an element or between double quotes. */
export function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
