/** The record of one step: skill against the baseline and coverage over several windows, and the claim of all of them. */
import type { Claim } from "../api/report-states.ts";
import { intervalLevels } from "../distributions/summary.ts";
import { overlappingSequence, type SequenceInterval } from "../stats/confidence-sequence.ts";
import { mean } from "../stats/mean.ts";
import { skill } from "../stats/skill.ts";
import { addSums, noSums, type PeriodSums, type SeriesSums, type Sums } from "./score-sums.ts";

/** The windows before that of all periods, in periods. */
const recordWindows = [30, 90] as const;

export interface Coverage {
  readonly level: number;
  /** Share of values inside the interval. */
  readonly share: number;
}

/** The record over some periods. Every period has the same weight. */
export interface RecordWindow {
  readonly from: string;
  readonly to: string;
  /** Number of periods with a score. */
  readonly periods: number;
  readonly isAll: boolean;
  /** Mean loss, and that of the baseline in the same predictions; null if the baseline is not known. */
  readonly loss: number;
  readonly baselineLoss: number | null;
  /** 1 − loss ÷ loss of the baseline; null without a baseline, or if only the baseline is perfect. */
  readonly skill: number | null;
  readonly meanAbsoluteError: number;
  /** Share of medians that equal the value; null for a classification. */
  readonly exact: number | null;
  readonly coverage: readonly Coverage[];
}

export interface TrackRecord {
  readonly step: number;
  readonly set: string;
  /** The last 30 and 90 periods, if there are more, then all. */
  readonly windows: readonly RecordWindow[];
  /** The 95 % confidence sequence of the skill over all periods; null before 30 periods, or blocks of a later step. */
  readonly sequence: SequenceInterval | null;
  readonly claim: Claim;
  /** Number of periods in which the forecast was not the baseline's. */
  readonly differing: number;
}

/**
 * Returns the record of a set at one step; null without a scored period. `sums` may have other sets and steps.
 * O(periods · log periods).
 */
export function trackRecord(
  sums: readonly PeriodSums[],
  { step, set }: Pick<PeriodSums, "step" | "set">,
): TrackRecord | null {
  const own = sums
    .filter((one) => one.step === step && one.set === set && one.rows > 0)
    .sort((a, b) => (a.target < b.target ? -1 : 1));
  if (own.length === 0) return null;
  const shorter = recordWindows.filter((periods) => periods < own.length);
  const windows = [...shorter, own.length].map((periods) => windowOf(own.slice(-periods), periods === own.length));
  const compared = own.filter((one) => one.compared > 0);
  const sequence = sequenceOf(compared, step);
  return {
    step,
    set,
    windows,
    sequence,
    claim: claimOf(sequence),
    differing: compared.filter(({ comparedLoss, baselineLoss }) => comparedLoss !== baselineLoss).length,
  };
}

function windowOf(sums: readonly PeriodSums[], isAll: boolean): RecordWindow {
  const total = sums.reduce<Sums>(addSums, noSums);
  const compared = sums.filter((one) => one.compared > 0);
  const losses = compared.map((one) => one.comparedLoss / one.compared);
  const baseline = compared.map((one) => one.baselineLoss / one.compared);
  return {
    from: sums[0]?.target ?? "",
    to: sums.at(-1)?.target ?? "",
    periods: sums.length,
    isAll,
    loss: mean(sums.map(({ loss, rows }) => loss / rows)),
    baselineLoss: compared.length === 0 ? null : mean(baseline),
    skill: compared.length === 0 ? null : skill(mean(losses), mean(baseline)),
    meanAbsoluteError: mean(sums.map(({ absoluteError, rows }) => absoluteError / rows)),
    exact: total.pointed === 0 ? null : total.exact / total.pointed,
    coverage: coverageOf(total),
  };
}

function coverageOf({ banded, covered }: Sums): Coverage[] {
  if (banded === 0) return [];
  return intervalLevels.map((level, at) => ({ level, share: (covered[at] ?? 0) / banded }));
}

/** Returns the confidence sequence of the mean difference of losses, in multiples of the baseline's mean loss. */
function sequenceOf(compared: readonly PeriodSums[], step: number): SequenceInterval | null {
  const unit =
    compared.length === 0 ? 0 : mean(compared.map(({ baselineLoss, compared: rows }) => baselineLoss / rows));
  if (unit === 0) return null;
  const differences = compared.map((one) => (one.baselineLoss - one.comparedLoss) / one.compared / unit);
  return overlappingSequence(differences, step);
}

function claimOf(sequence: SequenceInterval | null): Claim {
  if (sequence !== null && sequence.low > 0) return "better";
  if (sequence !== null && sequence.high < 0) return "worse";
  return "no difference shown yet";
}

/** The record of one series. */
export interface SeriesRecord {
  readonly series: Readonly<Record<string, string>>;
  readonly periods: number;
  readonly skill: number;
  readonly meanAbsoluteError: number;
}

/** A series with fewer periods is not listed. */
const seriesPeriodsMin = 10;

/**
 * Returns the series of a set with the highest and with the lowest skill, at most `count` each and never the same series in both.
 * Series of which the baseline has no loss have no skill. Series with the baseline's own loss are not listed. O(series · log series).
 */
export function bestAndWorst(
  sums: readonly SeriesSums[],
  { step, set }: Pick<SeriesSums, "step" | "set">,
  count: number,
): { readonly best: readonly SeriesRecord[]; readonly worst: readonly SeriesRecord[] } {
  const ranked = sums
    .filter((one) => one.step === step && one.set === set && one.compared >= seriesPeriodsMin && one.baselineLoss > 0)
    .map(
      ({ series, rows, absoluteError, comparedLoss, baselineLoss }): SeriesRecord => ({
        series,
        periods: rows,
        skill: 1 - comparedLoss / baselineLoss,
        meanAbsoluteError: absoluteError / rows,
      }),
    )
    .filter(({ skill }) => skill !== 0)
    .sort((a, b) => b.skill - a.skill || (JSON.stringify(a.series) < JSON.stringify(b.series) ? -1 : 1));
  const each = Math.min(count, Math.floor(ranked.length / 2));
  return { best: ranked.slice(0, each), worst: each === 0 ? [] : ranked.slice(-each).reverse() };
}
