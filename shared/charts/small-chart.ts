/** One of many small charts of a level, on a time axis that all of them share. */
import { dayOf, valueAxis } from "./axes.ts";
import type { Chart, Mark, Point } from "./chart.ts";
import type { Dated, FanStep } from "./fan-chart.ts";

export interface SmallContent {
  readonly title: string;
  readonly description: string;
  readonly history: readonly Dated[];
  readonly steps: readonly FanStep[];
  /** First and last period of all small charts. */
  readonly range: readonly [string, string];
}

const size = { width: 220, height: 84 };

/** Builds the chart. The vertical axis fits this chart alone, because levels differ more than changes do. */
export function smallChart({ title, description, history, steps, range }: SmallContent): Chart {
  const values = [
    ...history.map(({ value }) => value),
    ...steps.flatMap(({ middle, bands }) => [middle, ...bands.flatMap(({ low, high }) => [low, high])]),
  ];
  const { domain } = valueAxis(values, 3, String);
  const last = history.at(-1);
  const origin: Point[] = last ? [[dayOf(last.period), last.value]] : [];
  const widest = steps.flatMap(({ period, bands: [band] }): [number, number, number][] =>
    band ? [[dayOf(period), band.low, band.high]] : [],
  );
  const middle: Point[] = steps.map((step) => [dayOf(step.period), step.middle]);
  const marks: Mark[] = [
    ...(widest.length > 0
      ? [
          {
            kind: "band",
            points: [...origin.map(([x, y]): [number, number, number] => [x, y, y]), ...widest],
            tone: "outer",
          } as const,
        ]
      : []),
    { kind: "line", points: history.map(({ period, value }) => [dayOf(period), value]), tone: "series", width: 1.5 },
    ...(middle.length > 0
      ? [{ kind: "line", points: [...origin, ...middle], tone: "muted", width: 1.5, dash: "4 3" } as const]
      : []),
    { kind: "dots", points: origin, tone: "series", radius: 2.5 },
  ];
  return {
    title,
    subtitle: "",
    description,
    ...size,
    margin: { top: 6, right: 6, bottom: 6, left: 6 },
    x: { domain: [dayOf(range[0]), Math.max(dayOf(range[1]), dayOf(range[0]) + 1)], ticks: [], grid: false },
    y: { domain, ticks: [], grid: false },
    marks,
  };
}
