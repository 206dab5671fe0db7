/**
 * Opens an untrusted spreadsheet.
 *
 * A workbook is a zip of XML files, so it can be a zip bomb, be truncated, or contain a damaged price. The unzipped
 * bytes are counted, each part is read tag by tag, and a cell that does not clearly contain one value becomes a fault
 * (`scan-sheet.ts`).
 */
import { messageOf } from "../../lib/error-reason.ts";
import { failure, type Result, success } from "../../lib/result.ts";
import type { FeedLimits, Problem } from "../feed.ts";
import { problem } from "../problem.ts";
import type { Sheet } from "./cell.ts";
import { findParts } from "./find-parts.ts";
import { WorkbookRefusal } from "./refusal.ts";
import { CellBudget, scanSheet } from "./scan-sheet.ts";
import { readDateFormats, readStrings } from "./shared-parts.ts";
import { unzip } from "./unzip.ts";
import { XmlReader } from "./xml.ts";

type Limits = Pick<FeedLimits, "bytesMax" | "unzippedBytesMax" | "cellsMax">;

/**
 * Reads the sheets of an `.xlsx` file as rows of cells, or returns why it cannot be opened. The limits bound time and
 * memory; both grow linearly with the unzipped size.
 */
export async function openWorkbook(bytes: Uint8Array, limits: Limits): Promise<Result<readonly Sheet[], Problem>> {
  try {
    if (bytes.length > limits.bytesMax) {
      throw new WorkbookRefusal("too-large", `${bytes.length} bytes`, `at most ${limits.bytesMax} bytes`);
    }
    return success(readSheets(await unzip(bytes, limits.unzippedBytesMax), limits.cellsMax));
  } catch (error) {
    if (error instanceof WorkbookRefusal) return failure(error.problem);
    const found = `${describeStart(bytes)} (${messageOf(error)})`;
    return failure(problem("not-a-workbook", { found, expected: "a complete .xlsx workbook" }));
  }
}

function readSheets(parts: Map<string, Uint8Array>, cellsMax: number): Sheet[] {
  const book = findParts(parts);
  const strings = readStrings(book.strings && new XmlReader(book.strings));
  const dateFormats = readDateFormats(book.styles && new XmlReader(book.styles));
  const budget = new CellBudget(cellsMax);
  return book.sheets.map(({ name, isHidden, part }) => {
    const context = { sheet: name, strings, dateFormats, budget };
    const read = part ? scanSheet(new XmlReader(part), context) : { rows: [], merges: [] };
    return { name, isHidden, ...read };
  });
}

function describeStart(bytes: Uint8Array): string {
  const start = Array.from(bytes.subarray(0, 60), (byte) => String.fromCharCode(byte)).join("");
  const shown = start.replaceAll(/[^\x20-\x7e]+/g, "·");
  return bytes.length === 0 ? "an empty file" : `${bytes.length} bytes starting with ${JSON.stringify(shown)}`;
}
