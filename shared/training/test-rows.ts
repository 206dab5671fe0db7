/** Collects the rows of the test window of one step, and scores the contenders on them. */
import { subset } from "../candidates/subset.ts";
import type { Distribution } from "../distributions/distribution.ts";
import type { StretchRows } from "../judging/learned-rows.ts";
import type { StepRows } from "../judging/step-rows.ts";
import { type DistributionScores, scoresOf } from "../judging/step-scores.ts";
import { brier } from "../stats/brier.ts";
import { logLoss } from "../stats/log-loss.ts";
import { at } from "../stats/numbers.ts";

/** Scores on the test window: of distributions, or for a classification of probabilities. */
export interface TestScores {
  readonly rows: number;
  readonly distribution: DistributionScores | null;
  readonly brier: number | null;
  readonly logLoss: number | null;
}

/** Collects the rows of the test window, stretch by stretch. */
export class TestRows {
  readonly #rows: StepRows;
  readonly #from: number;
  readonly #found: number[] = [];
  readonly #distributions = new Map<string, Distribution[]>();
  readonly #probabilities = new Map<string, number[]>();

  /** `from`: position of the first period of the test window. */
  constructor(rows: StepRows, from: number) {
    this.#rows = rows;
    this.#from = from;
  }

  add({ rows, distributions, probabilities }: StretchRows): void {
    const places = [...rows.keys()].filter((i) => at(this.#rows.data.period, rows[i] ?? -1) >= this.#from);
    this.#found.push(...places.map((i) => rows[i] ?? -1));
    for (const [name, all] of distributions ?? []) append(this.#distributions, name, pick(all, places));
    for (const [name, all] of probabilities ?? []) append(this.#probabilities, name, pick(all, places));
  }

  /** Returns the scores by contender; empty without a row in the test window. O(rows · size of a distribution). */
  scores(decimals: number): Map<string, TestScores> {
    const rows = this.#found.length;
    if (rows === 0) return new Map();
    const data = subset(this.#rows.data, this.#found);
    const none = { rows, distribution: null, brier: null, logLoss: null };
    const ofDistributions = [...this.#distributions].map(([name, all]): [string, TestScores] => {
      const distributionAt = (i: number) => all[i] ?? missing(i);
      return [name, { ...none, distribution: scoresOf(data, { from: 0, to: rows }, { distributionAt, decimals }) }];
    });
    const ofProbabilities = [...this.#probabilities].map(([name, all]): [string, TestScores] => {
      const probabilities = Float64Array.from(all);
      return [
        name,
        { ...none, brier: brier(data.target, probabilities), logLoss: logLoss(data.target, probabilities) },
      ];
    });
    return new Map([...ofDistributions, ...ofProbabilities]);
  }
}

function pick<T>(all: ArrayLike<T>, places: readonly number[]): T[] {
  return places.map((i) => all[i] ?? missing(i));
}

function append<T>(to: Map<string, T[]>, name: string, more: readonly T[]): void {
  to.set(name, [...(to.get(name) ?? []), ...more]);
}

function missing(i: number): never {
  throw new RangeError(`row ${i} has no prediction`);
}
