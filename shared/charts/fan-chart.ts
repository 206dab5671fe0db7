/** The chart of a level: its history, earlier forecasts, and the range of the next periods. */
import { dayOf, timeAxis, valueAxis } from "./axes.ts";
import type { Chart, EndLabel, Mark, Point } from "./chart.ts";
import { textWidth } from "./text-width.ts";

export interface Dated {
  readonly period: string;
  readonly value: number;
}

/** A central interval. */
export interface Band {
  /** Its probability, such as 0.9. */
  readonly level: number;
  readonly low: number;
  readonly high: number;
}

export interface FanStep {
  readonly period: string;
  readonly middle: number;
  /** The widest first. All steps have the same levels. */
  readonly bands: readonly Band[];
}

/** A forecast whose period has been published. */
export interface PastMark {
  readonly period: string;
  readonly middle: number;
  /** Whether the published value was inside the widest band. */
  readonly inside: boolean;
}

/** The words and numbers of a chart in the language of its reader. */
export interface ChartWords {
  readonly title: string;
  readonly subtitle: string;
  readonly description: string;
  value(value: number): string;
  /** Formats a tick of the value axis. */
  tick(value: number, decimals: number): string;
  /** Formats a tick; `isLong` if the time axis spans more than a year. */
  date(ms: number, isLong: boolean): string;
  /** The label of a band, such as "9 in 10". */
  band(level: number): string;
}

export interface FanContent {
  readonly history: readonly Dated[];
  readonly steps: readonly FanStep[];
  readonly past: readonly PastMark[];
  /** A value from which something happens, with its label. */
  readonly threshold?: { readonly value: number; readonly label: string };
  readonly words: ChartWords;
}

export interface ChartSize {
  readonly width: number;
  readonly height: number;
}

/** Bold text is wider. */
const boldFactor = 1.12;

/** Narrower charts have shorter labels. */
const narrowBelow = 500;

/** Builds the chart. Without steps it shows the history alone. O(periods). */
export function fanChart(content: FanContent, { width, height }: ChartSize): Chart {
  const { words, history, steps, past } = content;
  const labels = endLabels(content, width < narrowBelow);
  const last = history.at(-1);
  const days = [...history.map(({ period }) => dayOf(period)), ...steps.map(({ period }) => dayOf(period))];
  const domain: [number, number] = days.length > 0 ? [Math.min(...days), Math.max(...days)] : [0, 1];
  if (domain[0] === domain[1]) domain[0] -= 1;
  const isLong = domain[1] - domain[0] > 400;
  const values = [
    ...history.map(({ value }) => value),
    ...steps.flatMap(({ middle, bands }) => [middle, ...bands.flatMap(({ low, high }) => [low, high])]),
    ...past.map(({ middle }) => middle),
  ];
  const y = valueAxis(values, 5, words.tick);
  const right = Math.max(16, ...labels.map(({ text, bold }) => textWidth(text, 13) * (bold ? boldFactor : 1) + 14));
  const left = Math.max(...y.ticks.map(({ label }) => textWidth(label, 13)), 16) + 12;
  return {
    title: words.title,
    subtitle: words.subtitle,
    description: words.description,
    width,
    height,
    margin: { top: 12, right: Math.round(right), bottom: 28, left: Math.round(left) },
    x: timeAxis(domain, Math.max(2, Math.round(width / 130)), (ms) => words.date(ms, isLong)),
    y,
    marks: [
      ...thresholdMarks(content, y.domain),
      ...marksOf(content),
      { kind: "end-labels", x: domain[1], labels: last ? labels : [] },
    ],
  };
}

function marksOf({ history, steps, past }: FanContent): Mark[] {
  const last = history.at(-1);
  const origin: Point[] = last ? [[dayOf(last.period), last.value]] : [];
  const levels = steps[0]?.bands.map(({ level }) => level) ?? [];
  const bands = levels.map((_, at): Mark => {
    const begin = origin.map(([x, y]): [number, number, number] => [x, y, y]);
    const points = steps.flatMap(({ period, bands: of }): [number, number, number][] => {
      const band = of[at];
      return band ? [[dayOf(period), band.low, band.high]] : [];
    });
    // The narrowest band is the darkest.
    return {
      kind: "band",
      points: [...begin, ...points],
      tone: at === levels.length - 1 && at > 0 ? "inner" : "outer",
    };
  });
  const middle: Point[] = steps.map((step) => [dayOf(step.period), step.middle]);
  const pointsOf = (inside: boolean): Point[] =>
    past.filter((one) => one.inside === inside).map(({ period, middle: value }) => [dayOf(period), value]);
  return [
    ...bands,
    { kind: "line", points: history.map(({ period, value }) => [dayOf(period), value]), tone: "series", width: 2 },
    ...(middle.length > 0
      ? [{ kind: "line", points: [...origin, ...middle], tone: "muted", width: 1.5, dash: "4 3" } as const]
      : []),
    { kind: "dots", points: pointsOf(true), tone: "edge", radius: 3.5 },
    { kind: "dots", points: pointsOf(false), tone: "up", radius: 4, hollow: true },
    { kind: "dots", points: origin, tone: "series", radius: 3.5 },
  ];
}

function thresholdMarks({ threshold }: FanContent, [low, high]: readonly [number, number]): Mark[] {
  if (threshold === undefined || threshold.value < low || threshold.value > high) return [];
  return [{ kind: "rule", y: threshold.value, tone: "event", dash: "5 4" }];
}

/** Labels the bands and the middle at the last step; without steps, the last value. Labels the threshold too. */
function endLabels(content: FanContent, isNarrow: boolean): EndLabel[] {
  const { threshold } = content;
  const bound = threshold && { y: threshold.value, text: threshold.label, tone: "event" as const, bold: true };
  return [...valueLabels(content, isNarrow), ...(bound ? [bound] : [])];
}

function valueLabels({ history, steps, words }: FanContent, isNarrow: boolean): EndLabel[] {
  const [last, end] = [history.at(-1), steps.at(-1)];
  if (end === undefined) return last ? [{ y: last.value, text: words.value(last.value), tone: "ink", bold: true }] : [];
  const ends = end.bands.map(({ level, low, high }): EndLabel => {
    const range = low === high ? words.value(low) : `${words.value(low)}–${words.value(high)}`;
    return { y: high, text: isNarrow ? words.band(level) : `${words.band(level)}: ${range}`, tone: "muted" };
  });
  return [...ends, { y: end.middle, text: words.value(end.middle), tone: "ink", bold: true }];
}
