import { foldText } from "../../lib/fold-text.ts";

/** Returns the position of a text in a list of categories, ignoring case, accents and outer spaces; null if it is not in it. */
export function readCategory(text: string, categories: readonly string[]): number | null {
  const folded = foldText(text);
  const at = categories.findIndex((category) => foldText(category) === folded);
  return at === -1 ? null : at;
}
