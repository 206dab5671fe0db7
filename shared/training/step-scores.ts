/** The scores of the contenders' distributions for each step, and those of plain past changes to compare them with. */
import type { ShrinkageWeights } from "../distributions/shrinkage.ts";
import type { Dataset, RowRange } from "../features/dataset.ts";
import { type Forecast, groupFeaturesOf } from "../forecasts/forecast.ts";
import { type OwnChangesOptions, ownChangeDistributions, searchWeights } from "../judging/own-changes.ts";
import { groupsOf } from "../judging/row-changes.ts";
import { type DistributionScores, scoresOf } from "../judging/step-scores.ts";
import type { Contender } from "../registry/card.ts";

/** The scores of a contender for one step. */
export interface StepScores extends DistributionScores {
  /** Number of periods ahead. */
  readonly step: number;
  /**
   * The source of the distribution. `changes`: the model file. `location-scale` and `symmetric`: the prediction and its errors on
   * validation. `past-changes`: the series' past changes.
   */
  readonly from: "changes" | "location-scale" | "symmetric" | "past-changes";
  /** The weights of `past-changes`, found on validation; else null. */
  readonly weights: ShrinkageWeights | null;
}

/** Name of the row with the scores of plain past changes. It is not a contender. */
export const pastChangesName = "past changes";

/** Returns the scores of each contender by name; empty for a classification. O(1). */
export function stepScoresOf(
  { headline }: Pick<Forecast, "headline">,
  contenders: readonly Contender[],
): Map<string, StepScores[]> {
  return new Map(
    contenders.flatMap(({ name, distribution }): [string, StepScores[]][] => {
      if (distribution === null) return [];
      const { form, validationCrps: _, ...scores } = distribution;
      return [[name, [{ step: headline[0] ?? 1, from: form, weights: null, ...scores }]]];
    }),
  );
}

/**
 * Scores all past changes of each series, shrunk to its group and to all series: a plain rule without the compression and the
 * returns of the model file. Null if the forecast does not declare a distribution of changes.
 */
export function pastChangesScores(
  forecast: Forecast,
  data: Dataset,
  { validation, test }: { readonly validation: RowRange; readonly test: RowRange },
): StepScores | null {
  const { distribution, target, headline } = forecast;
  if (distribution?.kind !== "changes") return null;
  const { decimals } = target;
  const { window, positive } = distribution;
  const options: OwnChangesOptions = { groupOf: groupsOf(data, groupFeaturesOf(forecast)), window, decimals, positive };
  const weights = searchWeights(data, validation, options);
  const distributions = ownChangeDistributions(data, test, { weights, options });
  const distributionAt = (i: number) => {
    const one = distributions[i];
    if (one === undefined) throw new RangeError(`row ${i} of ${distributions.length}`);
    return one;
  };
  return {
    step: headline[0] ?? 1,
    from: "past-changes",
    weights,
    ...scoresOf(data, test, { distributionAt, decimals }),
  };
}
