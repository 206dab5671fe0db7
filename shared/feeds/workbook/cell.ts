import { cleanName, foldText } from "../../lib/fold-text.ts";

/**
 * The content of a cell. Only `number` is a plain number. A `malformed` cell may be a number, but it cannot be parsed
 * with certainty.
 */
export type Cell = { readonly kind: "number"; readonly value: number } | Text | Fault;

/** A cell that must not be read as a price, with the text that a person sees. */
export interface Fault {
  readonly kind: "formula" | "date" | "error" | "boolean" | "malformed";
  readonly shown: string;
}

/** Number of characters that are compared. The longest title, date or name that a parser expects has 80. */
const comparedLengthMax = 300;

/**
 * The text of a cell. All cells that refer to one shared string share one `Text`, and its forms are computed once:
 * a workbook of 67 KB can refer 830,000 times to a string of 32,767 characters.
 */
export class Text {
  readonly kind = "text";
  readonly value: string;
  #cleaned: string | undefined;
  #folded: string | undefined;
  #shown: string | undefined;

  constructor(value: string) {
    this.value = value;
  }

  /** The first characters, cleaned with `cleanName`. */
  get cleaned(): string {
    this.#cleaned ??= cleanName(this.value.slice(0, comparedLengthMax));
    return this.#cleaned;
  }

  /** The first characters, folded with `foldText`. */
  get folded(): string {
    this.#folded ??= foldText(this.value.slice(0, comparedLengthMax));
    return this.#folded;
  }

  /** The trimmed text. */
  get shown(): string {
    this.#shown ??= this.value.trim();
    return this.#shown;
  }
}

export interface Sheet {
  readonly name: string;
  /** True if the sheet is hidden in the workbook. */
  readonly isHidden: boolean;
  /** Rows from the top, each with its cells from column A; both are sparse. */
  readonly rows: readonly (readonly (Cell | undefined)[] | undefined)[];
  /** Merged ranges, zero-based and inclusive. */
  readonly merges: readonly CellRange[];
}

export interface CellRange {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

/** The longest text of a cell in any spreadsheet program. */
export const textLengthMax = 32_767;

/** Returns the text of a cell as a person sees it. */
export function shown(cell: Cell | undefined): string {
  if (!cell) return "";
  if (cell.kind === "number") return String(cell.value);
  return cell.kind === "text" ? cell.shown : cell.shown.trim();
}

/** True for a cell without visible text. */
export function isBlank(cell: Cell | undefined): boolean {
  return cell === undefined || (cell.kind !== "number" && shown(cell) === "");
}

/** Returns the text of a cell for comparison (`foldText`); empty for a cell of another kind. */
export function foldedText(cell: Cell | undefined): string {
  return cell?.kind === "text" ? cell.folded : "";
}

/** Returns the text of a cell as a name (`cleanName`); empty for a cell of another kind. */
export function cleanedText(cell: Cell | undefined): string {
  return cell?.kind === "text" ? cell.cleaned : "";
}

/** True if two cells are equal. Cells of one shared string share one object, so comparing them takes O(1). */
export function isSameCell(a: Cell | undefined, b: Cell | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined || a.kind !== b.kind) return false;
  if (a.kind === "number") return b.kind === "number" && Object.is(a.value, b.value);
  if (a.kind === "text") return b.kind === "text" && a.value === b.value;
  return "shown" in b && a.shown === b.shown;
}
