/** Converts a probability to the answer of a classification. */
import type { ServedCard } from "../registry/served.ts";
import { shortestDecimal } from "./decimal.ts";

export interface Classification {
  readonly probability: number | null;
  /** Null if there is no probability. */
  readonly label: string | null;
  readonly threshold: number;
}

type DecidingCard = Pick<ServedCard, "decision">;

/** Returns the probability and the label of a model's output; null for a regression. At the threshold, the label is the event. O(1). */
export function classify({ decision }: DecidingCard, output: number): Classification | null {
  if (!decision) return null;
  const { labels, threshold } = decision;
  const probability = shortestDecimal(output);
  const label = probability === null ? null : output >= threshold ? labels.event : labels.otherwise;
  return { probability, label, threshold };
}

/** Returns the baseline's probability after the last state (0 or 1); null if the state is missing. O(1). */
export function baselineProbability({ decision }: DecidingCard, lastState: number | null): number | null {
  if (!decision || lastState === null) return null;
  return shortestDecimal(decision.naive.after[lastState > 0.5 ? 1 : 0]);
}
