/** Sums of scores. A record is computed from them, so its cost does not depend on the number of series. */
import { intervalLevels } from "../distributions/summary.ts";
import { compareText } from "../lake/fact.ts";
import type { PublishedScore } from "./published-score.ts";

/** Sums over scores. Losses and errors are in the target's unit. */
export interface Sums {
  /** Number of scores. */
  readonly rows: number;
  readonly loss: number;
  readonly absoluteError: number;
  /** Number of scores with a loss of the baseline; `comparedLoss` and `baselineLoss` are sums over these. */
  readonly compared: number;
  readonly comparedLoss: number;
  readonly baselineLoss: number;
  /** Number of scores with intervals; `covered` counts those inside the interval of each of `intervalLevels`. */
  readonly banded: number;
  readonly covered: readonly number[];
  /** Number of scores with a median; `exact` counts those that equal the value. */
  readonly pointed: number;
  readonly exact: number;
}

/** The sums of one period, step and set (`series`, or a group rule). */
export interface PeriodSums extends Sums {
  readonly target: string;
  readonly step: number;
  readonly set: string;
}

/** The sums of one series or group at one step. */
export interface SeriesSums extends Sums {
  readonly step: number;
  readonly set: string;
  readonly series: Readonly<Record<string, string>>;
}

/** Returns the sums of the headline scores by period, step and set, sorted. O(scores). */
export function sumByPeriod(scores: readonly PublishedScore[]): PeriodSums[] {
  const headline = scores.filter(({ counts }) => counts === "headline");
  const groups = Map.groupBy(headline, ({ target, step, set }) => JSON.stringify([target, step, set]));
  return [...groups.values()]
    .flatMap((ofGroup): PeriodSums[] => {
      const [first] = ofGroup;
      return first === undefined
        ? []
        : [{ target: first.target, step: first.step, set: first.set, ...ofGroup.reduce(withScore, noSums) }];
    })
    .sort((a, b) => compareText(a.target, b.target) || a.step - b.step || compareText(a.set, b.set));
}

/** Returns the sums of the headline scores by series or group and step, in the order of their first score. O(scores). */
export function sumBySeries(scores: readonly PublishedScore[]): SeriesSums[] {
  const headline = scores.filter(({ counts }) => counts === "headline");
  const groups = Map.groupBy(headline, ({ step, set, series }) => seriesSumsKey({ step, set, series }));
  return [...groups.values()].flatMap((ofGroup): SeriesSums[] => {
    const [first] = ofGroup;
    return first === undefined
      ? []
      : [{ step: first.step, set: first.set, series: first.series, ...ofGroup.reduce(withScore, noSums) }];
  });
}

/** Identifies the sums of a series at a step. */
export function seriesSumsKey({ step, set, series }: Pick<SeriesSums, "step" | "set" | "series">): string {
  return JSON.stringify([set, step, ...Object.entries(series)]);
}

export const noSums: Sums = {
  rows: 0,
  loss: 0,
  absoluteError: 0,
  compared: 0,
  comparedLoss: 0,
  baselineLoss: 0,
  banded: 0,
  covered: intervalLevels.map(() => 0),
  pointed: 0,
  exact: 0,
};

function withScore(sums: Sums, { loss, error, baselineLoss, covered, exact }: PublishedScore): Sums {
  const isCompared = baselineLoss !== null;
  return addSums(sums, {
    rows: 1,
    loss,
    absoluteError: Math.abs(error),
    compared: Number(isCompared),
    comparedLoss: isCompared ? loss : 0,
    baselineLoss: baselineLoss ?? 0,
    banded: Number(covered !== null),
    covered: covered === null ? noSums.covered : covered.map(Number),
    pointed: Number(exact !== null),
    exact: Number(exact === true),
  });
}

/** Returns the sums of two disjoint parts together. */
export function addSums(a: Sums, b: Sums): Sums {
  return {
    rows: a.rows + b.rows,
    loss: a.loss + b.loss,
    absoluteError: a.absoluteError + b.absoluteError,
    compared: a.compared + b.compared,
    comparedLoss: a.comparedLoss + b.comparedLoss,
    baselineLoss: a.baselineLoss + b.baselineLoss,
    banded: a.banded + b.banded,
    covered: a.covered.map((count, at) => count + (b.covered[at] ?? 0)),
    pointed: a.pointed + b.pointed,
    exact: a.exact + b.exact,
  };
}
