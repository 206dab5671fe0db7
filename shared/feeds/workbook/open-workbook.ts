/**
 * Opens a spreadsheet that a stranger sent.
 *
 * A workbook is a zip of XML, so it can be a bomb, be cut off, or carry a slip of a program or a pen inside a price.
 * SheetJS reads it, but never as it came: the zip is unzipped with every byte counted, each part is looked through,
 * and SheetJS gets plain XML of nothing but texts, number formats, cells and merged ranges. What it would have read
 * too kindly is put back as the fault it is.
 */
import type { FeedLimits, Problem } from "../feed.ts";
import { problem } from "../problem.ts";
import type { Sheet } from "./cell.ts";
import { type BookParts, findParts } from "./find-parts.ts";
import { plainStrings, plainStyles } from "./plain-parts.ts";
import { readPlainBook, writePlainBook } from "./read-plain.ts";
import { Refusal } from "./refusal.ts";
import { type ScannedSheet, scanSheet } from "./scan-sheet.ts";
import { unzip } from "./unzip.ts";

export type Opened =
  | { readonly ok: true; readonly sheets: readonly Sheet[] }
  | { readonly ok: false; readonly problem: Problem };

type Limits = Pick<FeedLimits, "bytesMax" | "unzippedBytesMax" | "cellsMax">;

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
    return { ok: true, sheets: readSheets(findParts(parts), limits.cellsMax) };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, problem: error.problem };
    const found = `${describeStart(bytes)} (${error instanceof Error ? error.message : String(error)})`;
    return { ok: false, problem: problem("not-a-workbook", { found, expected: "a complete .xlsx workbook" }) };
  }
}

function readSheets(book: BookParts, cellsMax: number): Sheet[] {
  const { bytes, faults } = makePlain(book, cellsMax);
  return readPlainBook(bytes).map(({ rows, merges }, index) => {
    for (const { r, c, fault } of faults[index] ?? []) {
      rows[r] ??= [];
      const row = rows[r] ?? [];
      row[c] = fault;
    }
    return { name: book.sheets[index]?.name ?? "", rows, merges };
  });
}

/** A step of its own, so that its texts are gone when SheetJS makes its own: an isolate has 128 MB. */
function makePlain(book: BookParts, cellsMax: number): { bytes: Uint8Array; faults: ScannedSheet["faults"][] } {
  const strings = plainStrings(book.strings);
  const scanned = book.sheets.map(({ name, part }) =>
    part ? scanSheet(part, { sheet: name, strings, cellsMax }) : { plain: "", faults: [] },
  );
  const sheets = scanned.map(({ plain }) => plain);
  const bytes = writePlainBook({ strings: strings.join(""), styles: plainStyles(book.styles), sheets });
  return { bytes, faults: scanned.map(({ faults }) => faults) };
}

function describeStart(bytes: Uint8Array): string {
  const start = Array.from(bytes.subarray(0, 60), (byte) => String.fromCharCode(byte)).join("");
  const shown = start.replaceAll(/[^\x20-\x7e]+/g, "·");
  return bytes.length === 0 ? "an empty file" : `${bytes.length} bytes starting with ${JSON.stringify(shown)}`;
}
