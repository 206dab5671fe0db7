import { mean } from "../stats/mean.ts";
import { at } from "../stats/numbers.ts";

/** The losses of one step, one per origin. */
export interface StepLosses {
  readonly origins: readonly string[];
  readonly losses: readonly number[];
  /** Losses of the step's baseline from the same origins. */
  readonly baseline: readonly number[];
}

/** One loss per origin over several steps, in multiples of the baseline's mean loss. */
export interface CombinedLosses {
  readonly origins: readonly string[];
  readonly losses: readonly number[];
  readonly baseline: readonly number[];
}

/**
 * Combines the losses of several steps: each is divided by the mean loss of its step's baseline, so that a later step with larger
 * errors does not count more, and their mean is taken for each origin that all steps have. A baseline without a loss at a step
 * cannot be improved there, so such a step is left out. O(steps × origins).
 *
 * Losses are matched by origin, not by target. The steps of one origin share what the forecast got wrong there. Matched by target,
 * this would be in several blocks, and tests of block means would pass twice as often by chance (`npm run bench -- gate`).
 */
export function combineSteps(steps: readonly StepLosses[]): CombinedLosses {
  const scaled = steps.flatMap(({ origins, losses, baseline }) => {
    const unit = baseline.length === 0 ? 0 : mean(baseline);
    return unit > 0
      ? [new Map(origins.map((origin, i) => [origin, [at(losses, i) / unit, at(baseline, i) / unit]]))]
      : [];
  });
  const [first = new Map<string, number[]>(), ...others] = scaled;
  const origins = [...first.keys()].filter((origin) => others.every((step) => step.has(origin)));
  const meanOf = (which: 0 | 1) =>
    origins.map((origin) => mean(scaled.map((step) => at(step.get(origin) ?? [], which))));
  return { origins, losses: meanOf(0), baseline: meanOf(1) };
}
