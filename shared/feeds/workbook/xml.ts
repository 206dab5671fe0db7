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
const named = new Map([
  ["lt", "<"],
  ["gt", ">"],
  ["amp", "&"],
  ["quot", '"'],
  ["apos", "'"],
]);

export class XmlReader {
  /** Name of the element, without its prefix if that is the prefix of the root; other prefixes stay. */
  name = "";
  /** True at the end of the element. An empty element has a start and an end too. */
  isEnd = false;
  /** How many elements the element lies in: 0 for the root. */
  depth = 0;
  /** The text between the tag before and this one. */
  text = "";

  readonly #xml: string;
  readonly #open: string[] = [];
  #prefix: string | null = null;
  #attributes = "";
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
    this.text = "";
    if (this.#endsNext) {
      this.#endsNext = false;
      return this.#close(this.#open.at(-1) ?? "");
    }
    for (;;) {
      const start = this.#xml.indexOf("<", this.#at);
      if (start < 0) {
        if (this.#open.length > 0) throw new Error(`XML that ends inside <${this.#open.at(-1)}>`);
        return false;
      }
      this.text += unescapeXml(this.#xml.slice(this.#at, start));
      const sign = this.#xml[start + 1];
      if (sign === "!") this.#at = this.#skipDeclaration(start);
      else if (sign === "?") this.#at = this.#after("?>", start);
      else if (sign === "/") {
        this.#at = this.#after(">", start);
        return this.#close(this.#xml.slice(start + 2, this.#at - 1).trimEnd());
      } else return this.#openTag(start);
    }
  }

  /** The attributes of the element that starts here, by their names as written. */
  attributes(): ReadonlyMap<string, string> {
    const found = new Map<string, string>();
    const text = this.#attributes;
    const attribute = /\s+([^\s=/<>"']+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y;
    let end = 0;
    for (let match = attribute.exec(text); match; match = attribute.exec(text)) {
      const [, name = "", double, single] = match;
      if (found.has(name)) throw new Error(`XML with two attributes ${name} in <${this.name}>`);
      found.set(name, unescapeXml(double ?? single ?? ""));
      end = attribute.lastIndex;
    }
    if (text.slice(end).trim() !== "") throw new Error(`XML with broken attributes in <${this.name}>`);
    return found;
  }

  /** All text up to the end of the element that starts here. Elements in it leave a mark: they do not belong there. */
  content(): string {
    const { depth } = this;
    let text = "";
    while (this.next()) {
      text += this.text;
      if (this.depth === depth) break;
      text += `<${this.isEnd ? "/" : ""}${this.name}>`;
    }
    return text;
  }

  #openTag(start: number): true {
    if (this.#open.length === 0 && this.#prefix !== null) throw new Error("XML with two roots");
    if (this.#open.length >= depthMax) throw new Error(`XML with more than ${depthMax} elements in each other`);
    const end = this.#tagEnd(start);
    this.#at = end + 1;
    this.#endsNext = this.#xml[end - 1] === "/";
    const tag = this.#xml.slice(start + 1, this.#endsNext ? end - 1 : end);
    const space = tag.search(/\s/);
    const name = space < 0 ? tag : tag.slice(0, space);
    if (!/^[\p{L}_][\p{L}\p{N}_.:-]*$/u.test(name)) throw new Error(`XML with a tag <${name.slice(0, 40)}>`);
    this.#attributes = space < 0 ? "" : tag.slice(space);
    this.#prefix ??= name.slice(0, name.indexOf(":") + 1);
    this.depth = this.#open.length;
    this.#open.push(name);
    this.name = this.#local(name);
    this.isEnd = false;
    return true;
  }

  #close(name: string): true {
    const open = this.#open.pop();
    if (open !== name) throw new Error(`XML with </${name.slice(0, 40)}> where <${open ?? ""}> is open`);
    this.depth = this.#open.length;
    this.name = this.#local(name);
    this.isEnd = true;
    return true;
  }

  #local(name: string): string {
    const prefix = this.#prefix ?? "";
    return prefix !== "" && name.startsWith(prefix) ? name.slice(prefix.length) : name;
  }

  /** Where the `>` of a tag is: one within quotes does not count. */
  #tagEnd(start: number): number {
    let quote = 0;
    for (let at = start; at < this.#xml.length; at++) {
      const code = this.#xml.charCodeAt(at);
      if (quote !== 0) quote = code === quote ? 0 : quote;
      else if (code === 0x22 || code === 0x27) quote = code;
      else if (code === 0x3e) return at;
    }
    throw new Error("XML that ends inside a tag");
  }

  #skipDeclaration(start: number): number {
    if (this.#xml.startsWith("<!--", start)) return this.#after("-->", start + 4);
    if (!this.#xml.startsWith("<![CDATA[", start)) throw new Error("XML with a document type");
    const end = this.#after("]]>", start);
    this.text += this.#xml.slice(start + "<![CDATA[".length, end - "]]>".length);
    return end;
  }

  #after(sign: string, from: number): number {
    const at = this.#xml.indexOf(sign, from);
    if (at < 0) throw new Error(`XML without the ${sign} that is due`);
    return at + sign.length;
  }
}

function unescapeXml(text: string): string {
  if (!text.includes("&")) return text;
  return text.replaceAll(/&([^;&]{0,10});?/g, (whole, reference: string) => {
    const known = whole.endsWith(";") ? named.get(reference) : undefined;
    if (known !== undefined) return known;
    const code = /^#(?:x([\da-f]+)|(\d+))$/i.exec(reference);
    const point = code ? Number.parseInt(code[1] ?? code[2] ?? "", code[1] ? 16 : 10) : Number.NaN;
    if (!(point <= 0x10ffff) || !whole.endsWith(";")) throw new Error(`XML with a reference ${whole}`);
    return String.fromCodePoint(point);
  });
}
