/** What a cell holds. Only `number` is a plainly stated number; `malformed` is one that cannot be read with certainty. */
export type Cell =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "text"; readonly value: string }
  | Fault;

/** A cell that no price may be taken from, with what it shows to people. */
export interface Fault {
  readonly kind: "formula" | "date" | "error" | "boolean" | "malformed";
  readonly shown: string;
}

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

/** What a cell can hold in every spreadsheet program; a longer text is no name and no number. */
export const textLengthMax = 32_767;

/** What a cell says, for people. */
export function shown(cell: Cell | undefined): string {
  if (!cell) return "";
  return "value" in cell ? String(cell.value).trim() : cell.shown.trim();
}
