/**
 * Reads XML tag by tag, strictly, in time linear in its length and with one window of its text in memory.
 *
 * What is not well formed throws. There are no entities but XML's own five and character references: a document type
 * is refused, so nothing can grow while it is read.
 */

/** Part of every runtime that reads this, yet of no type library that leaves the browser's names out. */
declare class TextDecoder {
  constructor(encoding: "utf-8", options: { readonly fatal: true });
  decode(bytes: Uint8Array, options: { readonly stream: boolean }): string;
}

/** Bytes decoded at once. A tag or text that does not fit doubles the window, so that the time stays linear. */
const windowBytes = 65_536;
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

  readonly #part: Uint8Array;
  readonly #decoder = new TextDecoder("utf-8", { fatal: true });
  #decoded = 0;
  /** The text that is decoded and not yet read starts at `#at` of the window. */
  #window = "";
  readonly #open: string[] = [];
  #prefix: string | null = null;
  #attributes = "";
  #text = "";
  #at = 0;
  #endsNext = false;

  constructor(part: Uint8Array) {
    this.#part = part;
    this.#decodeMore();
    const declaration = /^<\?xml[^>]{0,100}encoding\s*=\s*["']([^"']{0,40})/.exec(this.#window);
    const encoding = declaration?.[1]?.toLowerCase() ?? "utf-8";
    if (encoding !== "utf-8" && encoding !== "us-ascii") throw new Error(`XML in ${encoding}, not in utf-8`);
  }

  /** Adds text to the window; false at the end of the part. */
  #decodeMore(): boolean {
    if (this.#decoded >= this.#part.length) return false;
    const rest = this.#window.slice(this.#at);
    const end = Math.min(this.#part.length, this.#decoded + Math.max(windowBytes, rest.length));
    const bytes = this.#part.subarray(this.#decoded, end);
    this.#decoded = end;
    this.#window = rest + this.#decoder.decode(bytes, { stream: end < this.#part.length });
    this.#at = 0;
    return true;
  }

  /** Goes to the next tag; false after the last. */
  next(): boolean {
    this.#text = "";
    if (this.#endsNext) return this.#close(this.name);
    for (;;) {
      let start = this.#window.indexOf("<", this.#at);
      while (start < 0 && this.#decodeMore()) start = this.#window.indexOf("<", this.#at);
      if (start < 0) {
        if (this.#open.length > 0) throw new Error(`XML that ends inside <${this.#open.at(-1)}>`);
        return false;
      }
      this.#text += unescapeXml(this.#window.slice(this.#at, start));
      this.#at = start;
      const found = this.#readToken();
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

  /** Reads what starts at the next `<`. A tag or comment that the window cuts off is tried again with a larger one. */
  #readToken(): RegExpExecArray {
    for (;;) {
      token.lastIndex = this.#at;
      const found = token.exec(this.#window);
      if (found) {
        this.#at = token.lastIndex;
        return found;
      }
      if (!this.#decodeMore()) throw new Error(`XML with a broken tag ${this.#window.slice(this.#at, this.#at + 40)}`);
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
