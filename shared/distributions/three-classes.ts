import type { Chances } from "./changes.ts";

/** What happened: a fall, no change or a rise. */
export type Direction = keyof Chances;

export const directions: readonly Direction[] = ["down", "same", "up"];

/** Returns the direction from `last` to `value`, both in whole units. */
export function directionOf(last: number, value: number): Direction {
  if (value === last) return "same";
  return value < last ? "down" : "up";
}

/**
 * Returns the log loss of three probabilities, −ln P(what happened), in nats. Range: 0 to ∞; clip the probabilities first.
 * @see sklearn.metrics.log_loss
 */
export function directionLogLoss(chances: Chances, happened: Direction): number {
  return -Math.log(chances[happened]);
}

/**
 * Returns the Brier score of three probabilities, Σ (P(class) − 1{class happened})². Range: 0 to 2.
 * @see Brier (1950); sklearn.metrics.brier_score_loss with scale_by_half=False
 */
export function directionBrier(chances: Chances, happened: Direction): number {
  return directions.reduce((sum, direction) => sum + (chances[direction] - Number(direction === happened)) ** 2, 0);
}
