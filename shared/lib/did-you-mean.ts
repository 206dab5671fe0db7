/** Suggestions for unknown names, with the same wording in every message. */
import { nearest } from "./text-distance.ts";

/**
 * Completes a sentence about an unknown name with a suggestion, or with the list of allowed names:
 * `There is no feed glod; did you mean gold?` or `There is no feed x. There are: gold, milk.`
 */
export function withSuggestion(problem: string, found: string, allowed: readonly string[]): string {
  const meant = nearest(found, allowed);
  if (meant !== undefined) return `${problem}; did you mean ${meant}?`;
  return allowed.length === 0 ? `${problem}. There are none.` : `${problem}. There are: ${allowed.join(", ")}.`;
}

/** Returns an object with the member `didYouMean`, or without it if no allowed text is close. Spread it into a refusal. */
export function didYouMean(found: string, allowed: readonly string[]): { readonly didYouMean?: string } {
  const meant = nearest(found, allowed);
  return meant === undefined ? {} : { didYouMean: meant };
}
