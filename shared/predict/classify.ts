/** Turns a probability into the answer of a classification. */
import type { ServedCard } from "../registry/served.ts";
import { shortestDecimal } from "./decimal.ts";

export interface Classified {
  readonly probability: number | null;
  /** Null where there is no probability. */
  readonly label: string | null;
  readonly threshold: number;
}

type Decided = Pick<ServedCard, "decision">;

/** What a model's output means; null for a regression. The threshold itself is the event already. O(1). */
export function classified({ decision }: Decided, output: number): Classified | null {
  if (!decision) return null;
  const { labels, threshold } = decision;
  const probability = shortestDecimal(output);
  const label = probability === null ? null : output >= threshold ? labels.event : labels.otherwise;
  return { probability, label, threshold };
}

/** What the naive forecast would say after this state; null where that is not known. O(1). */
export function naiveProbability({ decision }: Decided, state: number | null): number | null {
  if (!decision || state === null) return null;
  return shortestDecimal(decision.naive.after[state > 0.5 ? 1 : 0]);
}
