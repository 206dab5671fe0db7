/**
 * Opens a spreadsheet that a stranger sent.
 *
 * A workbook is a zip of XML, so it can be a bomb, be cut off, or carry a flipped byte inside a price. Everything is
 * therefore unzipped here first, with every checksum verified and every byte counted, and SheetJS is given only the
 * XML, packed again without compression.
 */
import { configure, type Entry, Uint8ArrayReader, Uint8ArrayWriter, ZipReader } from "@zip.js/zip.js";
import * as XLSX from "xlsx";
import type { FeedLimits, Problem } from "./feed.ts";
import { problem } from "./problem.ts";

configure({ useWebWorkers: false });

/** What a cell may hold once opened. `formula` and `date` are told apart because neither is a plainly stated number. */
export type Cell =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "formula" | "date" | "error" | "boolean"; readonly shown: string };

export interface Sheet {
  readonly name: string;
  /** Rows from the top, each with its cells from column A; both are sparse. */
  readonly rows: readonly (readonly (Cell | undefined)[] | undefined)[];
  /** Merged ranges, zero-based and inclusive. */
  readonly merges: readonly {
    readonly top: number;
    readonly left: number;
    readonly bottom: number;
    readonly right: number;
  }[];
}

export type Opened =
  | { readonly ok: true; readonly sheets: readonly Sheet[] }
  | { readonly ok: false; readonly problem: Problem };

type Limits = Pick<FeedLimits, "bytesMax" | "unzippedBytesMax" | "cellsMax">;

/** The parts of a workbook that say something in XML. Macros, media and printer settings are never unzipped. */
const partsRead = /\.(xml|rels)$/i;
const entriesMax = 2_000;

class Refusal extends Error {
  readonly problem: Problem;
  constructor(reason: string, found: string, expected: string) {
    super(reason);
    this.problem = problem(reason, { found, expected });
  }
}

/**
 * The sheets of an `.xlsx` file as rows of plain cells, or the one reason why it cannot be opened.
 * Time and memory are bounded by the limits; both grow linearly with the unzipped size.
 */
export async function openWorkbook(bytes: Uint8Array, limits: Limits): Promise<Opened> {
  try {
    if (bytes.length > limits.bytesMax) {
      throw new Refusal("too-large", `${bytes.length} bytes`, `at most ${limits.bytesMax} bytes`);
    }
    const parts = await unzip(bytes, limits);
    for (const [name, part] of parts) refuseTooManyCells(name, part, limits.cellsMax);
    return { ok: true, sheets: readSheets(zipUncompressed(parts)) };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, problem: error.problem };
    const found = `${describeStart(bytes)} (${error instanceof Error ? error.message : String(error)})`;
    return { ok: false, problem: problem("not-a-workbook", { found, expected: "a complete .xlsx workbook" }) };
  }
}

/** Unzips the parts that matter; sizes count what comes out, not what the file claims. */
async function unzip(bytes: Uint8Array, limits: Limits): Promise<Map<string, Uint8Array>> {
  const reader = new ZipReader(new Uint8ArrayReader(bytes), { checkSignature: true, useWebWorkers: false });
  const parts = new Map<string, Uint8Array>();
  let left = limits.unzippedBytesMax;
  const entries = await reader.getEntries();
  if (entries.length > entriesMax)
    throw new Refusal("too-many-parts", `${entries.length} parts`, `at most ${entriesMax}`);
  for (const entry of entries) {
    if (!isFile(entry) || !partsRead.test(entry.filename)) continue;
    if (parts.has(entry.filename)) throw new Refusal("duplicate-part", entry.filename, "every part of the zip once");
    const writer = new BoundedWriter(left);
    await entry.getData(writer).catch((error: unknown) => {
      if (!writer.isFull) throw error;
      const limit = `${limits.unzippedBytesMax} bytes`;
      throw new Refusal("too-large-unzipped", `more than ${limit} unzipped`, `at most ${limit}`);
    });
    const part: Uint8Array = await writer.getData();
    parts.set(entry.filename, part);
    left -= part.length;
  }
  await reader.close();
  if (!parts.has("xl/workbook.xml"))
    throw new Refusal("not-a-workbook", "a zip without xl/workbook.xml", "an .xlsx workbook");
  return parts;
}

function isFile(entry: Entry): entry is Extract<Entry, { directory: false }> {
  return !entry.directory;
}

/** Collects what is unzipped and stops at the bound, whatever size the file declared. */
class BoundedWriter extends Uint8ArrayWriter {
  readonly #allowed: number;
  #length = 0;

  constructor(allowed: number) {
    super();
    this.#allowed = allowed;
  }

  /** True once more came than was allowed. (The unzipper hides what a writer throws behind an error of its own.) */
  get isFull(): boolean {
    return this.#length > this.#allowed;
  }

  override writeUint8Array(chunk: Uint8Array): Promise<void> {
    this.#length += chunk.length;
    if (this.isFull) throw new Error("more bytes than allowed");
    return super.writeUint8Array(chunk);
  }
}

/** SheetJS's own container writes the zip that SheetJS reads; deflating it again would be wasted. */
function zipUncompressed(parts: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const container = XLSX.CFB.utils.cfb_new();
  for (const [name, part] of parts) XLSX.CFB.utils.cfb_add(container, `/${name}`, part);
  return new Uint8Array(XLSX.CFB.write(container, { type: "array", fileType: "zip", compression: false }));
}

/** Counts `<c` and `<row` tags before anything is built from them. */
function refuseTooManyCells(name: string, part: Uint8Array, cellsMax: number): void {
  if (!name.toLowerCase().startsWith("xl/worksheets/")) return;
  const [lessThan, c, r] = [0x3c, 0x63, 0x72];
  let tags = 0;
  for (let at = part.indexOf(lessThan); at >= 0; at = part.indexOf(lessThan, at + 1)) {
    const next = part[at + 1];
    const after = part[at + 2];
    const isCell = next === c && (after === 0x20 || after === 0x3e || after === 0x2f);
    const isRow = next === r && after === 0x6f;
    if (isCell || isRow) tags++;
  }
  if (tags > cellsMax) throw new Refusal("too-many-cells", `${tags} rows and cells in ${name}`, `at most ${cellsMax}`);
}

function readSheets(bytes: Uint8Array): Sheet[] {
  const book = XLSX.read(bytes, { type: "array", dense: true, cellNF: true, cellHTML: false, cellText: false });
  return book.SheetNames.map((name) => {
    const sheet = book.Sheets[name];
    const dense: (XLSX.CellObject | undefined)[][] = sheet?.["!data"] ?? [];
    const merges = (sheet?.["!merges"] ?? []).map(({ s, e }) => ({ top: s.r, left: s.c, bottom: e.r, right: e.c }));
    return { name, rows: dense.map((row) => row?.map(toCell)), merges };
  });
}

function toCell(cell: XLSX.CellObject | undefined): Cell | undefined {
  if (!cell || cell.t === "z") return undefined;
  const shown = String(cell.v ?? "");
  if (cell.f !== undefined || cell.F !== undefined) return { kind: "formula", shown: `=${cell.f ?? ""} (${shown})` };
  if (cell.t === "e") return { kind: "error", shown };
  if (cell.t === "b") return { kind: "boolean", shown };
  if (cell.t === "d") return { kind: "date", shown };
  if (cell.t === "n" && typeof cell.v === "number") {
    const format = typeof cell.z === "string" ? cell.z : "";
    if (format !== "" && XLSX.SSF.is_date(format)) return { kind: "date", shown: `${shown} formatted as ${format}` };
    return { kind: "number", value: cell.v };
  }
  return { kind: "text", value: shown };
}

function describeStart(bytes: Uint8Array): string {
  const start = Array.from(bytes.subarray(0, 60), (byte) => String.fromCharCode(byte)).join("");
  const shown = start.replaceAll(/[^\x20-\x7e]+/g, "·");
  return bytes.length === 0 ? "an empty file" : `${bytes.length} bytes starting with ${JSON.stringify(shown)}`;
}
