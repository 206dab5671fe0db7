/** Formats breaks for people. */
import type { SourceBreak } from "../../shared/sources/breaks.ts";

/** Describes a change of meaning in a feed. */
export function breakText({ feed, from, variables, note }: SourceBreak): string {
  return `Break in ${feed} from ${from}, ${variables.join(", ")}: ${note}`;
}

/** Describes the breaks inside the training data of a model, one paragraph each; none for data without a break. */
export function trainedAcross(breaks: readonly SourceBreak[]): string[] {
  return breaks.map((one) => `The training data contains values from before and after a break. ${breakText(one)}`);
}
