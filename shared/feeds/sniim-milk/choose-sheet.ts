/** Which sheet of a workbook is the publication. */
import { foldText } from "../../lib/fold-text.ts";
import type { Sheet } from "../workbook/cell.ts";

const usualName = "leche";

/**
 * Chooses among the sheets that hold blocks. A visible sheet comes before every hidden one: a draft may be hidden beside
 * it. Among several the one called Leche is chosen. Where that decides nothing, the first is read and `doubt` says why
 * a person must look. A publication whose only sheet is hidden is in doubt too.
 */
export function chooseSheet(candidates: readonly Sheet[]): { chosen: Sheet | undefined; doubt: string | null } {
  const visible = candidates.filter(({ isHidden }) => !isHidden);
  const among = visible.length > 0 ? visible : candidates;
  const named = among.filter(({ name }) => foldText(name) === usualName);
  const chosen = (named.length === 1 ? named : among)[0];
  if (!chosen) return { chosen, doubt: null };
  if (chosen.isHidden) return { chosen, doubt: `Only the hidden sheet ${JSON.stringify(chosen.name)} holds prices` };
  if (among.length === 1 || named.length === 1) return { chosen, doubt: null };
  const names = among.map(({ name }) => JSON.stringify(name)).join(" and ");
  return {
    chosen,
    doubt: `The sheets ${names} both hold prices and neither is called Leche alone: nothing decides between them`,
  };
}
