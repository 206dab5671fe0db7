/** The level of several series over time: their mean, without the effect of series that begin, end or are missing. */
import type { ReportLevel, ReportSeries, StepForecast } from "../api/report-model.ts";
import type { PanelSeries } from "../features/panel.ts";
import { roundTo } from "../predict/decimal.ts";
import type { StepsOf } from "./set-steps.ts";

/** Decimals of a mean, compared with a published value. */
const extraDecimals = 2;

export interface LevelContext {
  readonly periods: readonly string[];
  readonly decimals: number;
  /** The steps of the group that the forecast declares for this level; null if it declares none. */
  readonly groupSteps: StepsOf | null;
}

export interface Member {
  readonly panel: PanelSeries;
  readonly report: ReportSeries;
}

/**
 * Returns the level of some series. The newest level is their mean in the last period in which one of them has a value. Each
 * earlier level is lower by the mean change of the series that have a value in both periods (a chained index of matched
 * series). O(series × periods).
 */
export function levelOf(is: readonly string[], members: readonly Member[], context: LevelContext): ReportLevel {
  const { periods, decimals, groupSteps } = context;
  const digits = decimals + (members.length > 1 ? extraDecimals : 0);
  const columns = members.map(({ panel }) => panel.values);
  const end = periods.findLastIndex((_, at) => columns.some((values) => !Number.isNaN(values[at])));
  const history: { period: string; value: number }[] = [];
  if (end >= 0) {
    let newer = end;
    let value = meanOf(columns.flatMap((values) => finite(values[end]))) ?? Number.NaN;
    history.push({ period: periods[end] ?? "", value: roundTo(value, digits) });
    for (let at = end - 1; at >= 0; at--) {
      const changes = columns.flatMap((values) => finite((values[newer] ?? Number.NaN) - (values[at] ?? Number.NaN)));
      const change = meanOf(changes);
      // No series has a value in both periods: the line continues at the next older period that has one.
      if (change === null) continue;
      value -= change;
      newer = at;
      history.push({ period: periods[at] ?? "", value: roundTo(value, digits) });
    }
  }
  return {
    is: [...is],
    seriesCount: members.length,
    history: history.reverse(),
    steps: stepsOfLevel(members, groupSteps?.(is) ?? [], { end, newest: history.at(-1)?.value ?? Number.NaN, digits }),
    past: [],
  };
}

/** Returns the steps of a single series, of a declared group, or the mean forecast of several series. */
function stepsOfLevel(
  members: readonly Member[],
  declared: readonly StepForecast[],
  context: MeanContext,
): StepForecast[] {
  const [only] = members;
  if (members.length === 1 && only) return only.report.steps;
  return declared.length > 0 ? [...declared] : meanSteps(members, context);
}

/**
 * Returns the mean forecast of several series: the newest level plus the mean change that is expected of the series with a value
 * in the newest period. It has no median and no range, because these do not follow from those of the series.
 */
function meanSteps(members: readonly Member[], { end, newest, digits }: MeanContext): StepForecast[] {
  const matched = members.filter(({ panel }) => !Number.isNaN(panel.values[end]));
  const periods = new Map(
    matched.flatMap(({ report }) => report.steps.map(({ step, period }) => [step, period] as const)),
  );
  return [...periods].flatMap(([step, period]): StepForecast[] => {
    const changeOf = (what: "mean" | "baseline") =>
      meanOf(
        matched.flatMap(({ panel, report }) => {
          const value = report.steps.find((one) => one.step === step)?.[what] ?? Number.NaN;
          return finite(value - (panel.values[end] ?? Number.NaN));
        }),
      );
    const [change, baseline] = [changeOf("mean"), changeOf("baseline")];
    if (change === null) return [];
    return [
      {
        step,
        period,
        median: null,
        mean: roundTo(newest + change, digits),
        quantiles: [],
        chances: null,
        change: null,
        event: null,
        baseline: baseline === null ? null : roundTo(newest + baseline, digits),
      },
    ];
  });
}

interface MeanContext {
  /** Position of the newest period with a value. */
  readonly end: number;
  /** The level in that period. */
  readonly newest: number;
  /** Decimals of a mean. */
  readonly digits: number;
}

function finite(value: number | null | undefined): number[] {
  return typeof value === "number" && Number.isFinite(value) ? [value] : [];
}

/** Returns null for an empty list. */
function meanOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
