/**
 * Opens a spreadsheet that a stranger sent.
 *
 * A workbook is a zip of XML, so it can be a bomb, be cut off, or carry a slip of a program or a pen inside a price.
 * Spreadsheet libraries guess what was meant (`23,5` becomes 23); a history of prices must not. So the XML is read
 * here, strictly, and only what these pages need: sheets, cells, texts, merged ranges, and which numbers are dates.
 */
import type { FeedLimits, Problem } from "../feed.ts";
import { problem } from "../problem.ts";
import { readDateFormats } from "./date-formats.ts";
import { Refusal } from "./refusal.ts";
import { readSharedStrings } from "./rich-text.ts";
import { readSheetCells, type SheetCells } from "./sheet-cells.ts";
import { unzip } from "./unzip.ts";
import { XmlReader } from "./xml.ts";

export interface Sheet extends SheetCells {
  readonly name: string;
}

export type Opened =
  | { readonly ok: true; readonly sheets: readonly Sheet[] }
  | { readonly ok: false; readonly problem: Problem };

type Limits = Pick<FeedLimits, "bytesMax" | "unzippedBytesMax" | "cellsMax">;
type Parts = ReadonlyMap<string, Uint8Array>;

const workbookPart = "xl/workbook.xml";
const relationsPart = "xl/_rels/workbook.xml.rels";
/** Publications have one sheet; some have notes. */
const sheetsMax = 20;

/**
 * The sheets of an `.xlsx` file as rows of plain cells, or the one reason why it cannot be opened.
 * Time and memory are bounded by the limits; both grow linearly with the unzipped size.
 */
export async function openWorkbook(bytes: Uint8Array, limits: Limits): Promise<Opened> {
  try {
    if (bytes.length > limits.bytesMax) {
      throw new Refusal("too-large", `${bytes.length} bytes`, `at most ${limits.bytesMax} bytes`);
    }
    const parts = await unzip(bytes, limits.unzippedBytesMax);
    for (const [name, part] of parts) refuseTooManyCells(name, part, limits.cellsMax);
    return { ok: true, sheets: readSheets(parts, limits.cellsMax) };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, problem: error.problem };
    const found = `${describeStart(bytes)} (${error instanceof Error ? error.message : String(error)})`;
    return { ok: false, problem: problem("not-a-workbook", { found, expected: "a complete .xlsx workbook" }) };
  }
}

/** Counts `<c` and `<row` tags before anything is built from them. */
function refuseTooManyCells(name: string, part: Uint8Array, cellsMax: number): void {
  if (!name.startsWith("xl/worksheets/")) return;
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

function readSheets(parts: Parts, cellsMax: number): Sheet[] {
  const listed = listSheets(partOf(parts, workbookPart));
  const relations = readRelations(partOf(parts, relationsPart));
  const byKind = (kind: string) => [...relations.values()].find((relation) => relation.kind === kind)?.part;
  const [styles, strings] = [byKind("styles"), byKind("sharedStrings")];
  const dateFormats = styles ? readDateFormats(partOf(parts, styles)) : [];
  // Programs that write no shared strings may still promise a part of them; a cell that needs one is refused then.
  const texts = strings && parts.has(strings) ? readSharedStrings(partOf(parts, strings)) : [];
  const seen = new Set<string>();
  return listed.map(({ name, relation }) => {
    const { kind, part } = relations.get(relation) ?? { kind: "", part: `a part for the sheet ${name}` };
    if (seen.has(part)) throw new Refusal("repeated-part", `${part} for more than one sheet`, "a part for every sheet");
    seen.add(part);
    // Sheets of charts and dialogs have no cells.
    if (kind !== "" && kind !== "worksheet") return { name, rows: [], merges: [] };
    return { name, ...readSheetCells(partOf(parts, part), { sheet: name, strings: texts, dateFormats, cellsMax }) };
  });
}

function partOf(parts: Parts, name: string): XmlReader {
  const part = parts.get(name);
  if (!part) throw new Refusal("not-a-workbook", `a zip without ${name}`, "an .xlsx workbook");
  return new XmlReader(part);
}

function listSheets(xml: XmlReader): { readonly name: string; readonly relation: string }[] {
  const sheets: { name: string; relation: string }[] = [];
  let list = "";
  while (xml.next()) {
    if (xml.isEnd) continue;
    if (xml.depth === 1) list = xml.name;
    if (xml.depth !== 2 || list !== "sheets" || xml.name !== "sheet") continue;
    const attributes = xml.attributes();
    // The prefix for relationships is the writer's choice, mostly `r`.
    const relation = [...attributes].find(([name]) => name.endsWith(":id"))?.[1] ?? "";
    sheets.push({ name: attributes.get("name") ?? "", relation });
    if (sheets.length > sheetsMax)
      throw new Refusal("too-many-sheets", `more than ${sheetsMax} sheets`, `at most ${sheetsMax}`);
  }
  return sheets;
}

interface Relation {
  /** The last word of its type: `worksheet`, `styles`, `sharedStrings` … */
  readonly kind: string;
  readonly part: string;
}

function readRelations(xml: XmlReader): ReadonlyMap<string, Relation> {
  const relations = new Map<string, Relation>();
  while (xml.next()) {
    if (xml.isEnd || xml.depth !== 1 || xml.name !== "Relationship") continue;
    const attributes = xml.attributes();
    const kind = (attributes.get("Type") ?? "").split("/").at(-1) ?? "";
    relations.set(attributes.get("Id") ?? "", { kind, part: resolvePart(attributes.get("Target") ?? "") });
  }
  return relations;
}

/** The name of a part as a target in `xl/` means it: `worksheets/a.xml`, `/xl/worksheets/a.xml` and `../xl/…` are one. */
function resolvePart(target: string): string {
  const path = target.replaceAll("\\", "/").toLowerCase();
  const steps: string[] = [];
  for (const step of (path.startsWith("/") ? path : `xl/${path}`).split("/")) {
    if (step === "..") steps.pop();
    else if (step !== "" && step !== ".") steps.push(step);
  }
  return steps.join("/");
}

function describeStart(bytes: Uint8Array): string {
  const start = Array.from(bytes.subarray(0, 60), (byte) => String.fromCharCode(byte)).join("");
  const shown = start.replaceAll(/[^\x20-\x7e]+/g, "·");
  return bytes.length === 0 ? "an empty file" : `${bytes.length} bytes starting with ${JSON.stringify(shown)}`;
}
