/** The sentences of a report that state what it found. */
import { isMissing, type ReportLevel, type ReportSeries } from "../api/report-model.ts";
import type { Granularity } from "../period.ts";
import { chanceOfChange, shownBands } from "./intervals.ts";
import { headlineOf, middleOf, nameOf, nextStepOf, type View } from "./view.ts";

/** Returns the three findings of a report: what is next, where the level goes, and how reliable that has been. */
export function findingsOf(view: View): string[] {
  return [nextFinding(view), levelFinding(view), reliabilityFinding(view)].filter((text) => text !== "");
}

/** Returns what is likely to happen next. */
export function nextFinding(view: View): string {
  const { model, words, format } = view;
  const next = nextStepOf(model);
  if (next === null) return words.missing[isMissing(model.model) ? model.model.missing : "no-prediction"];
  const date = format.period(next.period);
  if (next.event !== null) return eventFinding(view);
  if (model.series.length === 1) {
    const middle = middleOf(next);
    return middle === null ? words.missing["no-prediction"] : predictionText(view, next.period);
  }
  if (isMissing(model.movers)) return words.missing[model.movers.missing];
  const likely = model.series.filter(({ steps: [step] }) => (chanceOfChange(step) ?? 0) > 0.5);
  const [all, count] = [model.series.length, likely.length].map((number) => format.count(number ?? 0));
  const first = strongestMove(model.series) ?? model.series[model.movers[0] ?? -1];
  const headline =
    count === "0" ? words.movers.none(all ?? "", date) : words.movers.count(count ?? "", all ?? "", date);
  return first ? `${headline} ${moverText(view, first)}` : headline;
}

/** Returns the prediction of the only series, with its widest range. */
function predictionText({ model, words, format }: View, period: string): string {
  const [next] = model.series[0]?.steps ?? [];
  const middle = next ? middleOf(next) : null;
  if (next === undefined || middle === null) return "";
  const { unit } = model.forecast;
  const text = capitalized(words.level.prediction(format.period(period), format.value(middle), unit));
  const [band] = shownBands(next);
  if (band === undefined) return text;
  return `${text} ${rangeText({ words, format }, band, unit)}`;
}

/** Returns the sentence about one range: how often the value is inside, and how often outside. */
function rangeText(
  { words, format }: Pick<View, "words" | "format">,
  { level, low, high }: { readonly level: number; readonly low: number; readonly high: number },
  unit: string,
): string {
  if (low === high) return words.level.point(words.chance(level), format.value(low), unit);
  const inside = words.level.range(words.chance(level), format.value(low), format.value(high), unit);
  return inside + words.level.outsideRange(words.chance(1 - level));
}

/** Returns the series with the highest probability of one direction; null if no direction is predicted. */
function strongestMove(series: readonly ReportSeries[]): ReportSeries | null {
  let strongest: ReportSeries | null = null;
  let highest = 0;
  for (const one of series) {
    const { down = 0, up = 0 } = one.steps[0]?.chances ?? {};
    if (Math.max(down, up) <= highest) continue;
    highest = Math.max(down, up);
    strongest = one;
  }
  return strongest;
}

/** Returns a series that is likely to change, with its direction if that is predicted. */
function moverText(view: View, series: ReportSeries): string {
  const { words } = view;
  const [next] = series.steps;
  const name = nameOf(view, series);
  if (!next?.chances) return words.movers.likely(name, words.chance(chanceOfChange(next) ?? 0));
  const { down, up } = next.chances;
  return up >= down ? words.movers.likelyUp(name, words.chance(up)) : words.movers.likelyDown(name, words.chance(down));
}

/** Smaller differences from the usual share are not mentioned. */
const usualTolerance = 0.05;

/** Returns the probability of the event in the next period, compared with how often it usually happens. */
function eventFinding(view: View): string {
  const { model, words, format, event } = view;
  const next = nextStepOf(model);
  if (next === null || next.event === null) return words.missing["no-prediction"];
  if (model.series.length > 1) return likelyEventsText(view);
  const text = words.event.next(
    event,
    format.period(next.period),
    words.chance(next.event),
    format.percent(next.event),
  );
  const usual = model.event?.usual ?? null;
  if (usual === null) return text;
  const difference = next.event - usual;
  const { moreThanUsual, lessThanUsual, asUsual } = words.event;
  const compared = Math.abs(difference) < usualTolerance ? asUsual : difference > 0 ? moreThanUsual : lessThanUsual;
  return `${text} ${words.event.usual(words.chance(usual))} ${compared}`;
}

/** Returns for how many series the event is more likely than its absence, and the most likely series, which is the first. */
function likelyEventsText(view: View): string {
  const { model, words, format, event, otherwise } = view;
  const likely = model.series.filter(({ steps: [step] }) => (step?.event ?? 0) > 0.5).length;
  const all = format.count(model.series.length);
  const text =
    likely === 0
      ? words.event.none(all, event, otherwise)
      : words.event.count(format.count(likely), all, event, otherwise);
  const [first] = model.series;
  const chance = first?.steps[0]?.event ?? null;
  if (first === undefined || chance === null) return text;
  return `${text} ${words.event.mostLikely(eventSeriesName(view, first), words.chance(chance), format.percent(chance))}`;
}

/** Returns the name of a series of events. The value of a single dimension, such as a number, needs its name. */
export function eventSeriesName(view: View, series: ReportSeries): string {
  const [dimension, ...others] = view.model.forecast.dimensions;
  const name = nameOf(view, series);
  return dimension !== undefined && others.length === 0 ? `${dimension} ${name}` : name;
}

/** Returns where the headline level is and where it is expected to go. */
export function levelFinding(view: View): string {
  const { model, words } = view;
  if (model.event) return usualFinding(view);
  if (isMissing(model.headline)) return words.missing[model.headline.missing];
  const expected = expectedText(view, model.headline);
  return [movedText(view, model.headline), capitalized(expected)].filter((text) => text !== "").join(" ");
}

/** Starts a sentence: some texts follow a name and a colon elsewhere. */
function capitalized(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function usualFinding({ model, words, format, event, behind: title }: View): string {
  const behind = model.event?.behind;
  const last = behind?.history.at(-1);
  const usual = model.event?.usual ?? null;
  if (!behind && usual !== null) return words.event.usual(words.chance(usual));
  if (!behind || !last) return words.missing["no-observations"];
  const { unit, above } = behind;
  return `${title}: ${format.number(last.value)} ${unit} (${format.period(last.period)}). ${words.event.threshold(event, format.number(above), unit)}`;
}

/** Periods over which the level is compared with the past: a day of hours, a month of weekdays, a year of months or quarters. */
const comparedPeriods: Readonly<Record<Granularity, number>> = { hour: 24, day: 20, month: 12, quarter: 4 };

/** Returns the level today and how it moved. */
export function movedText({ model, words, format }: View, { history }: ReportLevel): string {
  const last = history.at(-1);
  const before = history.at(Math.max(-history.length, -1 - comparedPeriods[model.forecast.every]));
  if (!last || !before) return words.missing["no-observations"];
  const { unit } = model.forecast;
  const [value, since] = [format.value(last.value), format.period(before.period)];
  const change = last.value / before.value - 1;
  const percent = format.percent(Math.abs(change), 1);
  const isSame = format.value(before.value) === value || percent === format.percent(0, 1);
  if (isSame || !Number.isFinite(change)) return words.level.same(value, unit, since);
  return change > 0 ? words.level.rose(value, unit, percent, since) : words.level.fell(value, unit, percent, since);
}

function expectedText({ model, words, format }: View, { history, steps }: ReportLevel): string {
  const [last, end] = [history.at(-1), steps.at(-1)];
  const middle = end ? middleOf(end) : null;
  // The next step of a single series is the first finding.
  if (!last || !end || middle === null || (model.series.length === 1 && steps.length === 1)) return "";
  const { unit } = model.forecast;
  const change = format.change(middle / last.value - 1);
  return words.level.expected(format.value(middle), unit, change, format.period(end.period));
}

/** Returns how reliable the forecast has been: its record, else its results on past data. */
export function reliabilityFinding(view: View): string {
  const record = recordText(view);
  return isMissing(view.model.record) ? `${record} ${backtestText(view)}` : record;
}

/** The confidence sequence begins with so many publications. */
const publicationsMin = 30;

/** Returns what the whole record shows. It claims a difference only if the confidence sequence excludes zero. */
export function recordText({ model, words, format }: View): string {
  const { record } = model;
  if (isMissing(record)) return words.missing[record.missing];
  const all = record.windows.find(({ isAll }) => isAll);
  const publications = format.count(record.publications);
  if (!all || record.publications < publicationsMin) return words.record.young(publications);
  // Without a loss of the baseline there is nothing to compare with.
  const baseline = baselineText({ model, words });
  if (all.low === null || all.high === null || all.skill === null)
    return words.record.undecided(publications, baseline);
  const percent = format.percent(Math.abs(all.skill), 1);
  if (all.low > 0) return words.record.better(percent, publications, baseline);
  if (all.high < 0) return words.record.worse(percent, publications, baseline);
  return words.record.undecided(publications, baseline);
}

/** Returns what the baseline assumes. */
export function baselineText({ model, words }: Pick<View, "model" | "words">): string {
  return model.forecast.task === "classification" ? words.record.usual : words.record.unchanged;
}

/** Returns the result of the model in its test window. */
export function backtestText({ model, words, format }: View): string {
  const { backtest } = model;
  if (isMissing(backtest)) return words.missing[backtest.missing];
  const { from, to, periods, skill, isBaseline } = backtest;
  const tested = words.record.tested(format.count(periods), format.period(from), format.period(to));
  const baseline = baselineText({ model, words });
  if (isBaseline) return `${tested} ${words.record.testBaseline(baseline)}`;
  if (skill === null) return `${tested} ${words.record.testNone}`;
  const percent = format.percent(Math.abs(skill), 1);
  return `${tested} ${skill > 0 ? words.record.testBetter(percent, baseline) : words.record.testWorse(percent, baseline)}`;
}

/** Returns the title of the headline chart: where the level is going, else how it moved; or the probability of the event. */
export function headlineTitle(view: View): string {
  const level = headlineOf(view.model);
  if (view.model.event) return eventFinding(view);
  if (level === null) return view.title;
  return `${nameOf(view, level)}: ${expectedText(view, level) || movedText(view, level)}`;
}
