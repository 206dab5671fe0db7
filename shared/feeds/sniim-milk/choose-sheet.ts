/** Chooses the sheet of a workbook that is the publication. */
import { foldText } from "../../lib/fold-text.ts";
import type { Sheet } from "../workbook/cell.ts";

const usualName = "leche";

/**
 * Chooses among the sheets that contain blocks. Prefers visible sheets to hidden ones, because a hidden sheet may be a
 * draft, and then the sheet named Leche. If several sheets remain, the first one is read and `doubt` contains the
 * reason why a person must review the file. The same applies to a file whose only sheet is hidden.
 */
export function chooseSheet(candidates: readonly Sheet[]): { chosen: Sheet | undefined; doubt: string | null } {
  const visible = candidates.filter(({ isHidden }) => !isHidden);
  const among = visible.length > 0 ? visible : candidates;
  const named = among.filter(({ name }) => foldText(name) === usualName);
  const chosen = (named.length === 1 ? named : among)[0];
  if (!chosen) return { chosen, doubt: null };
  if (chosen.isHidden) return { chosen, doubt: `Only the hidden sheet ${JSON.stringify(chosen.name)} contains prices` };
  if (among.length === 1 || named.length === 1) return { chosen, doubt: null };
  const names = among.map(({ name }) => JSON.stringify(name)).join(" and ");
  return {
    chosen,
    doubt: `The sheets ${names} contain prices, and the name Leche does not identify one of them`,
  };
}
