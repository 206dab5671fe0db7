/** Computes the report model of a forecast. Pure: the caller reads the history, the answers and the card. */
import type { BatchAnswer, Prediction } from "../api/predict.ts";
import type {
  Missing,
  OpenPredictions,
  PastForecast,
  ReportFeed,
  ReportLevel,
  ReportModel,
  ReportRecord,
  ReportSeries,
  ReportServing,
} from "../api/report-model.ts";
import { cutPanel } from "../features/cut-panel.ts";
import type { Panel } from "../features/panel.ts";
import type { Forecast } from "../forecasts/forecast.ts";
import type { SteppedSet } from "../predict/step-forecasts.ts";
import type { Card } from "../registry/card.ts";
import { nextStep } from "./answer-steps.ts";
import { chanceOfChange } from "./intervals.ts";
import { levelOf, type Member } from "./level.ts";
import { predictionsTable } from "./predictions-csv.ts";
import { reportEvent } from "./report-event.ts";
import { reportSeries, seriesKey } from "./report-series.ts";
import { reportBacktest, reportVersion } from "./report-version.ts";
import { type SetSteps, setStepsOf } from "./set-steps.ts";

export interface ReportInput {
  readonly forecast: Forecast;
  /** The history up to the origin. */
  readonly panel: Panel;
  /**
   * The answer of `/predict` for all series, with features, and with explanations for a classification. Null if nothing can
   * be predicted.
   */
  readonly answer: BatchAnswer | null;
  /**
   * The series and groups with the forecasts of their steps, from the history of the answer. Without them the report has the next
   * period only, and groups have no ranges.
   */
  readonly sets?: readonly SteppedSet[];
  /** The card of the version that answered; null if it could not be read. */
  readonly card: Card | null;
  /** The decision by which this version serves. Without it the report has the sentence about it in English only. */
  readonly serving?: ReportServing;
  readonly feeds: readonly ReportFeed[];
  readonly revision: number;
  /** ISO 8601. */
  readonly madeAt: string;
  /** The track record; without it the report states that there is none yet. */
  readonly record?: ReportRecord;
  /** Only for a forecast of the next event. */
  readonly open?: OpenPredictions;
  /** Earlier forecasts of the headline level whose period has been published. */
  readonly past?: readonly PastForecast[];
}

/** Periods of history in charts. A forecast of several steps needs more, so that its shape can be compared with the past. */
const historyPeriods = 60;
/** The largest number of likely movers. */
const moversMax = 10;

/** Returns the report model. It is complete for any missing part. O(series × (periods + features)). */
export function computeReport(input: ReportInput): ReportModel {
  const { forecast, answer, card, revision, madeAt } = input;
  const answered = answer?.predictions.filter((one): one is Prediction => "series" in one) ?? [];
  const known = untilOrigin(input.panel, answer?.data_as_of);
  const whole = hasTimelines(known) ? mostLikelyFirst(forecast, known, answered) : known;
  const { length } = whole.periods;
  const panel = cutPanel(whole, Math.max(0, length - historyPeriods), length);
  const further = setStepsOf({ forecast, sets: input.sets ?? [], periods: whole.periods });
  const series = seriesOf({ ...input, panel: whole }, answered, further);
  const members = panel.series.map((one, at): Member => ({ panel: one, report: series[at] as ReportSeries }));
  return {
    format: 1,
    forecast: describe(forecast),
    origin: answer?.data_as_of ?? panel.periods.at(-1) ?? "",
    revision,
    madeAt,
    model: answer ? reportVersion(answer.model, card, input.serving) : { missing: "no-champion" },
    stale: answer?.stale_reason ?? null,
    headline: headlineOf(input, { panel, members, further }),
    movers: moversOf(forecast, series),
    levels: levelsOf(forecast, { panel, members, further }),
    event: reportEvent(forecast, {
      series: panel.series,
      periods: panel.periods,
      prediction: answered.find((one) => keyOf(forecast, one) === seriesKey(panel.series[0]?.is ?? [])),
    }),
    series,
    record: input.record ?? { missing: "no-record" },
    ...(input.open !== undefined && { open: input.open }),
    backtest: reportBacktest(card),
    feeds: [...input.feeds],
    table: answer ? predictionsTable(forecast, answer) : { columns: [], rows: [] },
  };
}

function keyOf({ dimensions }: Forecast, one: Prediction): string {
  return seriesKey(dimensions.map((name) => one.series[name] ?? ""));
}

function hasTimelines({ series }: Panel): boolean {
  return series.some(({ timeline }) => timeline !== undefined);
}

/** Sorts the series of events by the probability of the next one, the most likely first. Series without one come last. */
function mostLikelyFirst(forecast: Forecast, panel: Panel, answered: readonly Prediction[]): Panel {
  const chances = new Map(answered.map((one) => [keyOf(forecast, one), Number(one[forecast.output])]));
  const chanceOf = ({ is }: Panel["series"][number]) => chances.get(seriesKey(is)) ?? -1;
  return { ...panel, series: [...panel.series].sort((a, b) => chanceOf(b) - chanceOf(a)) };
}

function describe(forecast: Forecast): ReportModel["forecast"] {
  const { id, title, task, unit, target, locale, dimensions, schedule, translations = {} } = forecast;
  return {
    id,
    title,
    translations: Object.fromEntries(
      Object.entries(translations).map(([language, { title: translated, labels, behind }]) => [
        language,
        {
          title: translated,
          ...(labels && { event: labels.event, otherwise: labels.otherwise }),
          ...(behind && { behind }),
        },
      ]),
    ),
    task,
    unit,
    decimals: target.decimals,
    locale,
    dimensions: [...dimensions],
    every: schedule.every,
  };
}

/** Returns the periods up to the origin of the predictions: later data is not used. */
function untilOrigin(panel: Panel, origin = panel.periods.at(-1) ?? ""): Panel {
  return cutPanel(panel, 0, panel.periods.findLastIndex((period) => period <= origin) + 1);
}

function seriesOf(
  { forecast, panel, answer, card }: ReportInput,
  answered: readonly Prediction[],
  further: SetSteps,
): ReportSeries[] {
  const predictions = new Map(answered.map((one) => [keyOf(forecast, one), one]));
  const target = answer?.target_period ?? "";
  const steps = (one: Prediction, is: readonly string[]) => [nextStep(forecast, one, target), ...further.ofSeries(is)];
  const context = { forecast, periods: panel.periods, predictions, steps, profile: card?.profile ?? [] };
  return panel.series.map((one) => reportSeries(one, context));
}

interface LevelParts {
  readonly panel: Panel;
  readonly members: readonly Member[];
  readonly further: SetSteps;
}

function headlineOf(
  { forecast, past = [] }: ReportInput,
  { panel, members, further }: LevelParts,
): ReportLevel | Missing {
  // A level needs a value. Series that ended before the shown history have none.
  const shown = members.filter(hasValue);
  if (shown.length === 0) return { missing: "no-observations" };
  const context = { periods: panel.periods, decimals: forecast.target.decimals, groupSteps: further.ofGroups([]) };
  return { ...levelOf(shown.length === 1 ? (shown[0]?.panel.is ?? []) : [], shown, context), past: [...past] };
}

function hasValue({ panel }: Member): boolean {
  return panel.values.some((value) => !Number.isNaN(value));
}

/** Returns the levels by the first dimension: states, regions. */
function levelsOf(forecast: Forecast, { panel, members, further }: LevelParts): ReportModel["levels"] {
  const [dimension] = forecast.dimensions;
  // The series of events are not parts of a whole.
  const isOfEvents = members.some(({ panel: { timeline } }) => timeline !== undefined);
  if (dimension === undefined || members.length < 2 || isOfEvents) return { missing: "no-groups" };
  const groups = Map.groupBy(members.filter(hasValue), ({ panel: { is } }) => is[0] ?? "");
  if (groups.size < 2) return { missing: "no-groups" };
  const groupSteps = further.ofGroups([dimension]);
  const context = { periods: panel.periods, decimals: forecast.target.decimals, groupSteps };
  return {
    dimensions: [dimension],
    levels: [...groups].map(([name, of]) => levelOf([name], of, context)),
  };
}

/** Returns the indices of the series that are most likely to change in the next period, the most likely first. */
function moversOf({ task }: Forecast, series: readonly ReportSeries[]): ReportModel["movers"] {
  if (series.length < 2 || task === "classification") return { missing: "one-series" };
  const likely = series.flatMap(({ steps: [next] }, at) => {
    const change = chanceOfChange(next);
    return change === null ? [] : [{ at, change }];
  });
  if (likely.length === 0)
    return { missing: series.some(({ steps }) => steps.length > 0) ? "no-probabilities" : "no-prediction" };
  return likely
    .sort((a, b) => b.change - a.change || a.at - b.at)
    .slice(0, moversMax)
    .map(({ at }) => at);
}
