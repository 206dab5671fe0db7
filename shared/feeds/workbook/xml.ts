/**
 * Reads XML tag by tag, strictly, in linear time and with one window of the text in memory.
 *
 * Throws on XML that is not well formed. Only XML's five entities and character references are supported, and a document
 * type is rejected, so the text cannot grow by entity expansion.
 */

/** Declared here because every runtime has it, but the type libraries without DOM do not. */
declare class TextDecoder {
  constructor(encoding: "utf-8", options: { readonly fatal: true });
  decode(bytes: Uint8Array, options: { readonly stream: boolean }): string;
}

/** Bytes decoded at once. A tag or text that does not fit doubles the window, so the time stays linear. */
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
  /** Name of the element. The prefix of the root is removed; other prefixes stay. */
  name = "";
  /** True at the end of the element. An empty element has a start and an end as well. */
  isEnd = false;
  /** Number of ancestors: 0 for the root. */
  depth = 0;

  readonly #part: Uint8Array;
  readonly #decoder = new TextDecoder("utf-8", { fatal: true });
  #decoded = 0;
  /** Decoded text. The unread part starts at `#at`. */
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

  /** Decodes more text into the window; false at the end of the part. */
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

  /** Moves to the next tag; false after the last one. */
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

  /** Reads the tag or comment at the next `<`. If the window cuts it off, reads it again with a larger window. */
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

  /** Path of the current element below the root, such as `sheetData/row`; empty below the depth that is read. */
  get path(): string {
    return this.depth > pathDepthMax ? "" : this.#open.slice(1).join("/");
  }

  /** Returns the attributes of the current element, by their names as written. */
  attributes(): ReadonlyMap<string, string> {
    const found = new Map<string, string>();
    for (const [, name = "", double, single] of this.#attributes.matchAll(/([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)) {
      if (found.has(name)) throw new Error(`XML with two attributes ${name} in <${this.name}>`);
      found.set(name, unescapeXml(double ?? single ?? ""));
    }
    return found;
  }

  /** Returns all text up to the end of the current element. Nested elements are not expected and leave a tag in the text. */
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
    if (this.#open.length >= depthMax) throw new Error(`XML with more than ${depthMax} nested elements`);
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
