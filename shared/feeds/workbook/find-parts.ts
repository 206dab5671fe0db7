/** Which parts of a workbook's zip are its sheets, and which hold their texts and styles. */
import { Refusal } from "./refusal.ts";
import { XmlReader } from "./xml.ts";

export interface BookParts {
  /** In the order of the workbook; without a part where they have no cells: charts and dialogs. */
  readonly sheets: readonly { readonly name: string; readonly part: XmlReader | null }[];
  readonly strings: XmlReader | null;
  readonly styles: XmlReader | null;
}

/** Publications have one sheet; some have notes. */
const sheetsMax = 20;

export function findParts(parts: ReadonlyMap<string, Uint8Array>): BookParts {
  const open = (name: string): XmlReader => {
    const part = parts.get(name);
    if (!part) throw new Refusal("not-a-workbook", `a zip without ${name}`, "an .xlsx workbook");
    return new XmlReader(part);
  };
  const listed = listSheets(open("xl/workbook.xml"));
  const relations = readRelations(open("xl/_rels/workbook.xml.rels"));
  const byKind = (kind: string) => [...relations.values()].find((relation) => relation.kind === kind)?.part;
  const [styles, strings] = [byKind("styles"), byKind("sharedStrings")];
  const seen = new Set<string>();
  const sheets = listed.map(({ name, relation }) => {
    const { kind, part } = relations.get(relation) ?? { kind: "", part: `a part for the sheet ${name}` };
    if (seen.has(part)) throw new Refusal("repeated-part", `${part} for more than one sheet`, "a part for every sheet");
    seen.add(part);
    return { name, part: kind === "" || kind === "worksheet" ? open(part) : null };
  });
  return {
    sheets,
    styles: styles ? open(styles) : null,
    // Programs that write no shared strings may still promise a part of them; a cell that needs one is refused then.
    strings: strings && parts.has(strings) ? open(strings) : null,
  };
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
