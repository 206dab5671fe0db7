/** Finds the parts of a workbook's zip with its sheets, texts and styles. */
import { WorkbookRefusal } from "./refusal.ts";
import { XmlReader } from "./xml.ts";

export interface BookParts {
  /** In workbook order. Charts and dialogs have no cells and therefore no part. */
  readonly sheets: readonly { readonly name: string; readonly isHidden: boolean; readonly part: Uint8Array | null }[];
  readonly strings: Uint8Array | null;
  readonly styles: Uint8Array | null;
}

/** Publications have one sheet; some have notes. */
const sheetsMax = 20;
/** A workbook has one relation per sheet, and about five more. */
const relationsMax = 200;

export function findParts(parts: ReadonlyMap<string, Uint8Array>): BookParts {
  const find = (name: string): Uint8Array => {
    const part = parts.get(name);
    if (!part) throw new WorkbookRefusal("not-a-workbook", `a zip without ${name}`, "an .xlsx workbook");
    return part;
  };
  const listed = elementsAt(find("xl/workbook.xml"), "sheets/sheet", sheetsMax + 1);
  if (listed.length > sheetsMax)
    throw new WorkbookRefusal("too-many-sheets", `more than ${sheetsMax} sheets`, `at most ${sheetsMax}`);
  const relations = new Map(
    elementsAt(find("xl/_rels/workbook.xml.rels"), "Relationship", relationsMax).map((attributes) => {
      const kind = attributes.get("Type")?.split("/").at(-1) ?? "";
      return [attributes.get("Id") ?? "", { kind, part: resolvePart(attributes.get("Target") ?? "") }];
    }),
  );
  const byKind = (kind: string) => [...relations.values()].find((relation) => relation.kind === kind)?.part;
  const seen = new Set<string>();
  const sheets = listed.map((attributes) => {
    const name = attributes.get("name") ?? "";
    // The prefix for relationships is the writer's choice, mostly `r`.
    const id = [...attributes.keys()].find((key) => key.endsWith(":id")) ?? "";
    const { kind, part } = relations.get(attributes.get(id) ?? "") ?? { kind: "worksheet", part: `a part for ${name}` };
    if (seen.has(part))
      throw new WorkbookRefusal("repeated-part", `${part} for more than one sheet`, "one part per sheet");
    seen.add(part);
    // `hidden` and `veryHidden`; a sheet is visible by default.
    const isHidden = (attributes.get("state") ?? "visible") !== "visible";
    return { name, isHidden, part: kind === "worksheet" || kind === "" ? find(part) : null };
  });
  const [styles, strings] = [byKind("styles"), byKind("sharedStrings")];
  return {
    sheets,
    styles: styles ? find(styles) : null,
    // Some programs list a part for shared strings but do not write it. A cell that refers to it becomes a fault.
    strings: parts.get(strings ?? "") ?? null,
  };
}

/** Returns the attributes of the first `max` elements at a path. */
function elementsAt(part: Uint8Array, path: string, max: number): ReadonlyMap<string, string>[] {
  const xml = new XmlReader(part);
  const found: ReadonlyMap<string, string>[] = [];
  while (found.length < max && xml.next()) if (!xml.isEnd && xml.path === path) found.push(xml.attributes());
  return found;
}

/** Resolves a target relative to `xl/`: `worksheets/a.xml`, `/xl/worksheets/a.xml` and `../xl/…` are the same part. */
function resolvePart(target: string): string {
  const path = target.replaceAll("\\", "/").toLowerCase();
  const steps: string[] = [];
  for (const step of (path.startsWith("/") ? path : `xl/${path}`).split("/")) {
    if (step === "..") steps.pop();
    else if (step !== "" && step !== ".") steps.push(step);
  }
  return steps.join("/");
}
