/** Converts a probability to the answer of a classification. */
import type { ServedCard } from "../registry/served.ts";
import { shortestDecimal } from "./decimal.ts";

export interface Classified {
  readonly probability: number | null;
  /** Null without a probability. */
  readonly label: string | null;
  readonly threshold: number;
}

type Decided = Pick<ServedCard, "decision">;

/** Returns label and threshold of a model's output; null for a regression. A probability equal to the threshold is the event. O(1). */
export function classified({ decision }: Decided, output: number): Classified | null {
  if (!decision) return null;
  const { labels, threshold } = decision;
  const probability = shortestDecimal(output);
  const label = probability === null ? null : output >= threshold ? labels.event : labels.otherwise;
  return { probability, label, threshold };
}

/** Returns the baseline's probability after a state, or null if it is unknown. O(1). */
export function naiveProbability({ decision }: Decided, state: number | null): number | null {
  if (!decision || state === null) return null;
  return shortestDecimal(decision.naive.after[state > 0.5 ? 1 : 0]);
}
