/** The charts of a report. */
import { isMissing, type ReportLevel, type StepForecast } from "../api/report-model.ts";
import type { Chart } from "../charts/chart.ts";
import { driversChart } from "../charts/drivers-chart.ts";
import { eventChart } from "../charts/event-chart.ts";
import { type ChartSize, type FanStep, fanChart } from "../charts/fan-chart.ts";
import { moversChart } from "../charts/movers-chart.ts";
import { smallChart } from "../charts/small-chart.ts";
import { backtestText, eventSeriesName, headlineTitle, levelFinding, movedText, nextFinding } from "./findings.ts";
import { shownBands } from "./intervals.ts";
import { headlineOf, middleOf, nameOf, type View } from "./view.ts";

/** Returns the chart of the headline level, or of the number behind an event; null without a history. */
export function headlineChart(view: View, size: ChartSize): Chart | null {
  const { model, words, format } = view;
  const behind = model.event?.behind;
  const level = headlineOf(model);
  const history = behind ? behind.history : level?.history;
  const [first, last] = [history?.[0], history?.at(-1)];
  if (!history || !first || !last) return null;
  const unit = behind ? behind.unit : model.forecast.unit;
  const what = behind ? view.behind : level ? nameOf(view, level) : view.title;
  const steps = behind || !level ? [] : fanSteps(level.steps);
  const end = steps.at(-1)?.period ?? last.period;
  const isEvent = behind ? last.value > behind.above : false;
  const title = behind
    ? words.event.behind(
        view.behind,
        `${format.number(last.value)} ${behind.unit}`,
        format.period(last.period),
        isEvent ? view.event : view.otherwise,
      )
    : headlineTitle(view);
  return fanChart(
    {
      history,
      steps,
      past: (behind ? [] : (level?.past ?? [])).map(({ period, median, low, high, actual }) => ({
        period,
        middle: median,
        inside: actual >= low && actual <= high,
      })),
      ...(behind && {
        threshold: {
          value: behind.above,
          label: `> ${format.number(behind.above)}: ${view.event}`,
        },
      }),
      words: {
        title,
        subtitle: words.level.subtitle(what, unit, format.period(first.period), format.period(end)),
        description: `${levelFinding(view)} ${nextFinding(view)}`,
        value: behind ? format.number : format.value,
        tick: format.fixed,
        date: format.tick,
        band: words.shortChance,
      },
    },
    size,
  );
}

/** Returns the steps that have a point to show. */
function fanSteps(steps: readonly StepForecast[]): FanStep[] {
  return steps.flatMap((step): FanStep[] => {
    const middle = middleOf(step);
    return middle === null ? [] : [{ period: step.period, middle, bands: shownBands(step) }];
  });
}

/** Returns the chart of likely movers; null if directions are not predicted. */
export function moversOfReport(view: View, width: number): Chart | null {
  const { model, words, format } = view;
  if (isMissing(model.movers)) return null;
  const movers = model.movers.flatMap((at) => {
    const series = model.series[at];
    const chances = series?.steps[0]?.chances;
    return series && chances ? [{ name: nameOf(view, series), down: chances.down, up: chances.up }] : [];
  });
  const period = model.series[model.movers[0] ?? -1]?.steps[0]?.period;
  if (movers.length === 0 || period === undefined) return null;
  const title = nextFinding(view);
  const description = movers
    .map(({ name, down, up }) => `${name}: ${words.down} ${words.chance(down)}, ${words.up} ${words.chance(up)}`)
    .join("; ");
  return moversChart(
    {
      movers,
      words: {
        title,
        subtitle: words.movers.subtitle(format.period(period)),
        description: `${description}.`,
        down: words.table.down,
        up: words.table.up,
        chance: words.shortChance,
      },
    },
    width,
  );
}

/** Returns the small chart of one level. `range`: the periods of all small charts. */
export function levelChart(view: View, level: ReportLevel, range: readonly [string, string]): Chart {
  const { history, steps } = level;
  const title = nameOf(view, level);
  return smallChart({ title, description: movedText(view, level), history, steps: fanSteps(steps), range });
}

/** Series of events in the chart of the most likely ones. */
const likelyMax = 8;

export interface NextEvent {
  readonly label: string;
  readonly probability: number;
  readonly baseline: number | null;
}

/** Returns the next periods of the only series, or the next event of the most likely ones of several series. */
export function nextEventsOf(view: View): NextEvent[] {
  const { model, format } = view;
  const [first, ...others] = model.series;
  const rows =
    others.length === 0
      ? (first?.steps ?? []).map((step) => ({ label: format.period(step.period), step }))
      : model.series
          .slice(0, likelyMax)
          .flatMap((one) => one.steps.slice(0, 1).map((step) => ({ label: eventSeriesName(view, one), step })));
  return rows.flatMap(({ label, step: { event, baseline } }) =>
    event === null ? [] : [{ label, probability: event, baseline }],
  );
}

/** Returns the chart of the event's probability in the next periods, or of the most likely series; null if there are none. */
export function nextEventsChart(view: View, width: number): Chart | null {
  const { model, words, format, event } = view;
  if (!model.event) return null;
  const periods = nextEventsOf(view);
  if (periods.length === 0) return null;
  const { usual } = model.event;
  return eventChart(
    {
      periods: periods.map((one) => ({ ...one })),
      usual,
      words: {
        title: nextFinding(view),
        subtitle: words.event.subtitle(event),
        description: periods.map(({ label, probability }) => `${label}: ${format.percent(probability)}`).join("; "),
        usual: usual === null ? "" : words.event.usualLabel(format.percent(usual)),
        chance: (probability) => `${words.chance(probability)} (${format.percent(probability)})`,
      },
    },
    width,
  );
}

/** Returns the chart of what drives the probability; null without an explanation. */
export function driversOfReport(view: View, width: number): Chart | null {
  const { model, words, format } = view;
  const drivers = model.event?.drivers;
  if (drivers === undefined || isMissing(drivers)) return null;
  const [first] = drivers;
  if (first === undefined) return null;
  const { driversTitle, driversTitleDown, driversSubtitle } = words.event;
  const subject = model.series[0];
  const of = subject && model.series.length > 1 ? `${eventSeriesName(view, subject)}. ` : "";
  return driversChart(
    {
      drivers: drivers.map(({ feature, contribution }) => ({ name: feature, contribution })),
      words: {
        title: (first.contribution > 0 ? driversTitle : driversTitleDown)(first.feature),
        subtitle: of + driversSubtitle,
        description: drivers
          .map(({ feature, contribution }) => `${feature}: ${format.points(contribution)}`)
          .join("; "),
        contribution: format.points,
      },
    },
    width,
  );
}

/** Returns the source line of a chart file. */
export function sourceLine({ model, words, format, title }: View): string {
  const publishers = [...new Set(model.feeds.map(({ publisher }) => publisher))].join("; ");
  const version = isMissing(model.model)
    ? ""
    : ` · ${words.sections.model}: ${model.model.name}, ${model.model.version}`;
  return `${title} · ${words.data.source}: ${publishers}${version} · ${words.head.made(format.time(model.madeAt))}`;
}

/** Returns the chart of the report's files: the level, or for an event its probabilities if there is no number behind it. */
export function mainChart(view: View): Chart | null {
  const size = { width: 800, height: 360 };
  const chart = view.model.event
    ? (nextEventsChart(view, size.width) ?? headlineChart(view, size))
    : headlineChart(view, size);
  return chart && { ...chart, description: `${chart.description} ${backtestText(view)}` };
}
