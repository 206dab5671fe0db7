/** Checks of the rules of a declaration: task, metric, windows, candidates. Each returns one sentence per mistake. */
import { baselines } from "../candidates/baselines.ts";
import type { Candidate } from "../candidates/candidate.ts";
import { withSuggestion } from "../lib/did-you-mean.ts";
import { listText } from "../lib/list-text.ts";
import { type Granularity, isPeriod, periodExamples } from "../period.ts";
import { checkSpace } from "../search/space.ts";
import type { Forecast, Metric } from "./forecast.ts";
import { variablesOf } from "./source.ts";

/** A candidate of the catalogue, and the tasks that it can be fitted for. */
export type KnownCandidate = Pick<Candidate, "id" | "tasks">;

const metrics: Readonly<Record<Forecast["task"], readonly Metric[]>> = {
  regression: ["rmse", "mae", "crps"],
  classification: ["brier"],
};

const isBaseline = (candidate: string) => Object.values(baselines).flat().includes(candidate);

/** Rejects a metric of the other task. */
export function wrongMetric({ metric, task }: Forecast): string[] {
  const allowed = metrics[task];
  return allowed.includes(metric) ? [] : [`Metric ${metric} is not for a ${task}; expected ${allowed.join(" or ")}.`];
}

/** Checks what only a classification, or only a regression, declares. */
export function wrongClassification(forecast: Forecast): string[] {
  const { task, labels, target, intervals, change, differenceOutput, variable, sources, events = [] } = forecast;
  if (task === "regression") {
    const isValue = sources.some((source) => variablesOf({}, source).includes(variable));
    const isEvent = !isValue && events.some(({ name }) => name === variable);
    return [
      ...(isEvent ? [`The target ${variable} is an event, which is 0 or 1; expected task: classification.`] : []),
      ...(labels ? ["Labels are for a classification; expected none for a regression."] : []),
    ];
  }
  const rules: readonly (readonly [isWrong: boolean, sentence: string])[] = [
    [labels === undefined, "A classification has no labels; expected the names of the event and of its absence."],
    [
      labels !== undefined && labels.event === labels.otherwise,
      `Both labels are ${labels?.event}; expected two names.`,
    ],
    [
      target.transform !== "level",
      `The target's transform is ${target.transform}; expected level, because a classification predicts a probability.`,
    ],
    [intervals.levels.length > 0, "A classification has intervals; expected levels: []."],
    [change !== null, "A classification has a probability of change; expected change: null."],
    [
      differenceOutput !== undefined,
      "A classification has an output for the difference; expected no differenceOutput.",
    ],
  ];
  return rules.flatMap(([isWrong, sentence]) => (isWrong ? [sentence] : []));
}

/** Rejects windows that leave no periods for the first fit. */
export function wrongShares({ validation }: Forecast): string[] {
  const { testShare, validationShare = 0 } = validation;
  return testShare + validationShare < 1
    ? []
    : [`testShare ${testShare} and validationShare ${validationShare} leave no period to fit; expected a sum below 1.`];
}

const daysOf: Readonly<Record<Granularity, number>> = { hour: 1 / 24, day: 1, month: 30, quarter: 91 };
const daysOfYear = 365;
/** A number of periods that spans less or more than this was probably meant in another unit. */
const spanDays = { min: 2, max: 12 * daysOfYear };

/** Finds numbers of periods in another unit than the forecast's period, such as days for a forecast of months. */
export function wrongPeriodsMin({ schedule, promotion, validation }: Forecast): string[] {
  const { every } = schedule;
  const numbers = { "promotion.periodsMin": promotion?.periodsMin, "validation.periodsMin": validation.periodsMin };
  return Object.entries(numbers).flatMap(([name, periods]) => {
    const days = (periods ?? Number.NaN) * daysOf[every];
    if (Number.isNaN(days) || (days >= spanDays.min && days <= spanDays.max)) return [];
    const span = days < spanDays.min ? "less than two days" : `${Math.round(days / daysOfYear)} years`;
    return [`${name} is ${periods} ${every}s, ${span}; expected a number of ${every}s, the period of the forecast.`];
  });
}

/** Rejects features of which none is learned from. */
export function noLearnedFeature({ features }: Forecast): string[] {
  return features.length === 0 || features.some(({ learned }) => learned !== false)
    ? []
    : ["No feature is learned from; expected at least one without learned: false."];
}

/** Rejects candidates without a baseline, baselines after other candidates, and a seasonal baseline without a season. */
export function noBaseline({ task, candidates, seasonal, distribution }: Forecast): string[] {
  const expected = baselines[task];
  const names = candidates.map(({ candidate }) => candidate);
  const late = names.find((name, at) => isBaseline(name) && !names.slice(0, at).every(isBaseline));
  return [
    ...(expected.some((name) => names.includes(name))
      ? []
      : [`No candidate is a baseline; expected ${expected.join(" or ")}, for a ${task}.`]),
    ...(late === undefined
      ? []
      : [
          `Baseline ${late} is listed after another candidate; expected baselines first, because the first wins a tie.`,
        ]),
    ...(names.includes("seasonal-naive") && seasonal === null
      ? ["Candidate seasonal-naive needs a value of the season before; expected the name of a feature as `seasonal`."]
      : []),
    ...(names.includes("changes") && (distribution?.kind !== "changes" || distribution.inputs === undefined)
      ? ["Candidate changes needs the features of past changes; expected their names as `distribution.inputs`."]
      : []),
  ];
}

/** Rejects a backfill that does not begin with a period of the forecast, or of several series. */
export function wrongBackfill({ backfillFrom, schedule, dimensions }: Forecast): string[] {
  if (backfillFrom === undefined) return [];
  const example = periodExamples[schedule.every];
  return [
    ...(isPeriod(backfillFrom, schedule.every)
      ? []
      : [`backfillFrom is ${backfillFrom}; expected a ${schedule.every}, such as ${example}.`]),
    ...(dimensions.length === 0
      ? []
      : ["A backfill is declared for a forecast of several series; expected no backfillFrom."]),
  ];
}

/** Finds averages of more candidates than there are. */
export function wrongAverages({ averageOf, candidates }: Forecast): string[] {
  const learned = candidates.filter(({ candidate }) => !isBaseline(candidate) && candidate !== "seasonal-naive").length;
  return averageOf
    .filter((size) => size > learned)
    .map((size) => `averageOf contains ${size}, but ${learned} candidates are learned; expected at most ${learned}.`);
}

/** Rejects growths of seasons if the periods have unequal distances: a season then has no fixed number of periods. */
export function wrongGrowths({ features, schedule }: Forecast): string[] {
  const { periods, weekdays } = schedule;
  if (periods === "calendar" && (weekdays === undefined || weekdays.length === 1)) return [];
  return features
    .filter(({ kind }) => kind === "seasonal-growth")
    .map(
      ({ name }) =>
        `Feature ${name} is a growth of seasons, but the periods of the schedule have unequal distances; expected every period of the calendar, or one weekday.`,
    );
}

/** Checks the ranges of all search spaces. */
export function wrongSpaces({ candidates, change }: Forecast): string[] {
  const spaces = [
    ...candidates.map(({ candidate, space }) => ({ of: candidate, space })),
    ...(change === null ? [] : [{ of: "change", space: change.space }]),
  ];
  return spaces.flatMap(({ of, space }) => {
    try {
      checkSpace(space);
      return [];
    } catch (error) {
      if (error instanceof RangeError) return [`The space of ${of} has a wrong range: ${error.message}.`];
      throw error;
    }
  });
}

/** Finds candidates that do not exist, and candidates of the other task. */
export function wrongCandidates({ candidates, task }: Forecast, known: readonly KnownCandidate[]): string[] {
  const ids = known.map(({ id }) => id);
  return candidates.flatMap(({ candidate }) => {
    const found = known.find(({ id }) => id === candidate);
    if (!found) return [withSuggestion(`There is no candidate ${candidate}`, candidate, ids)];
    if (found.tasks === undefined || found.tasks.includes(task)) return [];
    const fitting = known.filter(({ tasks }) => tasks === undefined || tasks.includes(task)).map(({ id }) => id);
    return [`Candidate ${candidate} is not for a ${task}. There are: ${listText(fitting)}.`];
  });
}
