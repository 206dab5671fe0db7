/** The steps of series and of groups of series that baselines serve, as a report shows them. */
import type { StepForecast } from "../api/report-model.ts";
import { quantileLevels } from "../distributions/summary.ts";
import type { Forecast } from "../forecasts/forecast.ts";
import { seriesSet } from "../judging/step-sets.ts";
import { extraDecimals, roundTo } from "../predict/decimal.ts";
import { outdatedNote } from "../predict/intervals.ts";
import type { StepForecast as BaselineStep, SteppedSet } from "../predict/step-forecasts.ts";
import { seriesKey } from "./report-series.ts";

type Shown = Pick<Forecast, "task" | "target">;

/** Returns the steps of a member by the values of its dimensions; none for an unknown member, or one without a recent value. */
export type StepsOf = (is: readonly string[]) => StepForecast[];

/** The steps that the baselines serve. */
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
        return found === null ? [] : [stepForecast(forecast, isOutdated ? { ...found, summary: null } : found)];
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

/** Decimals of a probability in an answer. */
const probabilityDecimals = 6;

/** Converts a step that a baseline serves. Its numbers equal those of `/predict`. */
function stepForecast({ task, target }: Shown, { step, target: period, mean, summary }: BaselineStep): StepForecast {
  const head = { step, period, change: null };
  if (task === "classification") {
    const event = roundTo(mean, probabilityDecimals);
    return { ...head, median: null, mean: null, quantiles: [], chances: null, event, baseline: event };
  }
  const point = summary?.median ?? roundTo(mean, target.decimals);
  const quantiles = summary?.quantiles.map((value, at) => ({ level: quantileLevels[at] ?? 0.5, value })) ?? [];
  return {
    ...head,
    median: point,
    mean: roundTo(mean, target.decimals + extraDecimals),
    quantiles,
    chances: summary?.probabilities ?? null,
    event: null,
    baseline: point,
  };
}
