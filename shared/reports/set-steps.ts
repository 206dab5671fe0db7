/** The further steps of series and the steps of groups of series, as a report shows them. */
import type { StepForecast } from "../api/report-model.ts";
import { quantileLevels } from "../distributions/summary.ts";
import type { Forecast } from "../forecasts/forecast.ts";
import { seriesSet } from "../judging/step-sets.ts";
import { extraDecimals, roundTo } from "../predict/decimal.ts";
import { outdatedNote } from "../predict/intervals.ts";
import { probabilityDecimals } from "../predict/row-summary.ts";
import type { ComputedStep as SteppedForecast, SteppedSet } from "../predict/step-forecasts.ts";
import { seriesKey } from "./report-series.ts";

type Shown = Pick<Forecast, "task" | "target">;

/** Returns the steps of a member by the values of its dimensions; none for an unknown member, or one without a recent value. */
export type StepsOf = (is: readonly string[]) => StepForecast[];

/** The steps that a learner or the baselines serve. */
export interface SetSteps {
  /** The steps after the first one, which the model predicts. */
  readonly ofSeries: StepsOf;
  /** All steps of the groups with the same values of these dimensions; null if the forecast declares no such groups. */
  ofGroups(by: readonly string[]): StepsOf | null;
}

export interface SetStepsContext {
  readonly forecast: Shown;
  readonly sets: readonly SteppedSet[];
  /** The periods of the history, oldest first. */
  readonly periods: readonly string[];
}

/** Returns the steps of a report from the sets of a snapshot. Nothing is computed until a member is read. */
export function setStepsOf({ forecast, sets, periods }: SetStepsContext): SetSteps {
  const stepsOf = (set: SteppedSet, from: number): StepsOf => {
    const positions = new Map(set.members.map((is, at) => [seriesKey(is), at]));
    return (is) => {
      const member = positions.get(seriesKey(is));
      const level = member === undefined ? null : set.levelOf(member);
      if (member === undefined || level === null) return [];
      const missed = periods.length - 1 - periods.lastIndexOf(level.period);
      const isOutdated = outdatedNote(missed, level) !== null;
      return set.steps.flatMap((step) => {
        const found = step < from ? null : set.at(member, level, step);
        if (found === null) return [];
        const baseline = set.baselineOf(member, level, found);
        const shown = (one: SteppedForecast) => pointsOf(forecast, isOutdated ? { ...one, summary: null } : one);
        return [{ ...shown(found), baseline: baseline && pointOf(shown(baseline)) }];
      });
    };
  };
  const series = sets.find(({ name }) => name === seriesSet);
  return {
    ofSeries: series === undefined ? () => [] : stepsOf(series, 2),
    ofGroups(by) {
      const set = sets.find((one) => one.name !== seriesSet && one.by.join("\u0000") === by.join("\u0000"));
      return set === undefined ? null : stepsOf(set, 1);
    },
  };
}

type Points = Omit<StepForecast, "baseline">;

/** Converts a step without its baseline. Its numbers equal those of `/predict`. */
function pointsOf({ task, target }: Shown, { step, target: period, mean, summary }: SteppedForecast): Points {
  const head = { step, period, change: null };
  if (task === "classification") {
    const event = roundTo(mean, probabilityDecimals);
    return { ...head, median: null, mean: null, quantiles: [], chances: null, event };
  }
  return {
    ...head,
    median: summary?.median ?? roundTo(mean, target.decimals),
    mean: roundTo(mean, target.decimals + extraDecimals),
    quantiles: summary?.quantiles.map((value, at) => ({ level: quantileLevels[at] ?? 0.5, value })) ?? [],
    chances: summary?.probabilities ?? null,
    event: null,
  };
}

/** Returns the single number of a prediction: the median, or the probability of an event. */
function pointOf({ median, event }: Points): number | null {
  return event ?? median;
}
