import { foldText } from "./fold-text.ts";

/**
 * Returns the minimum number of insertions, deletions, substitutions and swaps of neighbours (optimal string alignment). O(n·m).
 */
function editDistance(a: string, b: string): number {
  let beforePrevious: readonly number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = isSwap ? (beforePrevious[j - 2] ?? 0) + 1 : substituted;
      current.push(Math.min(substituted, swapped, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1));
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[b.length] ?? 0;
}

/** A longer text is not a misspelt name, and its comparison would take too long. */
const comparedMax = 200;

/**
 * Returns the allowed text that is nearest to `found`; undefined if none is near enough for a suggestion. Texts of another
 * length are not near, so they are not compared.
 */
export function nearest(found: string, allowed: readonly string[]): string | undefined {
  if (found.trim() === "" || found.length > comparedMax) return undefined;
  const folded = foldText(found);
  const distanceMax = Math.max(1, found.length / 3);
  let best: { readonly text: string; readonly distance: number } | undefined;
  for (const text of allowed) {
    const other = foldText(text);
    if (Math.abs(other.length - folded.length) > distanceMax) continue;
    const distance = editDistance(folded, other);
    if (distance <= distanceMax && (best === undefined || distance < best.distance)) best = { text, distance };
  }
  return best?.text;
}
